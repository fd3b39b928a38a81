//! Samples with their targets.
//!
//! There is at least one sample and one feature, every feature is finite, and there are as many targets as samples.

use super::generate::Synthetic;
use super::targets::{Targets, first_not, gathered, rows};
use crate::error::DataError;
use crate::loss::Loss;
use crate::precision::Precision;
use ndarray::Axis;
use wengert_expr::{Value, with_tensor};

/// Samples with their targets.
#[derive(Clone, Debug)]
pub struct Dataset {
    features: Value,
    targets: Targets,
}

impl Dataset {
    /// Features `[samples, features]` with targets, both as a loss and a precision take them.
    ///
    /// # Errors
    /// Features that are no table, no data, a number that is not finite, or targets that do not fit; see [`Targets`].
    pub fn new(
        features: &Value,
        targets: &Value,
        loss: Loss,
        precision: Precision,
    ) -> Result<Dataset, DataError> {
        let [samples, columns] = *features.shape() else {
            return Err(DataError::NotATable { found: features.ty() });
        };
        if samples == 0 || columns == 0 {
            return Err(DataError::Empty { found: features.ty() });
        }
        let holds = |x: f64| match precision {
            Precision::F32 => (x as f32).is_finite(),
            Precision::F64 => x.is_finite(),
        };
        if let Some((row, column, value)) = first_not(features, holds) {
            return Err(DataError::NotFinite { what: "features", row, column, value });
        }
        let targets = Targets::new(targets, loss, precision)?;
        if targets.len() != samples {
            return Err(DataError::Count { samples, targets: targets.len() });
        }
        Ok(Dataset { features: features.cast(precision.dtype()), targets })
    }

    /// The four cases of exclusive or.
    ///
    /// # Errors
    /// None: the targets fit every loss.
    pub fn xor(loss: Loss, precision: Precision) -> Result<Dataset, DataError> {
        Synthetic::Xor.dataset(0, loss, precision)
    }

    /// The features, `[samples, features]`.
    pub fn features(&self) -> &Value {
        &self.features
    }

    /// The targets.
    pub fn targets(&self) -> &Targets {
        &self.targets
    }

    /// How many samples there are.
    pub fn len(&self) -> usize {
        self.features.shape()[0]
    }

    /// True without any, which never is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many features a sample has.
    pub fn width(&self) -> usize {
        self.features.shape()[1]
    }

    /// Some samples, in this order.
    pub fn rows(&self, samples: &[usize]) -> Dataset {
        Dataset { features: rows(&self.features, samples), targets: self.targets.rows(samples) }
    }

    /// One sample of each of these, of the kind of the first; none of them has other features or targets.
    pub(super) fn gathered(picked: &[(&Dataset, usize)]) -> Option<Dataset> {
        let (first, _) = picked.first()?;
        let each = |of: fn(&Dataset) -> &Value| -> Value {
            gathered(&picked.iter().map(|(data, row)| (of(data), *row)).collect::<Vec<_>>())
        };
        let (features, values) = (each(Dataset::features), each(|data| data.targets.values()));
        Some(Dataset { features, targets: first.targets.with_values(values) })
    }

    /// The same samples of so many classes, where their targets are classes.
    pub(super) fn with_classes(mut self, classes: usize) -> Dataset {
        if let Targets::Classes { count, .. } = &mut self.targets {
            *count = classes;
        }
        self
    }

    /// The same samples with these features, in this order.
    ///
    /// # Panics
    /// At a feature that there is not.
    pub fn with_columns(&self, columns: &[usize]) -> Dataset {
        self.with_features(with_tensor!(&self.features, t => Value::from(t.select(Axis(1), columns))))
    }

    /// The same samples with every feature multiplied by a factor.
    pub fn scaled(&self, factor: f64) -> Dataset {
        self.with_features(match &self.features {
            Value::F32(t) => Value::from(t.mapv(|x| (f64::from(x) * factor) as f32)),
            Value::F64(t) => Value::from(t.mapv(|x| x * factor)),
            Value::Bool(_) | Value::I64(_) => self.features.clone(),
        })
    }

    /// The same targets with other features for the same samples.
    pub(super) fn with_features(&self, features: Value) -> Dataset {
        Dataset { features, targets: self.targets.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::Activation;
    use crate::data::Samples;
    use crate::model::Model;
    use wengert_expr::DType;

    fn table(rows: usize, columns: usize) -> Value {
        Value::new([rows, columns], (0..rows * columns).map(|i| i as f64).collect())
    }

    fn classes(features: &Value, labels: Vec<i64>) -> Result<Dataset, DataError> {
        Dataset::new(features, &Value::from(labels), Loss::SoftmaxCrossEntropy, Precision::F32)
    }

    #[test]
    fn rows_keep_features_and_targets_together() {
        let data = classes(&table(3, 2), vec![7, 8, 9]).unwrap();
        let picked = data.rows(&[2, 0]);
        assert_eq!(
            (picked.features().to_f64s(), picked.features().dtype()),
            (vec![4.0, 5.0, 0.0, 1.0], DType::F32)
        );
        assert_eq!((picked.targets().values().to_f64s(), picked.targets().outputs()), (vec![9.0, 7.0], 10));
    }

    #[test]
    fn faults_are_named() {
        let error = |features: &Value, labels: Vec<i64>| classes(features, labels).unwrap_err().to_string();
        assert_eq!(error(&table(3, 2), vec![0, 1]), "3 samples need as many targets, found 2");
        assert_eq!(error(&table(0, 2), vec![]), "features of f64[0, 2] hold no data");
        assert!(
            error(&Value::from(vec![1.0]), vec![0]).starts_with("features must have a row for each sample")
        );
        let mut data = table(2, 2).to_f64s();
        data[3] = f64::NAN;
        let message = "features hold NaN at row 1, column 1 (counted from 0)";
        assert_eq!(error(&Value::new([2, 2], data.clone()), vec![0, 1]), message);
        data[3] = -1e39;
        let message = error(&Value::new([2, 2], data), vec![0, 1]);
        assert!(
            message.ends_with("at row 1, column 1 (counted from 0), which f32 does not hold"),
            "{message}"
        );
    }

    #[test]
    fn a_model_must_fit() {
        let data = classes(&table(3, 2), vec![0, 1, 2]).unwrap();
        let check = |sizes: &[usize], loss| data.check(&Model::mlp(sizes, Activation::Relu).unwrap(), loss);
        assert_eq!(check(&[2, 3], Loss::SoftmaxCrossEntropy), Ok(()));
        assert_eq!(
            check(&[3, 3], Loss::SoftmaxCrossEntropy),
            Err(DataError::Features { expected: 3, found: 2 })
        );
        let message = check(&[2, 2], Loss::SoftmaxCrossEntropy).unwrap_err().to_string();
        assert_eq!(message, "the data need a model of 3 outputs or more, this one has 2 outputs");
        let message = check(&[2, 3], Loss::Mse).unwrap_err().to_string();
        assert_eq!(message, "targets that are classes do not go with the loss mse");
    }
}
