//! Means, variances, norms and what else summarises the elements over some axes.
//!
//! A mean of nothing is 0 / 0, NaN, as NumPy has it. Norms scale before they square.

use super::count;
use crate::build::Along;
use crate::expr::Expr;
use crate::op::Reduction;
use crate::ty::DType;

impl<'b> Expr<'b> {
    /// The mean over axes.
    #[track_caller]
    pub fn mean(self, axes: impl Into<Along>) -> Expr<'b> {
        self.mean_along(&axes.into(), false)
    }

    /// The mean over axes, which stay with extent 1 if `keep`.
    #[track_caller]
    pub fn mean_along(self, axes: &Along, keep: bool) -> Expr<'b> {
        let x = self.floated();
        match x.resolve("mean", axes) {
            Ok(axes) => x.mean_over(&axes).restore(&axes, &x.shape(), keep),
            Err(dead) => dead,
        }
    }

    /// The mean squared distance from the mean over axes, the number of elements lessened by `ddof`.
    #[track_caller]
    pub fn var(self, axes: impl Into<Along>, ddof: usize) -> Expr<'b> {
        self.var_along(&axes.into(), ddof, false)
    }

    /// As [`Expr::var`], over axes that stay with extent 1 if `keep`.
    #[track_caller]
    pub fn var_along(self, axes: &Along, ddof: usize, keep: bool) -> Expr<'b> {
        let x = self.floated();
        let axes = match x.resolve("var", axes) {
            Ok(axes) => axes,
            Err(dead) => return dead,
        };
        let squares = x.centred(&axes).square().reduce(Reduction::Sum, &axes);
        (squares / freedom(x, &axes, ddof)).restore(&axes, &x.shape(), keep)
    }

    /// The square root of the variance over axes; like a norm it neither overflows nor has a derivative at 0 but 0.
    #[track_caller]
    pub fn std(self, axes: impl Into<Along>, ddof: usize) -> Expr<'b> {
        self.std_along(&axes.into(), ddof, false)
    }

    /// As [`Expr::std`], over axes that stay with extent 1 if `keep`.
    #[track_caller]
    pub fn std_along(self, axes: &Along, ddof: usize, keep: bool) -> Expr<'b> {
        let x = self.floated();
        let axes = match x.resolve("std", axes) {
            Ok(axes) => axes,
            Err(dead) => return dead,
        };
        let distance = x.centred(&axes).norm_over(&axes);
        (distance / freedom(x, &axes, ddof).sqrt()).restore(&axes, &x.shape(), keep)
    }

    /// The square root of the sum of squares over axes, without overflow; derivative 0 where all elements are 0.
    #[track_caller]
    pub fn norm(self, axes: impl Into<Along>) -> Expr<'b> {
        self.norm_along(&axes.into(), false)
    }

    /// As [`Expr::norm`], over axes that stay with extent 1 if `keep`.
    #[track_caller]
    pub fn norm_along(self, axes: &Along, keep: bool) -> Expr<'b> {
        let x = self.floated();
        match x.resolve("norm", axes) {
            Ok(axes) => x.norm_over(&axes).restore(&axes, &x.shape(), keep),
            Err(dead) => dead,
        }
    }

    /// The sum of squares over axes.
    #[track_caller]
    pub fn square_sum(self, axes: impl Into<Along>) -> Expr<'b> {
        self.square().sum(axes)
    }

    /// `x * log(y)`, and 0 where `x` is 0 unless `y` is NaN.
    #[track_caller]
    pub fn xlogy(self, y: Expr<'b>) -> Expr<'b> {
        let log = y.log();
        log.weighted(self, log.is_finite().logical_not().logical_and(y.equal(y)))
    }

    #[track_caller]
    pub(super) fn mean_over(self, axes: &[u8]) -> Expr<'b> {
        if axes.is_empty() {
            return self;
        }
        self.reduce(Reduction::Sum, axes) / count(&self.shape(), axes) as f64
    }

    /// The distance of each element from the mean over axes.
    #[track_caller]
    fn centred(self, axes: &[u8]) -> Expr<'b> {
        self - self.mean_over(axes).spread(axes, &self.shape())
    }

    #[track_caller]
    fn norm_over(self, axes: &[u8]) -> Expr<'b> {
        let shape = self.shape();
        if count(&shape, axes) == 0 {
            return self.reduce(Reduction::Sum, axes);
        }
        let greatest = self.abs().reduce(Reduction::Max, axes).stop_gradient();
        let scale = greatest.is_finite().select(greatest.maximum(self.least_scale()), self.number(1.0));
        let squares = (self / scale.spread(axes, &shape)).square().reduce(Reduction::Sum, axes);
        let zero = self.number(0.0);
        greatest.equal(zero).select(zero, scale * squares.sqrt())
    }

    /// By so little, subnormal numbers are divided without an overflow of the divisor's reciprocal.
    #[track_caller]
    fn least_scale(self) -> Expr<'b> {
        self.number(match self.dtype() {
            DType::F32 => f64::from(f32::MIN_POSITIVE / f32::EPSILON),
            DType::Bool | DType::I64 | DType::F64 => f64::MIN_POSITIVE / f64::EPSILON,
        })
    }
}

/// The number of elements over axes, lessened by `ddof`.
#[track_caller]
fn freedom<'b>(x: Expr<'b>, axes: &[u8], ddof: usize) -> Expr<'b> {
    x.number(count(&x.shape(), axes).saturating_sub(ddof) as f64)
}
