//! What runs a lane program, and where its streams lie.

#![expect(unsafe_code, reason = "what runs a program is given memory by address")]

/// Where a stream is, in bytes. Writing streams never overlap others, except that a stream may be stored to where another
/// is loaded from, element for element, if the program's order allows for it.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct Cursor {
    /// The first element of the first row.
    pub(crate) pointer: *mut u8,
    /// From one row to the next.
    pub(crate) row: isize,
    /// From one element to the next: 0 for uniform streams, the element's size for contiguous ones.
    pub(crate) step: isize,
}

/// A program made ready to run.
pub(crate) trait Kernel: Send + Sync + std::fmt::Debug {
    /// Runs the program on `count` elements of each of `rows` rows. `cursors` has one entry for each stream.
    ///
    /// # Safety
    /// Every element that the cursors reach is valid memory of its stream's dtype, written by nobody else meanwhile, nor
    /// read where this writes; `scratch` has [`Kernel::scratch`] bytes, aligned to 64.
    unsafe fn run(&self, cursors: &[Cursor], rows: usize, count: usize, scratch: &mut [u8]);

    /// Bytes of working memory that a run needs.
    fn scratch(&self) -> usize;
}
