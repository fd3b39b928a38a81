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
        let (z, t) = self.floated().paired(target.floated());
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
