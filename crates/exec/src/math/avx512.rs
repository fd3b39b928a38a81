//! The numbers of one vector register: [`Real`] in AVX-512.
//!
//! Always holds: values of these types are only made within functions compiled for AVX-512 F and DQ. Everything is inlined
//! there, so that each operation is the instruction that it names.

#![expect(unsafe_code, reason = "instructions that the processor must have")]

use super::{Bits, Mask, Real};
use std::arch::x86_64::*;
use std::ops::{Add, BitAnd, BitOr, BitXor, Div, Mul, Neg, Not, Sub};

/// Sixteen numbers.
#[derive(Clone, Copy)]
pub(super) struct F32x16(pub(super) __m512);
/// Their bits.
#[derive(Clone, Copy)]
pub(super) struct I32x16(__m512i);
/// Their truth values.
#[derive(Clone, Copy)]
pub(super) struct M16(__mmask16);

/// Eight numbers.
#[derive(Clone, Copy)]
pub(super) struct F64x8(pub(super) __m512d);
/// Their bits.
#[derive(Clone, Copy)]
pub(super) struct I64x8(__m512i);
/// Their truth values.
#[derive(Clone, Copy)]
pub(super) struct M8(__mmask8);

/// An operator that is one intrinsic function.
macro_rules! operator {
    ($type:ident, $($operator:ident $method:ident $intrinsic:ident),+) => {$(
        impl $operator for $type {
            type Output = Self;

            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                // Sound: the value exists, so the processor has AVX-512.
                Self(unsafe { $intrinsic(self.0, other.0) })
            }
        }
    )+};
}

