//! Roots and lengths.

use super::polynomial::{Polynomial, nearest};
use super::{Mask, Real};

/// `m**(-1/3) = p(m)` for `m` in [3/4, 3/2], within 2**-14.
const INVERSE_CBRT: Polynomial = Polynomial {
    narrow: &[1.838_080_76, -1.721_231_46, 1.360_853_67, -0.577_197_254, 0.099_456_794_6],
    wide: &[
        1.838_080_738_158_705,
        -1.721_231_465_958_325_7,
        1.360_853_617_670_989_8,
        -0.577_197_282_536_705_5,
        0.099_456_795_447_470_02,
    ],
};

/// The cube root. One over it comes from a polynomial and, for `f64`, a step of Halley's method; then the root by a step of
/// Newton's. So nothing is divided.
#[inline(always)]
pub(super) fn cbrt<R: Real>(x: R) -> R {
    let (zero, one, third) = (x.number(0.0), x.number(1.0), x.number(1.0 / 3.0));
    let (k, m) = x.abs().split();
    let (_, thirds) = nearest(k, 1.0 / 3.0);
    let rest = thirds.mul_add(x.number(-3.0), k);
    // x = a * 2**(3 * thirds), with a = m * 2**rest and rest one of -1, 0, 1.
    let (less, more) = (rest.lt(zero), zero.lt(rest));
    let a = less.select(m * x.number(0.5), more.select(m + m, m));
    let factor =
        less.select(x.number(1.259_921_049_894_873_2), more.select(x.number(0.793_700_525_984_099_7), one));
    let mut inverse = INVERSE_CBRT.at(m) * factor;
    if R::WIDTH == 64 {
        let error = one - a * inverse * (inverse * inverse);
        let correction = error.mul_add(x.number(2.0 / 9.0), third) * error;
        inverse = inverse.mul_add(correction, inverse);
    }
    let square = inverse * inverse;
    let root = a * square;
    let error = (-root * root).mul_add(root, a);
    let root = error.mul_add(square * third, root);
    // At 0, infinity and NaN `k` is not finite.
    let usual = k.abs().lt(x.number(f64::INFINITY));
    usual.select(root.scale(thirds), x.abs()).copysign(x)
}

/// `sqrt(x**2 + y**2)` without overflow; infinite where one of them is, even beside a NaN.
#[inline(always)]
pub(super) fn hypot<R: Real>(x: R, y: R) -> R {
    let (a, b, one) = (x.abs(), y.abs(), x.number(1.0));
    let steep = a.lt(b);
    let (long, short) = (steep.select(b, a), steep.select(a, b));
    let power = |narrow: i32, wide: i32| {
        let exponent = if R::WIDTH == 32 { narrow } else { wide };
        x.number(f64::from_bits(((1023 + exponent) as u64) << 52))
    };
    let large = power(60, 500).lt(long);
    let small = long.lt(power(-40, -400));
    let scale = large.select(power(-70, -600), small.select(power(90, 700), one));
    let back = large.select(power(70, 600), small.select(power(-90, -700), one));
    let (long, short) = (long * scale, short * scale);
    let value = long.mul_add(long, short * short).sqrt() * back;
    let infinity = x.number(f64::INFINITY);
    (a.eq(infinity) | b.eq(infinity)).select(infinity, value)
}
