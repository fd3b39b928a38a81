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
        let (x, y) = self.paired(y);
        let log = y.log();
        log.weighted(x, log.is_finite().logical_not().logical_and(y.equal(y)))
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
        let (zero, one) = (self.number(0.0), self.number(1.0));
        let greatest = self.abs().reduce(Reduction::Max, axes).stop_gradient();
        let flat = greatest.equal(zero);
        let plain = flat.logical_or(greatest.is_finite().logical_not());
        let scale = plain.select(one, greatest.maximum(self.least_scale()));
        let squares = (self / scale.spread(axes, &shape)).square().reduce(Reduction::Sum, axes);
        // The root of 1 in place of that of 0, so that no derivative of any order meets its infinite slope.
        flat.select(zero, scale * flat.select(one, squares).sqrt())
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

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_close, derivatives, gradient, hessian, value};
    use crate::builder::Builder;
    use crate::ty::{DType, Type};
    use crate::value::Value;

    #[test]
    fn means_and_variances_follow_numpy() {
        let x = Value::new([4, 2], vec![-0.375, -1.875, 0.75, -0.75, 1.875, 0.375, -1.125, 1.5]);
        let (y, dy) = gradient(|x| x.var(0, 0).sum(..), &x);
        assert_close(&y, &[2.8740234375], 1e-15);
        let slopes = [-0.328125, -0.84375, 0.234375, -0.28125, 0.796875, 0.28125, -0.703125, 0.84375];
        assert_close(&dy.concat(), &slopes, 1e-14);
        let (y, dy) = gradient(|x| x.mean(1), &x);
        assert_eq!(y, [-1.125, 0.0, 1.125, 0.1875]);
        assert_eq!(dy[5], [0.0, 0.0, 0.5, 0.0]);
        // var of 1, 2, 4 is 14 / 9, and 7 / 3 with one degree of freedom less.
        let b = Builder::new();
        let e = b.constant(vec![1i64, 2, 4]);
        let at = |e| value(e, &x).item().unwrap();
        assert_close(&[at(e.var(.., 0)), at(e.var(.., 1))], &[14.0 / 9.0, 7.0 / 3.0], 1e-15);
        assert_close(&[at(e.std(.., 0)), at(e.mean(..))], &[(14.0f64 / 9.0).sqrt(), 7.0 / 3.0], 1e-15);
    }

    #[test]
    fn nothing_has_no_mean() {
        let b = Builder::new();
        let x = b.constant(Value::new::<f32>([0, 2], vec![]));
        let of = |e| value(e, &Value::from(0.0));
        for e in [x.mean(0), x.var(0, 0), x.std(0, 0)] {
            assert_eq!(e.ty(), Type::new(DType::F32, [2]));
            assert!(of(e).to_f64s().iter().all(|y| y.is_nan()));
        }
        assert_eq!(of(x.norm(0)).to_f64s(), [0.0, 0.0]);
        assert_eq!(x.mean(1).ty(), Type::new(DType::F32, [0]));
        assert!(of(b.constant(vec![3.0]).var(.., 1)).item().unwrap().is_nan());
    }

    #[test]
    fn kept_axes_have_extent_one() {
        let b = Builder::new();
        let x = b.input("x", Type::new(DType::I64, [2, 3, 4]));
        let axes = [0, -1].into();
        for e in [
            x.mean_along(&axes, true),
            x.var_along(&axes, 0, true),
            x.std_along(&axes, 0, true),
            x.norm_along(&axes, true),
        ] {
            assert_eq!(e.ty(), Type::new(DType::F64, [1, 3, 1]));
        }
    }

    #[test]
    fn norms_neither_overflow_nor_vanish() {
        for scale in [1.0, 1e-200, 1e200, 1e-300, 2e307, 1e-310] {
            let x = Value::from(vec![3.0 * scale, 4.0 * scale]);
            let (y, dy) = gradient(|x| x.norm(..), &x);
            assert_close(&y, &[5.0 * scale], 1e-14);
            assert_close(&dy.concat(), &[0.6, 0.8], 1e-13);
        }
        let smallest = f64::from_bits(1);
        let (y, dy) = gradient(|x| x.norm(..), &Value::from(vec![-smallest]));
        assert_eq!((y, dy.concat()), (vec![smallest], vec![-1.0]));
    }

    #[test]
    fn norms_of_f32_neither_overflow_nor_vanish() {
        for scale in [1.0f32, 1e-20, 1e20, 1e-38, 1e37] {
            let x = Value::from(vec![3.0 * scale, 4.0 * scale]);
            let (y, dy) = gradient(|x| x.norm(..), &x);
            assert_close(&y, &[f64::from(5.0 * scale)], 1e-6);
            assert_close(&dy.concat(), &[0.6, 0.8], 1e-6);
        }
    }

    #[test]
    fn a_norm_is_flat_at_zero_and_keeps_what_is_not_finite() {
        let zeros = Value::from(vec![0.0, -0.0]);
        let (y, dy) = gradient(|x| x.norm(..), &zeros);
        assert_eq!((y, dy.concat()), (vec![0.0], vec![0.0, 0.0]));
        assert_eq!(hessian(|x| x.norm(..), &zeros).concat(), [0.0; 4]);
        let of = |x: Vec<f64>| gradient(|x| x.norm(..), &Value::from(x)).0[0];
        assert_eq!(of(vec![f64::NEG_INFINITY, 1.0]), f64::INFINITY);
        assert!(of(vec![f64::NAN, 1.0]).is_nan());
        let (y, dy) = gradient(|x| x.std(.., 0), &Value::from(vec![2.0, 2.0]));
        assert_eq!((y, dy.concat()), (vec![0.0], vec![0.0, 0.0]));
    }

    #[test]
    fn second_derivatives_of_a_norm_agree_with_their_formula() {
        for scale in [1.0, 1e-100, 1e100] {
            let n = 5.0 * scale;
            let got = hessian(|x| x.norm(..), &Value::from(vec![3.0 * scale, 4.0 * scale]));
            assert_close(&got.concat(), &[0.64 / n, -0.48 / n, -0.48 / n, 0.36 / n], 1e-13);
        }
    }

    #[test]
    fn xlogy_is_zero_where_x_is() {
        assert_eq!(derivatives(|x| x.xlogy(x.number(2.0)), 0.0), [0.0, std::f64::consts::LN_2]);
        assert_eq!(derivatives(|x| x.xlogy(x.number(0.0)), 0.0), [0.0, 0.0, 0.0]);
        assert_eq!(derivatives(|y| y.number(0.0).xlogy(y), 0.0), [0.0, 0.0, 0.0]);
        assert_eq!(derivatives(|y| y.number(0.0).xlogy(y), -1.0), [0.0, 0.0]);
        assert_eq!(derivatives(|y| y.number(0.0).xlogy(y), f64::INFINITY), [0.0]);
        assert_eq!(derivatives(|y| y.number(3.0).xlogy(y), 1.0), [0.0, 3.0, -3.0]);
        assert!(derivatives::<1>(|y| y.number(0.0).xlogy(y), f64::NAN)[0].is_nan());
        assert_eq!(derivatives(|x| x.xlogy(x.number(0.0)), 1.0), [f64::NEG_INFINITY]);
    }
}
