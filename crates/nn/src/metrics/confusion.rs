//! Classes predicted against classes that are true.

use super::MetricError;
use super::error::{all, paired};
use wengert_expr::Value;

/// The most classes that are counted.
const MAX_CLASSES: usize = 1 << 12;

/// The share of predictions that equal their targets, for arrays of one shape.
///
/// # Errors
/// Nothing to measure, or shapes that differ.
pub fn accuracy(predictions: &Value, targets: &Value) -> Result<f64, MetricError> {
    let (predictions, targets) = paired(predictions, targets)?;
    let right = predictions.iter().zip(&targets).filter(|(p, t)| p == t).count();
    Ok(right as f64 / targets.len() as f64)
}

/// How often each class was predicted for each class that is true.
///
/// Measures of a class: precision is the share of its predictions that are right, recall the share of its occurrences
/// that are found, F1 their harmonic mean. Macro averages are plain means over the classes that occur or are predicted,
/// in which a measure without a value counts as 0.
///
/// ```
/// use wengert_expr::Value;
/// use wengert_nn::metrics::Confusion;
/// let predicted = Value::from(vec![0i64, 1, 1, 1]);
/// let confusion = Confusion::new(&predicted, &Value::from(vec![0i64, 0, 1, 1]), 3)?;
/// assert_eq!(confusion.count(0, 1), 1);
/// assert_eq!((confusion.precision(1), confusion.recall(0)), (Some(2.0 / 3.0), Some(0.5)));
/// // Class 2 never occurs and is never predicted.
/// assert_eq!((confusion.precision(2), confusion.recall(2), confusion.f1(2)), (None, None, None));
/// # Ok::<(), wengert_nn::metrics::MetricError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Confusion {
    classes: usize,
    /// True classes are rows.
    counts: Vec<u64>,
}

impl Confusion {
    /// From classes numbered from 0, predicted and true, in arrays of one shape.
    ///
    /// # Errors
    /// Nothing to measure, shapes that differ, more classes than 4096, or a number that is none of the classes.
    pub fn new(predictions: &Value, targets: &Value, classes: usize) -> Result<Confusion, MetricError> {
        let (predictions, targets) = paired(predictions, targets)?;
        let classes = classes.min(MAX_CLASSES);
        let is_class = |x: f64| x.fract() == 0.0 && (0.0..classes as f64).contains(&x);
        let expected = "the number of one of the classes, which are at most 4096";
        all("predictions", &predictions, is_class, expected)?;
        all("targets", &targets, is_class, expected)?;
        let mut counts = vec![0; classes * classes];
        for (&p, &t) in predictions.iter().zip(&targets) {
            counts[t as usize * classes + p as usize] += 1;
        }
        Ok(Confusion { classes, counts })
    }

    /// How many classes there are.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// How often `predicted` was said where `actual` is true; 0 for what is no class.
    pub fn count(&self, actual: usize, predicted: usize) -> u64 {
        match actual < self.classes && predicted < self.classes {
            true => self.counts[actual * self.classes + predicted],
            false => 0,
        }
    }

    /// The share of all that are right.
    pub fn accuracy(&self) -> f64 {
        let right: u64 = (0..self.classes).map(|c| self.count(c, c)).sum();
        right as f64 / self.counts.iter().sum::<u64>() as f64
    }

    /// The share of predictions of a class that are right; `None` for a class that is never predicted.
    pub fn precision(&self, class: usize) -> Option<f64> {
        share(self.count(class, class), self.predicted(class))
    }

    /// The share of a class's occurrences that are found; `None` for a class that never occurs.
    pub fn recall(&self, class: usize) -> Option<f64> {
        share(self.count(class, class), self.actual(class))
    }

    /// `2 p r / (p + r)`; `None` for a class that neither occurs nor is predicted.
    pub fn f1(&self, class: usize) -> Option<f64> {
        share(2 * self.count(class, class), self.predicted(class) + self.actual(class))
    }

    /// The mean precision of classes.
    pub fn macro_precision(&self) -> f64 {
        self.mean(Confusion::precision)
    }

    /// The mean recall of classes.
    pub fn macro_recall(&self) -> f64 {
        self.mean(Confusion::recall)
    }

    /// The mean F1 of classes.
    pub fn macro_f1(&self) -> f64 {
        self.mean(Confusion::f1)
    }

