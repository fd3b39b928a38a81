//! `[train]`: what is made small, how, and for how long.

use super::check::check;
use super::{ConfigError, OptimizerConfig};
use crate::loss::Loss;
use crate::optim::{Allowed, Clip, Penalty, Schedule, Tuning};
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
    /// The greatest size of each element of a gradient; any unless told.
    pub clip_value: Option<f64>,
    /// The greatest norm of all gradients together; any unless told.
    pub clip_norm: Option<f64>,
    /// How parameters follow gradients.
    pub optimizer: OptimizerConfig,
    /// How the learning rate changes from step to step; not unless told.
    #[serde(default)]
    pub schedule: Schedule,
    /// What is added to the loss; nothing unless told.
    #[serde(default)]
    pub penalty: Penalty,
}

fn usual_batch_size() -> usize {
    32
}

impl TrainingConfig {
    /// A loss, the number of epochs and an optimiser, all else as usual.
    pub fn new(loss: Loss, epochs: usize, optimizer: OptimizerConfig) -> TrainingConfig {
        TrainingConfig {
            loss,
            batch_size: usual_batch_size(),
            epochs,
            seed: 0,
            clip_value: None,
            clip_norm: None,
            optimizer,
            schedule: Schedule::default(),
            penalty: Penalty::default(),
        }
    }

    /// What stands around the optimiser.
    pub fn tuning(&self) -> Tuning {
        let clip = Clip { value: self.clip_value, norm: self.clip_norm };
        Tuning { schedule: self.schedule, clip, penalty: self.penalty }
    }

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
        for (key, limit) in [("train.clip_value", self.clip_value), ("train.clip_norm", self.clip_norm)] {
            let limit = limit.unwrap_or(1.0);
            check(Allowed::Positive.contains(limit), key, limit, Allowed::Positive.expected())?;
        }
        for (key, factor) in [("train.penalty.l1", self.penalty.l1), ("train.penalty.l2", self.penalty.l2)] {
            check(Allowed::NonNegative.contains(factor), key, factor, Allowed::NonNegative.expected())?;
        }
        for (key, value, good, expected) in self.schedule.numbers() {
            check(good, key, value, expected)?;
        }
        self.optimizer.validate_beside(self)?;
        self.optimizer.validate()
    }
}
