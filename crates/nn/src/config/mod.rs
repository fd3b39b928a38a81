//! What to train, as a TOML file says it.
//!
//! Unknown keys are errors. A [`TrainConfig`] that was read has been checked; one made in Rust is checked before use.

mod check;
mod checkpoint;
mod column;
mod data;
mod early_stopping;
mod error;
mod learner;
mod learner_name;
mod locate;
mod model;
mod optimizer;
mod training;

pub use checkpoint::CheckpointConfig;
pub use column::Column;
pub use data::{DataConfig, Source, SplitOrder};
pub use early_stopping::{EarlyStopping, Judge};
pub use error::ConfigError;
pub(crate) use learner::Learner;
pub use learner::{LearnerConfig, StudyConfig};
pub use learner_name::{KernelName, LearnerName, MethodName, TestName, WeakName};
pub use model::ModelConfig;
pub use optimizer::OptimizerConfig;
pub use training::TrainingConfig;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Data, a model and how to train it.
///
/// ```
/// let config = wengert_nn::TrainConfig::from_toml(
///     r#"
///     [data]
///     source = "digits"
///     scale = 0.0625
///
///     [model]
///     hidden = [64]
///     activation = "relu"
///
///     [train]
///     loss = "softmax_cross_entropy"
///     optimizer = { name = "sgd", learning_rate = 0.1, momentum = 0.9 }
///     batch_size = 32
///     epochs = 30
///     seed = 1
///     "#,
/// )?;
/// assert_eq!(config.model.hidden, [64]);
/// # Ok::<(), wengert_nn::ConfigError>(())
/// ```
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainConfig {
    /// What to learn from.
    pub data: DataConfig,
    /// What learns.
    pub model: ModelConfig,
    /// How it learns.
    pub train: TrainingConfig,
}

impl TrainConfig {
    /// The configuration in a text.
    ///
    /// # Errors
    /// Text that is no TOML, unknown or missing keys, and values that make no sense.
    pub fn from_toml(text: &str) -> Result<TrainConfig, ConfigError> {
        let config: TrainConfig = parsed(text)?;
        config.validate().map_err(|error| error.placed_in(text))?;
        Ok(config)
    }

    /// The configuration in a file; paths in it are relative to the file.
    ///
    /// # Errors
    /// A file that cannot be read, and as [`TrainConfig::from_toml`].
    pub fn from_file(path: impl AsRef<Path>) -> Result<TrainConfig, ConfigError> {
        let path = path.as_ref();
        let mut config = TrainConfig::from_toml(&text_of(path)?)?;
        config.data.resolve(path.parent().unwrap_or(Path::new("")));
        Ok(config)
    }

    /// The same with absolute paths, which mean the same from everywhere.
    ///
    /// # Errors
    /// A folder in which the program runs that is not known.
    pub fn located(&self) -> Result<TrainConfig, ConfigError> {
        let mut config = self.clone();
        config.data.locate()?;
        Ok(config)
    }

    /// The configuration as TOML.
    ///
    /// # Errors
    /// A seed beyond what TOML's integers hold.
    pub fn to_toml(&self) -> Result<String, ConfigError> {
        toml::to_string(self).map_err(|error| ConfigError::Unwritable(error.to_string()))
    }

    /// Whether every value makes sense.
    ///
    /// # Errors
    /// The first value that does not, with its key and what is allowed.
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.data.validate()?;
        self.model.validate()?;
        self.train.validate()?;
        match self.train.optimizer.minimizer() {
            Some(minimizer) if self.data.stream => {
                let because =
                    format!("for optimizer {}, which needs all samples in memory", minimizer.name());
                Err(ConfigError::Meaningless { key: "data.stream", because })
            }
            _ => Ok(()),
        }
    }
}

/// The text of a configuration's file.
fn text_of(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.to_owned(), source })
}

