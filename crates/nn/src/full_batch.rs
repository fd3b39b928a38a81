//! Training on all samples at once, by the minimisers that look at curvature.
//!
//! They work in `f64` whatever the model's precision. Each iteration is an epoch, and its numbers are those after it.

use crate::data::{Dataset, Samples};
use crate::error::{DataError, Divergence, NnError, Runaway};
use crate::layer::Phase;
use crate::loss::Loss;
use crate::metrics::{Epoch, Event, Flow};
use crate::minimize::{Limits, MinimizeError, Minimizer, Objective, Observer, Outcome, Residuals, Stop};
use crate::model::Model;
use crate::optim::{Penalty, decays};
use crate::precision::Precision;
use crate::trainer::{Parts, Trainer, Watch};
use wengert_expr::{Builder, DType, Expr, Function, Range, Type, Value};

/// Minimises the loss of all samples, with its penalty, for so many iterations at most. What a watcher that stops is not
/// told any more does not happen to the trainer either.
pub(crate) fn minimize(
    minimizer: Minimizer,
    trainer: &mut Trainer,
    parts: &Parts<'_>,
    iterations: usize,
    watch: &mut Watch<'_>,
) -> Result<(Vec<Epoch>, Stop), NnError> {
    let start: Vec<f64> = trainer.params().iter().flat_map(|(_, value)| value.to_f64s()).collect();
    let problem = Problem {
        model: trainer.model().clone().with_precision(Precision::F64),
        loss: trainer.settings().loss,
        penalty: trainer.tuning().penalty,
        data: &whole(parts.train)?,
    };
    let (mut history, mut ended) = (Vec::new(), Ok(Flow::Go));
    let mut taken = |point: &[f64], loss: f64| {
        if matches!(ended, Ok(Flow::Go)) {
            ended = iteration(trainer, parts, (point, loss), watch).map(|(epoch, flow)| {
                history.push(epoch);
                flow
            });
        }
    };
    let limits = Limits { iterations, ..Limits::default() };
    let outcome = problem.minimize(minimizer, &start, &limits, &mut taken)?;
    ended?;
    match outcome.stop {
        Stop::NotFinite => {
            let what = Runaway::Loss(outcome.value);
            Err(Divergence { epoch: outcome.iterations + 1, step: 1, what }.into())
        }
        stop => Ok((history, stop)),
    }
}

/// All samples in one piece.
fn whole(samples: &dyn Samples) -> Result<Dataset, NnError> {
    match samples.chunks(samples.count()).next() {
        Some(all) => Ok(all?.samples),
        None => Err(DataError::Empty { found: Type::new(DType::F64, [0, samples.width()]) }.into()),
    }
}

/// The trainer at a point, how well it does there, and whether training goes on.
fn iteration(
    trainer: &mut Trainer,
    parts: &Parts<'_>,
    (point, loss): (&[f64], f64),
    watch: &mut Watch<'_>,
) -> Result<(Epoch, Flow), NnError> {
    let mut rest = point;
    let mut params = Vec::new();
    for (_, ty) in trainer.model().param_types() {
        let (own, others) = rest.split_at(ty.shape.elements());
        params.push(Value::from_f64s(&ty, own));
        rest = others;
    }
    let epoch = trainer.adopt(params, parts)?;
    watch(trainer, &Event::Step { epoch: epoch.number, step: 1, steps: 1, loss })?;
    let flow = watch(trainer, &Event::Epoch(epoch))?;
    Ok((epoch, flow))
}

/// What is made small.
struct Problem<'d> {
    model: Model,
    loss: Loss,
    penalty: Penalty,
    data: &'d Dataset,
}

