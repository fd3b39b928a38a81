//! Checkpoints of training: everything that the next step depends on, in one file.
//!
//! A trainer that is resumed from a checkpoint goes on as the one that made it would have, bit for bit: it has the
//! parameters, the optimiser's state, and the numbers of epochs and steps behind, from which with the seed the order of
//! samples and the learning rate follow. A checkpoint is refused by a trainer of another model or of other settings, and
//! a file that was changed or cut is refused when it is read.

mod error;
mod file;
mod folder;
mod source;
#[cfg(test)]
mod tests;
mod unique;

pub use error::CheckpointError;
pub use folder::Folder;
pub use source::Source;
pub(crate) use source::fingerprint;

use crate::model::Model;
use crate::optim::Tuning;
use crate::trainer::{Progress, Settings};
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use std::path::Path;
use wengert_expr::{Type, Value};

/// The format of files.
pub(crate) const FORMAT: u64 = 2;
/// What comes before the names of the best epoch's parameters.
const BEST: &str = "best/";

/// Training between two steps.
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
    /// Parameters and state by name, then the best epoch's parameters.
    tensors: Vec<(String, Value)>,
}

/// What is not an array.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    format: u64,
    progress: Progress,
    /// What the model is and how it is trained.
    training: Map<String, serde_json::Value>,
    /// What it was trained by and on.
    source: Option<Source>,
}

impl Checkpoint {
    /// What a trainer keeps.
    pub(crate) fn new(
        training: (&Model, &Settings, &Tuning),
        progress: Progress,
        mut tensors: Vec<(String, Value)>,
        best: Vec<(String, Value)>,
    ) -> Checkpoint {
        let state = State { format: FORMAT, progress, training: describe(training), source: None };
        tensors.extend(best.into_iter().map(|(name, value)| (format!("{BEST}{name}"), value)));
        Checkpoint { state, tensors }
    }

    /// The same, with what it was trained by and on.
    pub fn with_source(mut self, source: Source) -> Checkpoint {
        self.state.source = Some(source);
        self
    }

    /// What it was trained by and on, if it says.
    pub fn source(&self) -> Option<&Source> {
        self.state.source.as_ref()
    }

    /// How many whole epochs are behind.
    pub fn epochs(&self) -> usize {
        self.state.progress.history.len()
    }

    /// How many steps are behind.
    pub fn steps(&self) -> usize {
        self.state.progress.steps
    }

    pub(crate) fn progress(&self) -> &Progress {
        &self.state.progress
    }

    /// With the best epoch's parameters in place of the last; none where no epoch was judged.
    pub fn best(&self) -> Option<Checkpoint> {
        let best: Vec<_> =
            self.tensors.iter().filter_map(|(n, v)| Some((n.strip_prefix(BEST)?, v))).collect();
        let mut checkpoint = self.clone();
        for (name, value) in &mut checkpoint.tensors {
            let found = best.iter().find(|(n, _)| *n == name.as_str());
            value.clone_from(found.map_or(&value.clone(), |(_, value)| value));
        }
        (!best.is_empty()).then_some(checkpoint)
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

    /// The values of these names and types, once it is certain that it belongs to this training, and the first so many of
    /// the best epoch, if it has those.
    pub(crate) fn values(
        &self,
        training: (&Model, &Settings, &Tuning),
        types: &[(String, Type)],
        params: usize,
    ) -> Result<(Vec<Value>, Option<Vec<Value>>), CheckpointError> {
        same(&self.state.training, &describe(training))?;
        let (best, own): (Vec<_>, Vec<_>) = self.tensors.iter().partition(|(n, _)| n.starts_with(BEST));
        let kept = matched(&own, types)?;
        if best.is_empty() {
            return Ok((kept, None));
        }
        let named = |(name, ty): &(String, Type)| (format!("{BEST}{name}"), ty.clone());
        let types: Vec<(String, Type)> = types[..params].iter().map(named).collect();
        Ok((kept, Some(matched(&best, &types)?)))
    }

    /// The parameters of these names and types, whatever else there is.
    pub(crate) fn params(&self, types: &[(String, Type)]) -> Result<Vec<Value>, CheckpointError> {
        let named = |(name, _): &&(String, Value)| types.iter().any(|(n, _)| n == name);
        matched(&self.tensors.iter().filter(named).collect::<Vec<_>>(), types)
    }
}

/// The values of these names and types, of arrays that have no others.
fn matched(tensors: &[&(String, Value)], types: &[(String, Type)]) -> Result<Vec<Value>, CheckpointError> {
    if let Some((name, value)) = tensors.iter().find(|(name, _)| types.iter().all(|(n, _)| n != name)) {
        let (found, expected) = (value.ty().to_string(), "nothing".to_owned());
        return Err(CheckpointError::Tensor { name: name.clone(), found, expected });
    }
    let value = |(name, ty): &(String, Type)| {
        let found = tensors.iter().find(|(n, _)| n == name).map(|(_, value)| value);
        found.filter(|value| value.ty() == *ty).cloned().ok_or_else(|| CheckpointError::Tensor {
            name: name.clone(),
            found: found.map_or("nothing".to_owned(), |value| value.ty().to_string()),
            expected: ty.to_string(),
        })
    };
    types.iter().map(value).collect()
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
