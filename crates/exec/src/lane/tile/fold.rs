//! Folds into streams: element by element, or a row at a time as [`Program::accumulators`] says.
//!
//! [`Program::accumulators`]: crate::lane::Program::accumulators

#![expect(unsafe_code, reason = "streams and tiles are given by address, and are of different types")]

use super::element::{Extrema, Float};
use super::isa::{Body, Compiled, Isa, compiled};
use super::lanes::function;
use super::memory::Block;
use std::marker::PhantomData;
use std::mem::{MaybeUninit, transmute_copy};
use wengert_expr::{DType, Reduction};

/// What is folded into what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Args {
    /// The first value.
    pub(crate) value: *const u8,
    /// Elements from a row's values to the next's, and from one value to the next: 0 where all are equal.
    pub(crate) row: usize,
    pub(crate) step: usize,
    /// As many rows of as many elements; where a row folds into one element, this is the row's.
    pub(crate) out: Block,
    /// The partial results of a row, room for 64 of 8 bytes.
    pub(crate) state: *mut u8,
    /// Whether rows start here, or were begun before; and whether they end here.
    pub(crate) first: bool,
    pub(crate) last: bool,
    /// The bits of what a fold starts with.
    pub(crate) identity: u64,
}

/// A fold. Sound if all memory is as the arguments say, of the dtype that the fold is for, and the state is nobody else's.
pub(crate) type Fold = Compiled<Args>;

/// `out = fold(out, value)`; none for truth values, which have no such folds.
pub(crate) fn accumulate(isa: Isa, fold: Reduction, dtype: DType) -> Option<Fold> {
    let isa = isa.narrow();
    match dtype {
        DType::Bool => None,
        DType::I64 => Some(integers(isa, fold, None)),
        DType::F32 => Some(floats::<f32>(isa, fold, None)),
        DType::F64 => Some(floats::<f64>(isa, fold, None)),
    }
}

/// `out = fold(out, fold of a row)`, with this many partial results; none for truth values.
pub(crate) fn reduce(isa: Isa, fold: Reduction, dtype: DType, width: usize) -> Option<Fold> {
    let isa = isa.narrow();
    match dtype {
        DType::Bool => None,
        DType::I64 => Some(integers(isa, fold, Some(width))),
        DType::F32 => Some(floats::<f32>(isa, fold, Some(width))),
        DType::F64 => Some(floats::<f64>(isa, fold, Some(width))),
    }
}

fn floats<T: Float + Extrema>(isa: Isa, fold: Reduction, width: Option<usize>) -> Fold {
    match fold {
        Reduction::Sum => loops(isa, |a: T, b: T| a + b, width),
        Reduction::Prod => loops(isa, |a: T, b: T| a * b, width),
        Reduction::Max => loops(isa, T::greater, width),
        Reduction::Min => loops(isa, T::lesser, width),
    }
}

fn integers(isa: Isa, fold: Reduction, width: Option<usize>) -> Fold {
    match fold {
        Reduction::Sum => loops(isa, i64::wrapping_add, width),
        Reduction::Prod => loops(isa, i64::wrapping_mul, width),
        Reduction::Max => loops(isa, i64::greater, width),
        Reduction::Min => loops(isa, i64::lesser, width),
    }
}

/// Over rows with so many partial results, or element by element.
fn loops<T: Copy, F: Fn(T, T) -> T + Copy>(isa: Isa, _: F, width: Option<usize>) -> Fold {
    match width {
        None => compiled::<Accumulate<T, F>>(isa),
        Some(8) => compiled::<Reduce<T, F, 8>>(isa),
        Some(16) => compiled::<Reduce<T, F, 16>>(isa),
        Some(32) => compiled::<Reduce<T, F, 32>>(isa),
        Some(_) => compiled::<Reduce<T, F, 64>>(isa),
    }
}

struct Accumulate<T, F>(PhantomData<(T, F)>);
struct Reduce<T, F, const WIDTH: usize>(PhantomData<(T, F)>);

impl<T: Copy, F: Fn(T, T) -> T + Copy> Body for Accumulate<T, F> {
    type Args = Args;

    #[inline(always)]
    unsafe fn run(args: &Args) {
        let f = function::<F>();
        let (value, out) = (args.value.cast::<T>(), args.out);
        for row in 0..out.rows {
            // SAFETY: every address is of one of the elements that the arguments tell of.
            unsafe {
                let from = value.add(row * args.row);
                let to = out.pointer.offset(row as isize * out.row);
                if out.step == size_of::<T>() as isize && args.step == 1 {
                    let to = to.cast::<T>();
                    for i in 0..out.count {
                        to.add(i).write(f(to.add(i).read(), from.add(i).read()));
                    }
                } else {
                    for i in 0..out.count {
                        let to = to.offset(i as isize * out.step).cast::<T>();
                        to.write(f(to.read(), from.add(i * args.step).read()));
                    }
                }
            }
        }
    }
}

