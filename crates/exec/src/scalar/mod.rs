//! Scalar programs with many instructions, run once: instructions that are ready and alike are run side by side.
//!
//! The order in which each sum is added up is the program's own; only instructions that do not depend on each other change
//! places. So results have the bits that the program's own order gives.

#![expect(unsafe_code, reason = "values and streams are given by address")]

mod code;
mod fused;
mod layout;
mod order;
mod run;
mod sums;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod workload;

use crate::lane::{Cursor, Isa, Program};
use code::Code;

/// Scalar programs with fewer instructions are compiled to straight-line code in a few milliseconds, and it stays in the cache.
pub(crate) const LONG: usize = 3000;

/// A scalar program made ready.
#[derive(Debug)]
pub(crate) struct Grouped {
    code: Code,
}

impl Grouped {
    /// Groups a program's instructions, in time proportional to their number.
    ///
    /// # Panics
    /// If the program has a stream that is not uniform, or instructions that do not fit their operands.
    pub(crate) fn new(program: &Program) -> Grouped {
        Grouped { code: Code::new(program, Isa::detect(), order::WINDOW) }
    }

    /// Bytes of working memory that a run needs.
    pub(crate) fn scratch(&self) -> usize {
        self.code.scratch
    }

    /// Instructions in a group, on average.
    pub(crate) fn mean_group(&self) -> f64 {
        self.code.instructions() as f64 / self.code.groups.len().max(1) as f64
    }

    /// Runs the program. `cursors` has one entry for each stream.
    ///
    /// # Safety
    /// Each cursor points to memory of its stream's dtype, written by nobody else meanwhile, nor read where this writes;
    /// `scratch` has [`Grouped::scratch`] bytes, aligned to 64.
    pub(crate) unsafe fn run(&self, cursors: &[Cursor], scratch: &mut [u8]) {
        assert!(scratch.len() >= self.scratch() && cursors.len() == self.code.streams, "room for a run");
        // SAFETY: the caller's.
        unsafe { self.code.run(cursors, scratch.as_mut_ptr()) }
    }
}
