//! The training loop: runs the step's graph on batch after batch.
//!
//! The same model, settings and data give the same parameters, bit for bit, whether or not training was stopped and
//! resumed on the way. Parameters are only replaced by a step that went well; should numbers stop being finite or grow beyond
//! all bounds, the trainer goes back to the last parameters whose loss was good.

mod course;
mod fault;
mod predict;
mod progress;
#[cfg(test)]
mod tests;

pub(crate) use course::Watch;
pub use course::{Course, Length, Parts};
pub(crate) use progress::Progress;

use crate::checkpoint::Checkpoint;
use crate::data::{Batch, Batches, CHUNK, Dataset, Samples};
use crate::error::{Divergence, NnError, Runaway};
use crate::loss::Loss;
use crate::metrics::{Epoch, Event, Flow, Metrics, Tally};
use crate::model::Model;
use crate::optim::{Optimizer, Tuning};
use crate::random::{Purpose, Random};
use crate::step::{evaluation, tuned_step};
use std::collections::HashMap;
use std::sync::Arc;
use wengert_exec::{ArrayMut, ArrayRef, CompileOptions, Executable, compile};
use wengert_expr::{DType, Function, Type, Value};

/// How a model is trained.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Settings {
    /// What is made small.
    pub loss: Loss,
    /// How parameters follow gradients.
    pub optimizer: Optimizer,
    /// How far they follow in a step; with a schedule, at most.
    pub learning_rate: f64,
    /// Samples in a step; all of them if there are fewer.
    pub batch_size: usize,
    /// What weights and orders are drawn from.
    pub seed: u64,
}

/// How far a pass over the samples came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Pass {
    Whole,
    Partial,
}

/// A model in training.
#[derive(Clone, Debug)]
pub struct Trainer {
    model: Model,
    settings: Settings,
    tuning: Tuning,
    /// The parameters, then the model's buffers, then the optimiser's state.
    kept: Vec<Value>,
    /// What was kept before the last step: whether its loss is finite, the last step told.
    before: Vec<Value>,
    /// What was kept before that one: its loss was finite.
    proven: Vec<Value>,
    /// The parameters and the buffers of the best epoch, if one was judged.
    best: Option<Vec<Value>>,
    progress: Progress,
    /// How many share long steps.
    threads: Option<usize>,
    /// Compiled for each size of batch.
    steps: HashMap<usize, Arc<Executable>>,
    evaluations: HashMap<usize, Arc<Executable>>,
    predictions: HashMap<usize, Arc<Executable>>,
}

impl Trainer {
    /// A model with fresh parameters.
    pub fn new(model: Model, settings: Settings) -> Trainer {
        let state = settings.optimizer.state_types(&model.param_types());
        let state = state.into_iter().map(|(name, ty)| (name, Value::zeros(&ty)));
        let own = model.params(settings.seed).into_iter().chain(model.buffers());
        let kept: Vec<Value> = own.chain(state).map(|(_, value)| value).collect();
        let (before, proven) = (kept.clone(), kept.clone());
        Trainer {
            model,
            settings,
            tuning: Tuning::default(),
            kept,
            before,
            proven,
            best: None,
            progress: Progress::default(),
            threads: None,
            steps: HashMap::new(),
            evaluations: HashMap::new(),
            predictions: HashMap::new(),
        }
    }

    /// The same with a schedule, clipping and a penalty.
    pub fn with_tuning(self, tuning: Tuning) -> Trainer {
        Trainer { tuning, steps: HashMap::new(), ..self }
    }

    /// The same with long steps shared by so many threads; as many as the machine has, unless told. They change no bit.
    pub fn with_threads(self, threads: usize) -> Trainer {
        let (steps, evaluations, predictions) = (HashMap::new(), HashMap::new(), HashMap::new());
        Trainer { threads: Some(threads), steps, evaluations, predictions, ..self }
    }

    fn options(&self) -> CompileOptions {
        CompileOptions { threads: self.threads, ..CompileOptions::default() }
    }

