//! Functions of a few instructions, exact or rounded once or twice.

use super::{Mask, Real};

#[inline(always)]
pub(super) fn neg<R: Real>(x: R) -> R {
    -x
}

#[inline(always)]
pub(super) fn abs<R: Real>(x: R) -> R {
    x.abs()
}

/// -1, 0 or 1; 0 at both zeros.
#[inline(always)]
pub(super) fn sign<R: Real>(x: R) -> R {
    let zero = x.number(0.0);
    let signed = x.number(1.0).copysign(x);
    x.is_nan().select(x, x.eq(zero).select(zero, signed))
}

#[inline(always)]
pub(super) fn square<R: Real>(x: R) -> R {
    x * x
}

#[inline(always)]
pub(super) fn reciprocal<R: Real>(x: R) -> R {
    x.number(1.0) / x
}

#[inline(always)]
pub(super) fn sqrt<R: Real>(x: R) -> R {
    x.sqrt()
}

#[inline(always)]
pub(super) fn rsqrt<R: Real>(x: R) -> R {
    x.number(1.0) / x.sqrt()
}

#[inline(always)]
pub(super) fn floor<R: Real>(x: R) -> R {
    x.floor()
}

#[inline(always)]
pub(super) fn ceil<R: Real>(x: R) -> R {
    -(-x).floor()
}

#[inline(always)]
pub(super) fn round<R: Real>(x: R) -> R {
    x.round()
}

#[inline(always)]
pub(super) fn trunc<R: Real>(x: R) -> R {
    x.trunc()
}

#[inline(always)]
pub(super) fn add<R: Real>(x: R, y: R) -> R {
    x + y
}

#[inline(always)]
pub(super) fn sub<R: Real>(x: R, y: R) -> R {
    x - y
}

#[inline(always)]
pub(super) fn mul<R: Real>(x: R, y: R) -> R {
    x * y
}

#[inline(always)]
pub(super) fn div<R: Real>(x: R, y: R) -> R {
    x / y
}

/// The greater one; NaN where either is; the first of two equal ones.
#[inline(always)]
pub(super) fn maximum<R: Real>(x: R, y: R) -> R {
    (y.is_nan() | x.lt(y)).select(y, x)
}

/// The lesser one; NaN where either is; the first of two equal ones.
#[inline(always)]
pub(super) fn minimum<R: Real>(x: R, y: R) -> R {
    (y.is_nan() | y.lt(x)).select(y, x)
}
