//! A configuration made ready to run: data loaded, a model that fits them, a trainer.

use crate::config::TrainConfig;
use crate::data::Dataset;
use crate::error::NnError;
use crate::load::{Samples, load};
use crate::metrics::{Epoch, Event};
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
        let model = config.model.model(train.width(), train.targets().outputs())?;
        for data in std::iter::once(&train).chain(&test) {
            data.check(&model, settings.loss)?;
        }
        let trainer = Trainer::new(model, settings).with_tuning(config.train.tuning());
        Ok(Experiment { train, test, trainer, epochs: config.train.epochs })
    }

    /// Trains through all epochs, telling `observe` of every step and epoch, and returns the epochs.
    ///
    /// # Errors
    /// Numbers that stop being finite.
    pub fn run(&mut self, observe: &mut dyn FnMut(&Event)) -> Result<Vec<Epoch>, NnError> {
        self.trainer.fit(&self.train, self.test.as_ref(), self.epochs, observe)
    }
}
