//! `[train.optimizer]`: how parameters follow gradients.

use super::ConfigError;
use super::check::{check, check_absent};
use crate::optim::{Adam, Optimizer, Sgd};
use serde::{Deserialize, Serialize};

/// Which optimiser.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptimizerName {
    /// Gradient descent, with momentum.
    Sgd,
    /// Adam.
    Adam,
}

/// How parameters follow gradients.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptimizerConfig {
    /// Which optimiser.
    pub name: OptimizerName,
    /// How far parameters follow in a step.
    pub learning_rate: f64,
    /// Of sgd: how much of the last direction stays; 0 unless told.
    pub momentum: Option<f64>,
    /// Of Adam: how much of the mean of gradients stays; 0.9 unless told.
    pub beta1: Option<f64>,
    /// Of Adam: how much of the mean of squares stays; 0.999 unless told.
    pub beta2: Option<f64>,
    /// Of Adam: what keeps its division from zero; 1e-8 unless told.
    pub epsilon: Option<f64>,
}

impl OptimizerConfig {
    /// Gradient descent, with momentum.
    pub fn sgd(learning_rate: f64, momentum: f64) -> OptimizerConfig {
        let momentum = Some(momentum);
        OptimizerConfig {
            name: OptimizerName::Sgd,
            learning_rate,
            momentum,
            beta1: None,
            beta2: None,
            epsilon: None,
        }
    }

    /// Adam as it usually is.
    pub fn adam(learning_rate: f64) -> OptimizerConfig {
        OptimizerConfig {
            name: OptimizerName::Adam,
            momentum: None,
            ..OptimizerConfig::sgd(learning_rate, 0.0)
        }
    }

    /// The optimiser.
    pub fn optimizer(&self) -> Optimizer {
        let usual = Adam::default();
        match self.name {
            OptimizerName::Sgd => Optimizer::Sgd(Sgd { momentum: self.momentum.unwrap_or(0.0) }),
            OptimizerName::Adam => Optimizer::Adam(Adam {
                beta1: self.beta1.unwrap_or(usual.beta1),
                beta2: self.beta2.unwrap_or(usual.beta2),
                epsilon: self.epsilon.unwrap_or(usual.epsilon),
            }),
        }
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        let rate = self.learning_rate;
        check(rate.is_finite() && rate > 0.0, "train.optimizer.learning_rate", rate, "a positive number")?;
        match self.name {
            OptimizerName::Sgd => {
                check_absent(&self.beta1, "train.optimizer.beta1", "for sgd")?;
                check_absent(&self.beta2, "train.optimizer.beta2", "for sgd")?;
                check_absent(&self.epsilon, "train.optimizer.epsilon", "for sgd")?;
            }
            OptimizerName::Adam => check_absent(&self.momentum, "train.optimizer.momentum", "for adam")?,
        }
        let decays = [
            (self.momentum, "train.optimizer.momentum"),
            (self.beta1, "train.optimizer.beta1"),
            (self.beta2, "train.optimizer.beta2"),
        ];
        for (decay, key) in decays {
            let decay = decay.unwrap_or(0.0);
            check((0.0..1.0).contains(&decay), key, decay, "at least 0 and less than 1")?;
        }
        let epsilon = self.epsilon.unwrap_or(1.0);
        check(epsilon.is_finite() && epsilon > 0.0, "train.optimizer.epsilon", epsilon, "a positive number")
    }
}
