//! What can go wrong with models, data and training.

use crate::checkpoint::CheckpointError;
use crate::classic::ClassicError;
use crate::config::ConfigError;
use crate::layer::Misfit;
use crate::log::LogError;
use crate::loss::Loss;
use crate::metrics::MetricError;
use crate::minimize::MinimizeError;
use std::path::PathBuf;
use thiserror::Error;
use wengert_diff::DiffError;
use wengert_exec::{CompileError, ExecError, NotFiniteNode};
use wengert_expr::{GraphError, Place, Type};
use wengert_interop::InteropError;

/// Why a model cannot be trained or run.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NnError {
    /// A configuration that makes no sense.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A model of impossible size.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// Data that do not fit together or not to the model.
    #[error(transparent)]
    Data(#[from] DataError),
    /// What a classic learner cannot learn.
    #[error(transparent)]
    Classic(#[from] ClassicError),
    /// Predictions that cannot be measured.
    #[error(transparent)]
    Metric(#[from] MetricError),
    /// A file that cannot be read.
    #[error(transparent)]
    File(#[from] InteropError),
    /// A graph that could not be built.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// A loss that could not be differentiated.
    #[error(transparent)]
    Diff(Box<DiffError>),
    /// A step that could not be run.
    #[error(transparent)]
    Exec(Box<ExecError>),
    /// A step that could not be compiled.
    #[error(transparent)]
    Compile(Box<CompileError>),
    /// A loss that cannot be minimised on all samples at once.
    #[error(transparent)]
    Minimize(Box<MinimizeError>),
    /// A checkpoint that cannot be written, read or resumed from.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A log that cannot be written.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A loss or parameters that left the numbers.
    #[error(transparent)]
    Diverged(#[from] Divergence),
}

impl From<DiffError> for NnError {
    fn from(error: DiffError) -> NnError {
        NnError::Diff(Box::new(error))
    }
}

impl From<MinimizeError> for NnError {
    fn from(error: MinimizeError) -> NnError {
        NnError::Minimize(Box::new(error))
    }
}

impl From<CompileError> for NnError {
    fn from(error: CompileError) -> NnError {
        match error {
            CompileError::Size(error) => error.into(),
            error => NnError::Compile(Box::new(error)),
        }
    }
}

impl From<ExecError> for NnError {
    fn from(error: ExecError) -> NnError {
        NnError::Exec(Box::new(error))
    }
}

/// Training that ended in numbers that are not finite or far too large. The trainer keeps the parameters of the last step before it.
#[derive(Clone, PartialEq, Debug, Error)]
#[error("training diverged at step {step} of epoch {epoch}: {what}; a lower learning rate may help")]
pub struct Divergence {
    /// The epoch, from 1.
    pub epoch: usize,
    /// The step in the epoch, from 1.
    pub step: usize,
    /// What ran away.
    pub what: Runaway,
}

/// What stopped being finite, or grew beyond its limit.
#[derive(Clone, PartialEq, Debug, Error)]
pub enum Runaway {
    /// The loss.
    #[error("the loss is {0}")]
    Loss(f64),
    /// The loss, which is finite yet.
    #[error("the loss is {loss:.3e}, above its limit of {limit:.3e}")]
    Beyond {
        /// The loss.
        loss: f64,
        /// The most that it may be.
        limit: f64,
    },
    /// A parameter after the update.
    #[error("the update made {0} infinite or NaN")]
    Param(String),
    /// One of these, with the operation that first made such a number.
    #[error("{what}; {by}")]
    Made {
        /// What ran away.
        what: Box<Runaway>,
        /// Where that came from.
        by: Box<Origin>,
    },
}

/// The operation of a step that first made a number that is not finite, or beyond the limit.
#[derive(Clone, PartialEq, Debug, Error)]
#[error("first made by {node}{}", .place.map(|place| format!(", at {place}")).unwrap_or_default())]
pub struct Origin {
    /// The node of the step's graph.
    pub node: NotFiniteNode,
    /// Where it was written, unless inside the library.
    pub place: Option<Place>,
}

/// Why there can be no such model.
#[derive(Clone, PartialEq, Debug, Error)]
#[non_exhaustive]
pub enum ModelError {
    /// Fewer than two widths.
    #[error("a model needs a number of features and of outputs, found {found} width{}", if *.found == 1 { "" } else { "s" })]
    NoLayers {
        /// How many there are.
        found: usize,
    },
    /// A width of zero or beyond all reason.
    #[error("width {found} of layer {at}: expected 1 to {} units", crate::model::MAX_UNITS)]
    Width {
        /// Which layer, 0 for the features.
        at: usize,
        /// The width.
        found: usize,
    },
    /// A layer that cannot work on what comes to it.
    #[error(transparent)]
    Layer(#[from] Misfit),
    /// A graph that could not be built.
    #[error(transparent)]
    Graph(Box<GraphError>),
    /// More parameters than memory is meant for.
    #[error("a model of {count} parameters: at most {} are possible", crate::model::MAX_PARAMS)]
    TooLarge {
        /// How many there would be.
        count: usize,
    },
}

impl From<GraphError> for ModelError {
    fn from(error: GraphError) -> ModelError {
        ModelError::Graph(Box::new(error))
    }
}

/// Why data cannot be used.
#[derive(Clone, PartialEq, Debug, Error)]
#[non_exhaustive]
pub enum DataError {
    /// Features that are not a table.
    #[error("features must have a row for each sample and a column for each feature, found {found}")]
    NotATable {
        /// Their type.
        found: Type,
    },
    /// No samples or no features.
    #[error("features of {found} hold no data")]
    Empty {
        /// Their type.
        found: Type,
    },
    /// Another number of targets than of samples.
    #[error("{samples} samples need as many targets, found {targets}")]
    Count {
        /// How many samples there are.
        samples: usize,
        /// How many targets.
        targets: usize,
    },
    /// Features and targets in files whose blocks are not of one size.
    #[error(
        "features come in blocks of {features} rows and targets in blocks of {targets}: expected the same of both"
    )]
    Blocks {
        /// The rows in a block of features.
        features: usize,
        /// The rows in a block of targets.
        targets: usize,
    },
    /// A number that is not finite.
    #[error(
        "{what} hold {value} at row {row}, column {column} (counted from 0){}",
        if .value.is_finite() { ", which f32 does not hold" } else { "" }
    )]
    NotFinite {
        /// Features or targets.
        what: &'static str,
        /// The row.
        row: usize,
        /// The column.
        column: usize,
        /// The number.
        value: f64,
    },
    /// A target that is no class.
    #[error(
        "target {value} of sample {sample} (counted from 0) is no class: expected a whole number from 0 to {limit}"
    )]
    NotAClass {
        /// Which sample.
        sample: usize,
        /// Its target.
        value: f64,
        /// The greatest class that is possible.
        limit: usize,
    },
    /// A target that is neither yes nor no.
    #[error("target {value} of sample {sample} (counted from 0) is no probability: expected 0 to 1")]
    NotAProbability {
        /// Which sample.
        sample: usize,
        /// Its target.
        value: f64,
    },
    /// A target that is not of one of two sides.
    #[error("target {value} of sample {sample} (counted from 0) is no side: the loss takes -1 and 1")]
    NotASign {
        /// Which sample.
        sample: usize,
        /// Its target.
        value: f64,
    },
    /// Samples that cannot be drawn.
    #[error("{what} = {value} of generated samples: expected {expected}")]
    Synthetic {
        /// Which number.
        what: &'static str,
        /// What it is.
        value: f64,
        /// What is allowed.
        expected: &'static str,
    },
    /// Targets in an array of a shape that is not possible.
    #[error("targets must be {expected}, found {found}")]
    TargetShape {
        /// What fits.
        expected: &'static str,
        /// Their type.
        found: Type,
    },
    /// Another number of features than the model takes.
    #[error("the model takes {expected} features, the data have {found}")]
    Features {
        /// How many it takes.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// Targets that the model's outputs cannot meet.
    #[error("the data need a model of {needed}, this one has {found} outputs")]
    Outputs {
        /// What they need.
        needed: String,
        /// How many outputs the model has.
        found: usize,
    },
    /// Targets of another kind than the loss takes.
    #[error("targets that are {targets} do not go with the loss {loss}")]
    Loss {
        /// What they are.
        targets: &'static str,
        /// The loss.
        loss: Loss,
    },
    /// Too few samples to leave some for testing and some for training.
    #[error(
        "a test fraction of {fraction} leaves {train} of {samples} samples to train on and {test} to test"
    )]
    Split {
        /// How many samples there are.
        samples: usize,
        /// The fraction asked for.
        fraction: f64,
        /// How many would be trained on.
        train: usize,
        /// How many would be tested.
        test: usize,
    },
    /// A column that the table does not have.
    #[error("the data have {columns} columns; there is no column {found}")]
    NoColumn {
        /// The name or number asked for.
        found: String,
        /// How many there are.
        columns: usize,
    },
    /// A column that the model was trained with and that the table does not have.
    #[error("the table has no column {name:?}, which the model takes; it has {found}")]
    MissingColumn {
        /// Its name.
        name: String,
        /// The names that there are.
        found: String,
    },
    /// Samples whose targets have a file of their own, which was not given.
    #[error("{kind} files hold features alone: a file with the targets is needed, too (--labels)")]
    NoTargets {
        /// The kind of file.
        kind: &'static str,
    },
    /// An array that an archive does not hold.
    #[error("{}: there is no array named {name:?}; the file holds {found}", .path.display())]
    NoArray {
        /// The file.
        path: PathBuf,
        /// The name asked for.
        name: String,
        /// The names that there are.
        found: String,
    },
}

impl DataError {
    /// The same of samples that stand so many rows further down.
    pub(crate) fn further_down(mut self, rows: usize) -> DataError {
        match &mut self {
            DataError::NotFinite { row, .. } => *row += rows,
            DataError::NotAClass { sample, .. }
            | DataError::NotAProbability { sample, .. }
            | DataError::NotASign { sample, .. } => *sample += rows,
            _ => {}
        }
        self
    }
}
