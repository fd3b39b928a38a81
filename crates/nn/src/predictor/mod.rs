//! A trained model from a file, to predict and to evaluate with.
//!
//! Features go the way that they went in training: the same columns, scaled and standardised by what was learned from the
//! samples to train on.

mod features;

use crate::checkpoint::{Checkpoint, CheckpointError, Source, fingerprint};
use crate::config::{DataConfig, Source as DataSource, TrainConfig};
use crate::data::{Dataset, flat};
use crate::error::{DataError, NnError};
use crate::load::{Wanted, open};
use crate::loss::{Loss, TargetKind};
use crate::metrics::{Report, argmax};
use crate::trainer::Trainer;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use wengert_expr::Value;
use wengert_interop::{Format, InteropError};

/// A trained model with all that it needs to read samples.
///
/// ```
/// use wengert_expr::Value;
/// use wengert_nn::{Experiment, Predictor, Preset};
/// let mut experiment = Experiment::new(&Preset::Xor.config())?;
/// experiment.run(&mut |_| ())?;
/// let mut predictor = Predictor::new(&experiment.checkpoint())?;
/// let corners = Value::new([4, 2], vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
/// let found = predictor.predict(&corners)?;
/// assert_eq!(found.classes, Some(vec![0, 1, 1, 0]));
/// # Ok::<(), wengert_nn::NnError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Predictor {
    config: TrainConfig,
    source: Source,
    trainer: Trainer,
}

/// What a model says of samples.
#[derive(Clone, Debug)]
pub struct Predictions {
    /// What each column of `values` is.
    pub names: Vec<String>,
    /// Probabilities, means and variances, or numbers `[samples, outputs]`.
    pub values: Value,
    /// The class of each sample, where predictions are of classes; -1 and 1 for losses of margins.
    pub classes: Option<Vec<i64>>,
}

impl Predictor {
    /// The model of a checkpoint.
    ///
    /// # Errors
    /// A checkpoint that does not hold its configuration.
    pub fn new(checkpoint: &Checkpoint) -> Result<Predictor, NnError> {
        let source = checkpoint.source().ok_or(CheckpointError::NoConfig)?.clone();
        let config = TrainConfig::from_toml(&source.config)?;
        let model = source.model(&config)?;
        let trainer = Trainer::trained(model, config.train.settings(), checkpoint)?;
        Ok(Predictor { config, source, trainer })
    }

    /// The model in a file.
    ///
    /// # Errors
    /// A file that is no checkpoint, and as [`Predictor::new`].
    pub fn load(path: impl AsRef<Path>) -> Result<Predictor, NnError> {
        let path = path.as_ref();
        Predictor::new(&Checkpoint::load(path)?).map_err(|error| match error {
            NnError::Checkpoint(error) => error.of(path).into(),
            error => error,
        })
    }

    /// What it was trained by.
    pub fn config(&self) -> &TrainConfig {
        &self.config
    }

    /// Predictions for features as the data have them, before they are scaled.
    ///
    /// # Errors
    /// No table, or another number of features than the model takes.
    pub fn predict(&mut self, features: &Value) -> Result<Predictions, NnError> {
        let features = self.scaled(&flat(features))?;
        let values = self.trainer.predict(&features)?;
        let loss = self.config.train.loss;
        let (outputs, are_classes) = (values.shape()[1], self.source.are_classes);
        Ok(Predictions { names: names(loss, outputs), classes: classes(loss, &values, are_classes), values })
    }

    /// Features as the model takes them.
    fn scaled(&self, features: &Value) -> Result<Value, NnError> {
        let samples = features.shape().first().copied().unwrap_or(0);
        let dataset = Dataset::new(
            features,
            &Value::new([samples], vec![0.0; samples]),
            Loss::Mse,
            self.config.model.precision,
        )?;
        if dataset.width() != self.source.features {
            let (expected, found) = (self.source.features, dataset.width());
            return Err(DataError::Features { expected, found }.into());
        }
        let scale = self.config.data.scale;
        let scaled = if scale == 1.0 { dataset } else { dataset.scaled(scale) };
        let standard = self.source.standardize.as_ref().map(|standardize| standardize.apply(&scaled));
        Ok(standard.unwrap_or(scaled).features().clone())
    }

    /// How well the model does on the samples that were kept apart when it was trained, or on all if none were.
    ///
    /// # Errors
    /// Data that cannot be read any more, or that are others now.
    pub fn evaluate_held_out(&mut self) -> Result<Report, NnError> {
        let samples = open(&self.config.data, &self.wanted(self.config.train.validation_fraction))?;
        let parts = [Some(&samples.train), samples.validation.as_ref(), samples.test.as_ref()];
        let expected = fingerprint(parts)?;
        if expected != self.source.data {
            return Err(CheckpointError::OtherData { found: self.source.data, expected }.into());
        }
        self.trainer.report(samples.test.as_ref().unwrap_or(&samples.train))
    }

