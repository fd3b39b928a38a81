//! Linear classifiers, and what learning one sample after another leaves behind.

use super::affine::Affine;
use super::samples::{Labels, labelled};
use crate::error::NnError;
use std::fmt;
use wengert_expr::Value;

/// A linear classifier: positive where `w.x + b` is greater than the threshold, and strictly so.
///
/// ```
/// use wengert_nn::classic::{Affine, Labels, LinearModel};
/// use wengert_expr::Value;
/// let and = LinearModel::new(Affine::new([1.0, 1.0], -1.5), Labels::ZeroOne, 0.0);
/// let corners = Value::new([4, 2], vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
/// assert_eq!(and.predict(&corners)?, [0.0, 0.0, 0.0, 1.0]);
/// # Ok::<(), wengert_nn::NnError>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct LinearModel {
    /// The function that decides.
    pub affine: Affine,
    /// How classes are written.
    pub labels: Labels,
    /// Above which value a sample is positive.
    pub threshold: f64,
}

impl LinearModel {
    /// A classifier of this function.
    pub fn new(affine: Affine, labels: Labels, threshold: f64) -> LinearModel {
        LinearModel { affine, labels, threshold }
    }

    /// `w.x + b` for each sample.
    ///
    /// # Errors
    /// As [`Affine::values`].
    pub fn decision_values(&self, features: &Value) -> Result<Vec<f64>, NnError> {
        Ok(self.affine.values(features)?)
    }

    /// The label of each sample.
    ///
    /// # Errors
    /// As [`Affine::values`].
    pub fn predict(&self, features: &Value) -> Result<Vec<f64>, NnError> {
        let values = self.decision_values(features)?;
        Ok(values.into_iter().map(|z| self.labels.of(z > self.threshold)).collect())
    }

    /// How many samples are not given their label.
    ///
    /// # Errors
    /// Features that do not fit, or labels of another kind.
    pub fn errors(&self, features: &Value, labels: &Value) -> Result<usize, NnError> {
        let (_, labels) = labelled(features, labels, self.labels)?;
        let found = self.predict(features)?;
        Ok(found.iter().zip(&labels).filter(|(f, y)| f != y).count())
    }

    /// Where the decision boundary `w.x + b = threshold` crosses the axis of each feature; `None` where it does not.
    pub fn axis_crossings(&self) -> Vec<Option<f64>> {
        let offset = self.threshold - self.affine.bias;
        self.affine.weights.iter().map(|&w| (w != 0.0).then(|| offset / w)).collect()
    }
}

/// One sample of an epoch.
#[derive(Clone, PartialEq, Debug)]
pub struct OnlineStep {
    /// The epoch, from 1.
    pub epoch: usize,
    /// Which sample, from 0.
    pub sample: usize,
    /// `w.x + b` before the update.
    pub output: f64,
    /// The loss before the update; for the perceptron 1 for a mistake and 0 for none.
    pub loss: f64,
    /// The derivative of the loss; for the perceptron, which has no loss, the step for a rate of -1.
    pub gradient: Affine,
    /// Whether a step was taken: the gradient is not 0.
    pub updated: bool,
    /// The parameters after the update.
    pub after: Affine,
}

/// One run through all samples.
#[derive(Clone, PartialEq, Debug)]
pub struct OnlineEpoch {
    /// Its number, from 1.
    pub number: usize,
    /// The sum of the losses of the steps.
    pub loss: f64,
    /// How many samples a step was taken for.
    pub updates: usize,
    /// The parameters at its end.
    pub after: Affine,
}

/// Why learning ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnlineEnd {
    /// An epoch took no step, so no later one will.
    NoUpdate,
    /// An epoch ended exactly where an earlier one did, so the epochs between repeat for ever.
    Repeats {
        /// After how many epochs.
        period: usize,
    },
    /// The epochs were over.
    EpochLimit,
}

impl OnlineEnd {
    /// True if no later epoch would take a step.
    pub fn converged(self) -> bool {
        self == OnlineEnd::NoUpdate
    }
}

impl fmt::Display for OnlineEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OnlineEnd::NoUpdate => f.write_str("converged: an epoch took no step"),
            OnlineEnd::Repeats { period } => {
                write!(f, "not converged: what the epochs do repeats for ever, with period {period}")
            }
            OnlineEnd::EpochLimit => f.write_str("not converged when the epochs were over"),
        }
    }
}

/// A classifier and how it was learned.
#[derive(Clone, PartialEq, Debug)]
pub struct LinearFit {
    /// The classifier.
    pub model: LinearModel,
    /// The epochs.
    pub epochs: Vec<OnlineEpoch>,
    /// Why there are no more of them.
    pub end: OnlineEnd,
}

impl LinearFit {
    /// How many steps were taken.
    pub fn updates(&self) -> usize {
        self.epochs.iter().map(|e| e.updates).sum()
    }

    /// True if no later epoch would take a step.
    pub fn converged(&self) -> bool {
        self.end.converged()
    }

    /// As [`LinearModel::decision_values`].
    ///
    /// # Errors
    /// As there.
    pub fn decision_values(&self, features: &Value) -> Result<Vec<f64>, NnError> {
        self.model.decision_values(features)
    }

    /// As [`LinearModel::predict`].
    ///
    /// # Errors
    /// As there.
    pub fn predict(&self, features: &Value) -> Result<Vec<f64>, NnError> {
        self.model.predict(features)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{corners, near};
    use super::*;

    #[test]
    fn a1_the_test_is_strict() {
        let model = LinearModel::new(Affine::new([1.0, 1.0], -1.5), Labels::ZeroOne, 0.0);
        assert_eq!(model.predict(&corners()).unwrap(), [0.0, 0.0, 0.0, 1.0]);
        let at_zero = LinearModel::new(Affine::new([1.0, 1.0], -1.0), Labels::ZeroOne, 0.0);
        assert_eq!(at_zero.decision_values(&corners()).unwrap(), [-1.0, 0.0, 0.0, 1.0]);
        assert_eq!(at_zero.predict(&corners()).unwrap(), [0.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn a14_where_the_boundary_crosses_the_axes() {
        let model = LinearModel::new(Affine::new([3.0, 2.0], -4.0), Labels::PlusMinusOne, 0.0);
        let crossings: Vec<f64> = model.axis_crossings().into_iter().flatten().collect();
        near(&crossings, &[4.0 / 3.0, 2.0]);
        let flat = LinearModel::new(Affine::new([0.0, 2.0], -4.0), Labels::PlusMinusOne, 0.0);
        assert_eq!(flat.axis_crossings(), [None, Some(2.0)]);
    }

    #[test]
    fn other_features_are_refused() {
        let model = LinearModel::new(Affine::zeros(3), Labels::ZeroOne, 0.0);
        let message = model.predict(&corners()).unwrap_err().to_string();
        assert_eq!(message, "the model takes 3 features, the data have 2");
    }
}
