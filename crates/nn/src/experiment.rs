//! A configuration made ready to run: data loaded, a model that fits them, a trainer.

use crate::checkpoint::{Checkpoint, CheckpointError, Folder, Source, fingerprint};
use crate::config::{CheckpointConfig, ConfigError, TrainConfig};
use crate::data::{Batches, Samples};
use crate::error::NnError;
use crate::full_batch;
use crate::load::{Loaded, Wanted, open};
use crate::log::Logs;
use crate::metrics::{Epoch, Event, Flow};
use crate::minimize::{Minimizer, Stop};
use crate::optim::Tuning;
use crate::trainer::{Course, Length, Parts, Trainer, Watch};
use std::sync::Arc;

/// A training ready to run.
#[derive(Clone, Debug)]
pub struct Experiment {
    /// The samples to train on.
    pub train: Arc<dyn Samples>,
    /// The samples to judge epochs by.
    pub validation: Option<Arc<dyn Samples>>,
    /// The samples kept apart.
    pub test: Option<Arc<dyn Samples>>,
    /// The model with its parameters.
    pub trainer: Trainer,
    /// How long training is, and what ends it early.
    pub course: Course,
    /// What checkpoints say of it.
    source: Source,
    checkpoint: Option<CheckpointConfig>,
    /// What minimises the loss of all samples at once, if batches do not.
    minimizer: Option<Minimizer>,
    /// Why that stopped, when it has.
    pub stop: Option<Stop>,
}

impl Experiment {
    /// Loads the data and draws the first parameters.
    ///
    /// # Errors
    /// A configuration that makes no sense, files that cannot be read, data that the model cannot learn.
    pub fn new(config: &TrainConfig) -> Result<Experiment, NnError> {
        config.validate()?;
        let (settings, data) = (config.train.settings(), &config.data);
        let wanted = Wanted {
            loss: settings.loss,
            precision: config.model.precision,
            seed: settings.seed,
            validation: config.train.validation_fraction,
            standardize: None,
            columns: None,
        };
        let Loaded { train, validation, test, standardize, columns } = open(data, &wanted)?;
        let spec = train.target_spec();
        let source = Source {
            config: config.located()?.to_toml()?,
            features: train.width(),
            targets: spec.outputs,
            are_classes: spec.are_classes,
            columns,
            standardize,
            data: fingerprint([Some(&train), validation.as_ref(), test.as_ref()])?,
        };
        let model = source.model(config)?;
        for data in std::iter::once(&train).chain(&validation).chain(&test) {
            data.check(&model, settings.loss)?;
        }
        let (course, checkpoint) = (config.train.course(), config.train.checkpoint);
        let batches = Batches::new(train.count(), settings.batch_size, settings.seed);
        let tuning = config.train.tuning();
        let schedule = tuning.schedule.over(course.steps_of(&batches));
        let trainer = Trainer::new(model, settings).with_tuning(Tuning { schedule, ..tuning });
        let minimizer = config.train.optimizer.minimizer();
        if let Some(minimizer) = minimizer
            && !trainer.buffers().is_empty()
        {
            let expected =
                "an optimiser that makes steps, which the running statistics of batch_norm need".to_owned();
            let (key, value) = ("train.optimizer.name", minimizer.name().to_owned());
            return Err(ConfigError::Value { key, value, expected }.into());
        }
        Ok(Experiment { train, validation, test, trainer, course, source, checkpoint, minimizer, stop: None })
    }

    /// The same with training as it was when the checkpoint was made: what follows is what would have followed, bit for
    /// bit.
    ///
    /// # Errors
    /// As [`Experiment::new`], and a checkpoint of another model, of other settings or of other data.
    pub fn resumed(config: &TrainConfig, checkpoint: &Checkpoint) -> Result<Experiment, NnError> {
        let fresh = Experiment::new(config)?;
        let (model, settings) = (fresh.trainer.model().clone(), *fresh.trainer.settings());
        let trainer = Trainer::resume(model, settings, *fresh.trainer.tuning(), checkpoint)?;
        if let Some(source) = checkpoint.source().filter(|source| source.data != fresh.source.data) {
            let (found, expected) = (source.data, fresh.source.data);
            return Err(CheckpointError::OtherData { found, expected }.into());
        }
        Ok(Experiment { trainer, ..fresh })
    }

