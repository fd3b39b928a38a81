//! `[train.early_stopping]`: when training ends because nothing gets better.

use super::ConfigError;
use super::check::check;
use crate::optim::Allowed;
use serde::{Deserialize, Serialize};

/// When training ends because nothing gets better (Prechelt, Early Stopping, but when?, 1998).
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlyStopping {
    /// After how many epochs that are no better than the best.
    pub patience: usize,
    /// By how much an epoch must be better to count; by anything unless told.
    #[serde(default)]
    pub min_delta: f64,
    /// What is judged on the samples to validate with; the loss unless told.
    #[serde(default)]
    pub metric: Judge,
}

/// What epochs are judged by.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judge {
    /// The mean loss: less is better.
    #[default]
    Loss,
    /// The share of samples that are right: more is better.
    Accuracy,
}

impl EarlyStopping {
    /// By the loss, however little it is better; never ends anything.
    pub(crate) const BY_LOSS: EarlyStopping =
        EarlyStopping { patience: usize::MAX, min_delta: 0.0, metric: Judge::Loss };

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        let (delta, allowed) = (self.min_delta, Allowed::NonNegative);
        check(self.patience > 0, "train.early_stopping.patience", self.patience, "1 or more epochs")?;
        check(allowed.contains(delta), "train.early_stopping.min_delta", delta, allowed.expected())
    }
}
