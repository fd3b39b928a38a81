//! What is said of a training in the end.

use super::files::Files;
use super::gradient::Gradient;
use crate::costs;
use crate::json::float;
use crate::measures;
use crate::progress::metrics;
use serde_json::{Value as Json, json};
use std::time::Duration;
use wengert::nn::{Epoch, Experiment, Metrics, Report as Measured, Samples, TrainConfig};

/// What is said in the end.
pub(super) struct Report<'a> {
    pub(super) experiment: &'a Experiment,
    pub(super) config: &'a TrainConfig,
    pub(super) history: Vec<Epoch>,
    /// How well the model does on the samples kept apart.
    pub(super) test: Option<Measured>,
    pub(super) seconds: Duration,
    pub(super) gradient: Gradient,
    pub(super) files: Files,
}

impl Report<'_> {
    fn last(&self) -> Option<&Epoch> {
        self.history.last()
    }

    /// The report for a program.
    pub(super) fn document(&self) -> Json {
        let metrics = |m: &Metrics| json!({"loss": float(m.loss), "accuracy": m.accuracy.map(float)});
        let files = self.files.list().into_iter().map(|(name, path)| (name.to_owned(), json!(path)));
        json!({
            "epochs": self.history.len(),
            "seconds": float(self.seconds.as_secs_f64()),
            "parameters": self.experiment.trainer.model().param_count(),
            "stop": self.experiment.stop.map(|stop| stop.to_string()),
            "train": self.last().map(|e| metrics(&e.train)),
            "validation": self.last().and_then(|e| e.validation.as_ref()).map(metrics),
            "best_epoch": self.experiment.trainer.best_epoch(),
            "test": self.test.as_ref().map(measures::document),
            "cost": costs::document(&self.gradient.costs),
            "files": files.collect::<serde_json::Map<_, _>>(),
        })
    }

    /// The report for a person.
    pub(super) fn text(&self) -> String {
        let model = self.experiment.trainer.model();
        let mut text = format!(
            "trained {model} on {} samples for {} in {:.1} s (seed {})\n",
            self.experiment.train.count(),
            counted(self.history.len()),
            self.seconds.as_secs_f64(),
            self.config.train.seed,
        );
        if let Some(stop) = self.experiment.stop {
            text.push_str(&format!("stopped: {stop}\n"));
        }
        if let Some(epoch) = self.last() {
            text.push_str(&format!("training: {}\n", metrics(&epoch.train)));
        }
        if let (Some(found), Some(best)) =
            (self.last().and_then(|e| e.validation), self.experiment.trainer.best_epoch())
        {
            let ends =
                if self.config.train.early_stopping.is_some() { ", whose parameters are kept" } else { "" };
            text.push_str(&format!("validation: {}; best in epoch {best}{ends}\n", metrics(&found)));
        }
        if let Some(test) = &self.test {
            text.push_str(&format!("held out: {}", measures::text(test)));
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
        text.push_str(&format!("draw a picture: dot -Tsvg {} > model.svg\n", self.files.model().display()));
        text
    }
}

fn counted(epochs: usize) -> String {
    format!("{epochs} epoch{}", if epochs == 1 { "" } else { "s" })
}
