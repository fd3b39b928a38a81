//! The folder that a training writes to: its checkpoints and, in the end, the model.

use super::{Checkpoint, CheckpointError};
use crate::config::CheckpointConfig;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use wengert_interop::is_unfinished;

/// The folder that a training writes to.
///
/// `checkpoint.safetensors` is the latest, `best.safetensors` that with the parameters of the best epoch where epochs are
/// judged, and `model.safetensors` what training ended with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// A folder, made if it does not exist.
    ///
    /// # Errors
    /// A folder that cannot be made.
    pub fn new(path: impl Into<PathBuf>) -> Result<Folder, CheckpointError> {
        let path = path.into();
        match fs::create_dir_all(&path) {
            Ok(()) => Ok(Folder { path }),
            Err(source) => Err(CheckpointError::Folder { path, source }),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Removes what a training that was killed while it wrote has left half written.
    pub(crate) fn sweep(&self) {
        let files = fs::read_dir(&self.path).into_iter().flatten().flatten();
        for file in files.filter(|f| f.file_name().to_str().is_some_and(is_unfinished)) {
            // What is left is in nobody's way.
            let _ = fs::remove_file(file.path());
        }
    }

    /// The latest checkpoint's file.
    pub fn checkpoint(&self) -> PathBuf {
        self.path.join("checkpoint.safetensors")
    }

    /// The file with the parameters of the best epoch.
    pub fn best(&self) -> PathBuf {
        self.path.join("best.safetensors")
    }

    /// The finished model's file.
    pub fn model(&self) -> PathBuf {
        self.path.join("model.safetensors")
    }

    /// Where the last parameters before numbers stopped being finite are written.
    pub fn last_good(&self) -> PathBuf {
        self.path.join("last-good.safetensors")
    }

    /// The latest checkpoint, if there is one.
    ///
    /// # Errors
    /// One that cannot be read.
    pub fn latest(&self) -> Result<Option<Checkpoint>, CheckpointError> {
        match Checkpoint::load(self.checkpoint()) {
            Ok(checkpoint) => Ok(Some(checkpoint)),
            Err(CheckpointError::Read { source, .. }) if source.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes a checkpoint if one is due after so many epochs; older ones beyond those to be kept go.
    ///
    /// # Errors
    /// Files that cannot be written; the latest checkpoint is then as it was.
    pub fn save(&self, checkpoint: &Checkpoint, config: CheckpointConfig) -> Result<(), CheckpointError> {
        let epochs = checkpoint.epochs();
        if !epochs.is_multiple_of(config.every) {
            return Ok(());
        }
        if config.keep > 1 {
            checkpoint.save(self.numbered(epochs))?;
        }
        checkpoint.save(self.checkpoint())?;
        if let Some(best) = checkpoint.best() {
            best.save(self.best())?;
        }
        let Some(old) = config.every.checked_mul(config.keep).and_then(|span| epochs.checked_sub(span))
        else {
            return Ok(());
        };
        match fs::remove_file(self.numbered(old)) {
            Err(source) if source.kind() != ErrorKind::NotFound => {
                Err(CheckpointError::Write { path: self.numbered(old), source })
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// The checkpoint after so many epochs, where more than the latest is kept.
    fn numbered(&self, epochs: usize) -> PathBuf {
        self.path.join(format!("checkpoint-{epochs:06}.safetensors"))
    }
}
