//! Which loop an elementwise instruction is.
//!
//! What every machine computes alike is a loop of its own; elementary functions are those of [`crate::math`], and a row's
//! own function, element by element, where there is none.

#![expect(unsafe_code, reason = "slices are made of tiles given by address")]

use super::element::{Extrema, Float, integer_power, integer_remainder};
use super::isa::Isa;
use super::lanes::{Args, LANES, Run, TILE, one, three, two};
use crate::lane::{Inst, Op};
use crate::math;
use std::fmt;
use std::sync::Arc;
use wengert_expr::{Binary, Comparison, DType, Kernel, Op as Primitive, Unary, special};

/// An elementwise instruction made ready.
#[derive(Clone)]
pub(crate) enum Function {
    /// A loop of chunks.
    Chunks(Run),
    /// A function of slices: the result lies apart from the operands.
    Slices(Arc<dyn Fn(&Args) + Send + Sync>),
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.overwrites() { "Chunks" } else { "Slices" })
    }
}

impl Function {
    /// The function of an instruction whose first operand is of this dtype; none if it is no elementwise one, or is one of
    /// operands that it does not have.
    pub(crate) fn of(inst: &Inst, from: DType, isa: Isa) -> Option<Function> {
        let chunks = |run: Option<Run>| run.map(Function::Chunks);
        // Only AVX-512 multiplies and converts integers of 64 bits.
        let isa = if from == DType::I64 || inst.dtype == DType::I64 { isa } else { isa.narrow() };
        match (inst.op, from) {
            (Op::Unary(Unary::Not), DType::Bool) => chunks(Some(one(isa, |a: u8| a ^ 1))),
            (Op::Unary(f), DType::F32) => chunks(unary::<f32>(isa, f)).or_else(|| elementary_1::<f32>(f)),
            (Op::Unary(f), DType::F64) => chunks(unary::<f64>(isa, f)).or_else(|| elementary_1::<f64>(f)),
            (Op::Unary(f), DType::I64) => chunks(unary_integer(isa, f)),
            (Op::Polygamma, DType::F32) => Some(polygamma::<f32>(inst.args[1])),
            (Op::Polygamma, DType::F64) => Some(polygamma::<f64>(inst.args[1])),
            (Op::Binary(f), DType::F32) => chunks(binary::<f32>(isa, f)).or_else(|| elementary_2::<f32>(f)),
            (Op::Binary(f), DType::F64) => chunks(binary::<f64>(isa, f)).or_else(|| elementary_2::<f64>(f)),
            (Op::Binary(f), DType::I64) => chunks(binary_integer(isa, f)),
            (Op::Binary(f), DType::Bool) => chunks(logic(isa, f)),
            (Op::Compare(f), DType::Bool) => chunks(Some(compare::<u8>(isa, f))),
            (Op::Compare(f), DType::I64) => chunks(Some(compare::<i64>(isa, f))),
            (Op::Compare(f), DType::F32) => chunks(Some(compare::<f32>(isa, f))),
            (Op::Compare(f), DType::F64) => chunks(Some(compare::<f64>(isa, f))),
            (Op::Select, DType::Bool) => chunks(Some(select(isa, inst.dtype))),
            (Op::Cast, _) => chunks(Some(cast(isa, from, inst.dtype))),
            (Op::MulAdd, DType::F32) => chunks(Some(three(isa, |a: f32, b, c| Float::mul_add(a, b, c)))),
            (Op::MulAdd, DType::F64) => chunks(Some(three(isa, |a: f64, b, c| Float::mul_add(a, b, c)))),
            _ => None,
        }
    }

    /// True if results may lie where an operand lay.
    pub(crate) fn overwrites(&self) -> bool {
        matches!(self, Function::Chunks(_))
    }

    /// Computes a tile.
    ///
    /// # Safety
    /// As [`Run`] says, for at most [`TILE`] elements; and only chunks may be given a result in an operand's place.
    #[inline]
    pub(crate) unsafe fn call(&self, args: &Args) {
        match self {
            // SAFETY: the caller's.
            Function::Chunks(run) => unsafe { run(args) },
            Function::Slices(call) => call(args),
        }
    }
}

