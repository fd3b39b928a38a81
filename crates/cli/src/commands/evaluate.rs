//! `wengert evaluate`: how well a trained model does.

use crate::answer::Answer;
use crate::args::Settings;
use crate::failure::Failure;
use crate::measures;
use clap::Args;
use std::path::PathBuf;
use wengert::nn::Predictor;

#[derive(Args, Debug)]
#[command(
    after_help = "Without --data, on the samples that were kept apart when the model was trained, or on all if none were.

Examples:
  wengert evaluate wengert-out/model.safetensors
  wengert evaluate wengert-out/best.safetensors --data new.csv --json
  wengert evaluate model.safetensors --data images.idx.gz --labels labels.idx.gz"
)]
pub(crate) struct EvaluateArgs {
    /// A model or a checkpoint that `wengert train` wrote
    pub(crate) model: PathBuf,
    /// Samples with their targets, laid out as those to train on: CSV, NPZ, safetensors, or NPY or IDX with --labels
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,
    /// The targets, where they have a file of their own
    #[arg(long, value_name = "FILE", requires = "data")]
    pub(crate) labels: Option<PathBuf>,
}

pub(crate) fn run(args: &EvaluateArgs, settings: &Settings) -> Result<Answer, Failure> {
    let mut predictor = Predictor::load(&args.model)?;
    let report = match &args.data {
        Some(data) => predictor.evaluate(data, args.labels.as_deref())?,
        None => predictor.evaluate_held_out()?,
    };
    let text = || measures::text(&report) + &measures::table(&report);
    Ok(Answer::new(settings, || measures::document(&report), text))
}