    /// What the model wants of samples.
    fn wanted(&self, validation: Option<f64>) -> Wanted<'_> {
        let (train, precision) = (&self.config.train, self.config.model.precision);
        Wanted { loss: train.loss, precision, seed: train.seed, validation, standardize: None, columns: None }
    }

    /// How well the model does on the samples of a file, read as the samples to train on were.
    ///
    /// # Errors
    /// A file that cannot be read, and samples that do not fit the model.
    pub fn evaluate(&mut self, path: &Path, labels: Option<&Path>) -> Result<Report, NnError> {
        let source = file_source(path, labels.is_some())?;
        match source {
            DataSource::Npy if labels.is_none() => return Err(DataError::NoTargets { kind: "NPY" }.into()),
            DataSource::Idx if labels.is_none() => return Err(DataError::NoTargets { kind: "IDX" }.into()),
            _ => {}
        }
        let (path, labels_path) = (Some(path.to_owned()), labels.map(Path::to_owned));
        let own = if source == self.config.data.source {
            self.config.data.clone()
        } else {
            DataConfig::new(source)
        };
        let data = DataConfig {
            path,
            labels_path,
            test_path: None,
            test_labels_path: None,
            test_fraction: Some(0.0),
            standardize: false,
            scale: self.config.data.scale,
            ..own
        };
        TrainConfig { data: data.clone(), ..self.config.clone() }.validate()?;
        let (standardize, columns) = (self.source.standardize.as_ref(), self.source.columns.as_deref());
        let loaded = open(&data, &Wanted { standardize, columns, ..self.wanted(None) })?;
        self.trainer.report(&loaded.train)
    }
}

/// What kind of file it is; a packed one with labels beside it is one of images.
fn file_source(path: &Path, labels: bool) -> Result<DataSource, NnError> {
    Ok(match Format::detect(&head_of(path)?) {
        Format::Npz => DataSource::Npz,
        Format::Safetensors => DataSource::Safetensors,
        Format::Npy => DataSource::Npy,
        Format::Idx => DataSource::Idx,
        Format::Gzip if labels => DataSource::Idx,
        Format::Gzip | Format::Csv => DataSource::Csv,
    })
}

/// As many bytes as tell what kind of file it is.
fn head_of(path: &Path) -> Result<Vec<u8>, InteropError> {
    const ENOUGH: u64 = 64;
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(ENOUGH).read_to_end(&mut head));
    read.map_err(|source| InteropError::Io { path: path.to_owned(), source })?;
    Ok(head)
}

/// What each output is.
fn names(loss: Loss, outputs: usize) -> Vec<String> {
    let numbered = |name: &str, count: usize| match count {
        1 => vec![name.to_owned()],
        _ => (0..count).map(|i| format!("{name}{i}")).collect(),
    };
    match (loss, loss.target_kind()) {
        (Loss::GaussianNll, _) => [numbered("mean", outputs / 2), numbered("variance", outputs / 2)].concat(),
        (_, TargetKind::Classes | TargetKind::Probabilities) => numbered("probability", outputs),
        (_, TargetKind::Signs) => numbered("score", outputs),
        (_, TargetKind::Numbers) => numbered("prediction", outputs),
    }
}

