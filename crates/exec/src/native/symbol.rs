//! Symbols: numbers, bits and masks that write primitives to a tape instead of computing.
//!
//! With them the bodies of `crate::math` become native code, bit for bit what the same bodies are as scalar functions.

use super::tape::{Id, Prim, Shared, float, int};
use crate::math::{Bits, Mask, Real};
use std::ops::{Add, BitAnd, BitOr, BitXor, Div, Mul, Neg, Not, Sub};

/// Something of `W` bits on a tape.
#[derive(Clone, Copy)]
pub(super) struct Number<'a, const W: u32> {
    tape: &'a Shared,
    pub(super) id: Id,
}

/// A number's bits, which lie in the same register.
#[derive(Clone, Copy)]
pub(super) struct Integer<'a, const W: u32>(Number<'a, W>);

/// A mask.
#[derive(Clone, Copy)]
pub(super) struct Truth<'a> {
    tape: &'a Shared,
    pub(super) id: Id,
}

impl<'a, const W: u32> Number<'a, W> {
    pub(super) fn new(tape: &'a Shared, id: Id) -> Self {
        Number { tape, id }
    }

    fn write(self, prim: Prim, imm: u16, args: &[Id]) -> Self {
        Number { id: self.tape.borrow_mut().push(prim, W == 64, imm, args), ..self }
    }

    fn compare(self, prim: Prim, imm: u16, other: Self) -> Truth<'a> {
        Truth { tape: self.tape, id: self.write(prim, imm, &[self.id, other.id]).id }
    }

    fn with_bits(self, bits: u64) -> Self {
        Number { id: self.tape.borrow_mut().constant(W == 64, bits), ..self }
    }
}

macro_rules! arithmetic {
    ($($trait:ident $method:ident),*) => {$(
        impl<const W: u32> $trait for Number<'_, W> {
            type Output = Self;
            fn $method(self, other: Self) -> Self { self.write(Prim::$trait, 0, &[self.id, other.id]) }
        }
    )*};
}
arithmetic!(Add add, Sub sub, Mul mul, Div div);

impl<const W: u32> Neg for Number<'_, W> {
    type Output = Self;
    fn neg(self) -> Self {
        Number { id: self.tape.borrow_mut().neg(W == 64, self.id), ..self }
    }
}

impl<'a, const W: u32> Real for Number<'a, W> {
    type Bits = Integer<'a, W>;
    type Mask = Truth<'a>;
    const WIDTH: u32 = W;

    fn number(self, x: f64) -> Self {
        self.with_bits(if W == 64 { x.to_bits() } else { u64::from((x as f32).to_bits()) })
    }
    fn integer(self, x: i64) -> Integer<'a, W> {
        Integer(self.with_bits(if W == 64 { x as u64 } else { u64::from(x as u32) }))
    }
    fn mul_add(self, b: Self, c: Self) -> Self {
        Number { id: self.tape.borrow_mut().fma(W == 64, [self.id, b.id, c.id]), ..self }
    }
    fn sqrt(self) -> Self {
        self.write(Prim::Sqrt, 0, &[self.id])
    }
    fn abs(self) -> Self {
        let magnitude = self.with_bits(if W == 64 { u64::MAX >> 1 } else { u64::from(u32::MAX >> 1) });
        self.write(Prim::And, 0, &[self.id, magnitude.id])
    }
    fn round(self) -> Self {
        self.write(Prim::Round, 0, &[self.id])
    }
    fn floor(self) -> Self {
        self.write(Prim::Round, 1, &[self.id])
    }
    fn trunc(self) -> Self {
        self.write(Prim::Round, 3, &[self.id])
    }
    fn scale(self, k: Self) -> Self {
        self.write(Prim::Scale, 0, &[self.id, k.id])
    }
    fn min(self, other: Self) -> Self {
        self.write(Prim::Min, 0, &[self.id, other.id])
    }
    fn max(self, other: Self) -> Self {
        self.write(Prim::Max, 0, &[self.id, other.id])
    }
    fn split(self) -> (Self, Self) {
        let m = self.write(Prim::Mantissa, 0, &[self.id]);
        let exponent = |x: Self| x.write(Prim::Exponent, 0, &[x.id]);
        (exponent(self) - exponent(m), m)
    }
    fn copysign(self, sign: Self) -> Self {
        let mask = self.tape.borrow_mut().sign(W == 64);
        self.write(Prim::Copysign, 0, &[self.id, sign.id, mask])
    }
    fn bits(self) -> Integer<'a, W> {
        Integer(self)
    }
    fn lt(self, other: Self) -> Truth<'a> {
        self.compare(Prim::Compare, float::LT, other)
    }
    fn le(self, other: Self) -> Truth<'a> {
        self.compare(Prim::Compare, float::LE, other)
    }
    fn eq(self, other: Self) -> Truth<'a> {
        self.compare(Prim::Compare, float::EQ, other)
    }
    fn is_nan(self) -> Truth<'a> {
        self.compare(Prim::Compare, float::UNORDERED, self)
    }
}

macro_rules! bits {
    ($($trait:ident $method:ident $prim:ident),*) => {$(
        impl<const W: u32> $trait for Integer<'_, W> {
            type Output = Self;
            fn $method(self, other: Self) -> Self { Integer(self.0.write(Prim::$prim, 0, &[self.0.id, other.0.id])) }
        }
    )*};
}
bits!(Add add IntAdd, Sub sub IntSub, BitAnd bitand And, BitOr bitor Or, BitXor bitxor Xor);

impl<'a, const W: u32> Bits for Integer<'a, W> {
    type Real = Number<'a, W>;
    type Mask = Truth<'a>;

    fn shl<const N: u32>(self) -> Self {
        Integer(self.0.write(Prim::Shl, N as u16, &[self.0.id]))
    }
    fn shr<const N: u32>(self) -> Self {
        Integer(self.0.write(Prim::Shr, N as u16, &[self.0.id]))
    }
    fn real(self) -> Number<'a, W> {
        self.0
    }
    fn to_real(self) -> Number<'a, W> {
        self.0.write(Prim::FromInt, 0, &[self.0.id])
    }
    fn eq(self, other: Self) -> Truth<'a> {
        self.0.compare(Prim::IntCompare, int::EQ, other.0)
    }
}

macro_rules! masks {
    ($($trait:ident $method:ident $prim:ident),*) => {$(
        impl $trait for Truth<'_> {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                Truth { id: self.tape.borrow_mut().push(Prim::$prim, false, 0, &[self.id, other.id]), ..self }
            }
        }
    )*};
}
masks!(BitAnd bitand MaskAnd, BitOr bitor MaskOr, BitXor bitxor MaskXor);

impl Not for Truth<'_> {
    type Output = Self;
    fn not(self) -> Self {
        Truth { id: self.tape.borrow_mut().not(self.id), ..self }
    }
}

impl<'a, const W: u32> Mask<Number<'a, W>> for Truth<'a> {
    fn select(self, yes: Number<'a, W>, no: Number<'a, W>) -> Number<'a, W> {
        Number { id: self.tape.borrow_mut().select(W == 64, self.id, yes.id, no.id), ..yes }
    }
}
