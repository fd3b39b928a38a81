//! What a model should say for each sample, in the form that the loss takes.

use crate::error::DataError;
use crate::loss::{Loss, TargetKind};
use crate::precision::Precision;
use ndarray::Axis;
use wengert_expr::{DType, Element, Type, Value, with_tensor};

/// The most classes that targets may number.
const MAX_CLASSES: usize = crate::model::MAX_UNITS;

/// The targets of all samples.
#[derive(Clone, Debug)]
pub enum Targets {
    /// The number of each sample's class.
    Classes {
        /// The classes, i64 of shape `[samples]`.
        labels: Value,
        /// How many classes there are.
        count: usize,
    },
    /// Numbers for each sample, floats of shape `[samples, outputs]`.
    Numbers(Value),
    /// -1 or 1 for each output, floats of shape `[samples, outputs]`.
    Signs(Value),
}

/// What kind of target a sample has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TargetForm {
    /// The number of its class.
    Classes,
    /// Numbers.
    Numbers,
    /// -1 or 1 for each output.
    Signs,
}

impl TargetForm {
    /// Its name in messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            TargetForm::Classes => "classes",
            TargetForm::Numbers => "numbers",
            TargetForm::Signs => "signs",
        }
    }
}

/// What targets are, without the targets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TargetSpec {
    /// What kind of target a sample has.
    pub form: TargetForm,
    /// How many outputs a model needs for them.
    pub outputs: usize,
    /// True if a prediction is right or wrong: classes, signs, or numbers that are all 0 or 1.
    pub are_classes: bool,
}

impl TargetSpec {
    /// What these and others of the same form are together.
    pub(super) fn and(self, other: TargetSpec) -> TargetSpec {
        let outputs = self.outputs.max(other.outputs);
        TargetSpec { outputs, are_classes: self.are_classes && other.are_classes, ..self }
    }
}

impl Targets {
    /// The targets as a loss takes them: classes for the softmax cross-entropy, signs for losses of margins, else
    /// numbers. A list of numbers is a table of one column, and the other way round.
    ///
    /// # Errors
    /// Numbers that are not finite, not classes, not between 0 and 1 or not -1 or 1 where the loss needs that.
    pub fn new(values: &Value, loss: Loss, precision: Precision) -> Result<Targets, DataError> {
        match loss.target_kind() {
            TargetKind::Classes => Targets::classes(values),
            TargetKind::Numbers => Targets::numbers(values, precision),
            TargetKind::Probabilities => {
                let targets = Targets::numbers(values, precision)?;
                match first_not(values, |x| (0.0..=1.0).contains(&x)) {
                    Some((sample, _, value)) => Err(DataError::NotAProbability { sample, value }),
                    None => Ok(targets),
                }
            }
            TargetKind::Signs => {
                let targets = Targets::numbers(values, precision)?;
                match first_not(values, |x| x.abs() == 1.0) {
                    Some((sample, _, value)) => Err(DataError::NotASign { sample, value }),
                    None => Ok(Targets::Signs(targets.values().clone())),
                }
            }
        }
    }

    /// Classes numbered from 0, in a list or a column.
    ///
    /// # Errors
    /// A table of several columns, or a number that is no class.
    pub fn classes(values: &Value) -> Result<Targets, DataError> {
        if !matches!(values.shape(), [_] | [_, 1]) {
            let expected = "one class for each sample";
            return Err(DataError::TargetShape { expected, found: values.ty() });
        }
        let numbers = values.to_f64s();
        let is_class = |x: f64| x.fract() == 0.0 && (0.0..MAX_CLASSES as f64).contains(&x);
        if let Some((sample, &value)) = numbers.iter().enumerate().find(|(_, x)| !is_class(**x)) {
            return Err(DataError::NotAClass { sample, value, limit: MAX_CLASSES - 1 });
        }
        let count = numbers.iter().fold(0, |most, &x| most.max(x as usize + 1));
        let labels = Value::from_f64s(&Type::new(DType::I64, [numbers.len()]), &numbers);
        Ok(Targets::Classes { labels, count })
    }

    /// Numbers, in a list or a table.
    ///
    /// # Errors
    /// An array of another rank, or a number that is not finite.
    pub fn numbers(values: &Value, precision: Precision) -> Result<Targets, DataError> {
        let shape = match *values.shape() {
            [n] => [n, 1],
            [n, k] if k > 0 => [n, k],
            _ => {
                let expected = "a list or a table of numbers";
                return Err(DataError::TargetShape { expected, found: values.ty() });
            }
        };
        if let Some((row, column, value)) = first_not(values, f64::is_finite) {
            return Err(DataError::NotFinite { what: "targets", row, column, value });
        }
        Ok(Targets::Numbers(Value::from_f64s(&Type::new(precision.dtype(), shape), &values.to_f64s())))
    }

    /// The array, as the step takes it.
    pub fn values(&self) -> &Value {
        match self {
            Targets::Classes { labels, .. } => labels,
            Targets::Numbers(values) | Targets::Signs(values) => values,
        }
    }

    /// How many samples have a target.
    pub fn len(&self) -> usize {
        self.values().shape()[0]
    }

    /// True without any.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many outputs a model needs for them.
    pub fn outputs(&self) -> usize {
        match self {
            Targets::Classes { count, .. } => *count,
            Targets::Numbers(values) | Targets::Signs(values) => values.shape()[1],
        }
    }

    /// True if a prediction is right or wrong: classes, signs, or numbers that are all 0 or 1.
    pub fn are_classes(&self) -> bool {
        match self {
            Targets::Classes { .. } | Targets::Signs(_) => true,
            Targets::Numbers(values) => first_not(values, |x| x == 0.0 || x == 1.0).is_none(),
        }
    }

