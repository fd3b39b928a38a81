//! What the steps of one run see: where each buffer lies, and working memory.

#![expect(
    unsafe_code,
    reason = "a frame owns what it points to, but for the arrays of the run that it serves"
)]

use super::memory::Memory;
use crate::lane::Cursor;
use crate::plan::BufferId;

/// The memory of one run.
pub(crate) struct Frame {
    /// Where each buffer begins.
    pub(crate) bases: Vec<*mut u8>,
    #[expect(dead_code, reason = "kept for those who point into it")]
    pub(crate) arena: Memory,
    /// Working memory of the kernels, one for each thread.
    pub(crate) scratch: Vec<Memory>,
    /// Where a step's streams lie, one list for each thread.
    pub(crate) cursors: Vec<Vec<Cursor>>,
}

impl Frame {
    /// Where a buffer begins.
    pub(crate) fn base(&self, buffer: BufferId) -> *mut u8 {
        self.bases[buffer.0 as usize]
    }
}

// Pointers lead into the frame's own arena, to constants of the executable, and, during a run only, to the caller's arrays.
unsafe impl Send for Frame {}

impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Frame").field("buffers", &self.bases.len()).finish_non_exhaustive()
    }
}
