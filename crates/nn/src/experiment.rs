//! A configuration made ready to run: data loaded, a model that fits them, a trainer.

use crate::config::TrainConfig;
use crate::data::Dataset;
use crate::error::NnError;
use crate::full_batch;
use crate::load::{Samples, load};
use crate::metrics::{Epoch, Event};
use crate::minimize::{Minimizer, Stop};
use crate::trainer::Trainer;

/// A training ready to run.
#[derive(Clone, Debug)]
pub struct Experiment {
    /// The samples to train on.
    pub train: Dataset,
    /// The samples kept apart.
    pub test: Option<Dataset>,
    /// The model with its parameters.
    pub trainer: Trainer,
    /// How often every sample is to be seen.
    pub epochs: usize,
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
        let settings = config.train.settings();
        let Samples { train, test } =
            load(&config.data, settings.loss, config.model.precision, settings.seed)?;
        let model = config.model.model(train.width(), settings.loss.outputs(train.targets().outputs()))?;
        for data in std::iter::once(&train).chain(&test) {
            data.check(&model, settings.loss)?;
        }
        let trainer = Trainer::new(model, settings).with_tuning(config.train.tuning());
        let minimizer = config.train.optimizer.minimizer();
        Ok(Experiment { train, test, trainer, epochs: config.train.epochs, minimizer, stop: None })
    }

    /// Trains through all epochs, or until a minimiser stops, telling `observe` of every step and epoch, and returns the epochs.
    ///
    /// # Errors
    /// Numbers that stop being finite.
    pub fn run(&mut self, observe: &mut dyn FnMut(&Event)) -> Result<Vec<Epoch>, NnError> {
        let Some(minimizer) = self.minimizer else {
            return self.trainer.fit(&self.train, self.test.as_ref(), self.epochs, observe);
        };
        let data = (&self.train, self.test.as_ref());
        let (epochs, stop) = full_batch::minimize(minimizer, &mut self.trainer, data, self.epochs, observe)?;
        self.stop = Some(stop);
        Ok(epochs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn a_mean_and_a_variance_are_learned_together() {
        let (history, _) = run("sine", "'gaussian_nll'", 2, 400);
        let (first, last) = (history[0].train.loss, history[399].train.loss);
        // Noise of deviation 0.1 leaves log(0.1) + (1 + log(2 pi))/2 = -0.88 at best; one spread for all, 1.07.
        assert!(last.is_finite() && last < 0.0 && last < first, "{first} {last}");
        assert_eq!(history[399].train.accuracy, None);
    }
}
