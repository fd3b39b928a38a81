//! Which kernel runs a loop: native code where the processor allows for it, else the tile interpreter.

#![expect(unsafe_code, reason = "Kernel::run is unsafe to call")]

use crate::lane::{Cursor, Kernel, Program, Tiles};
use crate::native::{self, NativeScalar};
use crate::plan::Loop;
use crate::scalar::Grouped;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Code for one element, as a kernel.
#[derive(Debug)]
struct One(NativeScalar);

/// A scalar program in groups, as a kernel.
#[derive(Debug)]
struct Many(Grouped);

macro_rules! of_one_element {
    ($($kernel:ident),*) => {$(
        impl Kernel for $kernel {
            unsafe fn run(&self, cursors: &[Cursor], rows: usize, count: usize, scratch: &mut [u8]) {
                debug_assert_eq!((rows, count), (1, 1));
                // Sound: the caller answers for it.
                unsafe { self.0.run(cursors, scratch) }
            }

            fn scratch(&self) -> usize {
                self.0.scratch()
            }
        }
    )*};
}
of_one_element!(One, Many);

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

/// The kernel of a program, for one element or many.
pub(crate) fn kernel(program: &Program, one: bool, native: bool) -> Arc<dyn Kernel> {
    if one {
        return scalar(program, native).unwrap_or_else(|| Arc::new(Tiles::new(program.clone())));
    }
    let compiled = if native { native::compile(program) } else { None };
    compiled.map_or_else(|| Arc::new(Tiles::new(program.clone())) as Arc<dyn Kernel>, |k| Arc::new(k))
}

/// A kernel for one element: straight-line code, or groups of like instructions where there are many.
fn scalar(program: &Program, native: bool) -> Option<Arc<dyn Kernel>> {
    /// Programs with fewer instructions are compiled in a few milliseconds, and their code stays in the cache.
    const MANY: usize = 3000;
    /// Where fewer instructions than this run side by side, straight-line code is quicker.
    const SIDE_BY_SIDE: f64 = 16.0;
    /// Code for more instructions than this takes too long to make.
    const MOST: usize = 400_000;
    let count = program.insts.len();
    let straight = || native::compile_scalar(program).map(|k| Arc::new(One(k)) as Arc<dyn Kernel>);
    if native && count < MANY {
        return straight();
    }
    if count < MANY / 10 {
        return None;
    }
    let grouped = Grouped::new(program);
    if native && count < MOST && grouped.mean_group() < SIDE_BY_SIDE {
        return straight();
    }
    Some(Arc::new(Many(grouped)))
}