fn unary<T: Float>(isa: Isa, f: Unary) -> Option<Run> {
    Some(match f {
        Unary::Neg => one(isa, |x: T| -x),
        Unary::Abs => one(isa, T::abs),
        Unary::Sign => one(isa, T::sign),
        Unary::Sqrt => one(isa, T::sqrt),
        Unary::Rsqrt => one(isa, |x: T| T::narrow(1.0 / x.widen().sqrt())),
        Unary::Reciprocal => one(isa, |x: T| T::narrow(1.0) / x),
        Unary::Square => one(isa, |x: T| x * x),
        Unary::Floor => one(isa, T::floor),
        Unary::Ceil => one(isa, T::ceil),
        Unary::Round => one(isa, T::round),
        Unary::Trunc => one(isa, T::trunc),
        Unary::IsFinite => one(isa, |x: T| u8::from(x.is_finite())),
        Unary::Exp
        | Unary::Expm1
        | Unary::Exp2
        | Unary::Log
        | Unary::Log1p
        | Unary::Log2
        | Unary::Log10
        | Unary::Cbrt
        | Unary::Sin
        | Unary::Cos
        | Unary::Tan
        | Unary::Asin
        | Unary::Acos
        | Unary::Atan
        | Unary::Sinh
        | Unary::Cosh
        | Unary::Tanh
        | Unary::Asinh
        | Unary::Acosh
        | Unary::Atanh
        | Unary::Sigmoid
        | Unary::Logit
        | Unary::Softplus
        | Unary::Erf
        | Unary::Erfc
        | Unary::Lgamma
        | Unary::Digamma
        | Unary::Not => return None,
    })
}

fn unary_integer(isa: Isa, f: Unary) -> Option<Run> {
    Some(match f {
        Unary::Neg => one(isa, i64::wrapping_neg),
        Unary::Abs => one(isa, i64::wrapping_abs),
        Unary::Sign => one(isa, i64::signum),
        Unary::Square => one(isa, |x: i64| x.wrapping_mul(x)),
        Unary::Floor | Unary::Ceil | Unary::Round | Unary::Trunc => one(isa, |x: i64| x),
        _ => return None,
    })
}

fn binary<T: Float + Extrema>(isa: Isa, f: Binary) -> Option<Run> {
    Some(match f {
        Binary::Add => two(isa, |a: T, b: T| a + b),
        Binary::Sub => two(isa, |a: T, b: T| a - b),
        Binary::Mul => two(isa, |a: T, b: T| a * b),
        Binary::Div => two(isa, |a: T, b: T| a / b),
        Binary::Maximum => two(isa, T::greater),
        Binary::Minimum => two(isa, T::lesser),
        Binary::Pow | Binary::Atan2 | Binary::Hypot | Binary::Remainder | Binary::Random => return None,
        Binary::And | Binary::Or | Binary::Xor => return None,
    })
}

fn binary_integer(isa: Isa, f: Binary) -> Option<Run> {
    Some(match f {
        Binary::Add => two(isa, i64::wrapping_add),
        Binary::Sub => two(isa, i64::wrapping_sub),
        Binary::Mul => two(isa, i64::wrapping_mul),
        Binary::Maximum => two(isa, i64::greater),
        Binary::Minimum => two(isa, i64::lesser),
        Binary::Pow => two(isa, integer_power),
        Binary::Remainder => two(isa, integer_remainder),
        _ => return None,
    })
}

fn logic(isa: Isa, f: Binary) -> Option<Run> {
    Some(match f {
        Binary::And => two(isa, |a: u8, b: u8| a & b),
        Binary::Or => two(isa, |a: u8, b: u8| a | b),
        Binary::Xor => two(isa, |a: u8, b: u8| a ^ b),
        _ => return None,
    })
}

fn compare<T: Copy + PartialOrd>(isa: Isa, f: Comparison) -> Run {
    match f {
        Comparison::Equal => two(isa, |a: T, b: T| u8::from(a == b)),
        Comparison::NotEqual => two(isa, |a: T, b: T| u8::from(a != b)),
        Comparison::Less => two(isa, |a: T, b: T| u8::from(a < b)),
        Comparison::LessEqual => two(isa, |a: T, b: T| u8::from(a <= b)),
        Comparison::Greater => two(isa, |a: T, b: T| u8::from(a > b)),
        Comparison::GreaterEqual => two(isa, |a: T, b: T| u8::from(a >= b)),
    }
}

fn select(isa: Isa, dtype: DType) -> Run {
    fn go<T: Copy>(isa: Isa) -> Run {
        three(isa, |c: u8, a: T, b: T| if c != 0 { a } else { b })
    }
    match dtype {
        DType::Bool => go::<u8>(isa),
        DType::I64 | DType::F64 => go::<u64>(isa),
        DType::F32 => go::<u32>(isa),
    }
}

