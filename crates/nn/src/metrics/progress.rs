//! How well a model does while it is trained, and how that went over the epochs.

/// How well a model does on some samples.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Metrics {
    /// The mean loss.
    pub loss: f64,
    /// The share of samples that are right, where the targets are classes.
    pub accuracy: Option<f64>,
}

/// Sums over batches.
#[derive(Clone, Copy, Debug, Default)]
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
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Epoch {
    /// Its number, from 1.
    pub number: usize,
    /// On the batches as they were trained on, each before its update.
    pub train: Metrics,
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
