//! `[model]`: the layers between features and outputs, which the data give.

use super::ConfigError;
use super::check::{check, check_absent};
use crate::activation::Activation;
use crate::error::ModelError;
use crate::init::Init;
use crate::layer::{Dense, Flatten, Layer};
use crate::model::{MAX_UNITS, Model};
use crate::precision::Precision;
use serde::{Deserialize, Serialize};

/// The layers between features and outputs: dense ones of the same activation, or a list of any. A dense layer of as many
/// units as the data and the loss need follows them.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelConfig {
    /// The number of units of each hidden layer; none for an affine model.
    #[serde(default)]
    pub hidden: Vec<usize>,
    /// What follows each hidden layer; relu unless told.
    pub activation: Option<Activation>,
    /// Where weights come from; as is usual for the activation unless told.
    pub init: Option<Init>,
    /// The float type of parameters and data; f32 unless told.
    #[serde(default)]
    pub precision: Precision,
    /// The layers, in place of `hidden`.
    pub layers: Option<Vec<Layer>>,
}

impl ModelConfig {
    /// Dense layers of these units with this activation.
    pub fn hidden(units: &[usize], activation: Activation) -> ModelConfig {
        ModelConfig { hidden: units.to_vec(), activation: Some(activation), ..ModelConfig::default() }
    }

    /// The model for so many features and outputs.
    ///
    /// # Errors
    /// A model of impossible size, or layers that do not fit one another.
    pub fn model(&self, features: usize, outputs: usize) -> Result<Model, ModelError> {
        let model = match &self.layers {
            Some(layers) => {
                let last = [Flatten {}.into(), Dense { units: outputs }.into()];
                Model::new(features, layers.iter().cloned().chain(last).collect())?
            }
            None => {
                let sizes = [&[features], &*self.hidden, &[outputs]].concat();
                Model::mlp(&sizes, self.activation.unwrap_or(Activation::Relu))?
            }
        };
        let model = model.with_precision(self.precision);
        Ok(match self.init {
            Some(init) => model.with_init(init),
            None => model,
        })
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        if self.layers.is_some() {
            let because = "beside `model.layers`";
            check_absent(&self.activation, "model.activation", because)?;
            check_absent(&self.hidden.first(), "model.hidden", because)?;
        }
        for &units in &self.hidden {
            let expected = format!("1 to {MAX_UNITS} units in each layer");
            check((1..=MAX_UNITS).contains(&units), "model.hidden", units, &expected)?;
        }
        if let Some(Init::Constant(c)) = self.init {
            check(c.is_finite(), "model.init", c, "a finite number")?;
        }
        match self.activation.and_then(Activation::parameter) {
            Some(a) => check(a.is_finite(), "model.activation", a, "a finite number"),
            None => Ok(()),
        }
    }
}
