//! `wengert train`: trains a network, says how well it does and what its gradient costs, writes its pictures.

use super::show::write;
use crate::answer::Answer;
use crate::args::{PresetName, Settings, TrainArgs};
use crate::costs;
use crate::failure::Failure;
use crate::json::float;
use crate::progress::{Progress, metrics};
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use std::time::Duration;
use wengert::diff::{Costs, Mode, cost, grad};
use wengert::expr::{DType, Function, Output};
use wengert::nn::{Epoch, Event, Experiment, Metrics, Precision, Preset, TrainConfig};
use wengert::render::{Direction, Options, derivative, primal};

/// Where files are written unless --out names another folder.
const FOLDER: &str = "wengert-out";

pub(crate) fn run(args: &TrainArgs, settings: &Settings) -> Result<Answer, Failure> {
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
fn config(args: &TrainArgs, settings: &Settings) -> Result<TrainConfig, Failure> {
    let preset = |name, data: &Option<PathBuf>| match name {
        PresetName::Xor => Preset::Xor,
        PresetName::Digits => Preset::Digits,
        PresetName::Mnist => Preset::Mnist(data.clone().unwrap_or_default()),
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
    write(&files.curve, &curve(&history))?;
    result?;
    Ok((history, seconds))
}

/// The loss curve as a table.
fn curve(history: &[Epoch]) -> String {
    let both = |m: Option<Metrics>| {
        let number = |x: Option<f64>| x.map(|x| x.to_string()).unwrap_or_default();
        format!("{},{}", number(m.map(|m| m.loss)), number(m.and_then(|m| m.accuracy)))
    };
    let line = |e: &Epoch| format!("{},{},{}\n", e.number, both(Some(e.train)), both(e.test));
    let header = "epoch,train_loss,train_accuracy,test_loss,test_accuracy\n";
    std::iter::once(header.to_owned()).chain(history.iter().map(line)).collect()
}

/// The loss of one batch with its gradient.
struct Gradient {
    /// From parameters and a batch to the loss.
    loss: Function,
    /// The loss and its gradient with respect to the parameters.
    function: Function,
    costs: Costs,
    batch: usize,
}

impl Gradient {
    fn new(experiment: &Experiment) -> Result<Gradient, Failure> {
        let (model, settings) = (experiment.trainer.model(), experiment.trainer.settings());
        let batch = settings.batch_size.min(experiment.train.len());
        let loss = model.loss_function(settings.loss, batch)?;
        let names: Vec<String> = model.param_types().into_iter().map(|(name, _)| name).collect();
        let wrt: Vec<&str> = names.iter().map(String::as_str).collect();
        let costs = cost(&loss, &wrt)?;
        let gradient = grad(&loss, &wrt, Mode::Reverse)?;
        let named =
            |(o, name): (&Output, &String)| Output { name: Some(format!("dloss/d{name}")), node: o.node };
        let slopes = gradient.outputs().iter().zip(&names).map(named);
        let outputs = loss.outputs().iter().cloned().chain(slopes).collect();
        let function = Function::new(gradient.into_graph(), outputs);
        Ok(Gradient { loss, function, costs, batch })
    }
}

/// What training writes.
struct Files {
    curve: PathBuf,
    model: PathBuf,
    gradient: PathBuf,
}

impl Files {
    fn new(folder: &Path) -> Result<Files, Failure> {
        let made = std::fs::create_dir_all(folder);
        made.map_err(|error| {
            Failure::input(format!("cannot make the folder {}: {error}", folder.display()))
        })?;
        let file = |name| folder.join(name);
        Ok(Files { curve: file("loss.csv"), model: file("model.dot"), gradient: file("gradient.dot") })
    }

    fn draw(&self, gradient: &Gradient) -> Result<(), Failure> {
        let titled = |title: &str| Options { title: title.to_owned(), ..Options::default() };
        write(&self.model, &primal(&gradient.loss, &titled("model and loss")).to_dot())?;
        let options = titled("loss and its gradient in reverse mode");
        let nodes = gradient.loss.graph().len();
        write(&self.gradient, &derivative(&gradient.function, nodes, Direction::Reverse, &options).to_dot())
    }

    /// What each file holds, and where it is.
    fn list(&self) -> [(&'static str, String); 3] {
        let shown = |path: &Path| path.display().to_string();
        [
            ("model", shown(&self.model)),
            ("gradient", shown(&self.gradient)),
            ("loss_curve", shown(&self.curve)),
        ]
    }
}

/// What is said in the end.
struct Report<'a> {
    experiment: &'a Experiment,
    config: &'a TrainConfig,
    history: Vec<Epoch>,
    seconds: Duration,
    gradient: Gradient,
    files: Files,
}

impl Report<'_> {
    fn last(&self) -> Option<&Epoch> {
        self.history.last()
    }

    fn document(&self) -> Json {
        let metrics = |m: &Metrics| json!({"loss": float(m.loss), "accuracy": m.accuracy.map(float)});
        let files = self.files.list().into_iter().map(|(name, path)| (name.to_owned(), json!(path)));
        json!({
            "epochs": self.history.len(),
            "seconds": float(self.seconds.as_secs_f64()),
            "parameters": self.experiment.trainer.model().param_count(),
            "train": self.last().map(|e| metrics(&e.train)),
            "test": self.last().and_then(|e| e.test.as_ref()).map(metrics),
            "cost": costs::document(&self.gradient.costs),
            "files": files.collect::<serde_json::Map<_, _>>(),
        })
    }

    fn text(&self) -> String {
        let model = self.experiment.trainer.model();
        let sizes: Vec<String> = std::iter::once(model.inputs())
            .chain(model.layers().iter().map(|layer| layer.outputs))
            .map(|n| n.to_string())
            .collect();
        let mut text = format!(
            "trained {} on {} samples for {} epochs in {:.1} s (seed {})\n",
            sizes.join("-"),
            self.experiment.train.len(),
            self.history.len(),
            self.seconds.as_secs_f64(),
            self.config.train.seed,
        );
        if let Some(epoch) = self.last() {
            text.push_str(&format!("training: {}\n", metrics(&epoch.train)));
        }
        if let (Some(test), Some(data)) = (self.last().and_then(|e| e.test), &self.experiment.test) {
            text.push_str(&format!("held out: {} on {} samples\n", metrics(&test), data.len()));
        }
        let (count, batch) = (model.param_count(), self.gradient.batch);
        text.push_str(&format!(
            "\nthe gradient with respect to {count} parameters on a batch of {batch} costs\n"
        ));
        text.push_str(&costs::text(&self.gradient.costs));
        text.push('\n');
        for (name, path) in self.files.list() {
            text.push_str(&format!("wrote {:<11}{path}\n", name.replace('_', " ")));
        }
        text.push_str(&format!("draw a picture: dot -Tsvg {} > model.svg\n", self.files.model.display()));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_leaves_blank_what_is_not_known() {
        let train = Metrics { loss: 0.25, accuracy: None };
        let test = Some(Metrics { loss: 0.5, accuracy: Some(0.75) });
        let history = [Epoch { number: 1, train, test: None }, Epoch { number: 2, train, test }];
        let lines = "epoch,train_loss,train_accuracy,test_loss,test_accuracy\n1,0.25,,,\n2,0.25,,0.5,0.75\n";
        assert_eq!(curve(&history), lines);
    }
}
