//! `wengert predict`: what a trained model says of samples.

use crate::answer::Answer;
use crate::args::Settings;
use crate::commands::show::write;
use crate::failure::Failure;
use crate::json;
use clap::Args;
use serde_json::{Value as Json, json};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use wengert::interop::{write_atomically, write_npy};
use wengert::nn::{Flow, Predictions, Predictor};

#[derive(Args, Debug)]
#[command(
    after_help = "A line for each sample: its class and the probabilities, or the numbers. Of a table with names the columns that the
model was trained with are taken; a table without names has these columns alone, or the target's too. With -o FILE.csv a plain CSV, NPY
or IDX file may be larger than memory.

Examples:
  wengert predict wengert-out/model.safetensors --data new.csv
  wengert predict model.safetensors --data new.npy -o predictions.npy"
)]
pub(crate) struct PredictArgs {
    /// A model or a checkpoint that `wengert train` wrote
    pub(crate) model: PathBuf,
    /// The samples: CSV, NPY or IDX, plain or gzipped, NPZ or safetensors
    #[arg(long, value_name = "FILE")]
    pub(crate) data: PathBuf,
    /// Where predictions are written, by the ending as .csv, .json or .npy, which has no classes; standard output as CSV if
    /// absent
    #[arg(short = 'o', long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

pub(crate) fn run(args: &PredictArgs, settings: &Settings) -> Result<Answer, Failure> {
    let mut predictor = Predictor::load(&args.model)?;
    let form = args.output.as_deref().map(Form::of).transpose()?;
    let (Some(path), Some(form)) = (&args.output, form) else {
        let predictions = whole(&mut predictor, &args.data)?;
        return Ok(Answer::new(settings, || document(&predictions), || table(&predictions)));
    };
    let samples = match form {
        Form::Csv => write_lines(&mut predictor, &args.data, path)?,
        Form::Json => {
            let predictions = whole(&mut predictor, &args.data)?;
            write(path, &json::document(&document(&predictions)))?;
            predictions.values.shape()[0]
        }
        Form::Npy => {
            let predictions = whole(&mut predictor, &args.data)?;
            write_npy(path, &predictions.values)?;
            predictions.values.shape()[0]
        }
    };
    let path = path.display().to_string();
    let told = json!({"samples": samples, "file": path});
    Ok(Answer::new(settings, || told, || format!("wrote predictions for {samples} samples to {path}\n")))
}

fn whole(predictor: &mut Predictor, data: &Path) -> Result<Predictions, Failure> {
    let features = predictor.features(data)?;
    Ok(predictor.predict(&features)?)
}

/// Writes a line for each sample, of a file that may be larger than memory, and returns how many there are.
fn write_lines(predictor: &mut Predictor, data: &Path, path: &Path) -> Result<usize, Failure> {
    /// How many samples are in memory.
    const SAMPLES: usize = 1 << 13;
    let (mut samples, mut failed) = (0, None);
    let written = write_atomically(path, |file| {
        let mut told = Ok(());
        let predicted = predictor.predict_file(data, SAMPLES, &mut |predictions| {
            let head = if samples == 0 { heading(&predictions) } else { String::new() };
            samples += predictions.values.shape()[0];
            told =
                file.write_all(head.as_bytes()).and_then(|()| file.write_all(lines(&predictions).as_bytes()));
            if told.is_ok() { Flow::Go } else { Flow::Stop }
        });
        match predicted {
            Ok(()) => told,
            Err(error) => {
                let message = error.to_string();
                failed = Some(error);
                Err(io::Error::other(message))
            }
        }
    });
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(written.map(|()| samples)?),
    }
}

/// How predictions are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
    Csv,
    Json,
    Npy,
}

impl Form {
    fn of(path: &Path) -> Result<Form, Failure> {
        match path.extension().and_then(|e| e.to_str()) {
            Some("csv") => Ok(Form::Csv),
            Some("json") => Ok(Form::Json),
            Some("npy") => Ok(Form::Npy),
            _ => Err(Failure::input(format!(
                "{} ends in none of .csv, .json and .npy, the ways to write predictions",
                path.display()
            ))),
        }
    }
}

/// A line for each sample, below the names.
fn table(predictions: &Predictions) -> String {
    heading(predictions) + &lines(predictions)
}

/// The names.
fn heading(predictions: &Predictions) -> String {
    let class = predictions.classes.as_ref().map(|_| "class".to_owned());
    let names: Vec<String> = class.into_iter().chain(predictions.names.iter().cloned()).collect();
    names.join(",") + "\n"
}

fn lines(predictions: &Predictions) -> String {
    let classes = predictions.classes.as_deref();
    let mut text = String::new();
    for (i, row) in rows(predictions).into_iter().enumerate() {
        let class = classes.map(|classes| classes[i].to_string());
        let fields = class.into_iter().chain(row.iter().map(ToString::to_string));
        text.push_str(&fields.collect::<Vec<_>>().join(","));
        text.push('\n');
    }
    text
}

fn rows(predictions: &Predictions) -> Vec<Vec<f64>> {
    let numbers = predictions.values.to_f64s();
    numbers.chunks(predictions.names.len().max(1)).map(<[f64]>::to_vec).collect()
}

fn document(predictions: &Predictions) -> Json {
    json!({
        "names": predictions.names,
        "classes": predictions.classes,
        "values": json::value(&predictions.values),
    })
}
