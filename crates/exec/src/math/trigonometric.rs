//! The trigonometric functions.
//!
//! For `|x|` up to [`LIMIT`] a multiple of pi, or of pi / 2 for the tangent, is taken away in three steps (Cody and Waite), of
//! which the first is exact and the others round the small remainder only. What is left goes through one odd polynomial,
//! however large: one of higher degree costs less than two and a choice.

use super::polynomial::{Polynomial, by_width, nearest};
use super::{Bits, Mask, Real};
use std::f64::consts::{FRAC_1_PI, FRAC_2_PI, PI};

/// As far as arguments are reduced. Beyond, results are anything but NaN where they must be.
pub(super) const LIMIT: f64 = 131_072.0;

/// `sin(r) = r + r**3 * p(r**2)` for `|r| <= 1.004 * pi / 2`.
const SIN: Polynomial = Polynomial {
    narrow: &[-0.166_666_597, 0.008_333_059_96, -0.000_198_090_915, 2.604_588_19e-6],
    wide: &[
        -0.166_666_666_666_666_66,
        0.008_333_333_333_333_186,
        -0.000_198_412_698_412_062_04,
        2.755_731_921_060_807_4e-6,
        -2.505_210_682_327_038_3e-8,
        1.605_893_716_545_109e-10,
        -7.642_924_141_444_232e-13,
        2.720_453_595_794_687_4e-15,
    ],
};

/// `tan(r) = r + r**3 * p(r**2)` for `|r| <= 1.01 * pi / 4`.
const TAN: Polynomial = Polynomial {
    narrow: &[
        0.333_333_522,
        0.133_325_592,
        0.054_072_000_1,
        0.021_218_311,
        0.011_004_942_5,
        -0.000_129_056_076,
        0.004_486_023_91,
    ],
    wide: &[
        0.333_333_333_333_334,
        0.133_333_333_333_228_92,
        0.053_968_253_974_230_25,
        0.021_869_488_363_114_135,
        0.008_863_238_506_060_522,
        0.003_592_094_807_803_583_7,
        0.001_456_088_548_946_059,
        0.000_588_650_656_204_701_6,
        0.000_244_511_769_836_688,
        8.161_692_175_851_24e-5,
        7.075_190_259_697_439e-5,
        -3.009_115_306_299_286_3e-5,
        5.235_076_263_515_856e-5,
        -2.611_079_134_690_728_3e-5,
        1.020_707_675_710_404_2e-5,
    ],
};

/// Pi in three parts, all rounded down: so the zero that is left of a zero keeps its sign.
#[inline(always)]
fn pi<R: Real>() -> [f64; 3] {
    if R::WIDTH == 32 {
        [f64::from((PI as f32).next_down()), 1.509_957_883_172_319_3e-7, 1.078_060_505_991_553e-14]
    } else {
        [PI, 1.224_646_799_147_353e-16, 2.165_713_347_843_827_8e-32]
    }
}

/// `x - k * pi`.
#[inline(always)]
fn without<R: Real>(x: R, k: R) -> R {
    pi::<R>().into_iter().fold(x, |r, part| k.mul_add(x.number(-part), r))
}

/// The lowest bit of `t` in the place of the sign.
#[inline(always)]
fn parity<R: Real>(t: R) -> R::Bits {
    if R::WIDTH == 32 { t.bits().shl::<31>() } else { t.bits().shl::<63>() }
}

/// The sine of a remainder, at most 1 also after rounding; its zero may have the wrong sign.
#[inline(always)]
fn sin_of_remainder<R: Real>(r: R) -> R {
    let z = r * r;
    let one = r.number(1.0);
    one.min((-one).max((r * z).mul_add(SIN.at(z), r)))
}

/// The sine.
#[inline(always)]
pub(super) fn sin<R: Real>(x: R) -> R {
    let (t, k) = nearest(x, FRAC_1_PI);
    let r = without(x, k);
    sin_of_remainder(r).copysign((r.bits() ^ parity(t)).real())
}

/// The cosine: the sine of what is left beside the nearest odd multiple of pi / 2.
#[inline(always)]
pub(super) fn cos<R: Real>(x: R) -> R {
    let half = x.number(0.5);
    // An odd number, which turns the parity around.
    let magic = x.number(by_width::<R>(12_582_913.0, 6_755_399_441_055_745.0));
    let t = x.mul_add(x.number(FRAC_1_PI), -half) + magic;
    let r = without(x, (t - magic) + half);
    (sin_of_remainder(r).bits() ^ parity(t)).real()
}

/// The tangent: that of the remainder, or minus one over it.
#[inline(always)]
pub(super) fn tan<R: Real>(x: R) -> R {
    let (t, k) = nearest(x, FRAC_2_PI);
    let (r, low) = without_half(x, k);
    let z = r * r;
    let beyond = (r * z).mul_add(TAN.at(z), low);
    let tan = (r + beyond).copysign(r);
    // What that sum lost counts in the reciprocal.
    let lost = (r - tan) + beyond;
    let cot = x.number(-1.0) / tan;
    parity(t).eq(x.integer(0)).select(tan, (cot * cot).mul_add(lost, cot))
}

/// `x - k * pi / 2`, and what that lacks: near a pole every bit of it counts.
#[inline(always)]
fn without_half<R: Real>(x: R, k: R) -> (R, R) {
    let [first, second, third] = pi::<R>().map(|part| x.number(part / 2.0));
    let start = k.mul_add(-first, x);
    let step = k * second;
    let step_lacks = k.mul_add(-second, step);
    let r = start - step;
    let lacks = (start - r) - step;
    (r, k.mul_add(-third, lacks + step_lacks))
}
