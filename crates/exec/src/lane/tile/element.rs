//! The numbers of a tile. Truth values are bytes there, 0 and 1, so that whatever else lies in a tile is no invalid value.

use std::ops::{Add, Div, Mul, Neg, Sub};
use wengert_expr::special;

/// What `f32` and `f64` share. Each gives the bits that the rows' functions give, which compute an `f32` in `f64` and round.
pub(crate) trait Float:
    Copy
    + PartialOrd
    + Default
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    fn narrow(x: f64) -> Self;
    fn widen(self) -> f64;
    fn is_finite(self) -> bool;
    fn abs(self) -> Self;
    fn sign(self) -> Self;
    fn sqrt(self) -> Self;
    fn floor(self) -> Self;
    fn ceil(self) -> Self;
    fn round(self) -> Self;
    fn trunc(self) -> Self;
    fn mul_add(self, b: Self, c: Self) -> Self;
}

macro_rules! float {
    ($($t:ident),*) => {$(
        impl Float for $t {
            #[inline(always)]
            fn narrow(x: f64) -> Self { x as $t }
            #[inline(always)]
            fn widen(self) -> f64 { f64::from(self) }
            #[inline(always)]
            fn is_finite(self) -> bool { $t::is_finite(self) }
            #[inline(always)]
            fn abs(self) -> Self { $t::abs(self) }
            #[inline(always)]
            fn sign(self) -> Self { if self == 0.0 || self != self { self + 0.0 } else { (1.0 as $t).copysign(self) } }
            #[inline(always)]
            fn sqrt(self) -> Self { $t::sqrt(self) }
            #[inline(always)]
            fn floor(self) -> Self { $t::floor(self) }
            #[inline(always)]
            fn ceil(self) -> Self { $t::ceil(self) }
            #[inline(always)]
            fn round(self) -> Self { $t::round_ties_even(self) }
            #[inline(always)]
            fn trunc(self) -> Self { $t::trunc(self) }
            #[inline(always)]
            fn mul_add(self, b: Self, c: Self) -> Self { $t::mul_add(self, b, c) }
        }
    )*};
}
float!(f32, f64);

/// What is ordered, for extrema: the first one of two equal ones, which differ if they are signed zeros; NaN where either is.
pub(crate) trait Extrema: Copy {
    fn greater(self, other: Self) -> Self;
    fn lesser(self, other: Self) -> Self;
}

macro_rules! extrema {
    ($($t:ident),*) => {$(
        impl Extrema for $t {
            #[inline(always)]
            fn greater(self, other: Self) -> Self { if other != other || other > self { other } else { self } }
            #[inline(always)]
            fn lesser(self, other: Self) -> Self { if other != other || other < self { other } else { self } }
        }
    )*};
}
extrema!(f32, f64);

impl Extrema for i64 {
    #[inline(always)]
    fn greater(self, other: Self) -> Self {
        self.max(other)
    }
    #[inline(always)]
    fn lesser(self, other: Self) -> Self {
        self.min(other)
    }
}

/// `a ** b`, whatever there where that has no value: no program that the planner makes asks for it.
pub(crate) fn integer_power(a: i64, b: i64) -> i64 {
    special::power_i64(a, b).unwrap_or(0)
}

/// `a - floor(a / b) * b`, whatever there where that has no value.
pub(crate) fn integer_remainder(a: i64, b: i64) -> i64 {
    special::remainder_i64(a, b).unwrap_or(0)
}
