//! Elementwise functions over tiles, one loop for each, that the compiler turns into vector code.
//!
//! Always holds: a loop takes [`LANES`] elements at a time and reads them all before it writes; so results may lie where an
//! operand of the same size lay. Counts are rounded up to whole chunks, for which every tile has room.

#![expect(unsafe_code, reason = "tiles are given by address, and are of different types")]

use super::isa::{Body, Compiled, Isa, compiled};
use std::marker::PhantomData;
use std::ptr::NonNull;

/// Elements in a chunk.
pub(crate) const LANES: usize = 16;

/// Elements in a tile.
pub(crate) const TILE: usize = 256;

/// Where operands lie and results go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Args {
    pub(crate) operands: [*const u8; 3],
    /// 1, or 0 for an operand that is one chunk of equal elements.
    pub(crate) steps: [usize; 3],
    pub(crate) out: *mut u8,
    /// Elements, not yet rounded up.
    pub(crate) count: usize,
}

/// A loop over tiles.
///
/// Its call is sound if the operands and the result have room for `count` elements rounded up to whole chunks (one chunk
/// where the step is 0), of types that the function was made for, and if the result's memory is nobody else's, save that it
/// may be just that of an operand with elements of its size.
pub(crate) type Run = Compiled<Args>;

/// The loop of a function of one element.
pub(crate) fn one<A: Copy, R: Copy, F: Fn(A) -> R + Copy>(isa: Isa, _: F) -> Run {
    compiled::<One<A, R, F>>(isa)
}

/// The loop of a function of two elements.
pub(crate) fn two<A: Copy, B: Copy, R: Copy, F: Fn(A, B) -> R + Copy>(isa: Isa, _: F) -> Run {
    compiled::<Two<A, B, R, F>>(isa)
}

/// The loop of a function of three elements.
pub(crate) fn three<A: Copy, B: Copy, C: Copy, R: Copy, F: Fn(A, B, C) -> R + Copy>(isa: Isa, _: F) -> Run {
    compiled::<Three<A, B, C, R, F>>(isa)
}

struct One<A, R, F>(PhantomData<(A, R, F)>);
struct Two<A, B, R, F>(PhantomData<(A, B, R, F)>);
struct Three<A, B, C, R, F>(PhantomData<(A, B, C, R, F)>);

/// The value of a type without data, as functions that capture nothing are.
#[inline(always)]
pub(crate) fn function<F: Copy>() -> F {
    const { assert!(size_of::<F>() == 0, "a loop's function captures nothing") };
    // SAFETY: there are no bytes to be wrong, and whoever names the type had a value of it, which is Copy.
    unsafe { NonNull::dangling().read() }
}

#[inline(always)]
unsafe fn chunk<T: Copy>(pointer: *const u8, step: usize, start: usize) -> [T; LANES] {
    // SAFETY: the caller's: a chunk lies there.
    unsafe { pointer.cast::<T>().add(start * step).cast::<[T; LANES]>().read_unaligned() }
}

#[inline(always)]
unsafe fn put<T: Copy>(pointer: *mut u8, start: usize, chunk: [T; LANES]) {
    // SAFETY: the caller's: a chunk's room lies there.
    unsafe { pointer.cast::<T>().add(start).cast::<[T; LANES]>().write_unaligned(chunk) }
}

impl<A: Copy, R: Copy, F: Fn(A) -> R + Copy> Body for One<A, R, F> {
    type Args = Args;

    #[inline(always)]
    unsafe fn run(args: &Args) {
        let f = function::<F>();
        for start in (0..args.count).step_by(LANES) {
            // SAFETY: as Run says.
            unsafe {
                let a = chunk::<A>(args.operands[0], args.steps[0], start);
                put(args.out, start, std::array::from_fn(|i| f(a[i])));
            }
        }
    }
}

impl<A: Copy, B: Copy, R: Copy, F: Fn(A, B) -> R + Copy> Body for Two<A, B, R, F> {
    type Args = Args;

    #[inline(always)]
    unsafe fn run(args: &Args) {
        let f = function::<F>();
        for start in (0..args.count).step_by(LANES) {
            // SAFETY: as Run says.
            unsafe {
                let a = chunk::<A>(args.operands[0], args.steps[0], start);
                let b = chunk::<B>(args.operands[1], args.steps[1], start);
                put(args.out, start, std::array::from_fn(|i| f(a[i], b[i])));
            }
        }
    }
}

impl<A: Copy, B: Copy, C: Copy, R: Copy, F: Fn(A, B, C) -> R + Copy> Body for Three<A, B, C, R, F> {
    type Args = Args;

    #[inline(always)]
    unsafe fn run(args: &Args) {
        let f = function::<F>();
        for start in (0..args.count).step_by(LANES) {
            // SAFETY: as Run says.
            unsafe {
                let a = chunk::<A>(args.operands[0], args.steps[0], start);
                let b = chunk::<B>(args.operands[1], args.steps[1], start);
                let c = chunk::<C>(args.operands[2], args.steps[2], start);
                put(args.out, start, std::array::from_fn(|i| f(a[i], b[i], c[i])));
            }
        }
    }
}
