//! The training loop: runs the step's graph on batch after batch.
//!
//! The same model, settings and data give the same parameters, bit for bit. Parameters are only replaced by a step that
//! went well; should numbers stop being finite, the trainer goes back to the last parameters whose loss was finite.

use crate::checkpoint::Checkpoint;
use crate::data::{Batches, Dataset};
use crate::error::{Divergence, NnError, NotFinite};
use crate::loss::Loss;
use crate::metrics::{Epoch, Event, Metrics, Tally};
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
    epoch: usize,
    /// How many steps are behind.
    steps_done: usize,
    /// Compiled for each size of batch.
    steps: HashMap<usize, Arc<Executable>>,
    evaluations: HashMap<usize, Arc<Executable>>,
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
            epoch: 0,
            steps_done: 0,
            steps: HashMap::new(),
            evaluations: HashMap::new(),
        }
    }

    /// The same with a schedule, clipping and a penalty.
    pub fn with_tuning(self, tuning: Tuning) -> Trainer {
        Trainer { tuning, steps: HashMap::new(), ..self }
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
        let kept = checkpoint.values((&fresh.model, &settings, &tuning), &types)?;
        let (before, proven) = (kept.clone(), kept.clone());
        let (epoch, steps_done) = (checkpoint.epochs(), checkpoint.steps());
        Ok(Trainer { kept, before, proven, epoch, steps_done, ..fresh })
    }

    /// Everything that the next epoch depends on.
    pub fn checkpoint(&self) -> Checkpoint {
        let training = (&self.model, &self.settings, &self.tuning);
        Checkpoint::new(training, self.epoch, self.steps_done, self.kept())
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
        self.tuning.schedule.rate(self.settings.learning_rate, self.steps_done)
    }

    /// How many epochs are behind.
    pub fn epochs(&self) -> usize {
        self.epoch
    }

    /// The parameters by name.
    pub fn params(&self) -> Vec<(String, Value)> {
        named(self.model.param_types(), &self.kept)
    }

    /// The model's buffers by name: what training keeps up beside parameters.
    pub fn buffers(&self) -> Vec<(String, Value)> {
        let buffers = self.model.buffer_types();
        named(buffers, &self.kept[self.model.weights().len()..])
    }

    /// Takes parameters that were found elsewhere, in their order, for those after one more epoch.
    pub(crate) fn adopt(&mut self, params: Vec<Value>) {
        for (kept, found) in self.kept.iter_mut().zip(params) {
            *kept = found;
        }
        (self.before, self.proven) = (self.kept.clone(), self.kept.clone());
        self.epoch += 1;
    }

    /// The optimiser's state by name.
    pub fn state(&self) -> Vec<(String, Value)> {
        let state = self.settings.optimizer.state_types(&self.model.param_types());
        named(state, &self.kept[self.own()..])
    }

    /// How many arrays are the model's own: its parameters and its buffers.
    fn own(&self) -> usize {
        self.model.weights().len() + self.model.buffer_types().len()
    }

    /// The graph of a step with a batch of this size.
    ///
    /// # Errors
    /// A shape with more elements than memory can address.
    pub fn step_function(&self, batch: usize) -> Result<Function, NnError> {
        let Settings { loss, optimizer, .. } = &self.settings;
        tuned_step(&self.model, *loss, optimizer, &self.tuning, batch)
    }

    /// Trains for some epochs, telling `observe` of every step and epoch, and returns all epochs.
    ///
    /// # Errors
    /// As [`Trainer::epoch`].
    pub fn fit(
        &mut self,
        train: &Dataset,
        test: Option<&Dataset>,
        epochs: usize,
        observe: &mut dyn FnMut(&Event),
    ) -> Result<Vec<Epoch>, NnError> {
        let mut history = Vec::new();
        for _ in 0..epochs {
            let metrics = self.epoch(train, observe)?;
            let test = test.map(|data| self.evaluate(data)).transpose()?;
            let epoch = Epoch { number: self.epoch, train: metrics, test };
            observe(&Event::Epoch(epoch));
            history.push(epoch);
        }
        Ok(history)
    }

    /// Trains on every sample once, in an order that the seed and the epoch's number give.
    ///
    /// # Errors
    /// Data that do not fit the model, or numbers that stop being finite.
    pub fn epoch(&mut self, train: &Dataset, observe: &mut dyn FnMut(&Event)) -> Result<Metrics, NnError> {
        train.check(&self.model, self.settings.loss)?;
        let epoch = self.epoch + 1;
        let batches = Batches::new(train.len(), self.settings.batch_size, self.settings.seed);
        let mut tally = Tally::default();
        for (i, samples) in batches.epoch(epoch).into_iter().enumerate() {
            let diverged = |what| Divergence { epoch, step: i + 1, what };
            let (loss, correct) = self.step(&train.rows(&samples))?;
            if !loss.is_finite() {
                self.kept.clone_from(&self.proven);
                return Err(diverged(NotFinite::Loss(loss)).into());
            }
            if let Some(at) = self.kept.iter().position(|v| !is_finite(v)) {
                self.kept.clone_from(&self.before);
                return Err(diverged(NotFinite::Param(self.name(at))).into());
            }
            self.steps_done += 1;
            tally.add(samples.len(), loss, correct);
            observe(&Event::Step { epoch, step: i + 1, steps: batches.count(), loss });
        }
        self.epoch = epoch;
        Ok(tally.metrics(train.targets().are_classes()))
    }

    /// How well the model does, without training.
    ///
    /// # Errors
    /// Data that do not fit the model.
    pub fn evaluate(&mut self, data: &Dataset) -> Result<Metrics, NnError> {
        /// Enough to amortise the walk over the graph, few enough for a small memory.
        const CHUNK: usize = 512;
        data.check(&self.model, self.settings.loss)?;
        let mut tally = Tally::default();
        let all: Vec<usize> = (0..data.len()).collect();
        for samples in all.chunks(CHUNK) {
            let chunk = data.rows(samples);
            let mut inputs = self.kept[..self.own()].to_vec();
            inputs.extend([chunk.features().clone(), chunk.targets().values().clone()]);
            let outputs = self.evaluator(samples.len())?.run(&inputs)?;
            tally.add(samples.len(), number(&outputs[0]), number(&outputs[1]));
        }
        Ok(tally.metrics(data.targets().are_classes()))
    }

    /// One step, its loss and how many samples were right. What was kept is in `before`.
    fn step(&mut self, batch: &Dataset) -> Result<(f64, f64), NnError> {
        let size = batch.len();
        if !self.steps.contains_key(&size) {
            let options = CompileOptions::default().carry(self.kept.len());
            self.steps.insert(size, Arc::new(compile(&self.step_function(size)?, &options)?));
        }
        std::mem::swap(&mut self.before, &mut self.proven);
        for (before, kept) in self.before.iter_mut().zip(&self.kept) {
            before.assign(kept);
        }
        let scalar = Type::scalar(self.model.precision().dtype());
        let mut measured = [Value::zeros(&scalar), Value::zeros(&Type::scalar(DType::I64))];
        let rate = Value::from_f64s(&scalar, &[self.learning_rate()]);
        let key = self.model.draws().then(|| self.key());
        let mut state: Vec<ArrayMut<'_>> = self.kept.iter_mut().map(ArrayMut::from).collect();
        let inputs = [batch.features(), batch.targets().values(), &rate].into_iter().chain(&key);
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

    /// What the next step draws its random numbers from.
    fn key(&self) -> Value {
        let mut random = Random::new(self.settings.seed, Purpose::Step, self.steps_done as u64);
        Value::scalar((random.uniform() * 2f64.powi(53)).floor())
    }

    fn evaluator(&mut self, size: usize) -> Result<&Executable, NnError> {
        if !self.evaluations.contains_key(&size) {
            let function = evaluation(&self.model, self.settings.loss, size)?;
            self.evaluations.insert(size, Arc::new(compile(&function, &CompileOptions::default())?));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::Activation;
    use crate::optim::{Adam, Schedule, Sgd};
    use crate::precision::Precision;

    const ADAM: Settings = Settings {
        loss: Loss::Mse,
        optimizer: Optimizer::Adam(Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }),
        learning_rate: 0.05,
        batch_size: 3,
        seed: 7,
    };

    fn xor(settings: Settings) -> (Trainer, Dataset) {
        let model = Model::mlp(&[2, 8, 1], Activation::Tanh).unwrap();
        (Trainer::new(model, settings), Dataset::xor(settings.loss, Precision::F32).unwrap())
    }

    fn trained(settings: Settings, epochs: usize) -> (Vec<(String, Value)>, Vec<Epoch>) {
        let (mut trainer, data) = xor(settings);
        let history = trainer.fit(&data, Some(&data), epochs, &mut |_| ()).unwrap();
        ([trainer.params(), trainer.state()].concat(), history)
    }

    #[test]
    fn the_same_seed_trains_bit_for_bit() {
        let (params, history) = trained(ADAM, 20);
        let (again, same_history) = trained(ADAM, 20);
        assert_eq!(history, same_history);
        assert_eq!(params.len(), 4 + 9);
        assert!(params.iter().zip(&again).all(|(a, b)| a.0 == b.0 && a.1.bit_eq(&b.1)));
        let (other, _) = trained(Settings { seed: 8, ..ADAM }, 20);
        assert!(params.iter().zip(&other).any(|(a, b)| !a.1.bit_eq(&b.1)));
    }

    #[test]
    fn it_learns_and_tells_of_every_step() {
        let (mut trainer, data) = xor(ADAM);
        let (mut steps, mut epochs) = (Vec::new(), 0);
        let history = trainer
            .fit(&data, Some(&data), 300, &mut |event| match event {
                Event::Step { epoch, step, steps: of, loss } => {
                    assert!(loss.is_finite());
                    steps.push((*epoch, *step, *of));
                }
                Event::Epoch(_) => epochs += 1,
            })
            .unwrap();
        assert_eq!((steps.len(), epochs, trainer.epochs()), (600, 300, 300));
        assert_eq!(steps[..3], [(1, 1, 2), (1, 2, 2), (2, 1, 2)]);
        let last = history[299].test.unwrap();
        assert!(last.loss < 1e-2 && last.accuracy == Some(1.0), "{last:?}");
        assert_eq!(trainer.evaluate(&data).unwrap(), last);
    }

    #[test]
    fn every_optimiser_learns_and_repeats_bit_for_bit() {
        for &name in Optimizer::NAMES {
            let optimizer = Optimizer::named(name).unwrap();
            let learning_rate = match optimizer {
                Optimizer::Sgd(_) | Optimizer::AdaGrad(_) => 0.3,
                Optimizer::AdaDelta(_) => 20.0,
                _ => 0.01,
            };
            let settings = Settings { optimizer, learning_rate, batch_size: 4, ..ADAM };
            let before = xor(settings).0.evaluate(&xor(settings).1).unwrap().loss;
            let (params, history) = trained(settings, 60);
            let after = history[59].test.unwrap().loss;
            assert!(after < 0.9 * before, "{name}: {before} to {after}");
            let (again, _) = trained(settings, 60);
            assert!(params.iter().zip(&again).all(|(a, b)| a.0 == b.0 && a.1.bit_eq(&b.1)), "{name}");
        }
    }

    #[test]
    fn every_optimiser_steps_as_the_interpreter_does() {
        for &name in Optimizer::NAMES {
            let optimizer = Optimizer::named(name).unwrap();
            let settings = Settings { optimizer, batch_size: 4, ..ADAM };
            let model = Model::mlp(&[2, 3, 1], Activation::Tanh).unwrap().with_precision(Precision::F64);
            let mut trainer = Trainer::new(model, settings);
            let data = Dataset::xor(Loss::Mse, Precision::F64).unwrap();
            let step = wengert_exec::Interpreter::new(&trainer.step_function(4).unwrap());
            let mut kept: Vec<Value> = trainer.kept.clone();
            let rest =
                [data.features().clone(), data.targets().values().clone(), Value::scalar(ADAM.learning_rate)];
            for _ in 0..4 {
                kept = step.run(&[&kept[..], &rest].concat()).unwrap();
                kept.truncate(trainer.kept.len());
                trainer.epoch(&data, &mut |_| ()).unwrap();
            }
            let far = |(a, b): (&Value, &Value)| {
                a.to_f64s().iter().zip(b.to_f64s()).fold(0f64, |m, (a, b)| m.max((a - b).abs()))
            };
            let worst = kept.iter().zip(&trainer.kept).map(far).fold(0f64, f64::max);
            assert!(worst < 1e-12, "{name}: {worst}");
        }
    }

    #[test]
    fn the_schedule_gives_each_step_its_rate() {
        let sgd = Settings { optimizer: Optimizer::Sgd(Sgd::default()), batch_size: 4, ..ADAM };
        let after = |rate: f64, schedule: Schedule, epochs: usize| {
            let (trainer, data) = xor(Settings { learning_rate: rate, ..sgd });
            let mut trainer = trainer.with_tuning(Tuning { schedule, ..Tuning::default() });
            assert_eq!(trainer.learning_rate(), schedule.rate(rate, 0));
            trainer.fit(&data, None, epochs, &mut |_| ()).unwrap();
            assert_eq!(trainer.learning_rate(), schedule.rate(rate, epochs));
            trainer.params()
        };
        let same =
            |a: &[(String, Value)], b: &[(String, Value)]| a.iter().zip(b).all(|(a, b)| a.1.bit_eq(&b.1));
        let constant = after(0.5, Schedule::Constant, 1);
        assert!(same(&constant, &after(1.0, Schedule::LinearWarmup { steps: 2 }, 1)));
        // The second step of no rate leaves all as it is.
        assert!(same(&constant, &after(0.5, Schedule::Cosine { steps: 1, last: 0.0 }, 2)));
        assert!(!same(&constant, &after(0.5, Schedule::Constant, 2)));
    }

    #[test]
    fn divergence_keeps_the_last_good_parameters() {
        let sgd = Optimizer::Sgd(Sgd { momentum: 0.9 });
        let (mut trainer, data) = xor(Settings { optimizer: sgd, learning_rate: 1e3, batch_size: 4, ..ADAM });
        let error = trainer.fit(&data, None, 1000, &mut |_| ()).unwrap_err();
        let NnError::Diverged(divergence) = &error else { panic!("{error}") };
        assert_eq!((divergence.epoch, divergence.step), (trainer.epochs() + 1, 1));
        assert!(error.to_string().starts_with("training diverged at step 1 of epoch "), "{error}");
        assert!(trainer.evaluate(&data).unwrap().loss.is_finite());
        assert!(trainer.params().iter().all(|(_, v)| v.to_f64s().iter().all(|x| x.is_finite())));
    }

    #[test]
    fn numbers_that_are_no_classes_have_no_accuracy() {
        let features = Value::new([2, 2], vec![0.0, 1.0, 2.0, 3.0]);
        let data = Dataset::new(&features, &Value::from(vec![0.5, 1.5]), Loss::Mse, Precision::F32).unwrap();
        let (mut trainer, _) = xor(ADAM);
        assert_eq!(trainer.epoch(&data, &mut |_| ()).unwrap().accuracy, None);
    }
}
