//! What training writes: the loss curve, and pictures of the model and of its gradient.

use super::gradient::Gradient;
use crate::commands::show::write;
use crate::failure::Failure;
use std::path::{Path, PathBuf};
use wengert::nn::{Epoch, Metrics};
use wengert::render::{Direction, Options, derivative, primal};

/// What training writes.
pub(super) struct Files {
    curve: PathBuf,
    model: PathBuf,
    gradient: PathBuf,
}

impl Files {
    /// The files in a folder, which is made if it does not exist.
    pub(super) fn new(folder: &Path) -> Result<Files, Failure> {
        let made = std::fs::create_dir_all(folder);
        made.map_err(|error| {
            Failure::input(format!("cannot make the folder {}: {error}", folder.display()))
        })?;
        let file = |name| folder.join(name);
        Ok(Files { curve: file("loss.csv"), model: file("model.dot"), gradient: file("gradient.dot") })
    }

    /// Draws the model and its gradient.
    pub(super) fn draw(&self, gradient: &Gradient) -> Result<(), Failure> {
        let titled = |title: &str| Options { title: title.to_owned(), ..Options::default() };
        write(&self.model, &primal(&gradient.loss, &titled("model and loss")).to_dot())?;
        let options = titled("loss and its gradient in reverse mode");
        let nodes = gradient.loss.graph().len();
        write(&self.gradient, &derivative(&gradient.function, nodes, Direction::Reverse, &options).to_dot())
    }

    /// Writes the loss of every epoch.
    pub(super) fn write_curve(&self, history: &[Epoch]) -> Result<(), Failure> {
        write(&self.curve, &curve(history))
    }

    /// The file with the model's picture.
    pub(super) fn model(&self) -> &Path {
        &self.model
    }

    /// What each file holds, and where it is.
    pub(super) fn list(&self) -> [(&'static str, String); 3] {
        let shown = |path: &Path| path.display().to_string();
        [
            ("model", shown(&self.model)),
            ("gradient", shown(&self.gradient)),
            ("loss_curve", shown(&self.curve)),
        ]
    }
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
