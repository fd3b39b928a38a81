//! The scalar numbers: `f32` and `f64` as [`Real`].
//!
//! Every operation is one that loops over elements turn into vector code: no branch, no conversion with saturation.

use super::{Bits, Mask, Real};
use std::num::Wrapping;

macro_rules! number {
    ($real:ty, $bits:ty, $unsigned:ty, $width:literal, $exponent:literal, $bias:literal, $magic:literal) => {
        impl Real for $real {
            type Bits = Wrapping<$bits>;
            type Mask = bool;
            const WIDTH: u32 = $width;

            #[inline(always)]
            fn number(self, x: f64) -> Self {
                x as $real
            }

            #[inline(always)]
            fn integer(self, x: i64) -> Self::Bits {
                Wrapping(x as $bits)
            }

            #[inline(always)]
            fn mul_add(self, b: Self, c: Self) -> Self {
                <$real>::mul_add(self, b, c)
            }

            #[inline(always)]
            fn sqrt(self) -> Self {
                <$real>::sqrt(self)
            }

            #[inline(always)]
            fn abs(self) -> Self {
                <$real>::abs(self)
            }

            #[inline(always)]
            fn round(self) -> Self {
                self.round_ties_even()
            }

            #[inline(always)]
            fn floor(self) -> Self {
                <$real>::floor(self)
            }

            #[inline(always)]
            fn trunc(self) -> Self {
                <$real>::trunc(self)
            }

            /// By two powers of two of half the size, so that the exponents fit and only the last product rounds.
            #[inline(always)]
            fn scale(self, k: Self) -> Self {
                let whole = (k + $magic).bits();
                let half = whole.shr::<1>();
                let power = |k: Self::Bits| (k.shl::<$exponent>() + Wrapping($bias << $exponent)).real();
                self * power(half) * power(whole - half)
            }

            #[inline(always)]
            fn copysign(self, sign: Self) -> Self {
                <$real>::copysign(self, sign)
            }

            #[inline(always)]
            fn bits(self) -> Self::Bits {
                Wrapping(self.to_bits() as $bits)
            }

            #[inline(always)]
            fn lt(self, other: Self) -> bool {
                self < other
            }

            #[inline(always)]
            fn le(self, other: Self) -> bool {
                self <= other
            }

            #[inline(always)]
            fn eq(self, other: Self) -> bool {
                self == other
            }

            #[inline(always)]
            fn is_nan(self) -> bool {
                <$real>::is_nan(self)
            }
        }

        impl Bits for Wrapping<$bits> {
            type Real = $real;
            type Mask = bool;

            #[inline(always)]
            fn shl<const N: u32>(self) -> Self {
                Wrapping(self.0 << N)
            }

            #[inline(always)]
            fn shr<const N: u32>(self) -> Self {
                Wrapping((self.0 as $unsigned >> N) as $bits)
            }

            #[inline(always)]
            fn real(self) -> $real {
                <$real>::from_bits(self.0 as $unsigned)
            }

            /// Beside a number so large that its bits count in ones.
            #[inline(always)]
            fn to_real(self) -> $real {
                let magic: $real = $magic;
                (self + magic.bits()).real() - magic
            }

            #[inline(always)]
            fn eq(self, other: Self) -> bool {
                self.0 == other.0
            }
        }

        impl Mask<$real> for bool {
            #[inline(always)]
            fn select(self, yes: $real, no: $real) -> $real {
                if self { yes } else { no }
            }
        }
    };
}

number!(f32, i32, u32, 32, 23, 127, 12_582_912.0);
number!(f64, i64, u64, 64, 52, 1023, 6_755_399_441_055_744.0);