    /// What they are.
    pub fn spec(&self) -> TargetSpec {
        let form = match self {
            Targets::Classes { .. } => TargetForm::Classes,
            Targets::Numbers(_) => TargetForm::Numbers,
            Targets::Signs(_) => TargetForm::Signs,
        };
        TargetSpec { form, outputs: self.outputs(), are_classes: self.are_classes() }
    }

    /// Those of some samples, in this order.
    pub fn rows(&self, samples: &[usize]) -> Targets {
        self.with_values(rows(self.values(), samples))
    }

    /// Those of parts of samples as those of all.
    pub(crate) fn stacked(parts: &[Targets], spec: TargetSpec) -> Targets {
        let rows = parts.iter().flat_map(|part| (0..part.len()).map(move |row| (part.values(), row)));
        let values = gathered(&rows.collect::<Vec<_>>());
        match spec.form {
            TargetForm::Classes => Targets::Classes { labels: values, count: spec.outputs },
            TargetForm::Numbers => Targets::Numbers(values),
            TargetForm::Signs => Targets::Signs(values),
        }
    }

    /// Others of the same kind.
    pub(super) fn with_values(&self, values: Value) -> Targets {
        match self {
            Targets::Classes { count, .. } => Targets::Classes { labels: values, count: *count },
            Targets::Numbers(_) => Targets::Numbers(values),
            Targets::Signs(_) => Targets::Signs(values),
        }
    }
}

/// Rows of arrays of one dtype and of one width, one below the other.
pub(super) fn gathered(rows: &[(&Value, usize)]) -> Value {
    fn go<T: Element>(rows: &[(&Value, usize)], row: &[usize]) -> Value {
        let width = row.iter().product::<usize>();
        let mut all = Vec::with_capacity(rows.len() * width);
        for (value, at) in rows {
            let data = value.slice::<T>().unwrap_or_default();
            all.extend_from_slice(&data[at * width..(at + 1) * width]);
        }
        Value::new(&*[&[rows.len()], row].concat(), all)
    }
    let Some((first, _)) = rows.first() else { return Value::new([0], Vec::<f64>::new()) };
    let row = &first.shape()[1..];
    match first {
        Value::Bool(_) => go::<bool>(rows, row),
        Value::I64(_) => go::<i64>(rows, row),
        Value::F32(_) => go::<f32>(rows, row),
        Value::F64(_) => go::<f64>(rows, row),
    }
}

/// Some rows of an array, in this order.
pub(super) fn rows(values: &Value, samples: &[usize]) -> Value {
    with_tensor!(values, t => Value::from(t.select(Axis(0), samples)))
}

/// The row, the column and the value of the first number that is not as it should be.
pub(crate) fn first_not(values: &Value, good: impl Fn(f64) -> bool) -> Option<(usize, usize, f64)> {
    let columns = values.shape().get(1).copied().unwrap_or(1).max(1);
    let find = |numbers: &mut dyn Iterator<Item = f64>| numbers.enumerate().find(|(_, x)| !good(*x));
    let (at, value) = match values {
        Value::F32(t) => find(&mut t.iter().map(|&x| f64::from(x))),
        Value::F64(t) => find(&mut t.iter().copied()),
        Value::Bool(_) | Value::I64(_) => find(&mut values.to_f64s().into_iter()),
    }?;
    Some((at / columns, at % columns, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_counted_and_checked() {
        let targets = Targets::classes(&Value::new([3, 1], vec![2.0, 0.0, 1.0])).unwrap();
        assert_eq!((targets.outputs(), targets.values().dtype()), (3, DType::I64));
        assert_eq!(targets.rows(&[2, 2, 0]).values().to_f64s(), [1.0, 1.0, 2.0]);
        assert_eq!(targets.rows(&[1]).outputs(), 3);
        let error = |values: Vec<f64>| Targets::classes(&Value::from(values)).unwrap_err();
        assert_eq!(
            error(vec![0.0, 1.5]),
            DataError::NotAClass { sample: 1, value: 1.5, limit: MAX_CLASSES - 1 }
        );
        assert!(matches!(error(vec![-1.0]), DataError::NotAClass { sample: 0, .. }));
        assert!(matches!(error(vec![f64::NAN]), DataError::NotAClass { sample: 0, .. }));
        assert!(matches!(error(vec![0.0, 1e18]), DataError::NotAClass { sample: 1, .. }));
        let table = Targets::classes(&Value::new([1, 2], vec![0.0, 1.0]));
        assert!(matches!(table, Err(DataError::TargetShape { .. })));
    }

    #[test]
    fn numbers_are_a_table_of_the_models_dtype() {
        let loss = |loss, values: Vec<f64>| Targets::new(&Value::from(values), loss, Precision::F32);
        let targets = loss(Loss::Mse, vec![0.5, 2.0]).unwrap();
        assert_eq!(targets.values().ty(), Type::new(DType::F32, [2, 1]));
        assert!(!targets.are_classes());
        assert!(loss(Loss::BceWithLogits, vec![0.0, 1.0]).unwrap().are_classes());
        let error = loss(Loss::BceWithLogits, vec![0.0, 1.25]).unwrap_err();
        assert_eq!(error, DataError::NotAProbability { sample: 1, value: 1.25 });
        assert!(loss(Loss::Hinge, vec![-1.0, 1.0]).unwrap().are_classes());
        // Targets of 0 would leave a margin without a slope (S3).
        let error = loss(Loss::Perceptron, vec![1.0, 0.0]).unwrap_err();
        assert_eq!(error, DataError::NotASign { sample: 1, value: 0.0 });
        let error = loss(Loss::Mse, vec![0.0, f64::INFINITY]).unwrap_err();
        assert_eq!(error.to_string(), "targets hold inf at row 1, column 0 (counted from 0)");
    }
}
