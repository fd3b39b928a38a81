//! The hyperbolic functions and their inverses.

use super::exp::{LN_2_LOW, without_twos};
use super::log::{log1p, log1p_of_sum};
use super::polynomial::{Polynomial, by_width, nearest};
use super::{Mask, Real};
use std::f64::consts::{LN_2, LOG2_E};

/// `tanh(r) = r + r**3 * p(r**2)` for `|r| <= 0.2601`.
const TANH: Polynomial = Polynomial {
    narrow: &[-0.333_332_151, 0.133_227_14, -0.051_228_441_3],
    wide: &[
        -0.333_333_333_333_324_16,
        0.133_333_333_329_863_05,
        -0.053_968_253_524_361_08,
        0.021_869_461_580_942_905,
        -0.008_862_358_169_778_331,
        0.003_576_365_271_934_444,
        -0.001_307_465_787_886_855,
    ],
};

/// `sinh(r) = r + r**3 * p(r**2)` for `|r| <= ln 2 / 2`.
const SINH: Polynomial = Polynomial {
    narrow: &[0.166_665_435, 0.008_366_531_69],
    wide: &[
        0.166_666_666_666_666_77,
        0.008_333_333_333_321_67,
        0.000_198_412_698_860_196_03,
        2.755_724_431_985_087e-6,
        2.510_899_769_056_497e-8,
    ],
};

/// `cosh(r) = 1 + r**2 / 2 + r**4 * p(r**2)` for `|r| <= ln 2 / 2`.
const COSH: Polynomial = Polynomial {
    narrow: &[0.041_666_459_3, 0.001_393_527_72],
    wide: &[
        0.041_666_666_666_666_685,
        0.001_388_888_888_887_362_2,
        2.480_158_734_846_442_6e-5,
        2.755_725_248_945_821_7e-7,
        2.092_155_356_301_764_8e-9,
    ],
};

/// The hyperbolic tangent, by the addition theorem from those of `k ln 2 / 2`, which is `(2**k - 1) / (2**k + 1)`, and of a
/// remainder in [-0.0867, 0.2600]: off the middle, so that up to 0.26 there is nothing to add, nor to divide by but 2.
#[inline(always)]
pub(super) fn tanh<R: Real>(x: R) -> R {
    let one = x.number(1.0);
    let a = x.number(by_width::<R>(10.0, 20.0)).min(x.abs());
    let k = a.mul_add(x.number(2.0 * LOG2_E), x.number(0.25)).floor();
    let mut r = k.mul_add(x.number(-LN_2 / 2.0), a);
    if R::WIDTH == 64 {
        r = k.mul_add(x.number(-LN_2_LOW.1 / 2.0), r);
    }
    let z = r * r;
    let t = (r * z).mul_add(TANH.at(z), r);
    let power = one.scale(k);
    let numerator = t.mul_add(power + one, power - one);
    // (2**k + 1) + t * (2**k - 1), so written that the numerator's rounding nearly drops out.
    let two = x.number(2.0);
    let denominator = numerator + t.mul_add(-two, two);
    (numerator / denominator).copysign(x)
}

/// The hyperbolic sine and cosine of `|x|`, each by the addition theorem from those of `k ln 2` and of a remainder.
#[inline(always)]
fn sinh_cosh<R: Real>(x: R) -> (R, R) {
    let half = x.number(0.5);
    let a = x.number(by_width::<R>(90.0, 712.0)).min(x.abs());
    let (_, k) = nearest(a, LOG2_E);
    let r = without_twos(a, k);
    let z = r * r;
    let sinh = (r * z).mul_add(SINH.at(z), r);
    let beyond = (z * z).mul_add(COSH.at(z), z * half);
    // A part of the exponent is left for the end, where it may overflow.
    let part = x.number(100.0).min(k);
    let (up, down) = (half.scale(part), half.scale(-part));
    let (plus, minus) = (up + down, up - down);
    let rest = k - part;
    // The cosine's 1 comes last, being exact.
    let sum = plus.mul_add(sinh, minus * beyond) + minus;
    let other = plus.mul_add(beyond, minus * sinh) + plus;
    (sum.scale(rest), other.scale(rest))
}

/// The hyperbolic sine.
#[inline(always)]
pub(super) fn sinh<R: Real>(x: R) -> R {
    sinh_cosh(x).0.copysign(x)
}

/// The hyperbolic cosine.
#[inline(always)]
pub(super) fn cosh<R: Real>(x: R) -> R {
    sinh_cosh(x).1
}

/// From here on the inverses are `log(2 |x|)`.
const LARGE: (f64, f64) = (1_073_741_824.0, 1_152_921_504_606_846_976.0);

/// `a + b` and what that loses, for `a` not below `b`, neither negative.
#[inline(always)]
fn sum<R: Real>(a: R, b: R) -> (R, R) {
    let sum = a + b;
    (sum, b - (sum - a))
}

/// `log(1 + t + lost)`, but `log(2 * x)` where `x` is large.
#[inline(always)]
fn log_of_one_plus<R: Real>((t, lost): (R, R), x: R) -> R {
    let (zero, one) = (x.number(0.0), x.number(1.0));
    let large = x.number(by_width::<R>(LARGE.0, LARGE.1)).lt(x);
    log1p_of_sum(large.select(x, t), large.select(zero, lost), large.select(one, zero))
}

/// The inverse hyperbolic sine, `log(1 + |x| + x**2 / (1 + sqrt(1 + x**2)))`.
#[inline(always)]
pub(super) fn asinh<R: Real>(x: R) -> R {
    let (one, a) = (x.number(1.0), x.abs());
    let root = a.mul_add(a, one).sqrt();
    log_of_one_plus(sum(a, a * a / (root + one)), a).copysign(x)
}

/// The inverse hyperbolic cosine, `log(1 + t + sqrt(t (t + 2)))` with `t = x - 1`.
#[inline(always)]
pub(super) fn acosh<R: Real>(x: R) -> R {
    let one = x.number(1.0);
    let t = x - one;
    let value = log_of_one_plus(sum(t.mul_add(t, t + t).sqrt(), t), x);
    x.lt(one).select(x.number(f64::NAN), value)
}

/// The inverse hyperbolic tangent, `log((1 + |x|) / (1 - |x|)) / 2`.
#[inline(always)]
pub(super) fn atanh<R: Real>(x: R) -> R {
    let (one, a) = (x.number(1.0), x.abs());
    let twice = a + a;
    let t = twice + twice * a / (one - a);
    let value = log1p(t) * x.number(0.5);
    a.le(one).select(value.copysign(x), x.number(f64::NAN))
}
