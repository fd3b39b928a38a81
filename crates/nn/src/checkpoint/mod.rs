//! Checkpoints of training: everything that the next step depends on, in one file.
//!
//! A trainer that is resumed from a checkpoint goes on as the one that made it would have, bit for bit: it has the
//! parameters, the optimiser's state, and the numbers of epochs and steps behind, from which with the seed the order of
//! samples and the learning rate follow. A checkpoint is refused by a trainer of another model or of other settings, and
//! a file that was changed or cut is refused when it is read.

mod error;
mod file;
#[cfg(test)]
mod tests;
mod unique;

pub use error::CheckpointError;

use crate::model::Model;
use crate::optim::Tuning;
use crate::trainer::Settings;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use std::path::Path;
use wengert_expr::{Type, Value};

/// The format of files.
pub(crate) const FORMAT: u64 = 1;

/// Training between two epochs.
///
/// ```
/// use wengert_nn::{Activation, Checkpoint, Dataset, Loss, Model, Optimizer, Precision, Settings, Trainer, Tuning};
///
/// let model = Model::mlp(&[2, 4, 1], Activation::Tanh)?;
/// let optimizer = Optimizer::named("adam").unwrap();
/// let settings = Settings { loss: Loss::Mse, optimizer, learning_rate: 0.05, batch_size: 4, seed: 1 };
/// let data = Dataset::xor(Loss::Mse, Precision::F32)?;
/// let mut trainer = Trainer::new(model.clone(), settings);
/// trainer.fit(&data, None, 3, &mut |_| ())?;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("xor.safetensors");
/// trainer.checkpoint().save(&path)?;
/// let mut resumed = Trainer::resume(model, settings, Tuning::default(), &Checkpoint::load(&path)?)?;
/// trainer.fit(&data, None, 3, &mut |_| ())?;
/// resumed.fit(&data, None, 3, &mut |_| ())?;
/// assert!(trainer.params().iter().zip(resumed.params()).all(|(a, b)| a.1.bit_eq(&b.1)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Checkpoint {
    state: State,
    /// Parameters and state by name.
    tensors: Vec<(String, Value)>,
}

/// What is not an array.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    format: u64,
    epochs: u64,
    steps: u64,
    /// What the model is and how it is trained.
    training: Map<String, serde_json::Value>,
}

impl Checkpoint {
    /// What a trainer keeps.
    pub(crate) fn new(
        training: (&Model, &Settings, &Tuning),
        epochs: usize,
        steps: usize,
        tensors: Vec<(String, Value)>,
    ) -> Checkpoint {
        let (epochs, steps) = (epochs as u64, steps as u64);
        let state = State { format: FORMAT, epochs, steps, training: describe(training) };
        Checkpoint { state, tensors }
    }

    /// How many epochs are behind.
    pub fn epochs(&self) -> usize {
        self.state.epochs as usize
    }

    /// How many steps are behind.
    pub fn steps(&self) -> usize {
        self.state.steps as usize
    }

    /// The parameters and the optimiser's state by name.
    pub fn tensors(&self) -> &[(String, Value)] {
        &self.tensors
    }

    /// What the model is and how it is trained, each with its value as JSON.
    pub fn training(&self) -> Vec<(String, String)> {
        self.state.training.iter().map(|(name, value)| (name.clone(), value.to_string())).collect()
    }

    /// Writes it to a file, a safetensors file by format, in place of one that may be there.
    ///
    /// # Errors
    /// A folder or file that cannot be written, or a full disk; a file that was there is then as it was.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), CheckpointError> {
        let bytes = file::encode(self)?;
        file::write(path.as_ref(), |file| file.write_all(&bytes))
    }

    /// Reads it from a file.
    ///
    /// # Errors
    /// A file that cannot be read, that was changed or cut after it was written, or that is of another format.
    pub fn load(path: impl AsRef<Path>) -> Result<Checkpoint, CheckpointError> {
        file::read(path.as_ref())
    }

    /// The values of these names and types, once it is certain that it belongs to this training.
    pub(crate) fn values(
        &self,
        training: (&Model, &Settings, &Tuning),
        types: &[(String, Type)],
    ) -> Result<Vec<Value>, CheckpointError> {
        same(&self.state.training, &describe(training))?;
        if let Some((name, value)) =
            self.tensors.iter().find(|(name, _)| types.iter().all(|(n, _)| n != name))
        {
            let (found, expected) = (value.ty().to_string(), "nothing".to_owned());
            return Err(CheckpointError::Tensor { name: name.clone(), found, expected });
        }
        let value = |(name, ty): &(String, Type)| {
            let found = self.tensors.iter().find(|(n, _)| n == name).map(|(_, value)| value);
            found.filter(|value| value.ty() == *ty).cloned().ok_or_else(|| CheckpointError::Tensor {
                name: name.clone(),
                found: found.map_or("nothing".to_owned(), |value| value.ty().to_string()),
                expected: ty.to_string(),
            })
        };
        types.iter().map(value).collect()
    }
}

/// What the model is and how it is trained.
fn describe((model, settings, tuning): (&Model, &Settings, &Tuning)) -> Map<String, serde_json::Value> {
    let mut all = Map::new();
    let mut tell = |name: &str, value| all.insert(name.to_owned(), value);
    tell("features", json!(model.inputs()));
    for (i, layer) in model.layers().iter().enumerate() {
        tell(&format!("layer {}", i + 1), json!(layer));
    }
    tell("precision", json!(model.precision()));
    tell("loss", json!(settings.loss));
    tell("optimizer", json!(settings.optimizer.name()));
    for hyper in settings.optimizer.hypers() {
        tell(hyper.name, json!(hyper.value));
    }
    tell("learning_rate", json!(settings.learning_rate));
    tell("batch_size", json!(settings.batch_size));
    tell("seed", json!(settings.seed));
    tell("schedule", json!(tuning.schedule));
    tell("clip_value", json!(tuning.clip.value));
    tell("clip_norm", json!(tuning.clip.norm));
    tell("penalty", json!(tuning.penalty));
    all
}

/// Tells the first difference.
fn same(
    found: &Map<String, serde_json::Value>,
    expected: &Map<String, serde_json::Value>,
) -> Result<(), CheckpointError> {
    let text = |value: Option<&serde_json::Value>| value.map_or("missing".to_owned(), ToString::to_string);
    match expected.keys().chain(found.keys()).find(|key| found.get(*key) != expected.get(*key)) {
        None => Ok(()),
        Some(what) => Err(CheckpointError::Differs {
            what: what.clone(),
            found: text(found.get(what)),
            expected: text(expected.get(what)),
        }),
    }
}
