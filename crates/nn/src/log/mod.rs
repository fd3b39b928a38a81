//! What training writes as it goes: a table, lines of JSON and events for TensorBoard, a record for each epoch.
//!
//! A log is a head and its records, and a record depends on its epoch alone. So training that is resumed writes the
//! epochs behind anew and goes on: every epoch is there once. Only TensorBoard's events hold times of the clock.

mod csv;
mod json;
mod tensorboard;

pub use csv::curve;

use crate::metrics::Epoch;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use thiserror::Error;
use wengert_interop::{InteropError, write_atomically};

/// A log that cannot be written.
#[derive(Debug, Error)]
#[error("cannot write the log {}: {source}; free space or choose another folder", .path.display())]
pub struct LogError {
    /// The file.
    pub path: PathBuf,
    /// What the system says.
    pub source: io::Error,
}

/// The files.
const LOGS: [&str; 3] = ["loss.csv", "log.jsonl", tensorboard::NAME];

/// How a log is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Format {
    Csv { validation: bool },
    Json,
    TensorBoard,
}

impl Format {
    fn head(self) -> Vec<u8> {
        match self {
            Format::Csv { validation } => csv::head(validation).into_bytes(),
            Format::Json => Vec::new(),
            Format::TensorBoard => tensorboard::head(),
        }
    }

    fn record(self, epoch: &Epoch) -> Vec<u8> {
        match self {
            Format::Csv { validation } => csv::record(epoch, validation).into_bytes(),
            Format::Json => json::record(epoch).into_bytes(),
            Format::TensorBoard => tensorboard::record(epoch),
        }
    }
}

/// The logs of one training.
///
/// ```
/// use wengert_nn::{Epoch, Logs, Metrics};
/// let folder = tempfile::tempdir()?;
/// let mut logs = Logs::start(folder.path(), &[], false)?;
/// let train = Metrics { loss: 0.5, accuracy: None };
/// logs.add(&Epoch { number: 1, steps: 10, learning_rate: 0.1, train, validation: None, test: None })?;
/// let text = std::fs::read_to_string(folder.path().join("loss.csv"))?;
/// assert_eq!(text, "epoch,train_loss,train_accuracy,test_loss,test_accuracy\n1,0.5,,,\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Logs {
    logs: Vec<Log>,
}

#[derive(Debug)]
struct Log {
    format: Format,
    path: PathBuf,
    file: File,
}

impl Logs {
    /// Logs in a folder, `loss.csv`, `log.jsonl` and TensorBoard's events, with the epochs that are behind; logs that are
    /// there are replaced. With samples to validate with, the table has columns for them.
    ///
    /// # Errors
    /// Files that cannot be written.
    pub fn start(folder: &Path, behind: &[Epoch], validation: bool) -> Result<Logs, LogError> {
        let log = |(name, format)| Log::start(folder.join(name), format, behind);
        let formats = [Format::Csv { validation }, Format::Json, Format::TensorBoard];
        Ok(Logs { logs: LOGS.into_iter().zip(formats).map(log).collect::<Result<_, _>>()? })
    }

    /// Adds an epoch.
    ///
    /// # Errors
    /// Files that cannot be written, or a full disk.
    pub fn add(&mut self, epoch: &Epoch) -> Result<(), LogError> {
        self.logs.iter_mut().try_for_each(|log| log.add(epoch))
    }

    /// The files.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.logs.iter().map(|log| log.path.as_path())
    }
}

impl Log {
    fn start(path: PathBuf, format: Format, behind: &[Epoch]) -> Result<Log, LogError> {
        let records = behind.iter().map(|epoch| format.record(epoch));
        let bytes: Vec<u8> = std::iter::once(format.head()).chain(records).flatten().collect();
        let written = write_atomically(&path, |file| file.write_all(&bytes));
        let opened = written.map_err(into_io).and_then(|()| OpenOptions::new().append(true).open(&path));
        match opened {
            Ok(file) => Ok(Log { format, path, file }),
            Err(source) => Err(LogError { path, source }),
        }
    }

    fn add(&mut self, epoch: &Epoch) -> Result<(), LogError> {
        let written = self.file.write_all(&self.format.record(epoch));
        written.map_err(|source| LogError { path: self.path.clone(), source })
    }
}

fn into_io(error: InteropError) -> io::Error {
    match error {
        InteropError::Io { source, .. } => source,
        error => io::Error::other(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Metrics;

    fn epoch(number: usize) -> Epoch {
        let metrics = |loss| Metrics { loss, accuracy: Some(0.5) };
        Epoch {
            number,
            steps: 3 * number,
            learning_rate: 0.25,
            train: metrics(0.5),
            validation: Some(metrics(0.75)),
            test: None,
        }
    }

    #[test]
    fn resumed_logs_hold_every_epoch_once() {
        let folder = tempfile::tempdir().unwrap();
        let text = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        let mut logs = Logs::start(folder.path(), &[], true).unwrap();
        (1..=3).for_each(|n| logs.add(&epoch(n)).unwrap());
        let whole = (text("loss.csv"), text("log.jsonl"));
        assert_eq!(whole.0.lines().count(), 4);
        assert_eq!(whole.1.lines().count(), 3);
        // Killed after the third epoch, within a line of the fourth; the checkpoint is that of the first.
        std::fs::write(folder.path().join("loss.csv"), format!("{}4,0.", whole.0)).unwrap();
        let mut logs = Logs::start(folder.path(), &[epoch(1)], true).unwrap();
        (2..=3).for_each(|n| logs.add(&epoch(n)).unwrap());
        assert_eq!((text("loss.csv"), text("log.jsonl")), whole);
        assert_eq!(logs.files().count(), 3);
    }

    #[test]
    fn a_file_in_the_folders_place_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "").unwrap();
        let message = Logs::start(&path, &[], false).unwrap_err().to_string();
        assert!(message.starts_with("cannot write the log ") && message.contains("loss.csv"), "{message}");
    }
}
