//! Learning one sample after another: the loop that the online learners share, and gradient steps by graph.
//!
//! Samples come in the given order. An epoch is the same function of the parameters every time, so parameters that an
//! earlier epoch ended with bring back all that followed it.

use super::affine::Affine;
use super::error::{ClassicError, positive};
use super::linear::{LinearFit, LinearModel, OnlineEnd, OnlineEpoch, OnlineStep};
use super::samples::{Labels, labelled};
use crate::error::{DataError, Divergence, NnError, Runaway};
use ndarray::Array2;
use wengert_diff::gradient;
use wengert_exec::{CompileOptions, Executable, compile};
use wengert_expr::{Builder, DType, Expr, Type, Value};

/// What is learned in one step: its trace but for its numbers.
pub(super) struct Learned {
    pub(super) output: f64,
    pub(super) loss: f64,
    pub(super) gradient: Affine,
    pub(super) after: Affine,
}

/// A step from the parameters with a sample and its target.
pub(super) type Step<'s> = dyn Fn(&Affine, &[f64], f64) -> Result<Learned, NnError> + 's;

/// A learner that sees one sample after another.
pub(super) trait Rule {
    /// How classes are written.
    fn labels(&self) -> Labels;
    /// Above which output a sample is positive.
    fn threshold(&self) -> f64 {
        0.0
    }
    /// How far a step goes.
    fn learning_rate(&self) -> f64;
    /// How often all samples are seen.
    fn course(&self) -> Course;
    /// Its step for so many features.
    fn step(&self, features: usize) -> Result<Box<Step<'_>>, NnError>;
}

/// Learns by a rule, from weights of 0 unless told.
pub(super) fn fit(
    rule: &impl Rule,
    start: Option<&Affine>,
    features: &Value,
    labels: &Value,
    observe: &mut dyn FnMut(&OnlineStep),
) -> Result<LinearFit, NnError> {
    let (table, targets) = labelled(features, labels, rule.labels())?;
    positive("the learning rate", rule.learning_rate())?;
    let zeros = Affine::zeros(table.ncols());
    let step = rule.step(table.ncols())?;
    let (affine, epochs, end) =
        learn(&table, &targets, start.unwrap_or(&zeros), rule.course(), &*step, observe)?;
    Ok(LinearFit { model: LinearModel::new(affine, rule.labels(), rule.threshold()), epochs, end })
}

/// How often.
#[derive(Clone, Copy)]
pub(super) struct Course {
    pub(super) epochs: usize,
    /// Whether to end when an epoch took no step or came back to where one was before.
    pub(super) stop: bool,
}

/// All epochs from `start`.
fn learn(
    table: &Array2<f64>,
    targets: &[f64],
    start: &Affine,
    course: Course,
    step: &Step<'_>,
    observe: &mut dyn FnMut(&OnlineStep),
) -> Result<(Affine, Vec<OnlineEpoch>, OnlineEnd), NnError> {
    check_start(start, table.ncols())?;
    let mut now = start.clone();
    let mut epochs = Vec::new();
    // Parameters of an earlier epoch, renewed at powers of two (Brent 1980).
    let mut kept = (0, start.clone());
    for number in 1..=course.epochs {
        let mut epoch = OnlineEpoch { number, loss: 0.0, updates: 0, after: now.clone() };
        for (sample, (row, &target)) in table.rows().into_iter().zip(targets).enumerate() {
            let learned = step(&now, &row.to_vec(), target)?;
            // Not whether the parameters changed: a step may be lost in their rounding.
            let updated = learned.gradient != Affine::zeros(table.ncols());
            check_finite(&learned, number, sample)?;
            epoch.loss += learned.loss;
            epoch.updates += usize::from(updated);
            let Learned { output, loss, gradient, after } = learned;
            now.clone_from(&after);
            observe(&OnlineStep { epoch: number, sample, output, loss, gradient, updated, after });
        }
        epoch.after.clone_from(&now);
        let updates = epoch.updates;
        epochs.push(epoch);
        if course.stop && updates == 0 {
            return Ok((now, epochs, OnlineEnd::NoUpdate));
        }
        if course.stop && now == kept.1 {
            return Ok((now, epochs, OnlineEnd::Repeats { period: number - kept.0 }));
        }
        if number.is_power_of_two() {
            kept = (number, now.clone());
        }
    }
    Ok((now, epochs, OnlineEnd::EpochLimit))
}

fn check_start(start: &Affine, features: usize) -> Result<(), NnError> {
    if start.weights.len() != features {
        return Err(DataError::Features { expected: start.weights.len(), found: features }.into());
    }
    match start.weights.iter().chain([&start.bias]).find(|w| !w.is_finite()) {
        Some(&value) => {
            let expected = "a finite number";
            Err(ClassicError::Setting { what: "a starting parameter", value, expected }.into())
        }
        None => Ok(()),
    }
}

fn check_finite(learned: &Learned, epoch: usize, sample: usize) -> Result<(), Divergence> {
    let diverged = |what| Divergence { epoch, step: sample + 1, what };
    if !learned.loss.is_finite() {
        return Err(diverged(Runaway::Loss(learned.loss)));
    }
    if !learned.after.is_finite() {
        return Err(diverged(Runaway::Param("the weights or the bias".into())));
    }
    Ok(())
}

/// A step against the gradient of a loss of the output `w.x + b` and the target.
pub(super) struct GradientStep {
    step: Executable,
    rate: Value,
}

impl GradientStep {
    /// Compiled for so many features.
    pub(super) fn new(
        features: usize,
        rate: f64,
        loss: impl for<'b> Fn(Expr<'b>, Expr<'b>) -> Expr<'b>,
    ) -> Result<GradientStep, NnError> {
        let b = Builder::new();
        let (scalar, vector) = (Type::scalar(DType::F64), Type::new(DType::F64, [features]));
        let (w, bias) = (b.param("w", vector.clone()), b.param("b", scalar.clone()));
        let (x, t) = (b.input("x", vector), b.input("t", scalar.clone()));
        let eta = b.input("learning_rate", scalar);
        let output = w.dot(x) + bias;
        let value = loss(output, t);
        let slopes = gradient(value, &[w, bias])?;
        b.output("output", output);
        b.output("loss", value);
        for (name, (p, g)) in ["w", "b"].into_iter().zip([w, bias].into_iter().zip(slopes)) {
            b.output(format!("gradient of {name}"), g);
            b.output(format!("next_{name}"), p - eta * g);
        }
        let step = compile(&b.finish()?, &CompileOptions::default())?;
        Ok(GradientStep { step, rate: Value::scalar(rate) })
    }

    /// One step.
    pub(super) fn take(&self, now: &Affine, x: &[f64], target: f64) -> Result<Learned, NnError> {
        let inputs = [
            Value::from(now.weights.clone()),
            Value::scalar(now.bias),
            Value::from(x.to_vec()),
            Value::scalar(target),
            self.rate.clone(),
        ];
        let found = self.step.run(&inputs)?;
        let list = |i: usize| found.get(i).map(Value::to_f64s).unwrap_or_default();
        let number = |i: usize| found.get(i).and_then(Value::item).unwrap_or(f64::NAN);
        Ok(Learned {
            output: number(0),
            loss: number(1),
            gradient: Affine::new(list(2), number(4)),
            after: Affine::new(list(3), number(5)),
        })
    }
}