macro_rules! lanes {
    ($real:ident $bits:ident $mask:ident, $element:ty, $integer:ty, $width:literal,
        $set1:ident $fmadd:ident $sqrt:ident $abs:ident $round:ident $scalef:ident $and:ident $or:ident $xor:ident $andnot:ident
        $min:ident $max:ident $blend:ident $cmp:ident $getexp:ident $getmant:ident $to_bits:ident $from_bits:ident,
        $seti:ident $sll:ident $srl:ident $sra:ident $convert:ident $cmplt:ident $cmpeq:ident) => {
        impl Neg for $real {
            type Output = Self;

            #[inline(always)]
            fn neg(self) -> Self {
                Self(unsafe { $xor(self.0, $set1(-0.0)) })
            }
        }

        // Sound, all of it: the value exists, so the processor has AVX-512.
        impl Real for $real {
            type Bits = $bits;
            type Mask = $mask;
            const WIDTH: u32 = $width;

            #[inline(always)]
            fn number(self, x: f64) -> Self {
                Self(unsafe { $set1(x as $element) })
            }

            #[inline(always)]
            fn integer(self, x: i64) -> $bits {
                $bits(unsafe { $seti(x as $integer) })
            }

            #[inline(always)]
            fn mul_add(self, b: Self, c: Self) -> Self {
                Self(unsafe { $fmadd(self.0, b.0, c.0) })
            }

            #[inline(always)]
            fn sqrt(self) -> Self {
                Self(unsafe { $sqrt(self.0) })
            }

            #[inline(always)]
            fn abs(self) -> Self {
                Self(unsafe { $abs(self.0) })
            }

            #[inline(always)]
            fn round(self) -> Self {
                Self(unsafe { $round::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(self.0) })
            }

            #[inline(always)]
            fn floor(self) -> Self {
                Self(unsafe { $round::<{ _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC }>(self.0) })
            }

            #[inline(always)]
            fn trunc(self) -> Self {
                Self(unsafe { $round::<{ _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC }>(self.0) })
            }

            #[inline(always)]
            fn scale(self, k: Self) -> Self {
                Self(unsafe { $scalef(self.0, k.0) })
            }

            #[inline(always)]
            fn min(self, other: Self) -> Self {
                Self(unsafe { $min(self.0, other.0) })
            }

            #[inline(always)]
            fn max(self, other: Self) -> Self {
                Self(unsafe { $max(self.0, other.0) })
            }

            #[inline(always)]
            fn copysign(self, sign: Self) -> Self {
                unsafe {
                    let bit = $set1(-0.0);
                    Self($or($andnot(bit, self.0), $and(bit, sign.0)))
                }
            }

            #[inline(always)]
            fn split(self) -> (Self, Self) {
                unsafe {
                    let m = $getmant::<_MM_MANT_NORM_P75_1P5, _MM_MANT_SIGN_NAN>(self.0);
                    (Self($getexp(self.0)) - Self($getexp(m)), Self(m))
                }
            }

            #[inline(always)]
            fn bits(self) -> $bits {
                $bits(unsafe { $to_bits(self.0) })
            }

            #[inline(always)]
            fn lt(self, other: Self) -> $mask {
                $mask(unsafe { $cmp::<_CMP_LT_OQ>(self.0, other.0) })
            }

            #[inline(always)]
            fn le(self, other: Self) -> $mask {
                $mask(unsafe { $cmp::<_CMP_LE_OQ>(self.0, other.0) })
            }

            #[inline(always)]
            fn eq(self, other: Self) -> $mask {
                $mask(unsafe { $cmp::<_CMP_EQ_OQ>(self.0, other.0) })
            }

            #[inline(always)]
            fn is_nan(self) -> $mask {
                $mask(unsafe { $cmp::<_CMP_UNORD_Q>(self.0, self.0) })
            }
        }

        impl Bits for $bits {
            type Real = $real;
            type Mask = $mask;

            #[inline(always)]
            fn shl<const N: u32>(self) -> Self {
                Self(unsafe { $sll::<N>(self.0) })
            }

            #[inline(always)]
            fn shr<const N: u32>(self) -> Self {
                Self(unsafe { $srl::<N>(self.0) })
            }

            #[inline(always)]
            fn real(self) -> $real {
                $real(unsafe { $from_bits(self.0) })
            }

            #[inline(always)]
            fn to_real(self) -> $real {
                $real(unsafe { $convert(self.0) })
            }

            #[inline(always)]
            fn eq(self, other: Self) -> $mask {
                $mask(unsafe { $cmpeq(self.0, other.0) })
            }
        }

        impl Mask<$real> for $mask {
            #[inline(always)]
            fn select(self, yes: $real, no: $real) -> $real {
                $real(unsafe { $blend(self.0, no.0, yes.0) })
            }
        }

        impl BitAnd for $mask {
            type Output = Self;

            #[inline(always)]
            fn bitand(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }
        }

        impl BitOr for $mask {
            type Output = Self;

            #[inline(always)]
            fn bitor(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }

        impl BitXor for $mask {
            type Output = Self;

            #[inline(always)]
            fn bitxor(self, other: Self) -> Self {
                Self(self.0 ^ other.0)
            }
        }

        impl Not for $mask {
            type Output = Self;

            #[inline(always)]
            fn not(self) -> Self {
                Self(!self.0)
            }
        }
    };
}

operator!(F32x16, Add add _mm512_add_ps, Sub sub _mm512_sub_ps, Mul mul _mm512_mul_ps, Div div _mm512_div_ps);
operator!(F64x8, Add add _mm512_add_pd, Sub sub _mm512_sub_pd, Mul mul _mm512_mul_pd, Div div _mm512_div_pd);
operator!(I32x16, Add add _mm512_add_epi32, Sub sub _mm512_sub_epi32,
    BitAnd bitand _mm512_and_si512, BitOr bitor _mm512_or_si512, BitXor bitxor _mm512_xor_si512);
operator!(I64x8, Add add _mm512_add_epi64, Sub sub _mm512_sub_epi64,
    BitAnd bitand _mm512_and_si512, BitOr bitor _mm512_or_si512, BitXor bitxor _mm512_xor_si512);

lanes!(F32x16 I32x16 M16, f32, i32, 32,
    _mm512_set1_ps _mm512_fmadd_ps _mm512_sqrt_ps _mm512_abs_ps _mm512_roundscale_ps _mm512_scalef_ps
    _mm512_and_ps _mm512_or_ps _mm512_xor_ps _mm512_andnot_ps
    _mm512_min_ps _mm512_max_ps _mm512_mask_blend_ps _mm512_cmp_ps_mask _mm512_getexp_ps _mm512_getmant_ps _mm512_castps_si512 _mm512_castsi512_ps,
    _mm512_set1_epi32 _mm512_slli_epi32 _mm512_srli_epi32 _mm512_srai_epi32 _mm512_cvtepi32_ps
    _mm512_cmplt_epi32_mask _mm512_cmpeq_epi32_mask);
lanes!(F64x8 I64x8 M8, f64, i64, 64,
    _mm512_set1_pd _mm512_fmadd_pd _mm512_sqrt_pd _mm512_abs_pd _mm512_roundscale_pd _mm512_scalef_pd
    _mm512_and_pd _mm512_or_pd _mm512_xor_pd _mm512_andnot_pd
    _mm512_min_pd _mm512_max_pd _mm512_mask_blend_pd _mm512_cmp_pd_mask _mm512_getexp_pd _mm512_getmant_pd _mm512_castpd_si512 _mm512_castsi512_pd,
    _mm512_set1_epi64 _mm512_slli_epi64 _mm512_srli_epi64 _mm512_srai_epi64 _mm512_cvtepi64_pd
    _mm512_cmplt_epi64_mask _mm512_cmpeq_epi64_mask);
