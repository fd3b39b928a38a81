//! What training writes: the model, its logs and checkpoints, and pictures of the model and of its gradient.

use super::gradient::Gradient;
use crate::commands::show::write;
use crate::failure::Failure;
use std::path::{Path, PathBuf};
use wengert::nn::Folder;
use wengert::render::{Direction, Options, derivative, primal};

/// What training writes.
pub(super) struct Files {
    folder: Folder,
    model: PathBuf,
    gradient: PathBuf,
}

impl Files {
    /// The files in a folder.
    pub(super) fn new(folder: Folder) -> Files {
        let file = |name| folder.path().join(name);
        Files { model: file("model.dot"), gradient: file("gradient.dot"), folder }
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Draws the model and its gradient.
    pub(super) fn draw(&self, gradient: &Gradient) -> Result<(), Failure> {
        let titled = |title: &str| Options { title: title.to_owned(), ..Options::default() };
        write(&self.model, &primal(&gradient.loss, &titled("model and loss")).to_dot())?;
        let options = titled("loss and its gradient in reverse mode");
        let nodes = gradient.loss.graph().len();
        write(&self.gradient, &derivative(&gradient.function, nodes, Direction::Reverse, &options).to_dot())
    }

    /// The file with the model's picture.
    pub(super) fn model(&self) -> &Path {
        &self.model
    }

    /// What each file holds, and where it is.
    pub(super) fn list(&self) -> Vec<(&'static str, String)> {
        let file = |name: &str| self.folder.path().join(name);
        let all = [
            ("parameters", self.folder.model()),
            ("checkpoint", self.folder.checkpoint()),
            ("best", self.folder.best()),
            ("loss_curve", file("loss.csv")),
            ("log", file("log.jsonl")),
            ("model", self.model.clone()),
            ("gradient", self.gradient.clone()),
        ];
        let there = all.into_iter().filter(|(_, path)| path.exists());
        there.map(|(name, path)| (name, path.display().to_string())).collect()
    }
}
