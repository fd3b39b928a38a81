//! `[train]`: what is made small, how, and for how long.

use super::check::check;
use super::{ConfigError, OptimizerConfig};
use crate::loss::Loss;
use crate::trainer::Settings;
use serde::{Deserialize, Serialize};

/// What is made small, how, and for how long.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingConfig {
    /// What is made small.
    pub loss: Loss,
    /// Samples in a step, all of them if there are fewer; 32 unless told.
    #[serde(default = "usual_batch_size")]
    pub batch_size: usize,
    /// How often every sample is seen.
    pub epochs: usize,
    /// What weights, the split and orders are drawn from; 0 unless told.
    #[serde(default)]
    pub seed: u64,
    /// How parameters follow gradients.
    pub optimizer: OptimizerConfig,
}

fn usual_batch_size() -> usize {
    32
}

impl TrainingConfig {
    /// The same for a trainer.
    pub fn settings(&self) -> Settings {
        Settings {
            loss: self.loss,
            optimizer: self.optimizer.optimizer(),
            learning_rate: self.optimizer.learning_rate,
            batch_size: self.batch_size,
            seed: self.seed,
        }
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        if let Some((value, good, expected)) = self.loss.parameter() {
            check(good, "train.loss", value, expected)?;
        }
        check(self.batch_size > 0, "train.batch_size", self.batch_size, "1 or more")?;
        check(self.epochs > 0, "train.epochs", self.epochs, "1 or more")?;
        self.optimizer.validate()
    }
}