    /// Training as it was when the checkpoint was made; what follows is what would have followed, bit for bit.
    ///
    /// # Errors
    /// A checkpoint of another model, or one that was trained in another way.
    pub fn resume(
        model: Model,
        settings: Settings,
        tuning: Tuning,
        checkpoint: &Checkpoint,
    ) -> Result<Trainer, NnError> {
        let fresh = Trainer::new(model, settings).with_tuning(tuning);
        let types: Vec<(String, Type)> = fresh.kept().into_iter().map(|(name, v)| (name, v.ty())).collect();
        let (kept, best) = checkpoint.values((&fresh.model, &settings, &tuning), &types, fresh.own())?;
        let (before, proven) = (kept.clone(), kept.clone());
        Ok(Trainer { kept, before, proven, best, progress: checkpoint.progress().clone(), ..fresh })
    }

    /// A trained model, to predict and to evaluate with.
    pub(crate) fn trained(
        model: Model,
        settings: Settings,
        checkpoint: &Checkpoint,
    ) -> Result<Trainer, NnError> {
        let mut trainer = Trainer::new(model, settings);
        let own = [trainer.model.param_types(), trainer.model.buffer_types()].concat();
        let values = checkpoint.params(&own)?;
        trainer.kept.iter_mut().zip(values).for_each(|(kept, value)| *kept = value);
        Ok(trainer)
    }

