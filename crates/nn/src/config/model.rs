//! `[model]`: the layers between features and outputs, which the data give.

use super::ConfigError;
use super::check::check;
use crate::activation::Activation;
use crate::error::ModelError;
use crate::init::Init;
use crate::mlp::{MAX_UNITS, Mlp};
use crate::precision::Precision;
use serde::{Deserialize, Serialize};

/// The layers between features and outputs.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelConfig {
    /// The number of units of each hidden layer; none for an affine model.
    pub hidden: Vec<usize>,
    /// What follows each hidden layer; relu unless told.
    #[serde(default = "relu")]
    pub activation: Activation,
    /// Where weights come from; as is usual for the activation unless told.
    pub init: Option<Init>,
    /// The float type of parameters and data; f32 unless told.
    #[serde(default)]
    pub precision: Precision,
}

fn relu() -> Activation {
    Activation::Relu
}

impl ModelConfig {
    /// The model for so many features and outputs.
    ///
    /// # Errors
    /// A model of impossible size.
    pub fn model(&self, features: usize, outputs: usize) -> Result<Mlp, ModelError> {
        let sizes = [&[features], &*self.hidden, &[outputs]].concat();
        let model = Mlp::new(&sizes, self.activation)?.with_precision(self.precision);
        Ok(match self.init {
            Some(init) => model.with_init(init),
            None => model,
        })
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        for &units in &self.hidden {
            let expected = format!("1 to {MAX_UNITS} units in each layer");
            check((1..=MAX_UNITS).contains(&units), "model.hidden", units, &expected)?;
        }
        if let Some(Init::Constant(c)) = self.init {
            check(c.is_finite(), "model.init", c, "a finite number")?;
        }
        match self.activation.parameter() {
            Some(a) => check(a.is_finite(), "model.activation", a, "a finite number"),
            None => Ok(()),
        }
    }
}
