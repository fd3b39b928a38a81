//! The least-squares fit of an affine function: where the delta rule tends to.

use super::affine::Affine;
use super::error::ClassicError;
use super::linear::LinearModel;
use super::objective::{Objective, part, penalised};
use super::samples::{Labels, numbered, value_of};
use crate::error::NnError;
use crate::loss::Reduction;
use crate::matrix::solve_positive;
use wengert_expr::Value;

/// Least squares (A.-M. Legendre 1805) of an affine function: the one Newton step from 0 that minimises the mean of
/// `(w.x + b - y)**2`, gradient and Hessian by graph.
///
/// ```
/// use wengert_nn::classic::{Labels, LeastSquares};
/// use wengert_expr::Value;
/// let corners = Value::new([4, 2], vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
/// let fit = LeastSquares::fit(&corners, &Value::from(vec![0.0, 0.0, 0.0, 1.0]))?;
/// assert!((fit.mean_squared_error - 1.0 / 16.0).abs() < 1e-12);
/// let and = fit.classifier(Labels::ZeroOne);
/// assert_eq!(and.predict(&corners)?, [0.0, 0.0, 0.0, 1.0]);
/// # Ok::<(), wengert_nn::NnError>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct LeastSquares {
    /// The function.
    pub affine: Affine,
    /// The mean of its squared errors.
    pub mean_squared_error: f64,
}

impl LeastSquares {
    /// Fits a number for each sample: features `[samples, features]`.
    ///
    /// # Errors
    /// Data that do not fit together, or features that depend linearly on each other or on the constant.
    pub fn fit(features: &Value, targets: &Value) -> Result<LeastSquares, NnError> {
        let (table, numbers) = numbered(features, targets)?;
        let (samples, d) = table.dim();
        let mut objective = Objective::new(value_of(table), Value::from(numbers), d + 1, |theta, x, y| {
            let outputs = x.matmul(part(theta, 0, d)) + part(theta, d, 1);
            penalised((outputs - y).square(), theta, 0.0, Reduction::Mean, samples)
        })?;
        let mut theta = vec![0.0; d + 1];
        // The second step takes away what the first one's rounding left.
        for _ in 0..2 {
            let (_, gradient) = objective.at(&theta)?;
            let step = solve_positive(&objective.hessian(&theta)?, &gradient, 0)?;
            let step = step.ok_or(ClassicError::NotUnique)?;
            theta.iter_mut().zip(step).for_each(|(t, s)| *t -= s);
        }
        let mean_squared_error = objective.at(&theta)?.0;
        let bias = theta.pop().unwrap_or_default();
        Ok(LeastSquares { affine: Affine::new(theta, bias), mean_squared_error })
    }

    /// The classifier that decides half way between the labels that were fitted.
    pub fn classifier(&self, labels: Labels) -> LinearModel {
        LinearModel::new(self.affine.clone(), labels, labels.middle())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn a6_least_squares_in_closed_form() {
        let cases = [
            (AND, [0.5, 0.5, -0.25, 1.0 / 16.0]),
            (OR, [0.5, 0.5, 0.25, 1.0 / 16.0]),
            (XOR, [0.0, 0.0, 0.5, 0.25]),
        ];
        for (labels, expected) in cases {
            let fit = LeastSquares::fit(&corners(), &list(&labels)).unwrap();
            let found = [&fit.affine.weights[..], &[fit.affine.bias, fit.mean_squared_error]].concat();
            near(&found, &expected);
        }
    }

    #[test]
    fn dependent_features_are_refused() {
        let x = Value::new([3, 2], vec![1.0, 2.0, 2.0, 4.0, 3.0, 6.0]);
        let message = LeastSquares::fit(&x, &list(&[1.0, 2.0, 4.0])).unwrap_err().to_string();
        assert!(message.starts_with("the least-squares fit is not unique"), "{message}");
    }
}