    /// Everything that the next step depends on.
    pub fn checkpoint(&self) -> Checkpoint {
        let training = (&self.model, &self.settings, &self.tuning);
        Checkpoint::new(training, self.progress.clone(), self.kept(), self.best())
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// How it is trained.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What stands around the optimiser.
    pub fn tuning(&self) -> &Tuning {
        &self.tuning
    }

    /// The learning rate of the next step.
    pub fn learning_rate(&self) -> f64 {
        self.tuning.schedule.rate(self.settings.learning_rate, self.progress.steps)
    }

    /// How many epochs are behind.
    pub fn epochs(&self) -> usize {
        self.progress.history.len()
    }

    /// How many steps are behind.
    pub fn steps(&self) -> usize {
        self.progress.steps
    }

    /// The whole epochs that are behind.
    pub fn history(&self) -> &[Epoch] {
        &self.progress.history
    }

    /// The epoch whose parameters did best on the samples to validate with, if there are any.
    pub fn best_epoch(&self) -> Option<usize> {
        self.best.as_ref().and(self.progress.best).map(|best| best.epoch)
    }

    /// The parameters by name.
    pub fn params(&self) -> Vec<(String, Value)> {
        named(self.model.param_types(), &self.kept)
    }

    /// The model's buffers by name: what training keeps up beside parameters.
    pub fn buffers(&self) -> Vec<(String, Value)> {
        named(self.model.buffer_types(), &self.kept[self.model.weights().len()..])
    }

    /// The parameters of the best epoch; none where no epoch was judged.
    pub fn best_params(&self) -> Vec<(String, Value)> {
        self.best.iter().flat_map(|best| named(self.model.param_types(), best)).collect()
    }

    /// The parameters and the buffers of the best epoch.
    fn best(&self) -> Vec<(String, Value)> {
        let own = || [self.model.param_types(), self.model.buffer_types()].concat();
        self.best.iter().flat_map(|best| named(own(), best)).collect()
    }

    /// How many arrays are the model's own: its parameters and its buffers.
    fn own(&self) -> usize {
        self.model.weights().len() + self.model.buffer_types().len()
    }

    /// Goes back to the parameters of the best epoch, where one was judged.
    pub fn restore_best(&mut self) {
        for (kept, best) in self.kept.iter_mut().zip(self.best.iter().flatten()) {
            kept.assign(best);
        }
    }

    /// The optimiser's state by name.
    pub fn state(&self) -> Vec<(String, Value)> {
        let state = self.settings.optimizer.state_types(&self.model.param_types());
        named(state, &self.kept[self.own()..])
    }

    /// Takes parameters that were found elsewhere, in their order, for those after one more step and epoch.
    pub(crate) fn adopt(&mut self, params: Vec<Value>, parts: &Parts<'_>) -> Result<Epoch, NnError> {
        self.kept.iter_mut().zip(params).for_each(|(kept, found)| *kept = found);
        (self.before, self.proven) = (self.kept.clone(), self.kept.clone());
        self.progress.steps += 1;
        let train = self.evaluate(parts.train)?;
        let epoch = self.measured(parts, train)?;
        self.progress.close(epoch);
        Ok(epoch)
    }

    /// The graph of a step with a batch of this size.
    ///
    /// # Errors
    /// A shape with more elements than memory can address.
    pub fn step_function(&self, batch: usize) -> Result<Function, NnError> {
        let Settings { loss, optimizer, .. } = &self.settings;
        tuned_step(&self.model, *loss, optimizer, &self.tuning, batch)
    }

    /// Trains for some epochs, telling `observe` of every step and epoch, and returns the epochs. An observer that answers
    /// [`Flow::Stop`] ends training there; what was seen of an epoch is then the last that is returned.
    ///
    /// # Errors
    /// As [`Trainer::epoch`].
    pub fn fit<R: Into<Flow>>(
        &mut self,
        train: &dyn Samples,
        test: Option<&dyn Samples>,
        epochs: usize,
        observe: &mut dyn FnMut(&Event) -> R,
    ) -> Result<Vec<Epoch>, NnError> {
        let course = Course::new(Length::Epochs(self.epochs() + epochs));
        let parts = Parts { train, validation: None, test };
        self.follow(&parts, &course, &mut |_, event| Ok(observe(event).into()))
    }

    /// Trains on every sample once, in an order that the seed and the epoch's number give; after a stop within an epoch,
    /// on what is left of it.
    ///
    /// # Errors
    /// Data that do not fit the model, and numbers that stop being finite or a loss beyond its limit.
    pub fn epoch<R: Into<Flow>>(
        &mut self,
        train: &dyn Samples,
        observe: &mut dyn FnMut(&Event) -> R,
    ) -> Result<Metrics, NnError> {
        let ended = self.pass(train, usize::MAX, &mut |_, event| Ok(observe(event).into()))?;
        let metrics = self.progress.tally.metrics(train.target_spec().are_classes);
        if ended == Pass::Whole {
            self.progress.close(self.seen(metrics));
        }
        Ok(metrics)
    }

    /// Steps through the rest of an epoch, unless it ends by the number of steps in all or by `watch`.
    fn pass(&mut self, train: &dyn Samples, most: usize, watch: &mut Watch<'_>) -> Result<Pass, NnError> {
        train.check(&self.model, self.settings.loss)?;
        let epoch = self.epochs() + 1;
        let batches = Batches::new(train.count(), self.settings.batch_size, self.settings.seed);
        for batch in train.epoch(&batches, epoch, self.progress.position) {
            if self.progress.steps >= most {
                return Ok(Pass::Partial);
            }
            let step = self.progress.position + 1;
            let batch = batch?;
            let (loss, correct) = self.sound_step(&batch, (epoch, step))?;
            self.progress.count(batch.rows.len(), loss, correct);
            let event = Event::Step { epoch, step, steps: batches.count(), loss };
            if watch(self, &event)? == Flow::Stop {
                return Ok(Pass::Partial);
            }
        }
        Ok(Pass::Whole)
    }

    /// A step after which all numbers are finite and the loss is within its limit; else those of before it come back, and the error tells what made them.
    fn sound_step(&mut self, batch: &Batch, (epoch, step): (usize, usize)) -> Result<(f64, f64), NnError> {
        let (loss, correct) = self.step(&batch.samples)?;
        let limit = self.tuning.loss_limit * self.progress.first_loss.unwrap_or(loss).max(1.0);
        let what = match self.kept.iter().position(|v| !is_finite(v)) {
            _ if !loss.is_finite() => Runaway::Loss(loss),
            _ if loss > limit => Runaway::Beyond { loss, limit },
            Some(at) => Runaway::Param(self.name(at)),
            None => {
                self.progress.first_loss.get_or_insert(loss);
                return Ok((loss, correct));
            }
        };
        let updated = matches!(what, Runaway::Param(_));
        let error = self.fault(batch, Divergence { epoch, step, what });
        self.kept.clone_from(if updated { &self.before } else { &self.proven });
        Err(error)
    }

    /// How well the model does, without training.
    ///
    /// # Errors
    /// Data that do not fit the model.
    pub fn evaluate(&mut self, data: &dyn Samples) -> Result<Metrics, NnError> {
        data.check(&self.model, self.settings.loss)?;
        let mut tally = Tally::default();
        for batch in data.chunks(CHUNK) {
            self.measure(&batch?.samples, &mut tally)?;
        }
        Ok(tally.metrics(data.target_spec().are_classes))
    }

    /// Adds how well the model does on some samples.
    fn measure(&mut self, samples: &Dataset, tally: &mut Tally) -> Result<(), NnError> {
        let mut inputs = self.kept[..self.own()].to_vec();
        inputs.extend([samples.features().clone(), samples.targets().values().clone()]);
        let outputs = self.evaluator(samples.len())?.run(&inputs)?;
        tally.add(samples.len(), number(&outputs[0]), number(&outputs[1]));
        Ok(())
    }

    /// One step, its loss and how many samples were right. What was kept is in `before`.
    fn step(&mut self, batch: &Dataset) -> Result<(f64, f64), NnError> {
        let size = batch.len();
        if !self.steps.contains_key(&size) {
            let options = self.options().carry(self.kept.len());
            self.steps.insert(size, Arc::new(compile(&self.step_function(size)?, &options)?));
        }
        std::mem::swap(&mut self.before, &mut self.proven);
        for (before, kept) in self.before.iter_mut().zip(&self.kept) {
            before.assign(kept);
        }
        let scalar = Type::scalar(self.model.precision().dtype());
        let mut measured = [Value::zeros(&scalar), Value::zeros(&Type::scalar(DType::I64))];
        let extras = self.step_extras();
        let mut state: Vec<ArrayMut<'_>> = self.kept.iter_mut().map(ArrayMut::from).collect();
        let inputs = [batch.features(), batch.targets().values()].into_iter().chain(&extras);
        let inputs: Vec<ArrayRef<'_>> = inputs.map(ArrayRef::from).collect();
        let mut outputs = measured.each_mut().map(ArrayMut::from);
        let stepped = self.steps[&size].session().step(&mut state, &inputs, &mut outputs);
        drop((state, outputs));
        if stepped.is_err() {
            self.kept.clone_from(&self.before);
        }
        stepped?;
        Ok((number(&measured[0]), number(&measured[1])))
    }

    /// What a step takes beside what is kept and the batch.
    fn step_extras(&self) -> Vec<Value> {
        let rate = Type::scalar(self.model.precision().dtype());
        let rate = Value::from_f64s(&rate, &[self.learning_rate()]);
        let key = self.model.draws().then(|| self.key());
        std::iter::once(rate).chain(key).collect()
    }

    /// What the next step draws its random numbers from.
    fn key(&self) -> Value {
        let mut random = Random::new(self.settings.seed, Purpose::Step, self.progress.steps as u64);
        Value::scalar((random.uniform() * 2f64.powi(53)).floor())
    }

    /// An epoch as it stands after so much of it.
    fn seen(&self, train: Metrics) -> Epoch {
        let rate =
            self.tuning.schedule.rate(self.settings.learning_rate, self.progress.steps.saturating_sub(1));
        let (number, steps) = (self.epochs() + 1, self.progress.steps);
        Epoch { number, steps, learning_rate: rate, train, validation: None, test: None }
    }

    fn evaluator(&mut self, size: usize) -> Result<&Executable, NnError> {
        if !self.evaluations.contains_key(&size) {
            let function = evaluation(&self.model, self.settings.loss, size)?;
            self.evaluations.insert(size, Arc::new(compile(&function, &self.options())?));
        }
        Ok(&self.evaluations[&size])
    }

    /// The parameters, then the buffers, then the optimiser's state, by name.
    fn kept(&self) -> Vec<(String, Value)> {
        [self.params(), self.buffers(), self.state()].concat()
    }

    fn name(&self, at: usize) -> String {
        self.kept().into_iter().nth(at).map(|(name, _)| name).unwrap_or_default()
    }
}

/// Values by name, the first so many of them.
fn named(types: Vec<(String, Type)>, values: &[Value]) -> Vec<(String, Value)> {
    types.into_iter().map(|(name, _)| name).zip(values.iter().cloned()).collect()
}

fn is_finite(value: &Value) -> bool {
    match value {
        Value::F32(t) => t.iter().all(|x| x.is_finite()),
        Value::F64(t) => t.iter().all(|x| x.is_finite()),
        Value::Bool(_) | Value::I64(_) => true,
    }
}

/// The number that a scalar output is.
fn number(value: &Value) -> f64 {
    value.item().unwrap_or(f64::NAN)
}
