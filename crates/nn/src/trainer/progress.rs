//! How far training has come: what, with parameters and state, the next step depends on.

use crate::metrics::{Epoch, Tally};
use serde::{Deserialize, Serialize};

/// How far training has come.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Progress {
    /// How many steps are behind.
    pub(crate) steps: usize,
    /// How many of them belong to the epoch that is under way.
    pub(crate) position: usize,
    /// The loss of the first step of all.
    #[serde(default)]
    pub(crate) first_loss: Option<f64>,
    /// What these saw.
    pub(crate) tally: Tally,
    /// The whole epochs.
    pub(crate) history: Vec<Epoch>,
    /// The best of them so far, where they are judged.
    pub(crate) best: Option<Best>,
}

/// The best epoch so far.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Best {
    /// Its number.
    pub(crate) epoch: usize,
    /// How good it was; less is better.
    pub(crate) score: f64,
}

impl Progress {
    /// A step is behind.
    pub(super) fn count(&mut self, samples: usize, loss: f64, correct: f64) {
        self.steps += 1;
        self.position += 1;
        self.tally.add(samples, loss, correct);
    }

    /// The epoch under way is behind.
    pub(super) fn close(&mut self, epoch: Epoch) {
        self.position = 0;
        self.tally = Tally::default();
        self.history.push(epoch);
    }
}
