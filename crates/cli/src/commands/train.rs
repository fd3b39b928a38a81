//! `wengert train`: trains a network, says how well it does and what its gradient costs, writes its pictures.

mod files;
mod gradient;
mod learner;
mod report;

use crate::answer::Answer;
use crate::args::Settings;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::terminal::printable;
use clap::{Args, ValueEnum};
use files::Files;
use gradient::Gradient;
use report::Report;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use wengert::expr::DType;
use wengert::nn::{
    CheckpointConfig, Epoch, Experiment, Folder, NnError, Precision, Preset, Samples, TrainConfig,
};

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
#[command(
    after_help = "Writes model.safetensors, loss.csv, log.jsonl, TensorBoard's events, model.dot and gradient.dot into the folder
that --out names, and checkpoints where they are asked for.

Examples:
  wengert train --preset xor --seed 3
  wengert train --preset mnist --data mnist/ --epochs 5
  wengert train experiment.toml --out results --checkpoint-every 5
  wengert train experiment.toml --out results --checkpoint-every 5 --resume

A configuration:
  [data]
  source = \"csv\"            # or digits, xor, iris, npz, npy, idx, safetensors
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
  epochs = 100

docs/configuration.md describes every key."
)]
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
    /// How many steps are made, in place of epochs
    #[arg(long, conflicts_with = "epochs")]
    pub(crate) steps: Option<usize>,
    /// How far parameters follow gradients in a step
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    pub(crate) learning_rate: Option<f64>,
    /// Where files are written
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Save training after every so many epochs
    #[arg(long, value_name = "EPOCHS")]
    pub(crate) checkpoint_every: Option<usize>,
    /// Go on from the checkpoint in the folder that --out names, or begin where there is none yet
    #[arg(long)]
    pub(crate) resume: bool,
}

pub(crate) fn run(args: &TrainArgs, settings: &Settings) -> Result<Answer, Failure> {
    if let Some(study) = learner::find(args)? {
        return learner::run(&study, args, settings);
    }
    let config = config(args, settings)?;
    let path = args.out.as_deref().unwrap_or(Path::new(FOLDER));
    let mut experiment = match args.resume {
        true => resumed(&config, &Folder::new(path)?)?,
        false => Experiment::new(&config)?,
    };
    let files = Files::new(Folder::new(path)?);
    let (history, seconds) = train(&mut experiment, &files)?;
    let gradient = Gradient::new(&experiment)?;
    files.draw(&gradient)?;
    let test = experiment.test.clone().map(|test| experiment.trainer.report(&test)).transpose()?;
    let report = Report { experiment: &experiment, config: &config, history, test, seconds, gradient, files };
    Ok(Answer::new(settings, || report.document(), || report.text()))
}

/// Training as the folder's checkpoint has it; from its beginning where there is no checkpoint yet.
fn resumed(config: &TrainConfig, folder: &Folder) -> Result<Experiment, Failure> {
    let Some(checkpoint) = folder.latest()? else {
        note(&format!("no checkpoint in {} yet: training begins", folder.path().display()));
        return Ok(Experiment::new(config)?);
    };
    note(&format!("training goes on after epoch {}", checkpoint.epochs()));
    Experiment::resumed(config, &checkpoint).map_err(|error| match error {
        NnError::Checkpoint(error) => error.of(&folder.checkpoint()).into(),
        error => error.into(),
    })
}

/// Says something on standard error. What cannot be said is no reason to stop.
fn note(text: &str) {
    let _ = writeln!(io::stderr(), "{}", printable(text));
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
    if let Some(epochs) = args.epochs {
        (config.train.epochs, config.train.steps) = (epochs, None);
    }
    if let Some(steps) = args.steps {
        (config.train.epochs, config.train.steps) = (0, Some(steps));
    }
    if let Some(every) = args.checkpoint_every {
        let usual = CheckpointConfig::every(every);
        config.train.checkpoint =
            Some(CheckpointConfig { every, ..config.train.checkpoint.unwrap_or(usual) });
    }
    let rate = &mut config.train.optimizer.learning_rate;
    *rate = args.learning_rate.unwrap_or(*rate);
    if let Some(dtype) = settings.dtype {
        config.model.precision = if dtype == DType::F32 { Precision::F32 } else { Precision::F64 };
    }
    Ok(config)
}

/// Trains with progress shown, and returns all epochs with those behind. Logs are written also if training fails.
fn train(experiment: &mut Experiment, files: &Files) -> Result<(Vec<Epoch>, Duration), Failure> {
    let behind = experiment.trainer.history().to_vec();
    let mut progress =
        Progress::new(experiment.course.length, experiment.trainer.steps(), experiment.train.count());
    let result = experiment.run_in(files.folder(), &mut |event| progress.tell(event));
    let seconds = progress.finish();
    match result {
        Ok(epochs) => Ok(([behind, epochs].concat(), seconds)),
        Err(NnError::Diverged(error)) => {
            let kept = files.folder().last_good();
            Err(Failure::work(format!("{error}; the parameters before it are in {}", kept.display())))
        }
        Err(error) => Err(error.into()),
    }
}
