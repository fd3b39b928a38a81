//! Configurations that are known to work.
//!
//! Units, rates, penalties and epochs of the figures and the tables are those of the least validation loss on a small
//! grid, a mean over five random splits (4 to 1) of the training part alone: samples kept apart for testing had no say.

use crate::activation::Activation;
use crate::config::{
    DataConfig, ModelConfig, OptimizerConfig, Source, SplitOrder, TrainConfig, TrainingConfig,
};
use crate::layer::{Activate, Conv2d, Dense, Dropout, Flatten, Layer, MaxPool2d, Padding, Reshape};
use crate::loss::Loss;
use crate::optim::{Penalty, Schedule};
use std::path::{Path, PathBuf};

/// A configuration that is known to work.
///
/// ```
/// use wengert_nn::{Experiment, Preset};
/// let mut experiment = Experiment::new(&Preset::Iris.config())?;
/// experiment.run(&mut |_| ())?;
/// let accuracy = experiment.trainer.evaluate(&experiment.train)?.accuracy;
/// assert!(accuracy >= Some(0.95));
/// # Ok::<(), wengert_nn::NnError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Preset {
    /// Exclusive or: 2-8-1, tanh, Adam on all four cases at once.
    Xor,
    /// And: one unit, Adam on all four cases at once.
    And,
    /// Or: one unit, Adam on all four cases at once.
    Or,
    /// Five cars of two features: one unit on standardised features.
    Car,
    /// Two rings about one centre: 2-16-1, tanh.
    Rings,
    /// Two half circles that reach into one another: 2-8-1, tanh.
    Moons,
    /// Two spirals about one centre: 2-32-32-1, tanh.
    Spirals,
    /// Three round heaps: softmax regression.
    Blobs,
    /// Fisher's irises: 4-16-3, tanh, on standardised features.
    Iris,
    /// Wines of three growers: 13-16-3, tanh, on standardised features.
    Wine,
    /// Breast tumours: 30-16-1, tanh, on standardised features.
    Cancer,
    /// The progress of diabetes, a number: ridge regression on standardised features.
    Diabetes,
    /// The handwritten digits that the program carries: 64-64-10, relu, mini-batches with momentum.
    Digits,
    /// The same digits: two convolutions and a dense layer.
    DigitsConv,
    /// MNIST from a folder with its IDX files: 784-128-10, relu, mini-batches with momentum.
    Mnist(PathBuf),
    /// The same images: two convolutions, each with its pool.
    MnistConv(PathBuf),
}

impl Preset {
    /// The configuration.
    pub fn config(&self) -> TrainConfig {
        use Loss::{BceWithLogits, SoftmaxCrossEntropy};
        match self {
            Preset::Xor => xor(),
            Preset::And => adam(Source::And, &[], BceWithLogits, 0.1, 200),
            Preset::Or => adam(Source::Or, &[], BceWithLogits, 0.1, 200),
            Preset::Car => standardized(adam(Source::Car, &[], BceWithLogits, 0.1, 200), 0.0),
            Preset::Rings => adam(Source::Rings, &[16], BceWithLogits, 0.05, 60),
            Preset::Moons => adam(Source::Moons, &[8], BceWithLogits, 0.05, 120),
            Preset::Spirals => spirals(),
            Preset::Blobs => adam(Source::Blobs, &[], SoftmaxCrossEntropy, 0.05, 60),
            Preset::Iris => standardized(adam(Source::Iris, &[16], SoftmaxCrossEntropy, 0.02, 40), 0.0),
            Preset::Wine => standardized(adam(Source::Wine, &[16], SoftmaxCrossEntropy, 0.02, 30), 0.01),
            Preset::Cancer => standardized(adam(Source::Cancer, &[16], BceWithLogits, 0.01, 30), 0.0),
            Preset::Diabetes => diabetes(),
            Preset::Digits => digits(),
            Preset::DigitsConv => digits_conv(),
            Preset::Mnist(folder) => mnist(folder),
            Preset::MnistConv(folder) => mnist_conv(folder),
        }
    }
}

