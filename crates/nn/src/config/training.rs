//! `[train]`: what is made small, how, and for how long.

use super::check::{check, check_present};
use super::{CheckpointConfig, ConfigError, EarlyStopping, OptimizerConfig};
use crate::loss::Loss;
use crate::optim::{Allowed, Clip, Penalty, Schedule, Tuning};
use crate::trainer::{Course, Length, Settings};
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
    /// How often every sample is seen; 0, which is as if it were absent, where the length is told in steps.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub epochs: usize,
    /// How many steps are made, in place of epochs.
    pub steps: Option<usize>,
    /// What weights, the split and orders are drawn from; 0 unless told.
    #[serde(default)]
    pub seed: u64,
    /// Which share of the samples to train on is kept to judge epochs by; none unless told. Samples to test with are never
    /// among them.
    pub validation_fraction: Option<f64>,
    /// The greatest size of each element of a gradient; any unless told.
    pub clip_value: Option<f64>,
    /// The greatest norm of all gradients together; any unless told.
    pub clip_norm: Option<f64>,
    /// How many times the loss of the first step, or 1 where that is more, a step's loss may be before training has
    /// diverged; a million unless told, `inf` for any.
    #[serde(default = "usual_loss_limit")]
    pub loss_limit: f64,
    /// How parameters follow gradients.
    pub optimizer: OptimizerConfig,
    /// How the learning rate changes from step to step; not unless told.
    #[serde(default)]
    pub schedule: Schedule,
    /// What is added to the loss; nothing unless told.
    #[serde(default)]
    pub penalty: Penalty,
    /// How often training is saved; never before its end unless told.
    pub checkpoint: Option<CheckpointConfig>,
    /// When it ends because nothing gets better; never unless told.
    pub early_stopping: Option<EarlyStopping>,
}

fn is_zero(n: &usize) -> bool {
    *n == 0
}

fn usual_batch_size() -> usize {
    32
}

fn usual_loss_limit() -> f64 {
    Tuning::LOSS_LIMIT
}

impl TrainingConfig {
    /// A loss, the number of epochs and an optimiser, all else as usual.
    pub fn new(loss: Loss, epochs: usize, optimizer: OptimizerConfig) -> TrainingConfig {
        TrainingConfig {
            loss,
            batch_size: usual_batch_size(),
            epochs,
            steps: None,
            seed: 0,
            validation_fraction: None,
            clip_value: None,
            clip_norm: None,
            loss_limit: usual_loss_limit(),
            optimizer,
            schedule: Schedule::default(),
            penalty: Penalty::default(),
            checkpoint: None,
            early_stopping: None,
        }
    }

    /// How long training is, and what ends it early.
    pub fn course(&self) -> Course {
        let length = self.steps.map_or(Length::Epochs(self.epochs), Length::Steps);
        Course { length, early_stopping: self.early_stopping }
    }

    /// What stands around the optimiser.
    pub fn tuning(&self) -> Tuning {
        let clip = Clip { value: self.clip_value, norm: self.clip_norm };
        Tuning { schedule: self.schedule, clip, penalty: self.penalty, loss_limit: self.loss_limit }
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
        self.validate_length()?;
        for (key, limit) in [("train.clip_value", self.clip_value), ("train.clip_norm", self.clip_norm)] {
            let limit = limit.unwrap_or(1.0);
            check(Allowed::Positive.contains(limit), key, limit, Allowed::Positive.expected())?;
        }
        check(self.loss_limit > 1.0, "train.loss_limit", self.loss_limit, "a number above 1, or inf")?;
        for (key, factor) in [("train.penalty.l1", self.penalty.l1), ("train.penalty.l2", self.penalty.l2)] {
            check(Allowed::NonNegative.contains(factor), key, factor, Allowed::NonNegative.expected())?;
        }
        for (key, value, good, expected) in self.schedule.numbers() {
            check(good, key, value, expected)?;
        }
        self.optimizer.validate_beside(self)?;
        self.optimizer.validate()
    }

    /// One length, and what is needed to end before it.
    fn validate_length(&self) -> Result<(), ConfigError> {
        match self.steps {
            None => check(self.epochs > 0, "train.epochs", self.epochs, "1 or more, or steps in its place")?,
            Some(steps) => {
                check(steps > 0, "train.steps", steps, "1 or more")?;
                check(self.epochs == 0, "train.epochs", self.epochs, "no epochs beside steps")?;
            }
        }
        let fraction = self.validation_fraction.unwrap_or(0.5);
        check(
            fraction > 0.0 && fraction < 1.0,
            "train.validation_fraction",
            fraction,
            "above 0 and less than 1",
        )?;
        self.checkpoint.map_or(Ok(()), |checkpoint| checkpoint.validate())?;
        let Some(stopping) = self.early_stopping else { return Ok(()) };
        check_present(&self.validation_fraction, "train.validation_fraction", "early_stopping judges by it")?;
        stopping.validate()
    }
}
