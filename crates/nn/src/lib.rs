//! Neural networks as Wengert graphs: models, losses, optimisers, data and training.
//!
//! A step of training, forward, backward and update, is one [`Function`](wengert_expr::Function) like any other: it can
//! be printed, drawn, costed and compiled. Everything random comes from a seed, and the same seed trains the same
//! parameters bit for bit. Nothing here prints; progress comes as [`Event`]s.
//!
//! ```
//! use wengert_nn::{Adam, Activation, Dataset, Loss, Model, Optimizer, Precision, Settings, Trainer};
//!
//! let model = Model::mlp(&[2, 8, 1], Activation::Tanh)?;
//! let data = Dataset::xor(Loss::BceWithLogits, Precision::F32)?;
//! let optimizer = Optimizer::Adam(Adam::default());
//! let settings = Settings { loss: Loss::BceWithLogits, optimizer, learning_rate: 0.05, batch_size: 4, seed: 1 };
//! let mut trainer = Trainer::new(model, settings);
//! trainer.fit(&data, None, 200, &mut |_| ())?;
//! assert_eq!(trainer.evaluate(&data)?.accuracy, Some(1.0));
//! # Ok::<(), wengert_nn::NnError>(())
//! ```

mod activation;
mod checkpoint;
pub mod classic;
mod config;
mod data;
mod error;
mod experiment;
mod full_batch;
mod init;
pub mod layer;
mod load;
mod log;
mod loss;
mod matrix;
pub mod metrics;
pub mod minimize;
mod model;
mod optim;
mod output;
mod precision;
mod predictor;
mod preset;
mod random;
mod step;
mod study;
pub mod theory;
mod trainer;

pub use activation::{Activation, Facts, Image, Smoothness};
pub use checkpoint::{Checkpoint, CheckpointError, Folder, Source as CheckpointSource};
pub use config::{
    CheckpointConfig, Column, ConfigError, DataConfig, EarlyStopping, Judge, KernelName, LearnerConfig,
    LearnerName, MethodName, ModelConfig, OptimizerConfig, Source, SplitOrder, StudyConfig, TestName,
    TrainConfig, TrainingConfig, WeakName,
};
pub use data::{
    Batch, Batches, Dataset, Reading, Samples, Standardize, Stream, Synthetic, TargetForm, TargetRows,
    TargetSpec, Targets, split_ordered, split_shuffled,
};
pub use error::{DataError, Divergence, ModelError, NnError, Origin, Runaway};
pub use experiment::Experiment;
pub use init::Init;
pub use layer::Layer;
pub use log::{LogError, Logs, curve};
pub use loss::{
    Loss, Reduction, TargetKind, cross_entropy, entropy, entropy_of_logits, kl_divergence,
    kl_divergence_of_logits,
};
pub use metrics::{Epoch, Event, Flow, Metrics, Report};
pub use model::{Forward, MAX_PARAMS, MAX_UNITS, Model};
pub use optim::*;
pub use output::{OutputUnit, Variance};
pub use precision::Precision;
pub use predictor::{Predictions, Predictor};
pub use preset::Preset;
pub use random::{Purpose, Random};
pub use step::{evaluation, training_step, tuned_step};
pub use study::{Cell, Findings, Scores, Study, Table};
pub use trainer::{Course, Length, Parts, Settings, Trainer};
