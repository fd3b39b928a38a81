//! `wengert train`: trains a network, says how well it does and what its gradient costs, writes its pictures.

mod files;
mod gradient;
mod learner;
mod report;

use crate::answer::Answer;
use crate::args::Settings;
use crate::failure::Failure;
use crate::progress::Progress;
use clap::{Args, ValueEnum};
use files::Files;
use gradient::Gradient;
use report::Report;
use std::path::{Path, PathBuf};
use std::time::Duration;
use wengert::expr::DType;
use wengert::nn::{Epoch, Event, Experiment, Precision, Preset, TrainConfig};

/// Where files are written unless --out names another folder.
const FOLDER: &str = "wengert-out";

/// A configuration that is known to work.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PresetName {
    /// Exclusive or
    Xor,
    /// And
    And,
    /// Or
    Or,
    /// Five rows of two features and two classes
    Car,
    /// Two rings about one centre
    Rings,
    /// Two half circles that reach into one another
    Moons,
    /// Two spirals about one centre
    Spirals,
    /// Three round heaps
    Blobs,
    /// Fisher's irises: three species
    Iris,
    /// Wines of three growers
    Wine,
    /// Breast tumours, malignant or benign
    Cancer,
    /// The progress of diabetes, a number
    Diabetes,
    /// The handwritten digits that the program carries
    Digits,
    /// The same digits, by convolutions
    DigitsConv,
    /// MNIST, from the folder that --data names
    Mnist,
    /// The same images, by convolutions
    MnistConv,
}

#[derive(Args, Debug, Default)]
#[command(after_help = "Writes loss.csv, model.dot and gradient.dot into the folder that --out names.

Examples:
  wengert train --preset xor --seed 3
  wengert train --preset mnist --data mnist/ --epochs 5
  wengert train experiment.toml --out results --json

A configuration:
  [data]
  source = \"csv\"            # or digits, xor, iris, npz, npy, idx
  path = \"iris.csv\"
  [model]
  hidden = [16]
  activation = \"relu\"
  [train]
  loss = \"softmax_cross_entropy\"
  optimizer = { name = \"adam\", learning_rate = 0.01 }
  epochs = 50

A classic learner, in place of [model] and [train], writes trace.csv:
  [learner]
  name = \"perceptron\"       # or delta_rule, perceptron_loss, least_squares, logistic, softmax, adaboost, pca, kernel_pca
  epochs = 100")]
pub(crate) struct TrainArgs {
    /// A configuration in TOML
    #[arg(required_unless_present = "preset", conflicts_with = "preset")]
    pub(crate) config: Option<PathBuf>,
    /// A configuration that is known to work
    #[arg(long, value_enum)]
    pub(crate) preset: Option<PresetName>,
    /// The folder with MNIST's files
    #[arg(long, value_name = "DIR", required_if_eq_any([("preset", "mnist"), ("preset", "mnist-conv")]))]
    pub(crate) data: Option<PathBuf>,
    /// What weights, the split and orders are drawn from
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// How often every sample is seen
    #[arg(long)]
    pub(crate) epochs: Option<usize>,
    /// Where files are written
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

pub(crate) fn run(args: &TrainArgs, settings: &Settings) -> Result<Answer, Failure> {
    if let Some(study) = learner::find(args)? {
        return learner::run(&study, args, settings);
    }
    let config = config(args, settings)?;
    let mut experiment = Experiment::new(&config)?;
    let files = Files::new(args.out.as_deref().unwrap_or(Path::new(FOLDER)))?;
    let (history, seconds) = train(&mut experiment, &files)?;
    let gradient = Gradient::new(&experiment)?;
    files.draw(&gradient)?;
    let report = Report { experiment: &experiment, config: &config, history, seconds, gradient, files };
    Ok(Answer::new(settings, || report.document(), || report.text()))
}

/// The configuration that the command line names, with what it changes.
pub(crate) fn config(args: &TrainArgs, settings: &Settings) -> Result<TrainConfig, Failure> {
    let preset = |name, data: &Option<PathBuf>| match name {
        PresetName::Xor => Preset::Xor,
        PresetName::And => Preset::And,
        PresetName::Or => Preset::Or,
        PresetName::Car => Preset::Car,
        PresetName::Rings => Preset::Rings,
        PresetName::Moons => Preset::Moons,
        PresetName::Spirals => Preset::Spirals,
        PresetName::Blobs => Preset::Blobs,
        PresetName::Iris => Preset::Iris,
        PresetName::Wine => Preset::Wine,
        PresetName::Cancer => Preset::Cancer,
        PresetName::Diabetes => Preset::Diabetes,
        PresetName::Digits => Preset::Digits,
        PresetName::DigitsConv => Preset::DigitsConv,
        PresetName::Mnist => Preset::Mnist(data.clone().unwrap_or_default()),
        PresetName::MnistConv => Preset::MnistConv(data.clone().unwrap_or_default()),
    };
    let mut config = match (&args.config, args.preset) {
        (Some(path), _) => TrainConfig::from_file(path)?,
        (None, name) => preset(name.unwrap_or(PresetName::Digits), &args.data).config(),
    };
    config.train.seed = args.seed.unwrap_or(config.train.seed);
    config.train.epochs = args.epochs.unwrap_or(config.train.epochs);
    if let Some(dtype) = settings.dtype {
        config.model.precision = if dtype == DType::F32 { Precision::F32 } else { Precision::F64 };
    }
    Ok(config)
}

/// Trains with progress shown. The loss curve is written also if training fails.
fn train(experiment: &mut Experiment, files: &Files) -> Result<(Vec<Epoch>, Duration), Failure> {
    let mut progress = Progress::new(experiment.epochs, experiment.train.len());
    let mut history = Vec::new();
    let result = experiment.run(&mut |event| {
        progress.tell(event);
        if let Event::Epoch(epoch) = event {
            history.push(*epoch);
        }
    });
    let seconds = progress.finish();
    files.write_curve(&history)?;
    result?;
    Ok((history, seconds))
}