impl Problem<'_> {
    fn minimize<'o>(
        &self,
        minimizer: Minimizer,
        start: &[f64],
        limits: &Limits,
        observe: &'o mut Observer<'o>,
    ) -> Result<Outcome, NnError> {
        let objective = || -> Result<Objective, NnError> { Ok(Objective::new(&self.objective()?)?) };
        let residuals = || -> Result<Residuals, NnError> { Ok(Residuals::new(&self.residuals()?)?) };
        let outcome: Result<Outcome, MinimizeError> = match minimizer {
            Minimizer::Lbfgs(m) => m.minimize_observed(&objective()?, start, limits, observe),
            Minimizer::NewtonCg(m) => m.minimize_observed(&objective()?, start, limits, observe),
            Minimizer::GaussNewton(m) => m.minimize_observed(&residuals()?, start, limits, observe),
            Minimizer::LevenbergMarquardt(m) => m.minimize_observed(&residuals()?, start, limits, observe),
        };
        Ok(outcome?)
    }

    /// From all parameters in a row to the mean loss and the penalty.
    fn objective(&self) -> Result<Function, NnError> {
        let b = Builder::new();
        let (params, outputs, targets) = self.outputs(&b)?;
        let loss = self.loss.apply(outputs, targets);
        b.output("objective", self.penalty.of(&params).map_or(loss, |penalty| loss + penalty));
        Ok(b.finish()?)
    }

    /// Half the sum of whose squares is the mean squared error, or half of it, and the ridge.
    fn residuals(&self) -> Result<Function, NnError> {
        let b = Builder::new();
        let (params, outputs, targets) = self.outputs(&b)?;
        let count = outputs.shape().elements();
        let factor = if self.loss == Loss::HalfMse { 1.0 } else { 2.0 };
        let errors = (outputs - targets).reshape_to(&[count]) * (factor / count as f64).sqrt();
        let weights = params.iter().filter(|w| self.penalty.l2 != 0.0 && decays(**w));
        let ridge = weights.map(|w| w.reshape_to(&[w.shape().elements()]) * self.penalty.l2.sqrt());
        let ridge: Vec<Expr<'_>> = ridge.collect();
        b.output("residuals", if ridge.is_empty() { errors } else { errors.concatenate(&ridge, 0) });
        Ok(b.finish()?)
    }

    /// The parameters, the model's outputs for all samples, and the targets.
    fn outputs<'b>(&self, b: &'b Builder) -> Result<(Vec<Expr<'b>>, Expr<'b>, Expr<'b>), NnError> {
        let theta = b.param("parameters", Type::new(DType::F64, [self.model.param_count()]));
        let mut start = 0;
        let mut params = Vec::new();
        for (_, ty) in self.model.param_types() {
            let count = ty.shape.elements();
            params.push(theta.slice(&[Range { start, count, step: 1 }]).reshape_to(&ty.shape));
            start += count;
        }
        let x = b.constant(self.data.features().cast(DType::F64));
        let targets = self.data.targets().values();
        let floats = matches!(targets.dtype(), DType::F32 | DType::F64);
        let y = b.constant(if floats { targets.cast(DType::F64) } else { targets.clone() });
        // Nothing is drawn: what is made small must be one function.
        let outputs = self.model.apply(x, &params, &[], Phase::Train { key: None })?.outputs;
        Ok((params, outputs, y))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Experiment, TrainConfig};

    fn trained(source: &str, hidden: &str, loss: &str, optimizer: &str) -> (Vec<Epoch>, Experiment) {
        let text = format!(
            "data.source = '{source}'\n[model]\nhidden = {hidden}\nactivation = 'tanh'\n[train]\nloss = '{loss}'\n\
             epochs = 60\nseed = 3\noptimizer = {{ name = '{optimizer}' }}\npenalty.l2 = 1e-4"
        );
        let mut experiment = Experiment::new(&TrainConfig::from_toml(&text).unwrap()).unwrap();
        let mut events = 0;
        let history = experiment.run(&mut |e| events += usize::from(matches!(e, Event::Epoch(_)))).unwrap();
        assert_eq!((events, experiment.trainer.epochs()), (history.len(), history.len()));
        (history, experiment)
    }

    #[test]
    fn every_minimiser_learns_a_network() {
        for name in ["lbfgs", "newton_cg", "levenberg_marquardt"] {
            let (history, experiment) = trained("sine", "[4]", "mse", name);
            let last = history.last().unwrap();
            // Noise of deviation 0.1 leaves a mean squared error of 0.01.
            assert!(last.train.loss < 0.03 && last.test.unwrap().loss < 0.05, "{name}: {last:?}");
            assert!(history.len() <= 60 && experiment.stop.is_some(), "{name}");
        }
        let (history, mut experiment) = trained("moons", "[4]", "bce_with_logits", "lbfgs");
        let accuracy = experiment.trainer.evaluate(&experiment.train).unwrap().accuracy.unwrap();
        assert!(accuracy >= 0.95 && history.last().unwrap().train.accuracy == Some(accuracy), "{accuracy}");
    }

    /// Where residuals are affine, one step of Gauss-Newton is the least-squares fit.
    #[test]
    fn gauss_newton_fits_an_affine_model_in_one_step() {
        let (history, experiment) = trained("diabetes", "[]", "mse", "gauss_newton");
        assert_eq!(experiment.stop, Some(Stop::SmallGradient));
        let (newton, _) = trained("diabetes", "[]", "mse", "levenberg_marquardt");
        let (first, last) = (history[0].train.loss, newton.last().unwrap().train.loss);
        assert!(history.len() <= 3 && (first / last - 1.0).abs() < 1e-3, "{} {first} {last}", history.len());
    }

    #[test]
    fn the_residuals_are_those_of_the_objective() {
        for loss in [Loss::Mse, Loss::HalfMse] {
            let model =
                Model::mlp(&[2, 3, 1], crate::Activation::Tanh).unwrap().with_precision(Precision::F64);
            let data = Dataset::xor(loss, Precision::F32).unwrap();
            let penalty = Penalty { l1: 0.0, l2: 0.3 };
            let point: Vec<f64> = (0..model.param_count()).map(|i| (i as f64).sin()).collect();
            let problem = Problem { model, loss, penalty, data: &data };
            let (value, gradient) =
                Objective::new(&problem.objective().unwrap()).unwrap().at(&point).unwrap();
            let (r, jacobian) = Residuals::new(&problem.residuals().unwrap()).unwrap().at(&point).unwrap();
            let squares = 0.5 * r.iter().map(|r| r * r).sum::<f64>();
            assert!((squares - value).abs() < 1e-14 * value, "{loss}: {squares} {value}");
            for (i, g) in gradient.iter().enumerate() {
                let column = jacobian.iter().skip(i).step_by(point.len());
                let slope: f64 = column.zip(&r).map(|(j, r)| j * r).sum();
                assert!((slope - g).abs() < 1e-13, "{loss} {i}: {slope} {g}");
            }
        }
    }
}
