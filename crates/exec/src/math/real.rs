//! What elementary functions are written in: floating-point numbers, their bits, and masks instead of branches.
//!
//! Nothing is made out of nothing: a number comes from another one (`x.number(1.0)`), so that a symbol can know where it
//! writes. Shifts are by constants. Every operation rounds to nearest, ties to even, and gives the same bits everywhere.

use std::ops::{Add, BitAnd, BitOr, BitXor, Div, Mul, Neg, Not, Sub};

/// A floating-point number, or many side by side.
pub(crate) trait Real:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self>
{
    /// Its bits as a signed integer of the same width.
    type Bits: Bits<Real = Self, Mask = Self::Mask>;
    /// What comparisons give.
    type Mask: Mask<Self>;
    /// Bits of the format: 32 or 64.
    const WIDTH: u32;

    /// This number, rounded to the format.
    fn number(self, x: f64) -> Self;
    /// This integer.
    fn integer(self, x: i64) -> Self::Bits;
    /// `self * b + c`, rounded once.
    fn mul_add(self, b: Self, c: Self) -> Self;
    /// The square root, correctly rounded.
    fn sqrt(self) -> Self;
    /// The absolute value.
    fn abs(self) -> Self;
    /// The nearest integer, the even one of two.
    fn round(self) -> Self;
    /// The greatest integer not above.
    fn floor(self) -> Self;
    /// The integer part.
    fn trunc(self) -> Self;
    /// `self * 2**k`, rounded once, for a whole `k` at most twice as large as the format's largest exponent. A number beyond
    /// 2**-20 or 2**20 may only be scaled to what is not subnormal, or by `k = 0`. NaN for NaN, whatever `k`.
    fn scale(self, k: Self) -> Self;
    /// `self` if less than the other one, else that, also if either is NaN.
    fn min(self, other: Self) -> Self {
        self.lt(other).select(self, other)
    }
    /// `self` if greater than the other one, else that, also if either is NaN.
    fn max(self, other: Self) -> Self {
        other.lt(self).select(self, other)
    }
    /// `(k, m)` with `self = m * 2**k` and `m` in [3/4, 3/2). At 0 and infinity `k` is -infinity and infinity; for a NaN and
    /// below 0 it is NaN, and `m` anything.
    fn split(self) -> (Self, Self) {
        split(self)
    }
    /// This number's magnitude with the other one's sign.
    fn copysign(self, sign: Self) -> Self;
    /// The bits.
    fn bits(self) -> Self::Bits;
    /// `self < other`; false if either is NaN.
    fn lt(self, other: Self) -> Self::Mask;
    /// `self <= other`; false if either is NaN.
    fn le(self, other: Self) -> Self::Mask;
    /// `self == other`; false if either is NaN.
    fn eq(self, other: Self) -> Self::Mask;
    /// True for NaN.
    fn is_nan(self) -> Self::Mask;
}

/// The bits of a number as a signed integer, wrapping.
pub(crate) trait Bits:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + BitXor<Output = Self>
{
    /// The number of this width.
    type Real: Real;
    /// What comparisons give.
    type Mask;

    /// To the left, zeros coming in.
    fn shl<const N: u32>(self) -> Self;
    /// To the right, zeros coming in.
    fn shr<const N: u32>(self) -> Self;
    /// The number with these bits.
    fn real(self) -> Self::Real;
    /// The number of this value, rounded; exact below 2**22 (`f32`) and 2**51 (`f64`), which is all that is asked of it.
    fn to_real(self) -> Self::Real;
    /// Equality.
    fn eq(self, other: Self) -> Self::Mask;
}

/// A truth value for each number.
pub(crate) trait Mask<R>:
    Copy + BitAnd<Output = Self> + BitOr<Output = Self> + BitXor<Output = Self> + Not<Output = Self>
{
    /// `yes` where true, else `no`.
    fn select(self, yes: R, no: R) -> R;
}

/// [`Real::split`] by the bits.
#[inline(always)]
fn split<R: Real>(x: R) -> (R, R) {
    let (least, lift, bias, exponent) = if R::WIDTH == 32 {
        (f64::from(f32::MIN_POSITIVE), 25.0, 128, 23)
    } else {
        (f64::MIN_POSITIVE, 54.0, 1024, 52)
    };
    let tiny = x.lt(x.number(least));
    let lifted =
        tiny.select(x * x.number(if R::WIDTH == 32 { 33_554_432.0 } else { 18_014_398_509_481_984.0 }), x);
    let above = lifted.bits() - x.number(0.75).bits();
    let biased = above + x.integer(bias << exponent);
    let biased = if R::WIDTH == 32 { biased.shr::<23>() } else { biased.shr::<52>() };
    let k = biased.to_real() - tiny.select(x.number(bias as f64 + lift), x.number(bias as f64));
    let m = ((above & x.integer((1 << exponent) - 1)) + x.number(0.75).bits()).real();
    let zero = x.number(0.0);
    let usual = zero.lt(x) & x.lt(x.number(f64::INFINITY));
    let negative = x.lt(zero).select(x.number(f64::NAN), x);
    let unusual = x.eq(zero).select(x.number(f64::NEG_INFINITY), negative);
    (usual.select(k, unusual), m)
}
