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
        let (a, b) = self.paired(other);
        let (a, b) = (a.floated(), b.floated());
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
            return zero.broadcast_to(
                self.shape().without(&axes.iter().map(|&a| usize::from(a)).collect::<Vec<_>>()),
            );
        }
        let greatest = self.reduce(Reduction::Max, axes).stop_gradient();
        greatest.is_finite().select(greatest, zero)
    }

    #[track_caller]
    pub(super) fn minus_peak(self, peak: Expr<'b>, axes: &[u8]) -> Expr<'b> {
        self - peak.spread(axes, &self.shape())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_close, derivatives, gradient, hessian, value};
    use crate::builder::Builder;
    use crate::ty::{DType, Type};
    use crate::value::Value;

    const INFINITY: f64 = f64::INFINITY;

    #[test]
    fn logsumexp_is_safe_at_both_ends() {
        let (y, dy) = gradient(|x| x.logsumexp(..), &Value::from(vec![1000.0, -1000.0, 0.0]));
        assert_eq!((y, dy.concat()), (vec![1000.0], vec![1.0, 0.0, 0.0]));
        let (y, dy) = gradient(|x| x.logsumexp(..), &Value::from(vec![-1e308, 1e308]));
        assert_eq!((y, dy.concat()), (vec![1e308], vec![0.0, 1.0]));
        let (y, dy) = gradient(|x| x.logsumexp(..), &Value::from(vec![100.0f32, 99.0]));
        assert_close(&y, &[100.31326168751822], 1e-7);
        assert_close(&dy.concat(), &[0.7310585786300049, 0.2689414213699951], 2e-6);
    }

    #[test]
    fn logsumexp_of_infinities_and_of_nothing() {
        let of = |x: Vec<f64>| value(Builder::new().constant(x).logsumexp(0), &Value::from(0.0)).item();
        assert_eq!(of(vec![-INFINITY, -INFINITY]), Some(-INFINITY));
        assert_eq!(of(vec![-INFINITY, 3.0]), Some(3.0));
        assert_eq!(of(vec![INFINITY, 3.0]), Some(INFINITY));
        assert_eq!(of(vec![]), Some(-INFINITY));
        assert!(of(vec![f64::NAN, 3.0]).unwrap().is_nan());
        let (y, dy) = gradient(|x| x.logsumexp(0), &Value::from(vec![-INFINITY, 3.0]));
        assert_eq!((y, dy.concat()), (vec![3.0], vec![0.0, 1.0]));
    }

    #[test]
    fn shapes_follow_the_axes() {
        let b = Builder::new();
        let x = b.input("x", Type::new(DType::F32, [2, 0, 3]));
        assert_eq!(x.logsumexp(1).ty(), Type::new(DType::F32, [2, 3]));
        assert_eq!(x.logsumexp_along(&[0, -1].into(), true).ty(), Type::new(DType::F32, [1, 0, 1]));
        assert_eq!(x.softmax(1).ty(), x.ty());
        assert_eq!(x.log_softmax(-1).ty(), x.ty());
        assert!(x.softmax(3).is_dead());
        let message = b.finish().unwrap_err().to_string();
        assert!(message.starts_with("`softmax` axis 3 is out of range for rank 3"), "{message}");
    }

    #[test]
    fn softmax_and_its_derivatives_agree_with_their_references() {
        let z = Value::from(vec![0.5, -1.25, 2.0]);
        // reference: mpmath
        let p = [0.17682018210744427, 0.030726740326436346, 0.7924530775661193];
        let (y, _) = gradient(|z| z.softmax(-1), &z);
        assert_close(&y, &p, 1e-14);
        let (loss, slope) = gradient(|z| -z.log_softmax(-1).entry(0, 1), &z);
        assert_close(&loss, &[3.4826219831020326], 1e-14);
        assert_close(&slope.concat(), &[p[0], -0.9692732596735636, p[2]], 1e-14);
        for (i, row) in hessian(|z| z.logsumexp(..), &z).iter().enumerate() {
            let want: Vec<f64> =
                (0..3).map(|j| if i == j { p[i] * (1.0 - p[i]) } else { -p[i] * p[j] }).collect();
            assert_close(row, &want, 1e-13);
        }
    }

    #[test]
    fn softmax_is_safe_far_out() {
        for size in [1e3, 1e200, 1e308] {
            let z = Value::from(vec![size, 0.0, -size]);
            let (y, dy) = gradient(|z| z.softmax(0), &z);
            assert_eq!((y, dy.concat()), (vec![1.0, 0.0, 0.0], vec![0.0; 9]));
            let (y, dy) = gradient(|z| -z.log_softmax(0).entry(0, 1), &z);
            assert_eq!((y, dy.concat()), (vec![size], vec![1.0, -1.0, 0.0]));
            assert_eq!(hessian(|z| z.log_softmax(0).entry(0, 1), &z).concat(), vec![0.0; 9]);
        }
    }

    #[test]
    fn every_row_has_a_softmax_of_its_own() {
        let z = Value::new([2, 2], vec![0.0, 0.0, 1e3, 1e3 + 1.0]);
        let b = Builder::new();
        let rows = value(b.constant(z.clone()).softmax(1), &z).to_f64s();
        assert_close(&rows, &[0.5, 0.5, 0.2689414213699951, 0.7310585786300049], 1e-15);
        let columns = value(b.constant(z.clone()).softmax(0), &z).to_f64s();
        assert_eq!(columns, [0.0, 0.0, 1.0, 1.0]);
    }

    #[test]
    fn logaddexp_agrees_with_its_reference() {
        // reference: mpmath at 60 digits
        let cases = [
            (0.0, [std::f64::consts::LN_2, 0.5, 0.25]),
            (-50.0, [1.9287498479639178e-22, 1.9287498479639178e-22, 1.9287498479639178e-22]),
            (50.0, [50.0, 1.0, 1.9287498479639178e-22]),
            (1e3, [1e3, 1.0, 0.0]),
            (-1e300, [0.0, 0.0, 0.0]),
        ];
        for (x, want) in cases {
            assert_close(&derivatives::<3>(|x| x.logaddexp(x.number(0.0)), x), &want, 1e-14);
            assert_close(&derivatives::<3>(|x| x.number(0.0).logaddexp(x), x), &want, 1e-14);
        }
        let at = |a: f64, b: f64| derivatives::<1>(|x| x.logaddexp(x.number(b)), a)[0];
        assert_eq!(at(-INFINITY, -INFINITY), -INFINITY);
        assert_eq!(at(INFINITY, INFINITY), INFINITY);
        assert_eq!(at(INFINITY, -INFINITY), INFINITY);
        assert_eq!(at(-INFINITY, 2.0), 2.0);
        assert!(at(f64::NAN, 2.0).is_nan());
    }
}