fn xor() -> TrainConfig {
    TrainConfig {
        data: DataConfig::new(Source::Xor),
        model: ModelConfig::hidden(&[8], Activation::Tanh),
        train: TrainingConfig {
            batch_size: 4,
            seed: 1,
            ..TrainingConfig::new(Loss::Mse, 300, OptimizerConfig::adam(0.05))
        },
    }
}

/// A tanh network with these hidden units, trained with Adam in batches of 32 at most.
fn adam(source: Source, hidden: &[usize], loss: Loss, rate: f64, epochs: usize) -> TrainConfig {
    trained(source, hidden, TrainingConfig::new(loss, epochs, OptimizerConfig::adam(rate)))
}

fn trained(source: Source, hidden: &[usize], train: TrainingConfig) -> TrainConfig {
    TrainConfig {
        data: DataConfig::new(source),
        model: ModelConfig { hidden: hidden.to_vec(), ..xor().model },
        train: TrainingConfig { seed: 1, ..train },
    }
}

/// The same on standardised features, with a penalty on squares of weights.
fn standardized(mut config: TrainConfig, l2: f64) -> TrainConfig {
    config.data.standardize = true;
    config.train.penalty = Penalty { l2, ..config.train.penalty };
    config
}

/// Features of a size that tells neighbouring arms apart.
fn spirals() -> TrainConfig {
    let mut config = adam(Source::Spirals, &[32, 32], Loss::BceWithLogits, 0.01, 200);
    config.data.scale = 4.0;
    config
}

fn diabetes() -> TrainConfig {
    let train = TrainingConfig::new(Loss::Mse, 40, OptimizerConfig::sgd(0.01, 0.9));
    standardized(trained(Source::Diabetes, &[], train), 0.1)
}

fn digits() -> TrainConfig {
    TrainConfig {
        data: DataConfig { scale: 1.0 / 16.0, seed: Some(1), ..DataConfig::new(Source::Digits) },
        model: ModelConfig::hidden(&[64], Activation::Relu),
        train: TrainingConfig {
            batch_size: 16,
            seed: 1,
            ..TrainingConfig::new(Loss::SoftmaxCrossEntropy, 30, OptimizerConfig::sgd(0.1, 0.9))
        },
    }
}

fn digits_conv() -> TrainConfig {
    let conv = |channels| Conv2d::new(channels, 3).padded(Padding::Same).into();
    let relu = || Activate(Activation::Relu).into();
    let layers: Vec<Layer> = vec![
        Reshape(vec![8, 8, 1]).into(),
        conv(16),
        relu(),
        conv(32),
        relu(),
        MaxPool2d::new(2).into(),
        Flatten {}.into(),
        Dropout { rate: 0.5 }.into(),
        Dense { units: 64 }.into(),
        relu(),
    ];
    let mut config = digits();
    config.model = ModelConfig { layers: Some(layers), ..ModelConfig::default() };
    config.train = TrainingConfig {
        batch_size: 32,
        epochs: 20,
        optimizer: OptimizerConfig::adam(0.003),
        schedule: Schedule::Cosine { steps: 0, last: 0.0 },
        ..config.train
    };
    config
}

fn mnist_conv(folder: &Path) -> TrainConfig {
    let conv = |channels| Conv2d::new(channels, 3).into();
    let relu = || Activate(Activation::Relu).into();
    let pool = || MaxPool2d::new(2).into();
    let image = Reshape(vec![28, 28, 1]).into();
    let layers: Vec<Layer> = vec![image, conv(8), relu(), pool(), conv(16), relu(), pool()];
    let mut config = mnist(folder);
    config.model = ModelConfig { layers: Some(layers), ..ModelConfig::default() };
    config.train.optimizer = OptimizerConfig::adam(0.001);
    config
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

#[cfg(test)]
mod tests;
