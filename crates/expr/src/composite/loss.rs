//! Losses. Each is exact in both tails: none takes the logarithm of what may have underflowed.
//!
//! A loss named for a mean is one number; the others have one entry for each element or each example.

use crate::error::OpError;
use crate::expr::Expr;
use crate::ty::DType;
use std::f64::consts::PI;

impl<'b> Expr<'b> {
    /// The mean squared error of predictions.
    #[track_caller]
    pub fn mse(self, target: Expr<'b>) -> Expr<'b> {
        (self - target).square().mean(..)
    }

    /// The mean absolute error of predictions; derivative 0 where one is right.
    #[track_caller]
    pub fn mae(self, target: Expr<'b>) -> Expr<'b> {
        (self - target).abs().mean(..)
    }

    /// The mean of an error that is quadratic up to `delta` and linear beyond.
    #[track_caller]
    pub fn huber(self, target: Expr<'b>, delta: f64) -> Expr<'b> {
        let error = self.floated() - target;
        let size = error.abs();
        let linear = (size - 0.5 * delta) * delta;
        size.less_equal(size.number(delta)).select(error.square() * 0.5, linear).mean(..)
    }

    /// The cross-entropy of the logit of a probability, for each element: `-t log(s) - (1 - t) log(1 - s)` with
    /// `s = sigmoid(x)` and `t` a target between 0 and 1.
    #[track_caller]
    pub fn bce_with_logits(self, target: Expr<'b>) -> Expr<'b> {
        let (z, t) = self.floated().paired(target);
        let infinity = z.number(f64::INFINITY);
        let (no, yes) = (z.softplus(), (-z).softplus());
        no.weighted(1.0 - t, no.equal(infinity)) + yes.weighted(t, yes.equal(infinity))
    }

    /// The cross-entropy of logits along the last axis, averaged over all examples. The target holds a class for each
    /// example if it is of integers, else a probability for each class.
    #[track_caller]
    pub fn softmax_cross_entropy(self, target: Expr<'b>) -> Expr<'b> {
        self.softmax_cross_entropies(target).mean(..)
    }

    /// As [`Expr::softmax_cross_entropy`], for each example.
    #[track_caller]
    pub fn softmax_cross_entropies(self, target: Expr<'b>) -> Expr<'b> {
        let z = self.floated();
        match (target.dtype(), self.rank().checked_sub(1)) {
            (_, None) => {
                let error = OpError::Axis { axis: -1, rank: 0 };
                self.builder().fail("softmax_cross_entropy", error, &[self, target])
            }
            (DType::I64, Some(classes)) => z.cross_entropies_of_classes(target, classes as u8),
            (DType::Bool | DType::F32 | DType::F64, Some(_)) => z.cross_entropies_of_probabilities(target),
        }
    }

    #[track_caller]
    fn cross_entropies_of_classes(self, target: Expr<'b>, axis: u8) -> Expr<'b> {
        let (logits, classes) = (self.shape(), target.shape());
        if *classes != logits[..logits.rank() - 1] {
            let what = "classes must have the logits' shape but for the last axis";
            let error = OpError::Mismatch { what, left: self.ty(), right: target.ty() };
            return self.builder().fail("softmax_cross_entropy", error, &[self, target]);
        }
        let shifted = self.minus_peak(self.peak(&[axis]), &[axis]);
        let picked = shifted.take_along_axis(target.expand_dims(-1), -1).reshape_to(&classes);
        shifted.log_of_powers(&[axis]) - picked
    }

    #[track_caller]
    fn cross_entropies_of_probabilities(self, target: Expr<'b>) -> Expr<'b> {
        let log = self.log_softmax(-1);
        let (log, p) = log.paired(target);
        // A class that cannot be, by its logit and by its probability, costs nothing.
        -log.weighted(p, log.equal(log.number(f64::NEG_INFINITY))).sum(-1)
    }

    /// The mean negative logarithm of the normal density of the targets, for predictions of the mean and the variance.
    #[track_caller]
    pub fn gaussian_nll(self, target: Expr<'b>, variance: Expr<'b>) -> Expr<'b> {
        let deviation = (target - self) * variance.rsqrt();
        ((deviation.square() + variance.log()) * 0.5 + 0.5 * (2.0 * PI).ln()).mean(..)
    }

    /// `p log(p / q)` for each element of two distributions, 0 where `p` is 0; its sum is the Kullback-Leibler
    /// divergence of `self`, p, from `q`.
    #[track_caller]
    pub fn relative_entropy(self, q: Expr<'b>) -> Expr<'b> {
        self.xlogy(self) - self.xlogy(q)
    }

    /// The Kullback-Leibler divergence of distributions along the last axis from `q`.
    #[track_caller]
    pub fn kl_divergence(self, q: Expr<'b>) -> Expr<'b> {
        self.relative_entropy(q).sum(-1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_close, derivatives, gradient, hessian, value};
    use crate::builder::Builder;
    use crate::ty::{DType, Type};
    use crate::value::Value;

    const INFINITY: f64 = f64::INFINITY;

    fn bce(t: f64, z: f64) -> [f64; 3] {
        derivatives(|z| z.bce_with_logits(z.number(t)), z)
    }

    #[test]
    fn binary_cross_entropy_agrees_with_its_reference() {
        // reference: mpmath at 60 digits
        assert_close(&bce(0.0, 2.0)[..2], &[2.1269280110429727, 0.8807970779778824], 1e-15);
        assert_close(&bce(1.0, 2.0)[..2], &[0.1269280110429725, -0.11920292202211756], 1e-14);
        assert_close(&bce(0.25, 2.0), &[1.6269280110429725, 0.6307970779778824, 0.10499358540350652], 1e-14);
        assert_close(&bce(0.25, -40.0), &[10.0, -0.25, 4.248354255291589e-18], 1e-14);
        assert_close(
            &bce(1.0, 40.0),
            &[4.248354255291589e-18, -4.248354255291589e-18, 4.248354255291589e-18],
            1e-14,
        );
        assert_close(
            &bce(0.0, -40.0),
            &[4.248354255291589e-18, 4.248354255291589e-18, 4.248354255291589e-18],
            1e-14,
        );
    }

    #[test]
    fn binary_cross_entropy_is_exact_far_out() {
        for size in [1e3, 1e300] {
            assert_eq!(bce(1.0, size), [0.0; 3]);
            assert_eq!(bce(0.0, -size), [0.0; 3]);
            assert_eq!(bce(1.0, -size), [size, -1.0, 0.0]);
            assert_eq!(bce(0.0, size), [size, 1.0, 0.0]);
        }
        assert_eq!(bce(1.0, INFINITY), [0.0; 3]);
        assert_eq!(bce(0.0, -INFINITY), [0.0; 3]);
        assert_eq!(bce(0.5, INFINITY)[..2], [INFINITY, 0.5]);
        assert_eq!(bce(1.0, -INFINITY)[..2], [INFINITY, -1.0]);
        assert!(bce(1.0, f64::NAN)[0].is_nan());
        assert_close(&derivatives::<3>(|t| t.number(1e3).bce_with_logits(t), 1.0), &[0.0, -1e3, 0.0], 0.0);
        let z = Value::from(-200.0f32);
        let (y, dy) = gradient(|z| z.bce_with_logits(z.number(1.0)), &z);
        assert_eq!((y, dy.concat()), (vec![200.0], vec![-1.0]));
    }

    #[test]
    fn cross_entropies_of_classes_and_of_probabilities_agree() {
        let z = Value::new([2, 3], vec![1e3, 0.0, -1e3, 0.5, -1.25, 2.0]);
        // reference: mpmath; the gradient is softmax - one-hot, halved by the mean
        let want = (1000.0 + 3.4826219831020326) / 2.0;
        let slopes = [0.5, -0.5, 0.0, 0.08841009105372214, -0.4846366298367818, 0.39622653878305965];
        let (y, dy) = gradient(|z| z.softmax_cross_entropy(z.builder().constant(vec![1i64, 1])), &z);
        assert_close(&y, &[want], 1e-14);
        assert_close(&dy.concat(), &slopes, 1e-14);
        let (y, dy) = gradient(|z| z.softmax_cross_entropy(z.builder().constant(vec![0.0, 1.0, 0.0])), &z);
        assert_close(&y, &[want], 1e-14);
        assert_close(&dy.concat(), &slopes, 1e-14);
    }

    #[test]
    fn the_hessian_of_cross_entropy_is_that_of_logsumexp() {
        let z = Value::from(vec![0.5, -1.25, 2.0]);
        let want = hessian(|z| z.logsumexp(0), &z).concat();
        let classes = hessian(|z| z.softmax_cross_entropy(z.builder().constant(2i64)), &z).concat();
        let probabilities =
            hessian(|z| z.softmax_cross_entropy(z.builder().constant(vec![0.25, 0.25, 0.5])), &z).concat();
        assert_close(&classes, &want, 1e-12);
        assert_close(&probabilities, &want, 1e-12);
        let far = Value::from(vec![1e308, -1e308]);
        assert_eq!(hessian(|z| z.softmax_cross_entropy(z.builder().constant(1i64)), &far).concat(), [0.0; 4]);
    }

    #[test]
    fn an_impossible_class_costs_nothing() {
        let z = Value::from(vec![-INFINITY, 0.0, 0.0]);
        let (y, dy) = gradient(|z| z.softmax_cross_entropy(z.builder().constant(vec![0.0, 1.0, 0.0])), &z);
        assert_close(&y, &[std::f64::consts::LN_2], 1e-15);
        assert_close(&dy.concat(), &[0.0, -0.5, 0.5], 1e-15);
        let (y, dy) = gradient(|z| z.softmax_cross_entropy(z.builder().constant(1i64)), &z);
        assert_close(&y, &[std::f64::consts::LN_2], 1e-15);
        assert_close(&dy.concat(), &[0.0, -0.5, 0.5], 1e-15);
    }

    #[test]
    fn misfitting_targets_are_mistakes() {
        let b = Builder::new();
        let z = b.input("z", Type::new(DType::F32, [4, 3]));
        assert_eq!(
            z.softmax_cross_entropies(b.input("t", Type::new(DType::I64, [4]))).ty(),
            Type::new(DType::F32, [4])
        );
        assert!(z.softmax_cross_entropy(b.input("s", Type::new(DType::I64, [3]))).is_dead());
        let message = b.finish().unwrap_err().to_string();
        assert!(
            message
                .contains("classes must have the logits' shape but for the last axis: f32[4, 3] and i64[3]"),
            "{message}"
        );
    }

    #[test]
    fn errors_of_predictions_agree_with_their_formulas() {
        let x = Value::from(vec![1.0, -2.0, 5.0, 1e200]);
        let (y, dy) = gradient(|x| x.huber(x.number(0.0), 2.0), &x);
        assert_close(&y, &[(0.5 + 2.0 + 8.0 + 2e200) / 4.0], 1e-15);
        assert_close(&dy.concat(), &[0.25, -0.5, 0.5, 0.5], 1e-15);
        let x = Value::from(vec![1.0, -2.0, 0.0]);
        let (y, dy) = gradient(|x| x.mae(x.number(0.0)), &x);
        assert_close(&[&y[..], &dy.concat()].concat(), &[1.0, 1.0 / 3.0, -1.0 / 3.0, 0.0], 1e-15);
        let (y, dy) = gradient(|x| x.mse(x.number(0.0)), &x);
        assert_close(&[&y[..], &dy.concat()].concat(), &[5.0 / 3.0, 2.0 / 3.0, -4.0 / 3.0, 0.0], 1e-15);
    }

    #[test]
    fn gaussian_likelihood_agrees_with_its_reference() {
        let m = Value::from(vec![0.5, 1.5, -1.0]);
        let (y, dy) =
            gradient(|m| m.gaussian_nll(m.builder().constant(vec![1.0, 1.0, 0.0]), m.number(1.0)), &m);
        assert_close(&y, &[1.1689385332046727], 1e-15);
        assert_close(&dy.concat(), &[-1.0 / 6.0, 1.0 / 6.0, -1.0 / 3.0], 1e-15);
        // A deviation of 2 at variance 4: log(4)/2 + 1/2 + log(2 pi)/2, slopes (v - d^2) / (2 v^2) = 0.
        let got: [f64; 2] = derivatives(|v| v.number(1.0).gaussian_nll(v.number(3.0), v), 4.0);
        assert_close(&got[..1], &[2.112085713764618], 1e-15);
        assert!(got[1].abs() < 1e-16);
    }

    #[test]
    fn divergence_is_zero_only_between_equals() {
        let of = |p: Vec<f64>, q: Vec<f64>| {
            let b = Builder::new();
            value(b.constant(p).kl_divergence(b.constant(q)), &Value::from(0.0)).item().unwrap()
        };
        assert_eq!(of(vec![0.0, 0.25, 0.75], vec![0.0, 0.25, 0.75]), 0.0);
        assert_close(&[of(vec![0.0, 1.0], vec![0.5, 0.5])], &[std::f64::consts::LN_2], 1e-15);
        assert_eq!(of(vec![0.5, 0.5], vec![0.0, 1.0]), INFINITY);
        let p = Value::from(vec![0.0, 1.0]);
        let (_, dy) = gradient(|p| p.kl_divergence(p.number(0.5)), &p);
        assert_eq!(dy.concat()[1], 1.0 + std::f64::consts::LN_2);
    }
}
