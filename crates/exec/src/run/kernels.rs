//! Which kernel runs a loop: native code where the processor allows for it, else the tile interpreter.

#![expect(unsafe_code, reason = "Kernel::run is unsafe to call")]

use super::moves::Moves;
use crate::lane::{Cursor, Kernel, Program, Tiles};
use crate::native::{self, NativeScalar};
use crate::plan::Loop;
use crate::scalar::{Grouped, LONG};
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
    /// Whether products that are added may round once, in long programs too, which the plan leaves as they are.
    contract: bool,
    known: FxHashMap<(Program, bool), Arc<dyn Kernel>>,
}

impl Kernels {
    pub(crate) fn new(native: bool, contract: bool) -> Kernels {
        Kernels { native, contract, known: FxHashMap::default() }
    }

    pub(crate) fn of(&mut self, l: &Loop) -> Arc<dyn Kernel> {
        let one = l.elements() == 1;
        let native = self.native;
        if one && l.program.insts.len() >= LONG {
            return long(&l.program, native, self.contract).unwrap_or_else(|| tiles(&l.program));
        }
        let known = self.known.entry((l.program.clone(), one));
        known.or_insert_with(|| kernel(&l.program, one, native)).clone()
    }
}

/// The kernel of a program, for one element or many.
pub(crate) fn kernel(program: &Program, one: bool, native: bool) -> Arc<dyn Kernel> {
    let compiled = match one {
        true => short(program, native),
        false if native => native::compile(program).map(|k| Arc::new(k) as Arc<dyn Kernel>),
        false => None,
    };
    let usual = compiled.unwrap_or_else(|| tiles(program));
    if one {
        return usual;
    }
    Moves::of(program, usual).map_or_else(|usual| usual, |moves| Arc::new(moves))
}

fn tiles(program: &Program) -> Arc<dyn Kernel> {
    Arc::new(Tiles::new(program.clone()))
}

fn straight(program: &Program) -> Option<Arc<dyn Kernel>> {
    native::compile_scalar(program).map(|k| Arc::new(One(k)) as Arc<dyn Kernel>)
}

/// A kernel for one element: straight-line code where there is native code.
fn short(program: &Program, native: bool) -> Option<Arc<dyn Kernel>> {
    if native {
        return straight(program);
    }
    (program.insts.len() >= LONG / 10).then(|| Arc::new(Many(Grouped::new(program))) as Arc<dyn Kernel>)
}

/// A kernel for many instructions on one element: groups of like ones, or straight-line code where groups are small.
fn long(program: &Program, native: bool, contract: bool) -> Option<Arc<dyn Kernel>> {
    /// Where fewer instructions than this run side by side, straight-line code is quicker.
    const SIDE_BY_SIDE: f64 = 12.0;
    /// Code that runs longer, in nanoseconds, is so much that it takes seconds to make, and leaves the cache.
    const MOST: f64 = 250_000.0;
    let grouped = Grouped::new(program);
    if native && program.nanoseconds() < MOST && grouped.mean_group() < SIDE_BY_SIDE {
        return if contract { straight(&program.contracted()) } else { straight(program) };
    }
    Some(Arc::new(Many(grouped)))
}
