//! Where there is no native code: nothing can be compiled.

#![expect(unsafe_code, reason = "Kernel::run is unsafe to call")]

use crate::lane::{Cursor, Kernel, Program};

/// Nothing.
#[derive(Debug)]
pub(crate) enum Native {}

/// Nothing.
#[derive(Debug)]
pub(crate) enum NativeScalar {}

/// True if there is native code at all.
pub(crate) fn is_there() -> bool {
    false
}

pub(crate) fn compile(_: &Program) -> Option<Native> {
    None
}

pub(crate) fn compile_scalar(_: &Program) -> Option<NativeScalar> {
    None
}

impl Native {}

impl Kernel for Native {
    unsafe fn run(&self, _: &[Cursor], _: usize, _: usize, _: &mut [u8]) {
        match *self {}
    }

    fn scratch(&self) -> usize {
        match *self {}
    }
}

impl NativeScalar {
    pub(crate) fn scratch(&self) -> usize {
        match *self {}
    }

    pub(crate) unsafe fn run(&self, _: &[Cursor], _: &mut [u8]) {
        match *self {}
    }
}
