//! What keeps predictions from being measured, and the checks that find it.

use thiserror::Error;
use wengert_expr::{Type, Value};

/// Why predictions cannot be measured.
#[derive(Clone, PartialEq, Debug, Error)]
#[non_exhaustive]
pub enum MetricError {
    /// No predictions.
    #[error("there is nothing to measure: predictions of {found}")]
    Empty {
        /// Their type.
        found: Type,
    },
    /// Shapes that do not go together.
    #[error("predictions of {predictions} do not go with targets of {targets}: expected {expected}")]
    Shapes {
        /// The predictions' type.
        predictions: Type,
        /// The targets' type.
        targets: Type,
        /// What fits.
        expected: &'static str,
    },
    /// A number that is not what the measure takes.
    #[error("{what} hold {value} at position {at} (counted from 0): expected {expected}")]
    Number {
        /// Predictions or targets.
        what: &'static str,
        /// Where, in row-major order.
        at: usize,
        /// The number.
        value: f64,
        /// What is allowed.
        expected: &'static str,
    },
}

/// Predictions and targets of one shape that are not empty.
pub(super) fn paired(predictions: &Value, targets: &Value) -> Result<(Vec<f64>, Vec<f64>), MetricError> {
    if predictions.shape() != targets.shape() {
        return Err(shapes(predictions, targets, "the same shape"));
    }
    if predictions.is_empty() {
        return Err(MetricError::Empty { found: predictions.ty() });
    }
    Ok((predictions.to_f64s(), targets.to_f64s()))
}

pub(super) fn shapes(predictions: &Value, targets: &Value, expected: &'static str) -> MetricError {
    MetricError::Shapes { predictions: predictions.ty(), targets: targets.ty(), expected }
}

/// The first number that is not as it should be is an error.
pub(super) fn all(
    what: &'static str,
    numbers: &[f64],
    good: impl Fn(f64) -> bool,
    expected: &'static str,
) -> Result<(), MetricError> {
    match numbers.iter().enumerate().find(|(_, x)| !good(**x)) {
        Some((at, &value)) => Err(MetricError::Number { what, at, value, expected }),
        None => Ok(()),
    }
}
