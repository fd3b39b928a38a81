//! Memory of a fixed size, aligned to cache lines.

#![expect(unsafe_code, reason = "a buffer aligned to 64 bytes needs the allocator, or a cast from lines")]

/// One cache line.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([u8; 64]);

/// Bytes aligned to 64.
pub(crate) struct Memory(Vec<Line>);

impl Memory {
    /// At least this many bytes, all 0. Pages that are never touched cost nothing.
    pub(crate) fn new(bytes: usize) -> Memory {
        Memory(vec![Line([0; 64]); bytes.div_ceil(64)])
    }

    /// The bytes.
    pub(crate) fn bytes(&mut self) -> &mut [u8] {
        let bytes = self.0.len() * 64;
        // Lines are plain bytes without padding, and the borrow is exclusive.
        unsafe { std::slice::from_raw_parts_mut(self.0.as_mut_ptr().cast(), bytes) }
    }
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.0.len() * 64)
    }
}
