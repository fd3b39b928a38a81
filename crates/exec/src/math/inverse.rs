//! The inverse trigonometric functions.

use super::polynomial::{Polynomial, by_width};
use super::{Mask, Real};
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

/// `arcsin(y) = y + y**3 * p(y**2)` for `|y| <= 1/2`.
const ASIN: Polynomial = Polynomial {
    narrow: &[0.166_667_521, 0.074_952_982_4, 0.045_470_316, 0.024_179_831_1, 0.042_165_741_3],
    wide: &[
        0.166_666_666_666_654_08,
        0.075_000_000_003_369_43,
        0.044_642_856_828_385_42,
        0.030_381_959_134_680_187,
        0.022_371_758_103_792_855,
        0.017_359_703_978_806_124,
        0.013_885_243_040_647_642,
        0.012_169_162_909_021_673,
        0.006_528_182_122_713_519_5,
        0.019_527_708_979_072_6,
        -0.016_223_394_251_110_947,
        0.031_911_690_315_824_616,
    ],
};

/// `arctan(y) = y + y**3 * p(y**2)` for `|y| <= 1/2`.
const ATAN: Polynomial = Polynomial {
    narrow: &[-0.333_332_33, 0.199_942_276, -0.141_750_172, 0.101_600_52, -0.051_326_613_9],
    wide: &[
        -0.333_333_333_333_329_8,
        0.199_999_999_999_031_73,
        -0.142_857_142_763_910_23,
        0.111_111_106_598_387_74,
        -0.090_908_962_493_564_32,
        0.076_920_739_789_476_03,
        -0.066_638_112_435_854_74,
        0.058_583_028_586_913_26,
        -0.051_220_221_782_692_17,
        0.041_865_475_266_010_636,
        -0.027_435_604_535_002_267,
        0.010_117_282_176_582_577,
    ],
};

/// What pi loses in each format, in parts of what is left.
#[inline(always)]
fn loss<R: Real>() -> f64 {
    by_width::<R>(-2.782_753_519_047_656e-8, 3.898_171_832_519_375_6e-17)
}

/// The arcsine of `|x|` up to a half; above, that of `sqrt((1 - |x|) / 2)`, half the angle that is missing to pi / 2: in two
/// parts, the greater one first. And whether it is above.
#[inline(always)]
fn half_way<R: Real>(x: R) -> (R, R, R::Mask) {
    let (half, a) = (x.number(0.5), x.abs());
    let above = half.lt(a);
    let z = above.select(a.mul_add(-half, half), a * a);
    let y = above.select(z.sqrt(), a);
    (y, y * z * ASIN.at(z), above)
}

/// The inverse sine.
#[inline(always)]
pub(super) fn asin<R: Real>(x: R) -> R {
    let (zero, one) = (x.number(0.0), x.number(1.0));
    let (angle, rest, above) = half_way(x);
    // pi / 2 is 1, which is added last, a number below 1, from which taking twice the angle is nearly exact, and what that lacks.
    let last = above.select(one, zero);
    let base = above.select(x.number(FRAC_PI_2 - 1.0), zero);
    let lacks = last * x.number(by_width::<R>(1.589_325_471_229_585_7e-8, 6.123_233_995_736_766e-17));
    let times = above.select(x.number(-2.0), one);
    (last + (times.mul_add(angle, base) + times.mul_add(rest, lacks))).copysign(x)
}

/// The inverse cosine.
#[inline(always)]
pub(super) fn acos<R: Real>(x: R) -> R {
    let (angle, rest, above) = half_way(x);
    let side = x.lt(x.number(0.0)).select(x.number(PI), x.number(0.0));
    let base = above.select(side, x.number(FRAC_PI_2));
    let times = above.select(x.number(2.0), x.number(-1.0));
    base + times.mul_add((angle + rest).copysign(x), base * x.number(loss::<R>()))
}

/// `eighths * pi / 4` and the arctangent of `r`, which may have to be taken the other way.
#[inline(always)]
fn angle<R: Real>(eighths: R, r: R) -> R {
    let z = r * r;
    let part = (r * z).mul_add(ATAN.at(z), r);
    let base = eighths * r.number(FRAC_PI_4);
    eighths.mul_add(r.number(FRAC_PI_4), base.mul_add(r.number(loss::<R>()), part))
}

/// Above this, an eighth of the circle is taken away. Below tan(pi / 8) that would cancel most; 1/2 is as far as the polynomial
/// reaches.
const MIDDLE: f64 = 0.5;
/// The tangent of 3 pi / 8.
const FAR: f64 = 2.414_213_562_373_095;

/// The inverse tangent.
#[inline(always)]
pub(super) fn atan<R: Real>(x: R) -> R {
    let (zero, one, a) = (x.number(0.0), x.number(1.0), x.abs());
    let middle = x.number(MIDDLE).lt(a);
    let far = x.number(FAR).lt(a);
    let above = far.select(-one, middle.select(a - one, a));
    let below = far.select(a, middle.select(a + one, one));
    let eighths = far.select(x.number(2.0), middle.select(one, zero));
    angle(eighths, above / below).copysign(x)
}

/// The angle of the point (x, y).
#[inline(always)]
pub(super) fn atan2<R: Real>(y: R, x: R) -> R {
    let (zero, one, two) = (x.number(0.0), x.number(1.0), x.number(2.0));
    let steep = x.abs().lt(y.abs());
    let short = steep.select(x.abs(), y.abs());
    let long = steep.select(y.abs(), x.abs());
    // Of the point, only the direction counts: where both are infinite, where both are 0, and near overflow.
    let infinity = x.number(f64::INFINITY);
    let infinite = short.eq(infinity) & long.eq(infinity);
    let huge = x.number(by_width::<R>(f64::from(f32::MAX) / 4.0, f64::MAX / 4.0)).lt(long);
    let size = huge.select(x.number(0.25), one);
    let short = infinite.select(one, short * size);
    let long = infinite.select(one, long.eq(zero).select(one, long * size));
    let middle = (long * x.number(MIDDLE)).lt(short);
    let above = middle.select(short - long, short);
    let below = middle.select(short + long, long);
    let r = above / below;
    let eighths = middle.select(one, zero);
    let (eighths, r) = (steep.select(two - eighths, eighths), steep.select(-r, r));
    // The sign counts, also that of zero.
    let left = one.copysign(x).lt(zero);
    let (eighths, r) = (left.select(x.number(4.0) - eighths, eighths), left.select(-r, r));
    angle(eighths, r).copysign(y)
}