/// The class of each sample, where there is one.
fn classes(loss: Loss, values: &Value, are_classes: bool) -> Option<Vec<i64>> {
    let outputs = values.shape()[1];
    let numbers = values.to_f64s();
    let sides = |threshold: f64, no: i64| {
        (outputs == 1).then(|| numbers.iter().map(|&x| if x > threshold { 1 } else { no }).collect())
    };
    match loss.target_kind() {
        TargetKind::Classes => Some(argmax(values)),
        TargetKind::Signs => sides(0.0, -1),
        TargetKind::Probabilities => sides(0.5, 0),
        TargetKind::Numbers if are_classes => sides(0.5, 0),
        TargetKind::Numbers => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;
    use crate::metrics::Flow;
    use std::fs::write;
    use wengert_interop::write_npy;

    const TABLE: &str = "kind,size,weight\n0,1,10\n1,2,90\n0,1.5,20\n1,2.5,80\n0,1.2,15\n1,2.2,85\n";

    /// A model trained on a table whose first column is the target.
    fn trained(folder: &Path) -> Predictor {
        write(folder.join("train.csv"), TABLE).unwrap();
        let config = "model.hidden = []\n[data]\nsource = 'csv'\npath = 'train.csv'\nlabel_column = 'kind'\n\
                      test_fraction = 0\nstandardize = true\n[train]\nloss = 'softmax_cross_entropy'\nepochs = 60\n\
                      optimizer = { name = 'adam', learning_rate = 0.1 }";
        write(folder.join("a.toml"), config).unwrap();
        let config = TrainConfig::from_file(folder.join("a.toml")).unwrap();
        let mut experiment = Experiment::new(&config).unwrap();
        experiment.run(&mut |_| ()).unwrap();
        experiment.checkpoint().save(folder.join("model.safetensors")).unwrap();
        Predictor::load(folder.join("model.safetensors")).unwrap()
    }

    #[test]
    fn columns_are_found_by_name_and_scaled_as_in_training() {
        let folder = tempfile::tempdir().unwrap();
        let mut predictor = trained(folder.path());
        let file = |name: &str, text: &str| {
            write(folder.path().join(name), text).unwrap();
            folder.path().join(name)
        };
        let mut classes = |path: &Path| {
            let features = predictor.features(path)?;
            let whole = predictor.predict(&features)?.classes.unwrap();
            let mut pieces = Vec::new();
            predictor.predict_file(path, 1, &mut |piece| {
                pieces.extend(piece.classes.unwrap());
                Flow::Go
            })?;
            assert_eq!(pieces, whole);
            Ok::<_, NnError>(whole)
        };
        assert_eq!(classes(&file("a.csv", "weight,colour,size\n12,7,1.1\n88,7,2.4\n")).unwrap(), [0, 1]);
        assert_eq!(classes(&file("b.csv", "1.1,12\n2.4,88\n")).unwrap(), [0, 1]);
        assert_eq!(classes(&file("c.csv", TABLE)).unwrap(), [0, 1, 0, 1, 0, 1]);
        let missing = classes(&file("d.csv", "size,colour\n1,2\n")).unwrap_err().to_string();
        assert!(
            missing.contains("no column \"weight\", which the model takes; it has \"size\", \"colour\""),
            "{missing}"
        );
        let wide = classes(&file("e.csv", "1,2,3,4\n")).unwrap_err().to_string();
        assert_eq!(wide, "the model takes 2 features, the data have 4");
    }

    #[test]
    fn pieces_of_a_file_are_predicted_as_the_whole_is() {
        let folder = tempfile::tempdir().unwrap();
        let mut predictor = trained(folder.path());
        let path = folder.path().join("a.npy");
        let mut numbers: Vec<f64> = (0..22).map(|i| f64::from(i % 7)).collect();
        write_npy(&path, &Value::new([11, 2], numbers.clone())).unwrap();
        let features = predictor.features(&path).unwrap();
        let whole = predictor.predict(&features).unwrap().values.to_f64s();
        for rows in [1, 3, 11, 100] {
            let mut found = Vec::new();
            let take = &mut |piece: Predictions| {
                found.extend(piece.values.to_f64s());
                if found.len() < whole.len() { Flow::Go } else { Flow::Stop }
            };
            predictor.predict_file(&path, rows, take).unwrap();
            assert_eq!(found, whole, "{rows}");
        }
        numbers[2 * 8 + 1] = f64::INFINITY;
        write_npy(&path, &Value::new([11, 2], numbers)).unwrap();
        let mut pieces = 0;
        let take = &mut |_| {
            pieces += 1;
            Flow::Go
        };
        let error = predictor.predict_file(&path, 3, take).unwrap_err().to_string();
        assert_eq!((pieces, error.as_str()), (2, "features hold inf at row 8, column 1 (counted from 0)"));
    }

    #[test]
    fn given_data_and_those_of_training_are_measured() {
        let folder = tempfile::tempdir().unwrap();
        let mut predictor = trained(folder.path());
        let own = predictor.evaluate_held_out().unwrap();
        assert_eq!((own.samples, own.metrics.accuracy), (6, Some(1.0)));
        let given = folder.path().join("given.csv");
        write(&given, "weight,kind,size\n12,1,1\n88,1,2\n").unwrap();
        let swapped = predictor.evaluate(&given, None).unwrap();
        assert_eq!((swapped.samples, swapped.metrics.accuracy), (2, Some(0.5)));
        write(&given, "weight,kind,length\n12,1,1\n88,1,2\n").unwrap();
        let missing = predictor.evaluate(&given, None).unwrap_err().to_string();
        assert!(missing.contains("no column \"size\", which the model takes"), "{missing}");
        write(&given, "kind,size,weight\n1,1,12\n1,2,88\n").unwrap();
        let found = predictor.evaluate(&given, None).unwrap();
        assert_eq!((found.samples, found.metrics.accuracy), (2, Some(0.5)));
        write(folder.path().join("train.csv"), TABLE.replace("90", "91")).unwrap();
        let other = predictor.evaluate_held_out().unwrap_err().to_string();
        assert!(other.contains("other data"), "{other}");
    }
}