impl<T: Copy, F: Fn(T, T) -> T + Copy, const WIDTH: usize> Body for Reduce<T, F, WIDTH> {
    type Args = Args;

    #[inline(always)]
    unsafe fn run(args: &Args) {
        let f = function::<F>();
        let short = args.first && args.last && (1..=WIDTH).contains(&args.out.count);
        let blocks = if short { args.out.rows / ABREAST } else { 0 };
        for block in 0..blocks {
            // SAFETY: as below.
            unsafe { fold_abreast::<T, F, WIDTH>(args, block * ABREAST) }
        }
        for row in blocks * ABREAST..args.out.rows {
            // SAFETY: every address is of one of the elements that the arguments tell of, or of the state.
            unsafe {
                let value = args.value.cast::<T>().add(row * args.row);
                let state = args.state.cast::<[T; WIDTH]>();
                let mut partial = if args.first { [element(args.identity); WIDTH] } else { state.read() };
                fold_row::<T, F, WIDTH>(&mut partial, value, args.step, args.out.count);
                if args.last {
                    let mut half = WIDTH / 2;
                    while half > 0 {
                        for i in 0..half {
                            partial[i] = f(partial[i], partial[i + half]);
                        }
                        half /= 2;
                    }
                    let to = args.out.pointer.offset(row as isize * args.out.row).cast::<T>();
                    to.write(f(to.read(), partial[0]));
                } else {
                    state.write(partial);
                }
            }
        }
    }
}

/// The element with these bits.
#[inline(always)]
unsafe fn element<T: Copy>(bits: u64) -> T {
    // SAFETY: the caller's: T is a number of 4 or 8 bytes.
    unsafe { if size_of::<T>() == 4 { transmute_copy(&(bits as u32)) } else { transmute_copy(&bits) } }
}

/// Short rows that are folded side by side.
const ABREAST: usize = 8;

/// Folds rows of no more than `WIDTH` values. A partial result that has no value is left out: it is the identity, which changes
/// nothing that it is folded with, as the other one is no negative zero.
#[inline(always)]
unsafe fn fold_abreast<T: Copy, F: Fn(T, T) -> T + Copy, const WIDTH: usize>(args: &Args, row: usize) {
    let f = function::<F>();
    let count = args.out.count;
    // SAFETY: the caller's: there are so many rows of so many values; and so many partial results are written before they are read.
    unsafe {
        let value = args.value.cast::<T>().add(row * args.row);
        let start = element::<T>(args.identity);
        let mut room = [MaybeUninit::<[T; ABREAST]>::uninit(); WIDTH];
        for (i, partial) in room.iter_mut().enumerate().take(count) {
            let x: [T; ABREAST] = std::array::from_fn(|r| value.add(r * args.row + i * args.step).read());
            partial.write(std::array::from_fn(|r| f(start, x[r])));
        }
        let partial = std::slice::from_raw_parts_mut(room.as_mut_ptr().cast::<[T; ABREAST]>(), count);
        let mut half = count.next_power_of_two() / 2;
        while half > 0 {
            for i in 0..half.min(count - half) {
                let other = partial[i + half];
                partial[i] = std::array::from_fn(|r| f(partial[i][r], other[r]));
            }
            half /= 2;
        }
        for (r, &total) in partial[0].iter().enumerate() {
            let to = args.out.pointer.offset((row + r) as isize * args.out.row).cast::<T>();
            to.write(f(to.read(), total));
        }
    }
}

/// Folds `count` values into the partial results, each into the next one.
#[inline(always)]
unsafe fn fold_row<T: Copy, F: Fn(T, T) -> T + Copy, const WIDTH: usize>(
    partial: &mut [T; WIDTH],
    value: *const T,
    step: usize,
    count: usize,
) {
    let f = function::<F>();
    let whole = count - count % WIDTH;
    // SAFETY: the caller's: so many values lie there; one, if the step is 0 and there is any.
    unsafe {
        if step == 0 && count > 0 {
            let x = value.read();
            for _ in 0..count / WIDTH {
                *partial = std::array::from_fn(|i| f(partial[i], x));
            }
        } else {
            for start in (0..whole).step_by(WIDTH) {
                let x = value.add(start).cast::<[T; WIDTH]>().read_unaligned();
                *partial = std::array::from_fn(|i| f(partial[i], x[i]));
            }
        }
        for (i, partial) in partial.iter_mut().enumerate().take(count - whole) {
            *partial = f(*partial, value.add((whole + i) * step).read());
        }
    }
}
