//! What can go wrong with checkpoints.

use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;
use wengert_expr::Type;

/// Why a checkpoint cannot be written, read or resumed from.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// A file that could not be read.
    #[error("cannot read the checkpoint {}: {source}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A folder that could not be made.
    #[error("cannot make the folder {}: {source}", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file that could not be written.
    #[error(
        "cannot write the checkpoint {}: {source}; an older one there is as it was; free space or choose another folder",
        .path.display()
    )]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Bytes that are not those of a checkpoint written whole.
    #[error("the checkpoint {} is damaged: {what}; use an earlier one, or train anew", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A file of another format.
    #[error(
        "the checkpoint {} has format {found}, this version reads {}; use the version that wrote it",
        .path.display(), super::FORMAT
    )]
    Format {
        /// The file.
        path: PathBuf,
        /// The format it says it has.
        found: u64,
    },
    /// State of a dtype that checkpoints do not keep.
    #[error("{name} is {ty}: checkpoints keep numbers only")]
    Unsupported {
        /// The state's name.
        name: String,
        /// Its type.
        ty: Type,
    },
    /// A checkpoint of training on other samples.
    #[error(
        "the checkpoint was made while training on other data: their checksum is {found:08x} there and {expected:08x} \
         here; give the data it was trained on, or train anew without resuming"
    )]
    OtherData {
        /// What the checkpoint has.
        found: u32,
        /// What the samples have.
        expected: u32,
    },
    /// A checkpoint made by a program that did not say of which configuration it is.
    #[error(
        "it does not hold the configuration that it was trained by; files that `wengert train` writes do"
    )]
    NoConfig,
    /// What is wrong with the checkpoint in a file.
    #[error("{}: {source}", .path.display())]
    In {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: Box<CheckpointError>,
    },
    /// A checkpoint of another model, or one that is trained in another way.
    #[error("the checkpoint belongs to other training: {what} is {found} there and {expected} here")]
    Differs {
        /// What differs, as `widths` or `learning_rate`.
        what: String,
        /// What the checkpoint has.
        found: String,
        /// What is asked for.
        expected: String,
    },
    /// Parameters or state that are not those of the model and its optimiser.
    #[error("the checkpoint has {found} for {name}, the model and its optimiser have {expected}")]
    Tensor {
        /// The name.
        name: String,
        /// What the checkpoint has.
        found: String,
        /// What belongs there.
        expected: String,
    },
}

impl CheckpointError {
    /// With the file that it is about, unless it names that already.
    pub fn of(self, path: &Path) -> CheckpointError {
        match self {
            CheckpointError::Differs { .. }
            | CheckpointError::Tensor { .. }
            | CheckpointError::OtherData { .. }
            | CheckpointError::NoConfig
            | CheckpointError::Unsupported { .. } => {
                CheckpointError::In { path: path.to_owned(), source: Box::new(self) }
            }
            CheckpointError::Read { .. }
            | CheckpointError::Folder { .. }
            | CheckpointError::Write { .. }
            | CheckpointError::Damaged { .. }
            | CheckpointError::Format { .. }
            | CheckpointError::In { .. } => self,
        }
    }
}
