//! Loops that fetch their operands from anywhere and compute in one go: for functions that cost less than the fetching.
//!
//! They are compiled for any processor: loads one by one are no slower than the gathers of AVX2 and AVX-512 are on Zen 4.

#![expect(unsafe_code, reason = "values are given by address, and are of different types")]

use super::order::{Form, Kind};
use crate::lane::tile::Float;
use crate::lane::{Body, Compiled, Isa, Op, compiled, function};
use std::marker::PhantomData;
use wengert_expr::{Binary, DType, Unary};

/// Where an operand's values are: at `base[list[i]]`, or at `base[i * step]`.
#[derive(Clone, Copy, Debug)]
pub(super) struct From {
    pub(super) base: *const u8,
    pub(super) list: *const u32,
    pub(super) step: usize,
}

/// So many sums of so many terms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Run {
    pub(super) sums: u32,
    pub(super) terms: u32,
}

/// What a loop works on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Args {
    /// Of a sum, the first one is for all terms: its list has a part for each run, and in that one for each term, or two for the
    /// factors of a product, with a cell for each sum.
    pub(super) from: [From; 3],
    pub(super) out: *mut u8,
    pub(super) count: usize,
    /// The first of the runs of sums, and how many there are.
    pub(super) runs: *const Run,
    pub(super) run_count: usize,
}

/// A loop. Sound if the operands' values are readable where the arguments say and the results writable, apart from them.
pub(super) type Fused = Compiled<Args>;

/// The loop for a kind of instructions whose operands come from lists, or not; none if it is not worth one.
pub(super) fn fused(kind: Kind, listed: [bool; 3]) -> Option<Fused> {
    match (kind.from, kind.dtype) {
        (DType::F64, DType::F64) => of::<f64>(kind, listed),
        (DType::F32, DType::F32) => of::<f32>(kind, listed),
        _ => None,
    }
}

fn of<T: Float>(kind: Kind, listed: [bool; 3]) -> Option<Fused> {
    Some(match (kind.form, kind.op) {
        (Form::Sum, _) => compiled::<Sum<T, false>>(Isa::Portable),
        (Form::Products, _) => compiled::<Sum<T, true>>(Isa::Portable),
        (Form::One, Op::Binary(Binary::Sub)) => two(listed, |a: T, b: T| a - b),
        (Form::One, Op::Binary(Binary::Mul)) => two(listed, |a: T, b: T| a * b),
        (Form::One, Op::Binary(Binary::Div)) => two(listed, |a: T, b: T| a / b),
        (Form::One, Op::Unary(Unary::Neg)) => one(listed, |a: T| -a),
        (Form::One, Op::Unary(Unary::Square)) => one(listed, |a: T| a * a),
        (Form::One, _) => return None,
    })
}

fn one<T: Float, F: Fn(T) -> T + Copy>(listed: [bool; 3], _: F) -> Fused {
    if listed[0] {
        compiled::<One<T, F, true>>(Isa::Portable)
    } else {
        compiled::<One<T, F, false>>(Isa::Portable)
    }
}

fn two<T: Float, F: Fn(T, T) -> T + Copy>(listed: [bool; 3], _: F) -> Fused {
    match (listed[0], listed[1]) {
        (true, true) => compiled::<Two<T, F, true, true>>(Isa::Portable),
        (true, false) => compiled::<Two<T, F, true, false>>(Isa::Portable),
        (false, true) => compiled::<Two<T, F, false, true>>(Isa::Portable),
        (false, false) => compiled::<Two<T, F, false, false>>(Isa::Portable),
    }
}

struct One<T, F, const A: bool>(PhantomData<(T, F)>);
struct Two<T, F, const A: bool, const B: bool>(PhantomData<(T, F)>);
struct Sum<T, const PRODUCTS: bool>(PhantomData<T>);

/// Values taken at a time.
const CHUNK: usize = 8;

