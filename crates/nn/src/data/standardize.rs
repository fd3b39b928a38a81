//! Features shifted to mean 0 and scaled to standard deviation 1, both learned from the samples to train on.

use super::{CHUNK, Dataset, Samples};
use crate::error::NnError;
use serde::{Deserialize, Serialize};
use wengert_expr::Value;

/// The shift and the scale of each feature.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Standardize {
    mean: Vec<f64>,
    deviation: Vec<f64>,
}

impl Standardize {
    /// Learned from samples, which are read twice. A feature that never changes is only shifted.
    ///
    /// # Errors
    /// Samples that cannot be read.
    pub fn fit(data: &dyn Samples) -> Result<Standardize, NnError> {
        let (n, columns) = (data.count() as f64, data.width());
        let each_row = |take: &mut dyn FnMut(&[f64])| -> Result<(), NnError> {
            for batch in data.chunks(CHUNK) {
                batch?.samples.features().to_f64s().chunks_exact(columns).for_each(&mut *take);
            }
            Ok(())
        };
        let mut mean = vec![0.0; columns];
        each_row(&mut |row| mean.iter_mut().zip(row).for_each(|(m, x)| *m += x / n))?;
        let mut variance = vec![0.0; columns];
        each_row(&mut |row| {
            variance.iter_mut().zip(row).zip(&mean).for_each(|((v, x), m)| *v += (x - m).powi(2) / n);
        })?;
        // Rounding alone leaves a constant feature a deviation of some ulps of its mean.
        let rounding = |m: &f64| 1e-12 * m.abs();
        let deviation =
            variance.iter().zip(&mean).map(|(v, m)| if v.sqrt() > rounding(m) { v.sqrt() } else { 1.0 });
        Ok(Standardize { deviation: deviation.collect(), mean })
    }

    /// How many features it was learned of.
    pub(crate) fn width(&self) -> usize {
        self.mean.len()
    }

    /// The same samples with features shifted and scaled.
    ///
    /// # Panics
    /// When the samples have another number of features than those it was learned from.
    pub fn apply(&self, data: &Dataset) -> Dataset {
        assert_eq!(data.width(), self.mean.len(), "as many features as were learned from");
        let mut numbers = data.features().to_f64s();
        for row in numbers.chunks_exact_mut(data.width()) {
            row.iter_mut().zip(&self.mean).zip(&self.deviation).for_each(|((x, m), s)| *x = (*x - m) / s);
        }
        data.with_features(Value::from_f64s(&data.features().ty(), &numbers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::Loss;
    use crate::precision::Precision;

    fn data(features: Vec<f64>, columns: usize) -> Dataset {
        let rows = features.len() / columns;
        let targets = Value::from(vec![0.0; rows]);
        Dataset::new(&Value::new([rows, columns], features), &targets, Loss::Mse, Precision::F64).unwrap()
    }

    #[test]
    fn the_test_part_is_scaled_by_the_training_part() {
        let train = data(vec![1.0, 7.0, 3.0, 7.0, 5.0, 7.0], 2);
        let scale = Standardize::fit(&train).unwrap();
        let deviation = (8.0f64 / 3.0).sqrt();
        let found = scale.apply(&train).features().to_f64s();
        assert_eq!(found, [-2.0 / deviation, 0.0, 0.0, 0.0, 2.0 / deviation, 0.0]);
        let test = scale.apply(&data(vec![3.0 + deviation, 9.0], 2)).features().to_f64s();
        assert!((test[0] - 1.0).abs() < 1e-15 && test[1] == 2.0, "{test:?}");
    }

    #[test]
    fn a_constant_that_is_no_binary_fraction_is_not_blown_up() {
        let constant = data(vec![0.1; 7], 1);
        let found = Standardize::fit(&constant).unwrap().apply(&constant).features().to_f64s();
        assert!(found.iter().all(|x| x.abs() < 1e-15), "{found:?}");
    }
}