fn cast(isa: Isa, from: DType, to: DType) -> Run {
    use DType::{Bool, F32, F64, I64};
    match (from, to) {
        (Bool, Bool) => one(isa, |x: u8| x),
        (Bool, I64) => one(isa, |x: u8| i64::from(x)),
        (Bool, F32) => one(isa, |x: u8| f32::from(x)),
        (Bool, F64) => one(isa, |x: u8| f64::from(x)),
        (I64, Bool) => one(isa, |x: i64| u8::from(x != 0)),
        (I64, I64) | (F64, F64) => one(isa, |x: u64| x),
        (I64, F32) => one(isa, |x: i64| x as f32),
        (I64, F64) => one(isa, |x: i64| x as f64),
        (F32, Bool) => one(isa, |x: f32| u8::from(x != 0.0)),
        (F32, I64) => one(isa, |x: f32| x as i64),
        (F32, F32) => one(isa, |x: u32| x),
        (F32, F64) => one(isa, |x: f32| f64::from(x)),
        (F64, Bool) => one(isa, |x: f64| u8::from(x != 0.0)),
        (F64, I64) => one(isa, |x: f64| x as i64),
        (F64, F32) => one(isa, |x: f64| x as f32),
    }
}

type OfOne<T> = fn(&[T], &mut [T]);
type OfTwo<T> = fn(&[T], &[T], &mut [T]);

/// Where the functions of slices come from.
trait Elementary: Float {
    fn unary(f: Unary) -> Option<OfOne<Self>>;
    fn binary(f: Binary) -> Option<OfTwo<Self>>;
}

impl Elementary for f32 {
    fn unary(f: Unary) -> Option<OfOne<f32>> {
        math::unary_f32(f)
    }
    fn binary(f: Binary) -> Option<OfTwo<f32>> {
        math::binary_f32(f)
    }
}

impl Elementary for f64 {
    fn unary(f: Unary) -> Option<OfOne<f64>> {
        math::unary_f64(f)
    }
    fn binary(f: Binary) -> Option<OfTwo<f64>> {
        math::binary_f64(f)
    }
}

fn elementary_1<T: Elementary>(f: Unary) -> Option<Function> {
    if let Some(f) = T::unary(f) {
        return Some(slices_1(f));
    }
    match Primitive::Unary(f).row().kernel {
        Kernel::Unary(f) | Kernel::UnaryInt(f, _) => Some(each::<T>(f)),
        _ => None,
    }
}

fn elementary_2<T: Elementary>(f: Binary) -> Option<Function> {
    if let Some(f) = T::binary(f) {
        return Some(slices_2(f));
    }
    match Primitive::Binary(f).row().kernel {
        Kernel::Binary(f) | Kernel::BinaryInt(f, _) => {
            Some(slices_2(move |a: &[T], b: &[T], out: &mut [T]| {
                for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
                    *out = T::narrow(f(a.widen(), b.widen()));
                }
            }))
        }
        _ => None,
    }
}

fn polygamma<T: Float>(order: u32) -> Function {
    slices_1(move |a: &[T], out: &mut [T]| {
        for (out, a) in out.iter_mut().zip(a) {
            *out = T::narrow(special::polygamma(order, a.widen()));
        }
    })
}

fn each<T: Float>(f: fn(f64) -> f64) -> Function {
    slices_1(move |a: &[T], out: &mut [T]| {
        for (out, a) in out.iter_mut().zip(a) {
            *out = T::narrow(f(a.widen()));
        }
    })
}

fn slices_1<T: Float>(f: impl Fn(&[T], &mut [T]) + Send + Sync + 'static) -> Function {
    // SAFETY: as Function::call says. An operand that is one chunk has a result that is one.
    Function::Slices(Arc::new(move |args: &Args| unsafe { f(operand(args, 0), result(args)) }))
}

fn slices_2<T: Float>(f: impl Fn(&[T], &[T], &mut [T]) + Send + Sync + 'static) -> Function {
    Function::Slices(Arc::new(move |args: &Args| {
        let short = |i: usize| args.steps[i] == 0 && args.count > LANES;
        // SAFETY: as Function::call says, and a chunk is not taken for more.
        unsafe {
            match (short(0), short(1)) {
                (false, false) => f(operand(args, 0), operand(args, 1), result(args)),
                (true, _) => f(&repeated(args, 0)[..args.count], operand(args, 1), result(args)),
                (false, true) => f(operand(args, 0), &repeated(args, 1)[..args.count], result(args)),
            }
        }
    }))
}

/// The elements of an operand.
unsafe fn operand<T: Float>(args: &Args, i: usize) -> &[T] {
    // SAFETY: the caller's: there are so many elements.
    unsafe { std::slice::from_raw_parts(args.operands[i].cast::<T>(), args.count) }
}

/// A tile of an operand that is one chunk.
unsafe fn repeated<T: Float>(args: &Args, i: usize) -> [T; TILE] {
    // SAFETY: the caller's: there is a chunk.
    [unsafe { *args.operands[i].cast::<T>() }; TILE]
}

unsafe fn result<'a, T: Float>(args: &Args) -> &'a mut [T] {
    // SAFETY: the caller's: there is room for so many elements, which nobody else uses.
    unsafe { std::slice::from_raw_parts_mut(args.out.cast::<T>(), args.count) }
}
