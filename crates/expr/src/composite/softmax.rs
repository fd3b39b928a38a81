//! Sums of exponentials and what is divided by them, shifted by the greatest exponent so that none overflows.
//!
//! The shift changes no value and no derivative, so it counts as a constant; an infinite one would make differences of
//! infinities and is left out. Over no elements the sum is 0 and its logarithm -inf.

use crate::build::Along;
use crate::expr::Expr;
use crate::op::Reduction;

impl<'b> Expr<'b> {
    /// `log(sum(exp(x)))` over axes.
    #[track_caller]
    pub fn logsumexp(self, axes: impl Into<Along>) -> Expr<'b> {
        self.logsumexp_along(&axes.into(), false)
    }

    /// As [`Expr::logsumexp`], over axes that stay with extent 1 if `keep`.
    #[track_caller]
    pub fn logsumexp_along(self, axes: &Along, keep: bool) -> Expr<'b> {
        let x = self.floated();
        let axes = match x.resolve("logsumexp", axes) {
            Ok(axes) => axes,
            Err(dead) => return dead,
        };
        let peak = x.peak(&axes);
        let sum = x.minus_peak(peak, &axes).exp().reduce(Reduction::Sum, &axes);
        (sum.log() + peak).restore(&axes, &x.shape(), keep)
    }

    /// `exp(x) / sum(exp(x))` over axes.
    #[track_caller]
    pub fn softmax(self, axes: impl Into<Along>) -> Expr<'b> {
        let x = self.floated();
        let axes = match x.resolve("softmax", &axes.into()) {
            Ok(axes) => axes,
            Err(dead) => return dead,
        };
        let powers = x.minus_peak(x.peak(&axes), &axes).exp();
        powers / powers.reduce(Reduction::Sum, &axes).spread(&axes, &x.shape())
    }

    /// `x - log(sum(exp(x)))` over axes: the logarithm of [`Expr::softmax`], accurate where that underflows.
    #[track_caller]
    pub fn log_softmax(self, axes: impl Into<Along>) -> Expr<'b> {
        let x = self.floated();
        let axes = match x.resolve("log_softmax", &axes.into()) {
            Ok(axes) => axes,
            Err(dead) => return dead,
        };
        let shifted = x.minus_peak(x.peak(&axes), &axes);
        shifted - shifted.log_of_powers(&axes).spread(&axes, &x.shape())
    }

    /// `log(exp(x) + exp(other))`, accurate in both tails and for equal infinities.
    #[track_caller]
    pub fn logaddexp(self, other: Expr<'b>) -> Expr<'b> {
        let (a, b) = self.floated().paired(other.floated());
        // Both forms have the right derivatives of every order, also where a = b; each is taken where it is accurate.
        let fall = b - a;
        let sum = a.greater_equal(b).select(a + fall.softplus(), b + (-fall).softplus());
        fall.equal(fall).select(sum, a.maximum(b))
    }

    /// `log(sum(exp(x)))` over axes of elements that [`Expr::minus_peak`] has shifted.
    #[track_caller]
    pub(super) fn log_of_powers(self, axes: &[u8]) -> Expr<'b> {
        self.exp().reduce(Reduction::Sum, axes).log()
    }

    /// The greatest element over axes as a constant, 0 where it is not finite.
    #[track_caller]
    pub(super) fn peak(self, axes: &[u8]) -> Expr<'b> {
        let zero = self.number(0.0);
        if super::count(&self.shape(), axes) == 0 {
            return zero.broadcast_to(self.shape().without(&axes.iter().map(|&a| usize::from(a)).collect::<Vec<_>>()));
        }
        let greatest = self.reduce(Reduction::Max, axes).stop_gradient();
        greatest.is_finite().select(greatest, zero)
    }

    #[track_caller]
    pub(super) fn minus_peak(self, peak: Expr<'b>, axes: &[u8]) -> Expr<'b> {
        self - peak.spread(axes, &self.shape())
    }
}
