//! What training makes small: losses of outputs against targets, from logits where there are probabilities.
//!
//! A loss is first a list of terms, one for each output or each sample, and then their mean or sum; training takes the
//! mean, so that gradients do not grow with the batch. All are finite with finite gradients for logits of any size that
//! the dtype can square.

mod distribution;
mod terms;
#[cfg(test)]
mod tests;

pub use distribution::{cross_entropy, entropy, entropy_of_logits, kl_divergence, kl_divergence_of_logits};

use crate::model::Model;
use crate::output::{OutputUnit, Variance};
use serde::{Deserialize, Serialize};
use std::fmt;
use wengert_expr::{DType, Expr, Type};

/// A loss.
///
/// ```
/// use wengert_expr::{Builder, DType, Type, Value};
/// use wengert_nn::{Loss, Reduction};
/// let b = Builder::new();
/// let outputs = b.input("outputs", Type::new(DType::F64, [3, 1]));
/// let targets = b.constant(Value::new([3, 1], vec![1.0, -1.0, 1.0]));
/// b.output("mean", Loss::Hinge.apply(outputs, targets));
/// b.output("sum", Loss::Hinge.reduced(outputs, targets, Reduction::Sum));
/// let at = [("outputs", Value::new([3, 1], vec![0.25, 0.5, 2.0]))];
/// let found = wengert_exec::evaluate(&b.finish()?, &at)?;
/// // max(0, 1 - t*output) is 0.75, 1.5 and 0.
/// assert_eq!((found[0].item(), found[1].item()), (Some(0.75), Some(2.25)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// The mean of `(output - target)**2` over samples and outputs.
    Mse,
    /// Half of that, whose gradient is the error itself: the loss of the delta rule, and the negative log-likelihood of
    /// a normal distribution of variance 1 without its constant.
    HalfMse,
    /// The mean of `|output - target|` over samples and outputs.
    Mae,
    /// The mean of an error that is `e**2 / 2` up to this size and goes on as a line (Huber, 1964).
    Huber(f64),
    /// The mean of `max(0, 1 - t*output)` over samples and outputs, for targets of -1 and 1 (Cortes and Vapnik, 1995).
    Hinge,
    /// The mean of its square.
    SquaredHinge,
    /// The mean of `max(0, -t*output)`, for targets of -1 and 1: nothing for a sample on its side (Rosenblatt, 1958).
    Perceptron,
    /// The mean over samples and targets of the negative log-density of a normal distribution. A model has two outputs
    /// for each target: first all means, then what [`Variance::Softplus`] makes positive variances of.
    GaussianNll,
    /// The mean cross-entropy of independent yes-no targets, 0 or 1 for each output.
    BceWithLogits,
    /// The mean over samples of the sum over labels of the same cross-entropy.
    MultiLabel,
    /// The mean over samples of `-log softmax(output)[class]`; a target is the number of its class.
    SoftmaxCrossEntropy,
    /// The same against targets that give this share, in [0, 1), evenly to all classes (Szegedy et al., 2016).
    LabelSmoothing(f64),
}

/// What becomes of a loss's terms.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reduction {
    /// Their mean, an estimate of the expected loss that does not depend on the size of the batch.
    #[default]
    Mean,
    /// Their sum: the mean times the number of terms, and so are its gradients.
    Sum,
}

/// What targets a loss takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TargetKind {
    /// Any finite numbers.
    Numbers,
    /// Numbers from 0 to 1.
    Probabilities,
    /// -1 and 1.
    Signs,
    /// Classes numbered from 0.
    Classes,
}

impl Loss {
    /// What targets it takes.
    pub fn target_kind(self) -> TargetKind {
        match self {
            Loss::Mse | Loss::HalfMse | Loss::Mae | Loss::Huber(_) | Loss::GaussianNll => TargetKind::Numbers,
            Loss::Hinge | Loss::SquaredHinge | Loss::Perceptron => TargetKind::Signs,
            Loss::BceWithLogits | Loss::MultiLabel => TargetKind::Probabilities,
            Loss::SoftmaxCrossEntropy | Loss::LabelSmoothing(_) => TargetKind::Classes,
        }
    }

    /// What makes predictions of the outputs that it is for.
    pub fn output_unit(self) -> OutputUnit {
        match self {
            Loss::Mse
            | Loss::HalfMse
            | Loss::Mae
            | Loss::Huber(_)
            | Loss::Hinge
            | Loss::SquaredHinge
            | Loss::Perceptron => OutputUnit::Linear,
            Loss::GaussianNll => OutputUnit::Gaussian(Variance::Softplus),
            Loss::BceWithLogits => OutputUnit::Sigmoid,
            Loss::MultiLabel => OutputUnit::MultiLabel,
            Loss::SoftmaxCrossEntropy | Loss::LabelSmoothing(_) => OutputUnit::Softmax,
        }
    }

    /// How many outputs a model needs for so many targets of a sample, or classes.
    pub fn outputs(self, targets: usize) -> usize {
        match self.output_unit() {
            OutputUnit::Gaussian(_) => targets.saturating_mul(2),
            OutputUnit::Linear
            | OutputUnit::ClippedLinear
            | OutputUnit::Sigmoid
            | OutputUnit::Softmax
            | OutputUnit::MultiLabel => targets,
        }
    }

