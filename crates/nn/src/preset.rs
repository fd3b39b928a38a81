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
            batch_size: 4,
            seed: 1,
            ..TrainingConfig::new(Loss::Mse, 300, OptimizerConfig::adam(0.05))
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
            batch_size: 16,
            seed: 1,
            ..TrainingConfig::new(Loss::SoftmaxCrossEntropy, 30, OptimizerConfig::sgd(0.1, 0.9))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Batches;
    use crate::experiment::Experiment;

    #[test]
    fn configurations_are_valid_and_can_be_written() {
        let folder = PathBuf::from("data/mnist");
        for preset in [Preset::Xor, Preset::Digits, Preset::Mnist(folder)] {
            let config = preset.config();
            assert_eq!(TrainConfig::from_toml(&config.to_toml().unwrap()).unwrap(), config);
        }
    }

    #[test]
    fn xor_succeeds_from_a_hundred_seeds() {
        let solved = |seed: u64| {
            let mut config = Preset::Xor.config();
            config.train.seed = seed;
            let mut experiment = Experiment::new(&config).unwrap();
            experiment.run(&mut |_| ()).unwrap();
            experiment.trainer.evaluate(&experiment.train).unwrap().accuracy == Some(1.0)
        };
        let successes = (0..100).filter(|&seed| solved(seed)).count();
        assert!(successes >= 99, "{successes} of 100");
    }

    #[test]
    fn digits_are_read_by_the_model() {
        let mut experiment = Experiment::new(&Preset::Digits.config()).unwrap();
        assert_eq!(experiment.trainer.model().sizes(), [64, 64, 10]);
        let mut steps = 0;
        let history =
            experiment.run(&mut |event| steps += usize::from(matches!(event, crate::Event::Step { .. })));
        let last = history.unwrap().pop().unwrap();
        assert_eq!(steps, experiment.epochs * Batches::new(1438, 16, 1).count());
        let accuracy = last.test.unwrap().accuracy.unwrap();
        assert!(accuracy >= 0.97, "{accuracy}");
    }

    #[test]
    fn mnist_tests_on_its_own_files_where_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let config = || Preset::Mnist(folder.path().to_owned()).config().data;
        std::fs::write(at("t10k-images-idx3-ubyte.gz"), "").unwrap();
        assert_eq!((config().path, config().test_path), (Some(at("t10k-images-idx3-ubyte.gz")), None));
        std::fs::write(at("train-images-idx3-ubyte"), "").unwrap();
        assert_eq!(config().path, Some(at("train-images-idx3-ubyte")));
        assert_eq!(config().test_path, Some(at("t10k-images-idx3-ubyte.gz")));
        assert!(config().test_fraction().abs() < f64::EPSILON);
    }
}
