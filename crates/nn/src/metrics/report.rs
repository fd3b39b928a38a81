//! All measures of a model's predictions that go with its loss and its targets.

use super::{Confusion, MetricError, Metrics, auc, mae, mse, r2};
use crate::data::Targets;
use crate::loss::{Loss, TargetKind};
use crate::output::OutputUnit;
use ndarray::s;
use wengert_expr::{DType, Value};

/// How well predictions meet their targets. What does not go with the targets is absent: classes have no R², and numbers
/// no confusion.
#[derive(Clone, PartialEq, Debug)]
pub struct Report {
    /// How many samples were measured.
    pub samples: usize,
    /// The mean loss, and the share of samples that are right.
    pub metrics: Metrics,
    /// How often each class was taken for each, from which precision, recall and F1 come.
    pub confusion: Option<Confusion>,
    /// The area under the ROC curve, of two classes that both occur.
    pub auc: Option<f64>,
    /// The share of the targets' variance that is explained.
    pub r2: Option<f64>,
    /// The mean squared error of numbers.
    pub mse: Option<f64>,
    /// The mean absolute error of numbers.
    pub mae: Option<f64>,
}

impl Report {
    /// Measures predictions `[samples, outputs]`, as the loss's output unit makes them.
    ///
    /// # Errors
    /// Nothing to measure, or predictions that are NaN.
    pub fn new(
        loss: Loss,
        metrics: Metrics,
        predictions: &Value,
        targets: &Targets,
    ) -> Result<Report, MetricError> {
        let samples = targets.len();
        let none = Report { samples, metrics, confusion: None, auc: None, r2: None, mse: None, mae: None };
        let truth = targets.values();
        if let Targets::Classes { .. } = targets {
            return none.with_classes(&Value::from(argmax(predictions)), truth, predictions);
        }
        if targets.are_classes() && truth.shape()[1] == 1 {
            let threshold = if loss.target_kind() == TargetKind::Signs { 0.0 } else { 0.5 };
            let side = |values: &Value, threshold: f64| -> Value {
                values.to_f64s().into_iter().map(|x| i64::from(x > threshold)).collect::<Vec<i64>>().into()
            };
            let (scores, truth) = (column(predictions, 0), side(truth, threshold));
            let scored = Report { auc: auc(&scores, &truth.cast(DType::F64))?, ..none };
            return Ok(Report {
                confusion: Some(Confusion::new(&side(&scores, threshold), &truth, 2)?),
                ..scored
            });
        }
        if targets.are_classes() {
            return Ok(none);
        }
        let means = match loss.output_unit() {
            OutputUnit::Gaussian(_) => first_columns(predictions, truth.shape()[1]),
            _ => predictions.cast(DType::F64),
        };
        let truth = truth.cast(DType::F64);
        Ok(Report {
            r2: r2(&means, &truth)?,
            mse: Some(mse(&means, &truth)?),
            mae: Some(mae(&means, &truth)?),
            ..none
        })
    }

    fn with_classes(self, found: &Value, truth: &Value, scores: &Value) -> Result<Report, MetricError> {
        let classes = scores.shape()[1];
        let confusion = Some(Confusion::new(found, truth, classes)?);
        let two = classes == 2;
        let auc = if two { auc(&column(scores, 1), &truth.cast(DType::F64))? } else { None };
        Ok(Report { confusion, auc, ..self })
    }
}

/// The greatest of each row; of equals the first.
pub(crate) fn argmax(scores: &Value) -> Vec<i64> {
    let columns = scores.shape()[1].max(1);
    let best = |row: &[f64]| (1..row.len()).fold(0, |best, i| if row[i] > row[best] { i } else { best });
    let all = scores.to_f64s();
    all.chunks(columns).map(|row| best(row) as i64).collect()
}

fn column(values: &Value, at: usize) -> Value {
    let columns = values.shape()[1];
    Value::from(values.to_f64s().into_iter().skip(at).step_by(columns).collect::<Vec<f64>>())
}

fn first_columns(values: &Value, count: usize) -> Value {
    match values.cast(DType::F64) {
        Value::F64(t) => match t.into_dimensionality::<ndarray::Ix2>() {
            Ok(table) => Value::from(table.slice(s![.., ..count]).to_owned().into_dyn()),
            Err(_) => values.clone(),
        },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::precision::Precision;

    fn report(loss: Loss, predictions: Vec<f64>, columns: usize, targets: Vec<f64>) -> Report {
        let rows = predictions.len() / columns;
        let targets = Targets::new(&Value::from(targets), loss, Precision::F64).unwrap();
        let metrics = Metrics { loss: 1.0, accuracy: None };
        Report::new(loss, metrics, &Value::new([rows, columns], predictions), &targets).unwrap()
    }

    #[test]
    fn each_kind_of_target_has_its_measures() {
        let softmax =
            report(Loss::SoftmaxCrossEntropy, vec![0.9, 0.1, 0.4, 0.6, 0.7, 0.3], 2, vec![0.0, 1.0, 1.0]);
        let confusion = softmax.confusion.unwrap();
        assert_eq!((confusion.count(1, 0), confusion.recall(1), softmax.auc), (1, Some(0.5), Some(1.0)));
        let yes = report(Loss::BceWithLogits, vec![0.9, 0.4, 0.6], 1, vec![1.0, 1.0, 0.0]);
        assert_eq!((yes.confusion.unwrap().precision(1), yes.auc, yes.r2), (Some(0.5), Some(0.5), None));
        let side = report(Loss::Hinge, vec![0.2, -3.0], 1, vec![1.0, -1.0]);
        assert_eq!((side.confusion.unwrap().accuracy(), side.auc), (1.0, Some(1.0)));
        let number = report(Loss::Mse, vec![1.0, 2.0, 2.0], 1, vec![1.0, 2.0, 3.0]);
        assert_eq!((number.r2, number.mse, number.mae), (Some(0.5), Some(1.0 / 3.0), Some(1.0 / 3.0)));
        assert!(number.confusion.is_none());
        let mean = report(Loss::GaussianNll, vec![1.0, 9.0, 2.0, 9.0, 2.0, 9.0], 2, vec![1.0, 2.0, 3.0]);
        assert_eq!(mean.r2, Some(0.5));
    }
}
