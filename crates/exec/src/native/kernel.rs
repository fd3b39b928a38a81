//! Compiled programs.

#![expect(unsafe_code, reason = "compiled programs are given memory by address")]

use super::frame::assemble;
use super::lower::lower;
use super::memory::Executable;
use super::shape::Shape;
use crate::lane::{Cursor, Kernel, Program};

/// A program as vector code.
#[derive(Debug)]
pub(crate) struct Native {
    code: Executable,
    streams: usize,
}

/// A program as code for one element.
#[derive(Debug)]
pub(crate) struct NativeScalar {
    code: Executable,
    streams: usize,
}

/// True if there is native code at all: if the processor has what it needs.
pub(crate) fn is_there() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("bmi2")
}

/// Vector code for a program; `None` if the processor has no AVX-512, or the program something without a vector form.
pub(crate) fn compile(program: &Program) -> Option<Native> {
    let lanes = program.lanes();
    let code = build(program, Shape { lanes, scalar: false })?;
    Some(Native { code, streams: program.streams.len() })
}

/// Code for one element of a program, which `None` is for the same reasons.
pub(crate) fn compile_scalar(program: &Program) -> Option<NativeScalar> {
    let code = build(program, Shape { lanes: 1, scalar: true })?;
    Some(NativeScalar { code, streams: program.streams.len() })
}

fn build(program: &Program, shape: Shape) -> Option<Executable> {
    if !is_there() {
        return None;
    }
    let tape = lower(program, shape.scalar)?;
    let states = if tape.reduces.is_empty() { 1 } else { program.accumulators() / shape.lanes };
    let machine = assemble(&tape, shape, program.streams.len(), states)?;
    Executable::new(machine)
}

impl Native {}

impl Kernel for Native {
    unsafe fn run(&self, cursors: &[Cursor], rows: usize, count: usize, scratch: &mut [u8]) {
        debug_assert_eq!(cursors.len(), self.streams);
        // Sound: the caller answers for it.
        unsafe { self.code.call(cursors, rows, count, scratch) }
    }

    fn scratch(&self) -> usize {
        self.code.scratch()
    }
}

impl NativeScalar {
    /// Bytes of working memory that a run needs.
    pub(crate) fn scratch(&self) -> usize {
        self.code.scratch()
    }

    /// Runs the program on the first element of each stream.
    ///
    /// # Safety
    /// As for `Kernel::run`, with one row of one element.
    pub(crate) unsafe fn run(&self, cursors: &[Cursor], scratch: &mut [u8]) {
        debug_assert_eq!(cursors.len(), self.streams);
        // Sound: the caller answers for it.
        unsafe { self.code.call(cursors, 1, 1, scratch) }
    }
}
