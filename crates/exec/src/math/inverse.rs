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
        -0.333_333_333_333_275_03,
        0.199_999_999_986_313_4,
        -0.142_857_141_737_389_64,
        0.111_111_065_289_713_3,
        -0.090_907_996_863_822_13,
        0.076_906_548_449_333_05,
        -0.066_501_499_610_705_7,
        0.057_708_555_657_907_31,
        -0.047_531_159_827_841_35,
        0.032_011_787_451_350_325,
        -0.012_333_623_352_759_622,
    ],
};

/// What pi loses in each format, in parts of what is left.
#[inline(always)]
fn loss<R: Real>() -> f64 {
    by_width::<R>(-2.782_753_519_047_656e-8, 3.898_171_832_519_375_6e-17)
}

/// The arcsine of `|x|` up to a half; above, that of `sqrt((1 - |x|) / 2)`, half the angle that is missing to pi / 2. And
/// whether it is above.
#[inline(always)]
fn half_way<R: Real>(x: R) -> (R, R::Mask) {
    let (half, a) = (x.number(0.5), x.abs());
    let above = half.lt(a);
    let z = above.select(a.mul_add(-half, half), a * a);
    let y = above.select(z.sqrt(), a);
    ((y * z).mul_add(ASIN.at(z), y), above)
}

/// The inverse sine.
#[inline(always)]
pub(super) fn asin<R: Real>(x: R) -> R {
    let (angle, above) = half_way(x);
    let base = above.select(x.number(FRAC_PI_2), x.number(0.0));
    let times = above.select(x.number(-2.0), x.number(1.0));
    (base + times.mul_add(angle, base * x.number(loss::<R>()))).copysign(x)
}

/// The inverse cosine.
#[inline(always)]
pub(super) fn acos<R: Real>(x: R) -> R {
    let (angle, above) = half_way(x);
    let side = x.lt(x.number(0.0)).select(x.number(PI), x.number(0.0));
    let base = above.select(side, x.number(FRAC_PI_2));
    let times = above.select(x.number(2.0), x.number(-1.0));
    base + times.mul_add(angle.copysign(x), base * x.number(loss::<R>()))
}

/// `eighths * pi / 4` and the arctangent of `r`, which may have to be taken the other way.
#[inline(always)]
fn angle<R: Real>(eighths: R, r: R) -> R {
    let z = r * r;
    let part = (r * z).mul_add(ATAN.at(z), r);
    let base = eighths * r.number(FRAC_PI_4);
    eighths.mul_add(r.number(FRAC_PI_4), base.mul_add(r.number(loss::<R>()), part))
}

/// Above this, an eighth of a circle is taken away; it may be anything from tan(pi / 8) to 1/2, where cancellation is least.
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
    let infinite = short.eq(x.number(f64::INFINITY));
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