impl From {
    #[inline(always)]
    unsafe fn at<T: Copy, const LISTED: bool>(&self, i: usize) -> T {
        // SAFETY: the caller's.
        unsafe {
            let at = if LISTED { self.list.add(i).read() as usize } else { i * self.step };
            self.base.cast::<T>().add(at).read()
        }
    }

    #[inline(always)]
    unsafe fn chunk<T: Copy, const LISTED: bool>(&self, start: usize) -> [T; CHUNK] {
        // SAFETY: the caller's.
        std::array::from_fn(|i| unsafe { self.at::<T, LISTED>(start + i) })
    }
}

/// Whole chunks, then what is left.
#[inline(always)]
unsafe fn fill<T: Copy>(
    out: *mut T,
    count: usize,
    chunk: impl Fn(usize) -> [T; CHUNK],
    each: impl Fn(usize) -> T,
) {
    let whole = count - count % CHUNK;
    // SAFETY: the caller's: so many results may be written.
    unsafe {
        for start in (0..whole).step_by(CHUNK) {
            out.add(start).cast::<[T; CHUNK]>().write_unaligned(chunk(start));
        }
        for i in whole..count {
            out.add(i).write(each(i));
        }
    }
}

impl<T: Float, F: Fn(T) -> T + Copy, const A: bool> Body for One<T, F, A> {
    type Args = Args;

    #[inline(always)]
    unsafe fn run(args: &Self::Args) {
        let (f, [a, ..]) = (function::<F>(), args.from);
        // SAFETY: as Fused says.
        unsafe {
            let chunk = |start| {
                let a = a.chunk::<T, A>(start);
                std::array::from_fn(|i| f(a[i]))
            };
            fill(args.out.cast(), args.count, chunk, |i| f(a.at::<T, A>(i)));
        }
    }
}

impl<T: Float, F: Fn(T, T) -> T + Copy, const A: bool, const B: bool> Body for Two<T, F, A, B> {
    type Args = Args;

    #[inline(always)]
    unsafe fn run(args: &Self::Args) {
        let (f, [a, b, _]) = (function::<F>(), args.from);
        // SAFETY: as Fused says.
        unsafe {
            let chunk = |start| {
                let (a, b) = (a.chunk::<T, A>(start), b.chunk::<T, B>(start));
                std::array::from_fn(|i| f(a[i], b[i]))
            };
            fill(args.out.cast(), args.count, chunk, |i| f(a.at::<T, A>(i), b.at::<T, B>(i)));
        }
    }
}

impl<T: Float, const PRODUCTS: bool> Body for Sum<T, PRODUCTS> {
    type Args = Args;

    #[inline(always)]
    unsafe fn run(args: &Self::Args) {
        let (mut list, mut out) = (args.from[0].list, args.out.cast::<T>());
        let factors = if PRODUCTS { 2 } else { 1 };
        for run in 0..args.run_count {
            // SAFETY: as Fused says.
            unsafe {
                let run = args.runs.add(run).read();
                let (sums, terms) = (run.sums as usize, run.terms as usize);
                let factor = |f: usize| From { list: list.add(f * sums), ..args.from[0] };
                let chunk = |term: usize, start: usize| {
                    let a = factor(term * factors).chunk::<T, true>(start);
                    if !PRODUCTS {
                        return a;
                    }
                    let b = factor(term * factors + 1).chunk::<T, true>(start);
                    std::array::from_fn(|i| a[i] * b[i])
                };
                let sum = |start| {
                    (1..terms).fold(chunk(0, start), |sum, term| {
                        let x = chunk(term, start);
                        std::array::from_fn(|i| sum[i] + x[i])
                    })
                };
                let one = |term: usize, i: usize| {
                    let a = factor(term * factors).at::<T, true>(i);
                    if PRODUCTS { a * factor(term * factors + 1).at::<T, true>(i) } else { a }
                };
                fill(out, sums, sum, |i| (1..terms).fold(one(0, i), |sum, term| sum + one(term, i)));
                list = list.add(sums * terms * factors);
                out = out.add(sums);
            }
        }
    }
}
