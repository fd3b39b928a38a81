//! An affine function of the features, `w.x + b`.

use super::samples::table_of;
use crate::error::DataError;
use wengert_expr::Value;

/// An affine function `w.x + b`, or a change of one.
#[derive(Clone, PartialEq, Debug)]
pub struct Affine {
    /// A weight for each feature.
    pub weights: Vec<f64>,
    /// The bias.
    pub bias: f64,
}

impl Affine {
    /// With these weights and this bias.
    pub fn new(weights: impl Into<Vec<f64>>, bias: f64) -> Affine {
        Affine { weights: weights.into(), bias }
    }

    /// Zero everywhere.
    pub fn zeros(features: usize) -> Affine {
        Affine::new(vec![0.0; features], 0.0)
    }

    /// The value at one point, which has as many coordinates as there are weights.
    pub fn at<'x>(&self, point: impl IntoIterator<Item = &'x f64>) -> f64 {
        self.weights.iter().zip(point).map(|(w, x)| w * x).sum::<f64>() + self.bias
    }

    /// The values at all samples, from features `[samples, features]`.
    ///
    /// # Errors
    /// Features that are no table of finite numbers, or not as many as there are weights.
    pub fn values(&self, features: &Value) -> Result<Vec<f64>, DataError> {
        let table = table_of(features, self.weights.len())?;
        Ok(table.rows().into_iter().map(|row| self.at(row)).collect())
    }

    /// The Euclidean norm of the weights, the bias left out.
    pub fn weight_norm(&self) -> f64 {
        self.weights.iter().fold(0.0, |norm: f64, &w| libm::hypot(norm, w))
    }

    /// True without infinities and NaN.
    pub fn is_finite(&self) -> bool {
        self.bias.is_finite() && self.weights.iter().all(|w| w.is_finite())
    }

    /// Moved by `factor` along `direction`, a vector of features and a 1.
    pub(super) fn moved<'x>(&self, factor: f64, direction: impl IntoIterator<Item = &'x f64>) -> Affine {
        let weights = self.weights.iter().zip(direction).map(|(w, x)| w + factor * x).collect();
        Affine { weights, bias: self.bias + factor }
    }
}