    /// Training as it stands, with all that predicting needs.
    pub fn checkpoint(&self) -> Checkpoint {
        self.trainer.checkpoint().with_source(self.source.clone())
    }

    /// Trains to the end, telling `observe` of every step and epoch, and returns the epochs of this call. An observer may
    /// end it with [`Flow::Stop`].
    ///
    /// # Errors
    /// Numbers that stop being finite.
    pub fn run<R: Into<Flow>>(
        &mut self,
        observe: &mut dyn FnMut(&Event) -> R,
    ) -> Result<Vec<Epoch>, NnError> {
        self.follow(&mut |_, event| Ok(observe(event).into()))
    }

    /// The same, with logs in a folder, checkpoints as the configuration has them, and the model in the end. Where numbers
    /// stop being finite, the last good parameters are written there.
    ///
    /// # Errors
    /// As [`Experiment::run`], and files that cannot be written; checkpoints that are there are then as they were.
    pub fn run_in<R: Into<Flow>>(
        &mut self,
        folder: &Folder,
        observe: &mut dyn FnMut(&Event) -> R,
    ) -> Result<Vec<Epoch>, NnError> {
        folder.sweep();
        let mut logs = Logs::start(folder.path(), self.trainer.history(), self.validation.is_some())?;
        let (source, config) = (self.source.clone(), self.checkpoint);
        let ran = self.follow(&mut |trainer, event| {
            if let Event::Epoch(epoch) = event {
                logs.add(epoch)?;
                if let Some(config) = config.filter(|_| trainer.epochs() == epoch.number) {
                    folder.save(&trainer.checkpoint().with_source(source.clone()), config)?;
                }
            }
            Ok(observe(event).into())
        });
        match &ran {
            Ok(_) => {
                self.checkpoint().save(folder.model())?;
                if let Some(best) = self.checkpoint().best() {
                    best.save(folder.best())?;
                }
            }
            Err(NnError::Diverged(_)) => self.checkpoint().save(folder.last_good())?,
            Err(_) => {}
        }
        ran
    }

