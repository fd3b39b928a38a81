//! The error function, for `f32`.
//!
//! Up to 1 an odd polynomial; above, the complement is 2 to the power of a polynomial, so that its tail takes no division.

use super::exp::exp2;
use super::polynomial::Polynomial;
use super::{Mask, Real};

/// `erf(x) = x + x * p(x**2)` for `|x| <= 1`.
const ERF: Polynomial = Polynomial {
    narrow: &[
        0.128_379_166,
        -0.376_126_26,
        0.112_835_854,
        -0.026_853_812_9,
        0.005_188_329_61,
        -0.000_801_021_117,
        7.853_921_85e-5,
    ],
    wide: &[0.0],
};

/// `log2(1 - erf(x)) = p(x)` for `x` in [1, 4].
const LOG_ERFC: Polynomial = Polynomial {
    narrow: &[
        -0.000_492_756_371,
        -1.626_045_82,
        -0.920_648_634,
        -0.148_751_393,
        0.031_505_569_8,
        -0.004_252_549_26,
        0.000_268_886_128,
    ],
    wide: &[0.0],
};

/// The error function, for `f32`.
#[inline(always)]
pub(super) fn erf<R: Real>(x: R) -> R {
    let (one, a) = (x.number(1.0), x.abs());
    let near = (a * ERF.at(a * a)) + a;
    // From 4 on the complement does not count.
    let far = one - exp2(LOG_ERFC.at(x.number(4.0).min(a)));
    a.lt(one).select(near, far).copysign(x)
}