    fn predicted(&self, class: usize) -> u64 {
        (0..self.classes).map(|actual| self.count(actual, class)).sum()
    }

    fn actual(&self, class: usize) -> u64 {
        (0..self.classes).map(|predicted| self.count(class, predicted)).sum()
    }

    /// Over the classes that occur or are predicted, of which there is at least one.
    fn mean(&self, measure: impl Fn(&Confusion, usize) -> Option<f64>) -> f64 {
        let seen: Vec<usize> =
            (0..self.classes).filter(|&c| self.predicted(c) + self.actual(c) > 0).collect();
        seen.iter().map(|&c| measure(self, c).unwrap_or(0.0)).sum::<f64>() / seen.len() as f64
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(numbers: &[i64]) -> Value {
        Value::from(numbers.to_vec())
    }

    #[test]
    fn three_classes_by_hand() {
        // Rows: 0 -> 2 right, 1 as 1; 1 -> 1 right, 2 as 2; 2 -> 3 right, 1 as 0.
        let targets = classes(&[0, 0, 0, 1, 1, 1, 2, 2, 2, 2]);
        let predictions = classes(&[0, 0, 1, 1, 2, 2, 2, 2, 2, 0]);
        let confusion = Confusion::new(&predictions, &targets, 3).unwrap();
        let rows: Vec<u64> = (0..9).map(|i| confusion.count(i / 3, i % 3)).collect();
        assert_eq!(rows, [2, 1, 0, 0, 1, 2, 1, 0, 3]);
        assert_eq!(confusion.accuracy(), 0.6);
        assert_eq!(accuracy(&predictions, &targets), Ok(0.6));
        let per_class =
            |f: fn(&Confusion, usize) -> Option<f64>| [0, 1, 2].map(|c| f(&confusion, c).unwrap());
        assert_eq!(per_class(Confusion::precision), [2.0 / 3.0, 0.5, 0.6]);
        assert_eq!(per_class(Confusion::recall), [2.0 / 3.0, 1.0 / 3.0, 0.75]);
        assert_eq!(per_class(Confusion::f1), [2.0 / 3.0, 0.4, 2.0 / 3.0]);
        assert!((confusion.macro_precision() - 53.0 / 90.0).abs() < 1e-15);
        assert!((confusion.macro_recall() - 7.0 / 12.0).abs() < 1e-15);
        assert!((confusion.macro_f1() - 26.0 / 45.0).abs() < 1e-15);
    }

    #[test]
    fn classes_that_are_missing() {
        // 1 occurs and is never predicted, 2 is predicted and never occurs, 3 is neither.
        let confusion = Confusion::new(&classes(&[0, 2, 0]), &classes(&[0, 1, 0]), 4).unwrap();
        assert_eq!(
            (confusion.precision(1), confusion.recall(1), confusion.f1(1)),
            (None, Some(0.0), Some(0.0))
        );
        assert_eq!(
            (confusion.precision(2), confusion.recall(2), confusion.f1(2)),
            (Some(0.0), None, Some(0.0))
        );
        assert_eq!((confusion.precision(3), confusion.recall(3), confusion.f1(3)), (None, None, None));
        assert!((confusion.macro_f1() - 1.0 / 3.0).abs() < 1e-15);
        assert_eq!((confusion.count(9, 0), confusion.precision(9)), (0, None));
    }

    #[test]
    fn what_cannot_be_counted_is_an_error() {
        let error = |p: &[i64], t: &[i64], n| Confusion::new(&classes(p), &classes(t), n).unwrap_err();
        assert!(matches!(error(&[], &[], 2), MetricError::Empty { .. }));
        assert!(matches!(error(&[0], &[0, 1], 2), MetricError::Shapes { .. }));
        assert!(matches!(error(&[0, 2], &[0, 1], 2), MetricError::Number { what: "predictions", at: 1, .. }));
        assert!(matches!(error(&[0, 1], &[-1, 1], 2), MetricError::Number { what: "targets", at: 0, .. }));
        assert!(matches!(error(&[0], &[0], 0), MetricError::Number { .. }));
        let halves = Confusion::new(&Value::from(vec![0.5]), &classes(&[0]), 2).unwrap_err().to_string();
        assert!(
            halves.starts_with("predictions hold 0.5 at position 0 (counted from 0): expected"),
            "{halves}"
        );
        assert!(matches!(accuracy(&classes(&[]), &classes(&[])), Err(MetricError::Empty { .. })));
    }
}
