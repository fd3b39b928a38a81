//! Configurations that are known to work.

use crate::activation::Activation;
use crate::config::{
    DataConfig, ModelConfig, OptimizerConfig, Source, SplitOrder, TrainConfig, TrainingConfig,
};
use crate::loss::Loss;
use crate::precision::Precision;
use std::path::{Path, PathBuf};

/// A configuration that is known to work.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Preset {
    /// Exclusive or: 2-8-1, tanh, Adam on all four cases at once.
    Xor,
    /// The handwritten digits that the program carries: 64-64-10, relu, mini-batches with momentum.
    Digits,
    /// MNIST from a folder with its IDX files: 784-128-10, relu, mini-batches with momentum.
    Mnist(PathBuf),
}

impl Preset {
    /// The configuration.
    pub fn config(&self) -> TrainConfig {
        match self {
            Preset::Xor => xor(),
            Preset::Digits => digits(),
            Preset::Mnist(folder) => mnist(folder),
        }
    }
}

fn xor() -> TrainConfig {
    TrainConfig {
        data: DataConfig::new(Source::Xor),
        model: ModelConfig {
            hidden: vec![8],
            activation: Activation::Tanh,
            init: None,
            precision: Precision::F32,
        },
        train: TrainingConfig {
            loss: Loss::Mse,
            batch_size: 4,
            epochs: 500,
            seed: 1,
            optimizer: OptimizerConfig::adam(0.05),
        },
    }
}

fn digits() -> TrainConfig {
    TrainConfig {
        data: DataConfig { scale: 1.0 / 16.0, ..DataConfig::new(Source::Digits) },
        model: ModelConfig {
            hidden: vec![64],
            activation: Activation::Relu,
            init: None,
            precision: Precision::F32,
        },
        train: TrainingConfig {
            loss: Loss::SoftmaxCrossEntropy,
            batch_size: 32,
            epochs: 30,
            seed: 1,
            optimizer: OptimizerConfig::sgd(0.05, 0.9),
        },
    }
}

/// Trains on the training files and tests on the test files; where the folder has only the test files, trains on the
/// first four fifths of them and tests on the rest.
fn mnist(folder: &Path) -> TrainConfig {
    let images = |part: &str| file(folder, &format!("{part}-images-idx3-ubyte"));
    let labels = |part: &str| file(folder, &format!("{part}-labels-idx1-ubyte"));
    let whole = DataConfig { scale: 1.0 / 255.0, split: SplitOrder::Ordered, ..DataConfig::new(Source::Idx) };
    let data = if images("train").exists() {
        DataConfig {
            path: Some(images("train")),
            labels_path: Some(labels("train")),
            test_path: Some(images("t10k")),
            test_labels_path: Some(labels("t10k")),
            ..whole
        }
    } else {
        DataConfig { path: Some(images("t10k")), labels_path: Some(labels("t10k")), ..whole }
    };
    let model = ModelConfig { hidden: vec![128], ..digits().model };
    let optimizer = OptimizerConfig::sgd(0.05, 0.9);
    TrainConfig {
        data,
        model,
        train: TrainingConfig { batch_size: 64, epochs: 10, optimizer, ..digits().train },
    }
}

/// The file of this name, or the gzipped one if only that exists.
fn file(folder: &Path, name: &str) -> PathBuf {
    let (plain, packed) = (folder.join(name), folder.join(format!("{name}.gz")));
    if !plain.exists() && packed.exists() { packed } else { plain }
}
