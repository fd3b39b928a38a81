//! Numbers predicted against numbers that are true.

use super::MetricError;
use super::error::paired;
use wengert_expr::Value;

/// The mean of `(prediction - target)**2` over all elements.
///
/// # Errors
/// Nothing to measure, or shapes that differ.
pub fn mse(predictions: &Value, targets: &Value) -> Result<f64, MetricError> {
    let (predictions, targets) = paired(predictions, targets)?;
    Ok(mean(predictions.iter().zip(&targets).map(|(p, t)| (p - t).powi(2)), targets.len()))
}

/// The mean of `|prediction - target|` over all elements.
///
/// # Errors
/// Nothing to measure, or shapes that differ.
pub fn mae(predictions: &Value, targets: &Value) -> Result<f64, MetricError> {
    let (predictions, targets) = paired(predictions, targets)?;
    Ok(mean(predictions.iter().zip(&targets).map(|(p, t)| (p - t).abs()), targets.len()))
}

/// The share of the targets' variance that predictions explain: 1 less the squared errors over the squared distances of
/// targets from their mean. 1 for perfect predictions, 0 for predicting the mean, and negative below that. `None` where
/// all targets are equal, since there is nothing to explain.
///
/// ```
/// use wengert_expr::Value;
/// use wengert_nn::metrics::r2;
/// let targets = Value::from(vec![1.0, 2.0, 3.0]);
/// assert_eq!(r2(&Value::from(vec![1.0, 2.0, 2.0]), &targets)?, Some(0.5));
/// # Ok::<(), wengert_nn::metrics::MetricError>(())
/// ```
///
/// # Errors
/// Nothing to measure, or shapes that differ.
pub fn r2(predictions: &Value, targets: &Value) -> Result<Option<f64>, MetricError> {
    let (predictions, targets) = paired(predictions, targets)?;
    if targets.iter().all(|t| *t == targets[0]) {
        return Ok(None);
    }
    let centre = mean(targets.iter().copied(), targets.len());
    let spread: f64 = targets.iter().map(|t| (t - centre).powi(2)).sum();
    let errors: f64 = predictions.iter().zip(&targets).map(|(p, t)| (p - t).powi(2)).sum();
    Ok(Some(1.0 - errors / spread))
}

fn mean(numbers: impl Iterator<Item = f64>, count: usize) -> f64 {
    numbers.sum::<f64>() / count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(x: &[f64]) -> Value {
        Value::from(x.to_vec())
    }

    #[test]
    fn errors_by_hand() {
        let (predictions, targets) = (numbers(&[2.5, 0.0, 2.0, 8.0]), numbers(&[3.0, -0.5, 2.0, 7.0]));
        assert_eq!(mse(&predictions, &targets), Ok(0.375));
        assert_eq!(mae(&predictions, &targets), Ok(0.5));
        // The squared distances from the mean 2.875 sum to 29.1875.
        let found = r2(&predictions, &targets).unwrap().unwrap();
        assert!((found - (1.0 - 1.5 / 29.1875)).abs() < 1e-15);
    }

    #[test]
    fn explained_variance_at_its_marks() {
        let targets = numbers(&[1.0, 2.0, 3.0, 6.0]);
        assert_eq!(r2(&targets, &targets), Ok(Some(1.0)));
        assert_eq!(r2(&numbers(&[3.0; 4]), &targets), Ok(Some(0.0)));
        assert_eq!(r2(&numbers(&[6.0, 3.0, 2.0, 1.0]), &targets), Ok(Some(1.0 - 52.0 / 14.0)));
        assert_eq!(r2(&targets, &numbers(&[0.1; 4])), Ok(None));
    }

    #[test]
    fn nothing_and_misfits_are_errors() {
        let (none, one) = (numbers(&[]), numbers(&[1.0]));
        for measure in [mse, mae] {
            assert!(matches!(measure(&none, &none), Err(MetricError::Empty { .. })));
            assert!(matches!(measure(&one, &none), Err(MetricError::Shapes { .. })));
        }
        assert!(matches!(r2(&none, &none), Err(MetricError::Empty { .. })));
        let column = Value::new([1, 1], vec![1.0]);
        let message = "predictions of f64[1, 1] do not go with targets of f64[1]: expected the same shape";
        assert_eq!(r2(&column, &one).unwrap_err().to_string(), message);
    }
}
