//! How well a model does while it is trained, and how that went over the epochs.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How well a model does on some samples.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// The mean loss.
    #[serde(with = "number")]
    pub loss: f64,
    /// The share of samples that are right, where the targets are classes.
    pub accuracy: Option<f64>,
}

/// Sums over batches.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tally {
    samples: usize,
    loss: f64,
    correct: f64,
}

impl Tally {
    /// Adds a batch with its mean loss.
    pub(crate) fn add(&mut self, samples: usize, loss: f64, correct: f64) {
        self.samples += samples;
        self.loss += loss * samples as f64;
        self.correct += correct;
    }

    pub(crate) fn metrics(&self, are_classes: bool) -> Metrics {
        let n = self.samples as f64;
        Metrics { loss: self.loss / n, accuracy: are_classes.then_some(self.correct / n) }
    }
}

/// One epoch.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Epoch {
    /// Its number, from 1.
    pub number: usize,
    /// How many steps were behind at its end.
    pub steps: usize,
    /// The learning rate of its last step.
    pub learning_rate: f64,
    /// On the batches as they were trained on, each before its update.
    pub train: Metrics,
    /// On the samples to validate with, after the epoch, if there are any.
    pub validation: Option<Metrics>,
    /// On the samples kept apart, after the epoch, if there are any.
    pub test: Option<Metrics>,
}

/// What happens while a model is trained.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Event {
    /// A step was made.
    Step {
        /// The epoch, from 1.
        epoch: usize,
        /// The step in the epoch, from 1.
        step: usize,
        /// How many steps the epoch has.
        steps: usize,
        /// The loss of the batch before the update.
        loss: f64,
    },
    /// An epoch has ended.
    Epoch(Epoch),
}

/// Whether training goes on: what an observer may answer to an [`Event`]. An observer that returns nothing lets it go on.
///
/// ```
/// use wengert_nn::{Activation, Adam, Dataset, Event, Flow, Loss, Model, Optimizer, Precision, Settings, Trainer};
/// let model = Model::mlp(&[2, 8, 1], Activation::Tanh)?;
/// let optimizer = Optimizer::Adam(Adam::default());
/// let settings = Settings { loss: Loss::Mse, optimizer, learning_rate: 0.05, batch_size: 4, seed: 1 };
/// let data = Dataset::xor(Loss::Mse, Precision::F32)?;
/// let mut trainer = Trainer::new(model, settings);
/// let history = trainer.fit(&data, None, 1000, &mut |event| match event {
///     Event::Epoch(epoch) if epoch.train.loss < 0.1 => Flow::Stop,
///     Event::Epoch(_) | Event::Step { .. } => Flow::Go,
/// })?;
/// assert!(history.len() < 1000 && history[history.len() - 1].train.loss < 0.1);
/// # Ok::<(), wengert_nn::NnError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flow {
    /// Training goes on.
    Go,
    /// Training ends here.
    Stop,
}

impl From<()> for Flow {
    fn from((): ()) -> Flow {
        Flow::Go
    }
}

/// A number as JSON, which has no words of its own for what is not finite.
mod number {
    use super::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Number {
        Finite(f64),
        Other(String),
    }

    pub(super) fn serialize<S: Serializer>(x: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        let number = if x.is_finite() { Number::Finite(*x) } else { Number::Other(x.to_string()) };
        number.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        match Number::deserialize(deserializer)? {
            Number::Finite(x) => Ok(x),
            Number::Other(text) => text.parse().map_err(serde::de::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_loss_survives_json() {
        for loss in [0.1, -0.0, 5e-324, f64::MAX, f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
            let text = serde_json::to_string(&Metrics { loss, accuracy: None }).unwrap();
            let found: Metrics = serde_json::from_str(&text).unwrap();
            assert!(found.loss.to_bits() == loss.to_bits() || found.loss.is_nan() && loss.is_nan(), "{text}");
        }
        assert!(serde_json::from_str::<Metrics>(r#"{"loss":"much","accuracy":null}"#).is_err());
    }
}
