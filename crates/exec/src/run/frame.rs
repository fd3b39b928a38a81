//! What the steps of one run see: where each buffer lies, and working memory.

#![expect(
    unsafe_code,
    reason = "a frame owns what it points to, but for the arrays of the run that it serves"
)]

use super::memory::Memory;
use crate::lane::Cursor;
use crate::plan::BufferId;
use std::sync::{Mutex, PoisonError};

/// The memory of one run.
pub(crate) struct Frame {
    pub(crate) bases: Bases,
    #[expect(dead_code, reason = "kept for those who point into it")]
    arena: Memory,
    /// What each thread works with.
    pub(crate) workers: Vec<Mutex<Worker>>,
}

/// Where each buffer begins.
pub(crate) struct Bases(pub(crate) Vec<*mut u8>);

/// What one thread works with.
pub(crate) struct Worker {
    /// Working memory of kernels.
    pub(crate) scratch: Memory,
    /// Where the streams of a step lie.
    pub(crate) cursors: Vec<Cursor>,
}

impl Frame {
    pub(crate) fn new(bases: Vec<*mut u8>, arena: Memory, threads: usize, scratch: usize) -> Frame {
        let worker = || Mutex::new(Worker { scratch: Memory::new(scratch), cursors: Vec::new() });
        Frame { bases: Bases(bases), arena, workers: (0..threads.max(1)).map(|_| worker()).collect() }
    }

    /// Where a buffer begins.
    pub(crate) fn base(&self, buffer: BufferId) -> *mut u8 {
        self.bases.of(buffer)
    }

    /// What the caller's own thread works with.
    pub(crate) fn own(&mut self) -> (&Bases, &mut Worker) {
        (&self.bases, self.workers[0].get_mut().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Bases {
    /// Where a buffer begins.
    pub(crate) fn of(&self, buffer: BufferId) -> *mut u8 {
        self.0[buffer.0 as usize]
    }
}

// Pointers lead into the frame's own arena, to constants of the executable, and, during a run only, to the caller's arrays;
// steps that run on several threads write to places that are apart.
unsafe impl Send for Bases {}
unsafe impl Sync for Bases {}

// Cursors are written anew by each step, from the bases.
unsafe impl Send for Worker {}

impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Frame").field("buffers", &self.bases.0.len()).finish_non_exhaustive()
    }
}
