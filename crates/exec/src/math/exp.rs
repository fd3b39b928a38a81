//! The exponential functions.
//!
//! `x = k ln 2 + r` in two steps (Cody and Waite), of which the first is exact, a polynomial of degree
//! 6 (`f32`) or 11 (`f64`) in `r`, and `k` put into the exponent.

use super::Real;
use super::polynomial::{Polynomial, by_width, nearest};
use std::f64::consts::{LN_2, LOG2_E};

/// `exp(r) = 1 + r + r**2 * p(r)` for `r` in [log(3/4), log(3/2)].
const EXP: Polynomial = Polynomial {
    narrow: &[0.500_000_119, 0.166_665_852, 0.041_659_604_8, 0.008_358_639_66, 0.001_460_280_39],
    wide: &[
        0.499_999_999_999_999_94,
        0.166_666_666_666_673_26,
        0.041_666_666_666_679_48,
        0.008_333_333_332_657_15,
        0.001_388_888_888_598_632_8,
        0.000_198_412_720_499_192_42,
        2.480_157_770_040_586e-5,
        2.755_439_948_225_877_4e-6,
        2.758_833_870_123_837_4e-7,
        2.642_611_557_672_309_6e-8,
    ],
};

/// `2**f = 1 + f * p(f)` for `|f| <= 1/2`.
const EXP2: Polynomial = Polynomial {
    narrow: &[
        0.693_147_182,
        0.240_226_477,
        0.055_503_323_7,
        0.009_618_436_92,
        0.001_339_887_39,
        0.000_153_533_823,
    ],
    wide: &[
        LN_2,
        0.240_226_506_959_101_3,
        0.055_504_108_664_820_084,
        0.009_618_129_107_594_122,
        0.001_333_355_814_677_466_6,
        0.000_154_035_304_571_090_66,
        1.525_273_349_308_638_7e-5,
        1.321_543_528_372_103_2e-6,
        1.017_819_958_832_269e-7,
        7.073_783_016_459_317e-9,
        4.434_768_883_218_638_5e-10,
    ],
};

/// What `ln 2` loses in each format.
pub(super) const LN_2_LOW: (f64, f64) = (-1.904_654_212_125_933_6e-9, 2.319_046_813_846_299_6e-17);

/// `k` and `r` with `x = k ln 2 + r` and `r` in [log(3/4), log(3/2)], where `e**x - 1` loses least to cancellation.
#[inline(always)]
fn reduce<R: Real>(x: R) -> (R, R) {
    let k = x.mul_add(x.number(LOG2_E), x.number(0.415)).floor();
    (k, without_twos(x, k))
}

/// `x - k ln 2`.
#[inline(always)]
pub(super) fn without_twos<R: Real>(x: R, k: R) -> R {
    let r = k.mul_add(x.number(-LN_2), x);
    k.mul_add(x.number(-by_width::<R>(LN_2_LOW.0, LN_2_LOW.1)), r)
}

/// `e**x` where it cannot overflow: for `x` up to 88 or 709, down to where it is surely 0, but not below.
#[inline(always)]
pub(super) fn exp_within<R: Real>(x: R) -> R {
    let (k, r) = reduce(x);
    EXP.at(r).mul_add(r, x.number(1.0)).mul_add(r, x.number(1.0)).scale(k)
}

/// Not below where `e**x` is surely 0. Keeps a NaN.
#[inline(always)]
pub(super) fn not_below_zero<R: Real>(x: R) -> R {
    x.number(by_width::<R>(-104.0, -746.0)).max(x)
}

/// `x` up to a little more than where `e**x` is infinite. Keeps a NaN.
#[inline(always)]
fn not_above_infinite<R: Real>(x: R) -> R {
    x.number(by_width::<R>(89.0, 710.0)).min(x)
}

/// `e**x`.
#[inline(always)]
pub(super) fn exp<R: Real>(x: R) -> R {
    exp_within(not_above_infinite(not_below_zero(x)))
}

/// `e**x - 1`.
#[inline(always)]
pub(super) fn expm1<R: Real>(x: R) -> R {
    let one = x.number(1.0);
    let (k, r) = reduce(not_above_infinite(not_below_zero(x)));
    let part = x.number(64.0).min(k);
    let power = one.scale(part);
    let beyond = (r * r).mul_add(EXP.at(r), r);
    beyond.mul_add(power, power - one).scale(k - part).copysign(x)
}

/// `2**x`.
#[inline(always)]
pub(super) fn exp2<R: Real>(x: R) -> R {
    let x = x.number(by_width::<R>(-151.0, -1076.0)).max(x);
    let x = x.number(by_width::<R>(129.0, 1025.0)).min(x);
    let (_, k) = nearest(x, 1.0);
    let f = x - k;
    EXP2.at(f).mul_add(f, x.number(1.0)).scale(k)
}
