//! The logistic function, its integral and its inverse.

use super::exp::{exp_within, not_below_zero};
use super::log::log_of;
use super::{Mask, Real};

/// `1 / (1 + e**-x)`, by an exponential that cannot overflow: with `s = e**-|x|` it is `1 - s / (1 + s)`, and below 0 `s` times
/// that. So what the quotient has lost hardly counts where `s` is small.
#[inline(always)]
pub(super) fn sigmoid<R: Real>(x: R) -> R {
    let one = x.number(1.0);
    let small = exp_within(not_below_zero(-x.abs()));
    let quotient = small / (small + one);
    let whole = x.lt(x.number(0.0)).select(small, one);
    (-whole).mul_add(quotient, whole)
}

/// `log(1 + e**x)`.
#[inline(always)]
pub(super) fn softplus<R: Real>(x: R) -> R {
    let small = exp_within(not_below_zero(-x.abs()));
    // 1 + small lies in [1, 2]: halved or not, it is near enough to 1 for the logarithm.
    let large = x.number(0.5).lt(small);
    let half = x.number(0.5);
    let f = large.select(small.mul_add(half, -half), small);
    let k = large.select(x.number(1.0), x.number(0.0));
    x.number(0.0).max(x) + log_of(k, f)
}

/// `log(x / (1 - x))`.
#[inline(always)]
pub(super) fn logit<R: Real>(x: R) -> R {
    let (zero, one) = (x.number(0.0), x.number(1.0));
    // The less likely side; above a half, 1 - x is exact.
    let upper = x.number(0.5).lt(x);
    let y = upper.select(one - x, x);
    // Where the odds against it, (1 - y) / y, are near 1 or 2, what they exceed that by is found with nothing cancelling.
    let near = x.number(0.4).le(y);
    let close = x.number(0.26).le(y);
    let above = y.mul_add(near.select(x.number(-2.0), x.number(-3.0)), one);
    let below = near.select(y, y + y);
    let ratio = close.select(above, y) / close.select(below, one - y);
    let (k, m) = ratio.split();
    let value = log_of(close.select(near.select(zero, one), k), close.select(ratio, m - one));
    // Not -value, whose zero would be negative.
    (upper ^ close).select(zero - value, value)
}
