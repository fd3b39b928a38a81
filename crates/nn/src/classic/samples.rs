//! Features and labels as the classic learners take them: every check of data is here or in [`Dataset`].
//!
//! A table has at least one row and one column, and every number in it is finite.

use super::error::ClassicError;
use crate::data::Dataset;
use crate::error::{DataError, NnError};
use crate::loss::Loss;
use crate::precision::Precision;
use ndarray::{Array2, Ix2};
use std::fmt;
use wengert_expr::{DType, Type, Value};

/// How two classes are written as numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Labels {
    /// 0 and 1.
    ZeroOne,
    /// -1 and 1.
    PlusMinusOne,
}

impl Labels {
    /// The label of the negative class; that of the positive one is 1.
    pub fn negative(self) -> f64 {
        match self {
            Labels::ZeroOne => 0.0,
            Labels::PlusMinusOne => -1.0,
        }
    }

    /// Half way between the labels: where a least-squares fit of them decides.
    pub fn middle(self) -> f64 {
        (self.negative() + 1.0) / 2.0
    }

    /// The label of a decision.
    pub fn of(self, positive: bool) -> f64 {
        if positive { 1.0 } else { self.negative() }
    }

    pub(super) fn remedy(self) -> &'static str {
        match self {
            Labels::ZeroOne => "a label t of -1 or 1 is (t + 1) / 2 here",
            Labels::PlusMinusOne => "a label y of 0 or 1 is 2 * y - 1 here",
        }
    }
}

impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Labels::ZeroOne => "0 and 1",
            Labels::PlusMinusOne => "-1 and 1",
        })
    }
}

/// A table of features, `[samples, features]`.
pub(super) fn table(features: &Value) -> Result<Array2<f64>, DataError> {
    let samples = features.shape().first().copied().unwrap_or(0);
    let anything = Value::zeros(&Type::new(DType::F64, [samples]));
    parts(features, &anything).map(|(table, _)| table)
}

/// A table of as many columns as a model takes features.
pub(super) fn table_of(features: &Value, expected: usize) -> Result<Array2<f64>, DataError> {
    let table = table(features)?;
    match table.ncols() == expected {
        true => Ok(table),
        false => Err(DataError::Features { expected, found: table.ncols() }),
    }
}

/// A table of features and a number for each sample.
pub(super) fn numbered(features: &Value, numbers: &Value) -> Result<(Array2<f64>, Vec<f64>), DataError> {
    if !matches!(numbers.shape(), [_] | [_, 1]) {
        let expected = "one number for each sample";
        return Err(DataError::TargetShape { expected, found: numbers.ty() });
    }
    parts(features, numbers)
}

/// A table of features and a label for each sample.
pub(super) fn labelled(
    features: &Value,
    values: &Value,
    labels: Labels,
) -> Result<(Array2<f64>, Vec<f64>), NnError> {
    let (table, numbers) = numbered(features, values)?;
    let wrong = numbers.iter().position(|&y| y != 1.0 && y != labels.negative());
    match wrong {
        Some(sample) => Err(ClassicError::Label { sample, value: numbers[sample], labels }.into()),
        None => Ok((table, numbers)),
    }
}

/// A table of features with as many labels and weights as it has rows, as weak learners take them.
pub(super) fn weighted(features: &Value, labels: &[f64], weights: &[f64]) -> Result<Array2<f64>, DataError> {
    let table = table(features)?;
    let samples = table.nrows();
    match [labels.len(), weights.len()].into_iter().find(|&n| n != samples) {
        Some(targets) => Err(DataError::Count { samples, targets }),
        None => Ok(table),
    }
}

fn parts(features: &Value, numbers: &Value) -> Result<(Array2<f64>, Vec<f64>), DataError> {
    let data = Dataset::new(features, numbers, Loss::Mse, Precision::F64)?;
    let not_a_table = || DataError::NotATable { found: features.ty() };
    let tensor = data.features().tensor::<f64>().ok_or_else(not_a_table)?.to_owned();
    let table = tensor.into_dimensionality::<Ix2>().map_err(|_| not_a_table())?;
    Ok((table, data.targets().values().to_f64s()))
}

/// The value of a table.
pub(super) fn value_of(table: Array2<f64>) -> Value {
    Value::from(table.into_dyn())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_take_any_dtype_and_name_faults() {
        let ints = Value::new([2, 2], vec![1i64, 2, 3, 4]);
        assert_eq!(table(&ints).unwrap(), ndarray::arr2(&[[1.0, 2.0], [3.0, 4.0]]));
        let error = |v: &Value| table(v).unwrap_err().to_string();
        assert_eq!(
            error(&Value::from(vec![1.0])),
            "features must have a row for each sample and a column for each feature, found f64[1]"
        );
        assert_eq!(error(&Value::scalar(1.0)), error(&Value::from(vec![1.0])).replace("f64[1]", "f64"));
        assert_eq!(error(&Value::new([0, 2], Vec::<f64>::new())), "features of f64[0, 2] hold no data");
        assert_eq!(table_of(&ints, 3).unwrap_err(), DataError::Features { expected: 3, found: 2 });
    }

    #[test]
    fn labels_are_checked() {
        let x = Value::new([2, 1], vec![1.0, 2.0]);
        let error = |labels, y: Vec<f64>| labelled(&x, &Value::from(y), labels).unwrap_err().to_string();
        assert_eq!(
            error(Labels::PlusMinusOne, vec![1.0, 0.0]),
            "label 0 of sample 1 (counted from 0): this learner takes the labels -1 and 1; a label y of 0 or 1 is 2 * y - 1 here"
        );
        assert_eq!(
            error(Labels::ZeroOne, vec![-1.0, 1.0]),
            "label -1 of sample 0 (counted from 0): this learner takes the labels 0 and 1; a label t of -1 or 1 is (t + 1) / 2 here"
        );
        assert_eq!(error(Labels::ZeroOne, vec![1.0]), "2 samples need as many targets, found 1");
        let table = labelled(&x, &Value::new([2, 2], vec![1.0; 4]), Labels::ZeroOne);
        assert!(table.unwrap_err().to_string().starts_with("targets must be one number for each sample"));
        assert_eq!((Labels::ZeroOne.middle(), Labels::PlusMinusOne.middle()), (0.5, 0.0));
    }
}