    /// The type of a batch of targets for a model.
    pub fn target_type(self, model: &Model, batch: usize) -> Type {
        let numbers = |columns| Type::new(model.precision().dtype(), [batch, columns]);
        match (self, self.target_kind()) {
            (_, TargetKind::Classes) => Type::new(DType::I64, [batch]),
            (Loss::GaussianNll, _) => numbers(model.outputs() / 2),
            (_, TargetKind::Numbers | TargetKind::Probabilities | TargetKind::Signs) => {
                numbers(model.outputs())
            }
        }
    }

    /// The mean loss, a scalar.
    #[track_caller]
    pub fn apply<'b>(self, outputs: Expr<'b>, targets: Expr<'b>) -> Expr<'b> {
        self.reduced(outputs, targets, Reduction::Mean)
    }

    /// The mean or the sum of its terms, a scalar.
    #[track_caller]
    pub fn reduced<'b>(self, outputs: Expr<'b>, targets: Expr<'b>, reduction: Reduction) -> Expr<'b> {
        let terms = self.terms(outputs, targets);
        match reduction {
            Reduction::Mean => terms.mean(..),
            Reduction::Sum => terms.sum(..),
        }
    }

    /// What it costs: one number `[batch, targets]` for each target, or `[batch]` for each sample where classes or
    /// labels make one term together.
    #[track_caller]
    pub fn terms<'b>(self, outputs: Expr<'b>, targets: Expr<'b>) -> Expr<'b> {
        match self {
            Loss::Mse => (outputs - targets).square(),
            Loss::HalfMse => (outputs - targets).square() * 0.5,
            Loss::Mae => (outputs - targets).abs(),
            Loss::Huber(delta) => terms::huber(outputs - targets, delta),
            Loss::Hinge => (1.0 - targets * outputs).relu(),
            Loss::SquaredHinge => (1.0 - targets * outputs).relu().square(),
            Loss::Perceptron => (-(targets * outputs)).relu(),
            Loss::GaussianNll => {
                let (mean, variance) = Variance::Softplus.split(outputs);
                terms::gaussian(mean, variance, targets)
            }
            Loss::BceWithLogits => outputs.bce_with_logits(targets),
            Loss::MultiLabel => outputs.bce_with_logits(targets).sum(-1),
            Loss::SoftmaxCrossEntropy => outputs.softmax_cross_entropies(targets),
            Loss::LabelSmoothing(share) => terms::smoothed(outputs, targets, share),
        }
    }

    /// How many samples of a batch are right, a scalar `i64`. For classes the greatest output decides. Otherwise all
    /// outputs of a sample must be on their target's side: of 0 for logits of a yes-no target and for targets of -1 and
    /// 1, within 1/2 of the target for errors of numbers, which for targets of 0 and 1 is the threshold 1/2.
    #[track_caller]
    pub fn correct<'b>(self, outputs: Expr<'b>, targets: Expr<'b>) -> Expr<'b> {
        let near = |outputs: Expr<'b>| (outputs - targets).abs().less(outputs.number(0.5)).min(1);
        let right = match self {
            Loss::SoftmaxCrossEntropy | Loss::LabelSmoothing(_) => outputs.argmax(-1).equal(targets),
            Loss::BceWithLogits | Loss::MultiLabel => {
                let yes = outputs.greater(outputs.number(0.0));
                yes.equal(targets.greater(targets.number(0.5))).min(1)
            }
            Loss::Hinge | Loss::SquaredHinge | Loss::Perceptron => {
                (outputs * targets).greater(outputs.number(0.0)).min(1)
            }
            Loss::Mse | Loss::HalfMse | Loss::Mae | Loss::Huber(_) => near(outputs),
            Loss::GaussianNll => near(Variance::Softplus.split(outputs).0),
        };
        right.sum(..)
    }

    /// The number that shapes it, if there is one, with what it may be.
    pub(crate) fn parameter(self) -> Option<(f64, bool, &'static str)> {
        match self {
            Loss::Huber(delta) => Some((delta, delta.is_finite() && delta > 0.0, "a positive number")),
            Loss::LabelSmoothing(share) => {
                Some((share, (0.0..1.0).contains(&share), "at least 0 and less than 1"))
            }
            Loss::Mse
            | Loss::HalfMse
            | Loss::Mae
            | Loss::Hinge
            | Loss::SquaredHinge
            | Loss::Perceptron
            | Loss::GaussianNll
            | Loss::BceWithLogits
            | Loss::MultiLabel
            | Loss::SoftmaxCrossEntropy => None,
        }
    }
}

/// As configurations write it.
impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Loss::Mse => "mse",
            Loss::HalfMse => "half_mse",
            Loss::Mae => "mae",
            Loss::Huber(delta) => return write!(f, "{{ huber = {delta:?} }}"),
            Loss::Hinge => "hinge",
            Loss::SquaredHinge => "squared_hinge",
            Loss::Perceptron => "perceptron",
            Loss::GaussianNll => "gaussian_nll",
            Loss::BceWithLogits => "bce_with_logits",
            Loss::MultiLabel => "multi_label",
            Loss::SoftmaxCrossEntropy => "softmax_cross_entropy",
            Loss::LabelSmoothing(share) => return write!(f, "{{ label_smoothing = {share:?} }}"),
        })
    }
}