/// What a text says, an error with its line and column.
fn parsed<T: DeserializeOwned>(text: &str) -> Result<T, ConfigError> {
    toml::from_str(text).map_err(|error| ConfigError::in_text(&error, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const XOR: &str = "data.source = 'xor'\nmodel.hidden = [8]\n[train]\nloss = 'mse'\nepochs = 10\n\
                       optimizer = { name = 'adam', learning_rate = 0.05 }\n";

    fn message(text: &str) -> String {
        TrainConfig::from_toml(text).unwrap_err().to_string()
    }

    /// What is wrong, without where.
    fn mistake(text: &str) -> String {
        let message = message(text);
        let place = message.split_once(": ").filter(|(place, _)| place.starts_with("line "));
        place.map(|(_, mistake)| mistake.to_owned()).unwrap_or(message)
    }

    #[test]
    fn values_that_make_no_sense_have_a_line_and_a_column() {
        let place = |from: &str, to: &str| message(&XOR.replace(from, to));
        let rate = "line 6, column 46: `train.optimizer.learning_rate` = -0.5: expected a positive number";
        assert_eq!(place("0.05", "-0.5"), rate);
        assert!(place("[8]", "[0]").starts_with("line 2, column 16: `model.hidden` = 0"));
        assert!(place("epochs = 10", "epochs = 0").starts_with("line 5, column 10: `train.epochs` = 0"));
        let path = place("'xor'", "'xor'\ndata.path = 'a.csv'");
        assert!(path.starts_with("line 2, column 13: `data.path` has no meaning"), "{path}");
        let missing = place("'xor'", "'csv'");
        assert!(missing.starts_with("line 1, column 1: `data.path` is missing: "), "{missing}");
        let length = place("epochs = 10\n", "");
        assert!(length.starts_with("line 3, column 1: `train.epochs` = 0: expected 1 or more"), "{length}");
    }

    #[test]
    fn lengths_checkpoints_and_ends_are_read_and_checked() {
        let more = "validation_fraction = 0.25\n[train.checkpoint]\nevery = 5\n[train.early_stopping]\npatience = 3\n\
                    metric = 'accuracy'\n";
        let config = TrainConfig::from_toml(&format!("{XOR}{more}")).unwrap();
        assert_eq!(config.train.checkpoint, Some(CheckpointConfig { every: 5, keep: 1 }));
        let stopping = EarlyStopping { patience: 3, min_delta: 0.0, metric: Judge::Accuracy };
        assert_eq!(config.train.early_stopping, Some(stopping));
        assert_eq!(TrainConfig::from_toml(&config.to_toml().unwrap()).unwrap(), config);
        let steps = TrainConfig::from_toml(&XOR.replace("epochs = 10", "steps = 7")).unwrap();
        assert_eq!(steps.train.course().length, crate::Length::Steps(7));
        assert_eq!(TrainConfig::from_toml(&steps.to_toml().unwrap()).unwrap(), steps);
        let with = |from: &str, to: &str| mistake(&format!("{XOR}{more}").replace(from, to));
        assert!(
            with("epochs = 10", "epochs = 10\nsteps = 3").starts_with("`train.epochs` = 10: expected no")
        );
        assert!(with("0.25", "1").starts_with("`train.validation_fraction` = 1: expected above 0"));
        let missing = with("validation_fraction = 0.25\n", "");
        assert!(missing.starts_with("`train.validation_fraction` is missing: early_stopping"), "{missing}");
        assert!(with("every = 5", "every = 0").starts_with("`train.checkpoint.every` = 0: "));
        assert!(with("every = 5", "every = 5\nkeep = 0").starts_with("`train.checkpoint.keep` = 0: "));
        assert!(with("patience = 3", "patience = 0").starts_with("`train.early_stopping.patience` = 0: "));
        assert!(
            with("patience = 3", "patience = 3\nmin_delta = -1")
                .starts_with("`train.early_stopping.min_delta`")
        );
    }

    #[test]
    fn defaults_and_round_trip() {
        let config = TrainConfig::from_toml(XOR).unwrap();
        assert_eq!((config.train.batch_size, config.train.seed, config.data.scale), (32, 0, 1.0));
        assert_eq!(TrainConfig::from_toml(&config.to_toml().unwrap()).unwrap(), config);
        let mut config = config;
        config.train.seed = u64::MAX;
        assert!(config.to_toml().is_err() || TrainConfig::from_toml(&config.to_toml().unwrap()).is_ok());
    }

    #[test]
    fn mistakes_have_a_line_and_a_column() {
        let text = XOR.replace("epochs", "epoch");
        let error = TrainConfig::from_toml(&text).unwrap_err();
        assert!(matches!(error, ConfigError::Toml { line: 5, column: 1, .. }), "{error}");
        assert!(error.to_string().starts_with("line 5, column 1: unknown field `epoch`"), "{error}");
        assert!(
            message(&XOR.replace("'mse'", "'msse'")).starts_with("line 4, column 8: unknown variant `msse`")
        );
        assert!(message(&XOR.replace("[8]", "]")).starts_with("line 2, column 16: "));
        assert!(message(&XOR.replace("[8]", "[-8]")).starts_with("line 2, column "));
        assert!(message("").contains("missing field `data`"));
        let momentun = message(&XOR.replace("'adam'", "'adam', momentun = 1"));
        assert!(momentun.starts_with("line 6, column 30: unknown field `momentun`"), "{momentun}");
        let name = message(&XOR.replace("'adam'", "'adamm'"));
        assert!(name.starts_with("line 6, column 22: unknown variant `adamm`"), "{name}");
    }

    #[test]
    fn absurd_values_are_named() {
        let with = |from: &str, to: &str| mistake(&XOR.replace(from, to));
        let hidden = "`model.hidden` = 1000000000000000000: expected 1 to 1048576 units in each layer";
        assert_eq!(with("[8]", "[1000000000000000000]"), hidden);
        assert!(with("[8]", "[0]").starts_with("`model.hidden` = 0: "));
        let rate = "`train.optimizer.learning_rate` = -0.5: expected a positive number";
        assert_eq!(with("0.05", "-0.5"), rate);
        assert!(with("0.05", "nan").starts_with("`train.optimizer.learning_rate` = NaN: "));
        assert!(with("0.05", "inf").starts_with("`train.optimizer.learning_rate` = inf: "));
        assert!(with("0.05", "0.05, beta1 = 1.0").starts_with("`train.optimizer.beta1` = 1: "));
        assert!(
            with("0.05", "0.05, momentum = 0.9").starts_with("`train.optimizer.momentum` has no meaning")
        );
        assert!(with("epochs = 10", "epochs = 0").starts_with("`train.epochs` = 0: "));
        assert!(with("epochs = 10", "epochs = 10\nbatch_size = 0").starts_with("`train.batch_size` = 0: "));
        assert!(with("'xor'", "'csv'").starts_with("`data.path` is missing: "));
        assert!(with("'xor'", "'xor'\ndata.path = 'a.csv'").starts_with("`data.path` has no meaning"));
        assert!(
            with("'xor'", "'digits'\ndata.test_fraction = 1.0").starts_with("`data.test_fraction` = 1: ")
        );
        assert_eq!(with("'xor'", "'xor'\ndata.samples = 9"), "`data.samples` has no meaning for source xor");
        assert_eq!(with("'xor'", "'iris'\ndata.noise = 1"), "`data.noise` has no meaning for source iris");
        assert!(with("'xor'", "'blobs'\ndata.samples = 2").starts_with("`data.samples` = 2: expected 3 to "));
        assert!(with("'xor'", "'sine'\ndata.noise = -1").starts_with("`data.noise` = -1: expected 0 or"));
        assert!(with("'xor'", "'digits'\ndata.scale = 0").starts_with("`data.scale` = 0: "));
    }

    #[test]
    fn schedules_clipping_and_penalties_are_read_and_checked() {
        let more = "clip_value = 5\nclip_norm = 1.5\npenalty = { l2 = 0.25 }\n[train.schedule]\nname = 'cosine'\nsteps = 9\n";
        let config = TrainConfig::from_toml(&format!("{XOR}{more}")).unwrap();
        let tuning = config.train.tuning();
        assert_eq!((tuning.clip.value, tuning.clip.norm), (Some(5.0), Some(1.5)));
        assert_eq!((tuning.penalty.l1, tuning.penalty.l2), (0.0, 0.25));
        assert_eq!(tuning.schedule, crate::Schedule::Cosine { steps: 9, last: 0.0 });
        assert_eq!(TrainConfig::from_toml(&config.to_toml().unwrap()).unwrap(), config);
        assert_eq!(crate::Experiment::new(&config).unwrap().trainer.tuning(), &tuning);
        let with = |from: &str, to: &str| mistake(&format!("{XOR}{more}").replace(from, to));
        assert_eq!(
            with("clip_value = 5", "clip_value = 0"),
            "`train.clip_value` = 0: expected a positive number"
        );
        assert_eq!(with("= 1.5", "= -1"), "`train.clip_norm` = -1: expected a positive number");
        assert_eq!(with("0.25", "-2"), "`train.penalty.l2` = -2: expected 0 or a positive number");
        let warmup = with("'cosine'\nsteps = 9", "'linear_warmup'\nsteps = 0");
        assert_eq!(warmup, "`train.schedule.steps` = 0: expected 1 or more");
        assert_eq!(with("steps = 9", "steps = 9\nlast = 2"), "`train.schedule.last` = 2: expected 0 to 1");
        assert!(with("steps = 9", "steps = 9\nfactor = 2").contains("unknown field `factor`"));
        assert!(with("'cosine'", "'sine'").contains("unknown variant `sine`"));
        let step = with("name = 'cosine'\nsteps = 9", "name = 'step'\nevery = 3\nfactor = 1.5");
        assert_eq!(step, "`train.schedule.factor` = 1.5: expected above 0 and at most 1");
    }

    #[test]
    fn paths_are_relative_to_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("train.toml");
        std::fs::write(&path, XOR.replace("'xor'", "'csv'\ndata.path = 'data/a.csv'")).unwrap();
        let config = TrainConfig::from_file(&path).unwrap();
        assert_eq!(config.data.path, Some(folder.path().join("data/a.csv")));
        let missing = TrainConfig::from_file(folder.path().join("none.toml")).unwrap_err();
        assert!(missing.to_string().contains("none.toml"), "{missing}");
    }

    const DOCUMENT: &str = include_str!("../../../../docs/configuration.md");

    #[test]
    fn the_documented_example_is_read() {
        let example = DOCUMENT.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let config = TrainConfig::from_toml(example).unwrap();
        assert_eq!(config.train.checkpoint, Some(CheckpointConfig { every: 5, keep: 3 }));
        assert_eq!(TrainConfig::from_toml(&config.to_toml().unwrap()).unwrap(), config);
    }

    /// What the parser says it would have taken in place of a key that there is not.
    fn known(table: &str) -> Vec<String> {
        let text =
            format!("{}\n{table}.colour = 1\n", XOR.replace("[train]\n", "").replace("loss", "train.loss"));
        let text = text.replace("epochs", "train.epochs").replace("optimizer", "train.optimizer");
        let error = toml::from_str::<TrainConfig>(&text).unwrap_err().message().to_owned();
        let list =
            error.split_once("expected one of ").or(error.split_once("expected ")).unwrap().1.to_owned();
        list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    }

    #[test]
    fn every_key_is_documented() {
        let section = |table: &str| {
            let head = format!("## `[{table}]`\n");
            let text = DOCUMENT.split_once(&head).unwrap_or_else(|| panic!("{table} is not there")).1;
            text.split("\n## ").next().unwrap().to_owned()
        };
        let mut keys = 0;
        for table in ["data", "model", "train", "train.penalty", "train.checkpoint", "train.early_stopping"] {
            let text = section(table);
            for key in known(table) {
                let own =
                    ["optimizer", "schedule", "penalty", "checkpoint", "early_stopping"].contains(&&*key);
                let there = text.contains(&format!("\n| `{key}` |"));
                assert!(there || own && !section(&format!("train.{key}")).is_empty(), "{table}.{key}");
                keys += 1;
            }
        }
        assert!(keys > 35, "{keys}");
        let text = section("train.optimizer");
        for optimizer in crate::Optimizer::NAMES.iter().filter_map(|name| crate::Optimizer::named(name)) {
            let numbers = optimizer.hypers().into_iter().map(|h| format!("`{}` {}", h.name, h.value));
            let row = format!("| `{}` | {} |", optimizer.name(), numbers.collect::<Vec<_>>().join(", "));
            assert!(text.contains(&row), "{row}");
        }
    }
}
