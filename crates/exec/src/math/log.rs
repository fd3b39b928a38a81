//! The logarithms.
//!
//! `x = 2**k * (1 + f)` with `f` in [-1/4, 1/2), so that nothing cancels near 1. `log(1 + f)` is `f` and a tail that is small
//! beside it: a polynomial in `f` for `f32`; for `f64` the series of the inverse hyperbolic tangent in `s = f / (2 + f)`,
//! arranged as in Tang's and the FreeBSD library's logarithms, where the errors of `s` do not count.

use super::exp::LN_2_LOW;
use super::polynomial::{Polynomial, by_width};
use super::{Mask, Real};
use std::f64::consts::{LN_2, LOG2_E, LOG10_2, LOG10_E};

/// `log(1 + f) = f - f**2 / 2 + f**3 * p(f)`, only for `f32`.
const LOG: Polynomial = Polynomial {
    narrow: &[
        0.333_334_506,
        -0.250_000_954,
        0.199_908_614,
        -0.166_473_135,
        0.144_783_899,
        -0.131_611_794,
        0.104_630_284,
        -0.045_075_040_3,
    ],
    wide: &[0.0],
};

/// `log((1 + s) / (1 - s)) = 2 * s + s**3 * p(s**2)`, only for `f64`.
const ATANH: Polynomial = Polynomial {
    narrow: &[0.0],
    wide: &[
        0.666_666_666_666_726_8,
        0.399_999_999_961_774_2,
        0.285_714_293_927_388_1,
        0.222_221_386_915_357_12,
        0.181_863_489_180_550_5,
        0.152_503_209_776_338_6,
        0.153_672_327_429_260_9,
    ],
};

/// `log(1 + f) - f` for `f` in [-1/4, 1/2).
#[inline(always)]
fn tail<R: Real>(f: R) -> R {
    if R::WIDTH == 32 {
        LOG.at(f).mul_add(f, f.number(-0.5)) * (f * f)
    } else {
        let s = f / (f + f.number(2.0));
        let z = s * s;
        let half = f * f * f.number(0.5);
        s.mul_add(ATANH.at(z).mul_add(z, half), -half)
    }
}

/// `log(2**k * (1 + f))`.
#[inline(always)]
pub(super) fn log_of<R: Real>(k: R, f: R) -> R {
    if R::WIDTH == 32 {
        let square = f * f;
        let m = LOG.at(f).mul_add(f, f.number(-0.5)).mul_add(square, f);
        return k.mul_add(f.number(LN_2), m);
    }
    let low = k.mul_add(f.number(LN_2_LOW.1), tail(f));
    k.mul_add(f.number(LN_2), f + low)
}

/// `k`, `2**-k` and `f` of `1 + x`, with `f` rounded once.
#[inline(always)]
fn reduce_one_plus<R: Real>(x: R) -> (R, R, R) {
    let one = x.number(1.0);
    let (k, _) = (x + one).split();
    let power = one.scale(-k);
    (k, power, x.mul_add(power, power - one))
}

/// `value`, but where `k` is not finite, that: at -1, at infinity, and where there is no value.
#[inline(always)]
fn or_unusual<R: Real>(k: R, value: R) -> R {
    k.abs().lt(k.number(f64::INFINITY)).select(value, k)
}

/// The natural logarithm.
#[inline(always)]
pub(super) fn log<R: Real>(x: R) -> R {
    let (k, m) = x.split();
    log_of(k, m - x.number(1.0))
}

/// `log(1 + x)`.
#[inline(always)]
pub(super) fn log1p<R: Real>(x: R) -> R {
    let (k, _, f) = reduce_one_plus(x);
    or_unusual(k, log_of(k, f)).copysign(x)
}

/// `log(1 + x + low) + twos * log(2)`, where `low` is below the last place of `x`; a zero may have the wrong sign.
#[inline(always)]
pub(super) fn log1p_of_sum<R: Real>(x: R, low: R, twos: R) -> R {
    let (k, power, f) = reduce_one_plus(x);
    let all = k + twos;
    let mut rest = low.mul_add(power, tail(f));
    if R::WIDTH == 64 {
        rest = all.mul_add(x.number(LN_2_LOW.1), rest);
    }
    or_unusual(k, all.mul_add(x.number(LN_2), f + rest))
}

/// The logarithm to base 2.
#[inline(always)]
pub(super) fn log2<R: Real>(x: R) -> R {
    let (k, m) = x.split();
    let f = m - x.number(1.0);
    let low = f * x.number(by_width::<R>(1.925_963_033_500_011e-8, 2.035_527_374_093_103_3e-17));
    k + f.mul_add(x.number(LOG2_E), tail(f).mul_add(x.number(LOG2_E), low))
}

/// The logarithm to base 10.
#[inline(always)]
pub(super) fn log10<R: Real>(x: R) -> R {
    let (k, m) = x.split();
    let f = m - x.number(1.0);
    let low = f * x.number(by_width::<R>(-1.010_304_995_219_257_8e-8, 1.098_319_650_216_765e-17));
    // Rounded down, so that the rest has the same sign: at 0 and infinity `k` is infinite.
    let high = by_width::<R>(f64::from((LOG10_2 as f32).next_down()), LOG10_2.next_down());
    let rest = x.number(by_width::<R>(1.548_133_349_013_561_3e-8, 5.270_742_310_347_266e-17));
    let low = k.mul_add(rest, tail(f).mul_add(x.number(LOG10_E), low));
    k.mul_add(x.number(high), f.mul_add(x.number(LOG10_E), low))
}
