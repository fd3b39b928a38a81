//! Which kernel runs a loop: native code where the processor allows for it, else the tile interpreter.

#![expect(unsafe_code, reason = "Kernel::run is unsafe to call")]

use crate::lane::{Cursor, Kernel, Program, Tiles};
use crate::native::{self, NativeScalar};
use crate::plan::Loop;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Code for one element, as a kernel.
#[derive(Debug)]
struct One(NativeScalar);

impl Kernel for One {
    unsafe fn run(&self, cursors: &[Cursor], rows: usize, count: usize, scratch: &mut [u8]) {
        debug_assert_eq!((rows, count), (1, 1));
        // Sound: the caller answers for it.
        unsafe { self.0.run(cursors, scratch) }
    }

    fn scratch(&self) -> usize {
        self.0.scratch()
    }
}

/// The kernels of one compilation: equal programs share one.
pub(crate) struct Kernels {
    native: bool,
    known: FxHashMap<(Program, bool), Arc<dyn Kernel>>,
}

impl Kernels {
    pub(crate) fn new(native: bool) -> Kernels {
        Kernels { native, known: FxHashMap::default() }
    }

    pub(crate) fn of(&mut self, l: &Loop) -> Arc<dyn Kernel> {
        let one = l.elements() == 1;
        let native = self.native;
        let known = self.known.entry((l.program.clone(), one));
        known.or_insert_with(|| kernel(&l.program, one, native)).clone()
    }
}

fn kernel(program: &Program, one: bool, native: bool) -> Arc<dyn Kernel> {
    let compiled: Option<Arc<dyn Kernel>> = match (native, one) {
        (false, _) => None,
        (true, true) => native::compile_scalar(program).map(|k| Arc::new(One(k)) as Arc<dyn Kernel>),
        (true, false) => native::compile(program).map(|k| Arc::new(k) as Arc<dyn Kernel>),
    };
    compiled.unwrap_or_else(|| Arc::new(Tiles::new(program.clone())))
}