    fn follow(&mut self, watch: &mut Watch<'_>) -> Result<Vec<Epoch>, NnError> {
        let (train, validation, test) = (&*self.train, self.validation.as_deref(), self.test.as_deref());
        let parts = Parts { train, validation, test };
        let Some(minimizer) = self.minimizer else {
            return self.trainer.follow(&parts, &self.course, watch);
        };
        let (Length::Epochs(most) | Length::Steps(most)) = self.course.length;
        let iterations = most.saturating_sub(self.trainer.epochs());
        let (epochs, stop) = full_batch::minimize(minimizer, &mut self.trainer, &parts, iterations, watch)?;
        self.stop = Some(stop);
        Ok(epochs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Synthetic;
    use crate::loss::Loss;
    use crate::optim::Schedule;
    use crate::predictor::Predictor;
    use std::path::Path;
    use wengert_expr::Value;
    use wengert_interop::write_npy;

    fn run(source: &str, loss: &str, outputs: usize, epochs: usize) -> (Vec<Epoch>, Experiment) {
        let text = format!(
            "data.source = '{source}'\nmodel.hidden = [16]\nmodel.activation = 'tanh'\n[train]\nloss = {loss}\n\
             batch_size = 20\nepochs = {epochs}\nseed = 1\noptimizer = {{ name = 'adam', learning_rate = 0.02 }}"
        );
        let mut experiment = Experiment::new(&TrainConfig::from_toml(&text).unwrap()).unwrap();
        assert_eq!(experiment.trainer.model().outputs(), outputs, "{source} {loss}");
        (experiment.run(&mut |_| ()).unwrap(), experiment)
    }

    #[test]
    fn made_up_samples_are_learned_with_every_kind_of_target() {
        for (source, loss, outputs) in [
            ("xor", "'hinge'", 1),
            ("and", "'perceptron'", 1),
            ("or", "'squared_hinge'", 1),
            ("rings", "'multi_label'", 1),
            ("moons", "'softmax_cross_entropy'", 2),
            ("blobs", "{ label_smoothing = 0.1 }", 3),
            ("spirals", "{ huber = 0.5 }", 1),
        ] {
            let (history, mut experiment) = run(source, loss, outputs, 60);
            let least = if source == "spirals" { 0.6 } else { 0.95 };
            let accuracy = experiment.trainer.evaluate(&experiment.train).unwrap().accuracy.unwrap();
            assert!(accuracy >= least, "{source} {loss}: {accuracy}");
            assert_eq!(history[0].test.is_some(), !["xor", "and", "or"].contains(&source));
        }
    }

    /// Iris with a sample to judge by for each four, ended by what `more` says.
    fn judged(more: &str) -> Experiment {
        let text = format!(
            "data.source = 'iris'\nmodel.hidden = [16]\n[train]\nloss = 'softmax_cross_entropy'\nepochs = 400\n\
             batch_size = 20\nvalidation_fraction = 0.25\noptimizer = {{ name = 'adam', learning_rate = 0.02 }}\n{more}"
        );
        Experiment::new(&TrainConfig::from_toml(&text).unwrap()).unwrap()
    }

    #[test]
    fn early_stopping_ends_with_the_best_parameters() {
        for (metric, patience) in [("loss", 8), ("accuracy", 5)] {
            let mut experiment =
                judged(&format!("[train.early_stopping]\npatience = {patience}\nmetric = '{metric}'"));
            let history = experiment.run(&mut |_| ()).unwrap();
            let best = experiment.trainer.best_epoch().unwrap();
            assert_eq!(history.len(), best + patience, "{metric}");
            let validation = experiment.validation.clone().unwrap();
            let found = experiment.trainer.evaluate(&validation).unwrap();
            assert_eq!(Some(found), history[best - 1].validation, "{metric}");
            let none_better = |e: &Epoch| match metric {
                "loss" => e.validation.unwrap().loss >= found.loss,
                _ => e.validation.unwrap().accuracy <= found.accuracy,
            };
            assert!(history.iter().all(none_better), "{metric}");
        }
        let strict = "[train.early_stopping]\npatience = 3\nmin_delta = 1e9";
        assert_eq!(judged(strict).run(&mut |_| ()).unwrap().len(), 4);
    }

    #[test]
    fn a_run_that_was_stopped_goes_on_from_its_checkpoint() {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let [whole, parts] = folders.each_ref().map(|f| Folder::new(f.path()).unwrap());
        let more = "[train.checkpoint]\nevery = 2\nkeep = 2\n[train.early_stopping]\npatience = 4";
        judged(more).run_in(&whole, &mut |_| ()).unwrap();
        let config = TrainConfig::from_toml(&judged(more).source.config).unwrap();
        let mut stops = 0;
        loop {
            let mut experiment = match parts.latest().unwrap() {
                Some(checkpoint) => Experiment::resumed(&config, &checkpoint).unwrap(),
                None => Experiment::new(&config).unwrap(),
            };
            let mut steps = 0;
            let ran = experiment.run_in(&parts, &mut |event| {
                steps += usize::from(matches!(event, Event::Step { .. }));
                if steps > 17 { Flow::Stop } else { Flow::Go }
            });
            if ran.unwrap().len() < 3 || steps <= 17 {
                break;
            }
            stops += 1;
        }
        assert!(stops > 2, "{stops}");
        for name in
            ["checkpoint.safetensors", "best.safetensors", "model.safetensors", "loss.csv", "log.jsonl"]
        {
            let read = |folder: &Folder| std::fs::read(folder.path().join(name)).unwrap();
            assert!(read(&whole) == read(&parts), "{name}");
        }
        let numbered = |folder: &Folder| {
            let files = std::fs::read_dir(folder.path()).unwrap();
            files
                .filter(|f| f.as_ref().unwrap().file_name().to_string_lossy().starts_with("checkpoint-"))
                .count()
        };
        assert_eq!((numbered(&whole), numbered(&parts)), (2, 2));
    }

    /// 3000 samples on two rings in files, to be learned in memory or from a buffer.
    fn rings(folder: &Path, more: &str) -> TrainConfig {
        let drawn = Synthetic::Rings { samples: 3000, noise: 0.05 };
        let (x, y) = drawn.sample(3, Loss::SoftmaxCrossEntropy).unwrap();
        write_npy(folder.join("x.npy"), &x).unwrap();
        write_npy(folder.join("y.npy"), &y).unwrap();
        let text = format!(
            "model.hidden = [16]\n[data]\nsource = 'npy'\npath = 'x.npy'\nlabels_path = 'y.npy'\nstandardize = true\n\
             {more}\n[train]\nloss = 'softmax_cross_entropy'\nepochs = 6\nbatch_size = 48\nvalidation_fraction = 0.1\n\
             checkpoint = {{ every = 1, keep = 1 }}\noptimizer = {{ name = 'adam', learning_rate = 0.02 }}"
        );
        std::fs::write(folder.join("rings.toml"), text).unwrap();
        TrainConfig::from_file(folder.join("rings.toml")).unwrap()
    }

    #[test]
    fn a_stream_trains_like_memory() {
        let folder = tempfile::tempdir().unwrap();
        let trained = |more: &str| {
            let mut experiment = Experiment::new(&rings(folder.path(), more)).unwrap();
            let history = experiment.run(&mut |_| ()).unwrap();
            (history, experiment)
        };
        let (memory, mut kept) = trained("split = 'ordered'");
        for buffer in ["", "\nbuffer = 3000", "\nbuffer = 5000"] {
            let (history, mut experiment) = trained(&format!("split = 'ordered'\nstream = true{buffer}"));
            assert_eq!(history, memory, "{buffer}");
            let bits =
                |e: &Experiment| e.trainer.params().iter().map(|(_, v)| v.to_f64s()).collect::<Vec<_>>();
            assert_eq!(bits(&experiment), bits(&kept), "{buffer}");
            let test = experiment.test.clone().unwrap();
            let report = experiment.trainer.report(&test).unwrap();
            assert_eq!(report, kept.trainer.report(&kept.test.clone().unwrap()).unwrap(), "{buffer}");
        }
        // 32 samples in memory of about 2160 to train on, and the rows of each part drawn.
        let (history, experiment) = trained("stream = true\nbuffer = 32");
        let sizes = [Some(&experiment.train), experiment.validation.as_ref(), experiment.test.as_ref()]
            .map(|part| part.unwrap().count());
        assert_eq!(sizes.iter().sum::<usize>(), 3000);
        assert!(history[5].test.unwrap().accuracy.unwrap() > 0.97, "{:?}", history[5]);
    }

    #[test]
    fn a_stopped_stream_goes_on_from_its_checkpoint() {
        let folder = tempfile::tempdir().unwrap();
        let config = rings(folder.path(), "stream = true\nbuffer = 100");
        let [whole, parts] = ["whole", "parts"].map(|name| Folder::new(folder.path().join(name)).unwrap());
        Experiment::new(&config).unwrap().run_in(&whole, &mut |_| ()).unwrap();
        let mut experiment = Experiment::new(&config).unwrap();
        for most in [17, 46, 90, usize::MAX] {
            let mut steps = 0;
            let observe = &mut |event: &Event| {
                steps += usize::from(matches!(event, Event::Step { .. }));
                if steps >= most { Flow::Stop } else { Flow::Go }
            };
            experiment.run(observe).unwrap();
            experiment = Experiment::resumed(&config, &experiment.checkpoint()).unwrap();
        }
        experiment.checkpoint().save(parts.model()).unwrap();
        let read = |folder: &Folder| std::fs::read(folder.model()).unwrap();
        assert!(read(&whole) == read(&parts));
        let mut predictor = Predictor::new(&experiment.checkpoint()).unwrap();
        let own = predictor.evaluate_held_out().unwrap();
        assert_eq!(own.samples, experiment.test.unwrap().count());
        let files = [folder.path().join("x.npy"), folder.path().join("y.npy")];
        assert_eq!(predictor.evaluate(&files[0], Some(&files[1])).unwrap().samples, 3000);
        let mut values = wengert_interop::read_npy(&files[0]).unwrap().to_f64s();
        values[1999] += 1e-3;
        write_npy(&files[0], &Value::new([3000, 2], values)).unwrap();
        let message =
            Experiment::resumed(&config, &experiment.trainer.checkpoint().with_source(experiment.source));
        let message = message.unwrap_err().to_string();
        assert!(message.starts_with("the checkpoint was made while training on other data"), "{message}");
    }

    const ADAM: &str = "'adam', learning_rate = 0.1";

    #[test]
    fn only_files_of_plain_rows_are_streams() {
        let message = |data: &str, optimizer: &str| {
            let text = format!(
                "model.hidden = []\n[data]\n{data}\n[train]\nloss = 'mse'\nepochs = 1\noptimizer = {{ name = {optimizer} }}"
            );
            TrainConfig::from_toml(&text).unwrap_err().to_string()
        };
        let csv = "source = 'csv'\npath = 'a.csv'\nstream = true";
        assert!(
            message("source = 'iris'\nstream = true", ADAM)
                .contains("`data.stream` has no meaning for source iris")
        );
        assert!(message("source = 'npz'\npath = 'a'\nstream = true", ADAM).contains("for source npz"));
        assert!(
            message(&format!("{csv}\nbuffer = 0"), ADAM).contains("`data.buffer` = 0: expected at least 1")
        );
        assert!(
            message(&csv.replace("\nstream = true", "\nbuffer = 9"), ADAM).contains("without stream = true")
        );
        assert!(message(csv, "'lbfgs'").contains("for optimizer lbfgs, which needs all samples in memory"));
    }

    #[test]
    fn other_data_are_not_resumed_on() {
        let experiment = judged("");
        let config = TrainConfig::from_toml(&experiment.source.config).unwrap();
        let checkpoint = experiment.checkpoint();
        assert!(Experiment::resumed(&config, &checkpoint).is_ok());
        let mut other = config.clone();
        other.data.scale = 2.0;
        let message = Experiment::resumed(&other, &checkpoint).unwrap_err().to_string();
        assert!(message.starts_with("the checkpoint was made while training on other data"), "{message}");
    }

    #[test]
    fn a_schedule_without_steps_spans_all_of_training() {
        let schedule = "[train.schedule]\nname = 'cosine'\nlast = 0.5";
        let mut config = TrainConfig::from_toml(&judged(schedule).source.config).unwrap();
        let found = |config: &TrainConfig| Experiment::new(config).unwrap().trainer.tuning().schedule;
        // 400 epochs of 90 samples in batches of 20.
        assert_eq!(found(&config), Schedule::Cosine { steps: 2000, last: 0.5 });
        (config.train.epochs, config.train.steps) = (0, Some(7));
        assert_eq!(found(&config), Schedule::Cosine { steps: 7, last: 0.5 });
    }

    #[test]
    fn running_statistics_need_steps() {
        let text = "data.source = 'iris'\nmodel.layers = [{ batch_norm = {} }]\n[train]\nepochs = 3\n\
                    loss = 'softmax_cross_entropy'\noptimizer = { name = 'lbfgs' }";
        let error = Experiment::new(&TrainConfig::from_toml(text).unwrap()).unwrap_err().to_string();
        assert!(
            error.starts_with("`train.optimizer.name` = lbfgs: expected an optimiser that makes steps"),
            "{error}"
        );
        let dropped = text.replace("batch_norm = {}", "dropout = { rate = 0.5 }");
        let mut experiment = Experiment::new(&TrainConfig::from_toml(&dropped).unwrap()).unwrap();
        assert_eq!(experiment.run(&mut |_| ()).unwrap().len(), 3);
    }

    #[test]
    fn a_mean_and_a_variance_are_learned_together() {
        let (history, _) = run("sine", "'gaussian_nll'", 2, 400);
        let (first, last) = (history[0].train.loss, history[399].train.loss);
        // Noise of deviation 0.1 leaves log(0.1) + (1 + log(2 pi))/2 = -0.88 at best; one spread for all, 1.07.
        assert!(last.is_finite() && last < 0.0 && last < first, "{first} {last}");
        assert_eq!(history[399].train.accuracy, None);
    }
}
