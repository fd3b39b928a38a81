//! `[train.checkpoint]`: how often training is saved, and how many files stay.

use super::ConfigError;
use super::check::check;
use serde::{Deserialize, Serialize};

/// How often training is saved, and how many files stay.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckpointConfig {
    /// After how many epochs it is saved, again and again.
    pub every: usize,
    /// How many of the latest stay; 1 unless told, and then there is no other file than `checkpoint.safetensors`.
    #[serde(default = "one")]
    pub keep: usize,
}

fn one() -> usize {
    1
}

impl CheckpointConfig {
    /// After so many epochs, the latest only.
    pub fn every(epochs: usize) -> CheckpointConfig {
        CheckpointConfig { every: epochs, keep: one() }
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        check(self.every > 0, "train.checkpoint.every", self.every, "1 or more epochs")?;
        check(self.keep > 0, "train.checkpoint.keep", self.keep, "1 or more")
    }
}
