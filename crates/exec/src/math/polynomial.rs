//! Polynomials with one set of coefficients for each width.
//!
//! The coefficients are minimax fits that `minimax.py` beside this file prints, with the interval and the error of each.

use super::Real;

/// Coefficients, the constant term first.
pub(super) struct Polynomial {
    pub(super) narrow: &'static [f64],
    pub(super) wide: &'static [f64],
}

impl Polynomial {
    /// Its value, by Horner's scheme: the fewest operations; neighbouring elements hide the latency.
    #[inline(always)]
    pub(super) fn at<R: Real>(&self, x: R) -> R {
        let c = if R::WIDTH == 32 { self.narrow } else { self.wide };
        let mut value = x.number(c[c.len() - 1]);
        let mut i = c.len() - 1;
        while i > 0 {
            i -= 1;
            value = value.mul_add(x, x.number(c[i]));
        }
        value
    }
}

/// A constant of each width, for what is not one number rounded to both.
#[inline(always)]
pub(super) fn by_width<R: Real>(narrow: f64, wide: f64) -> f64 {
    if R::WIDTH == 32 { narrow } else { wide }
}

/// `t = x * c + magic` and the whole number `k` nearest to `x * c`, which stands in the low bits of `t`. For `|x * c|` up to
/// 2**22 (`f32`) or 2**51.
#[inline(always)]
pub(super) fn nearest<R: Real>(x: R, c: f64) -> (R, R) {
    let magic = x.number(by_width::<R>(12_582_912.0, 6_755_399_441_055_744.0));
    let t = x.mul_add(x.number(c), magic);
    (t, t - magic)
}
