//! What can be wrong with a file: which file, where in it, what was expected and what stood there.
//!
//! Lines, columns (fields of a line) and rows count from 1, bytes from 0. Text quoted from a file is escaped and cut short.

use crate::Format;
use crate::elements::Overflow;
use std::io;
use std::path::{Path, PathBuf};

/// The result of reading or writing a file.
pub type Result<T, E = InteropError> = std::result::Result<T, E>;

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum InteropError {
    /// The operating system refused.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file without a row of data.
    #[error("{path}: the file holds no rows of numbers")]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// Text in another encoding, or no text at all.
    #[error("{path}: line {line}, byte {byte} of the line: expected UTF-8 text")]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
        /// How many bytes of the line stand before the fault.
        byte: usize,
    },
    /// A field that is not a number.
    #[error("{path}: line {line}, column {column}: expected a number, found {text:?}")]
    NotANumber {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
        /// The field.
        column: usize,
        /// The field's text.
        text: String,
    },
    /// A NaN or an infinity (also a number beyond the range of f64) where only finite numbers are accepted.
    #[error("{path}: line {line}, column {column}: expected a finite number, found {text:?}")]
    NotFinite {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
        /// The field.
        column: usize,
        /// The field's text.
        text: String,
    },
    /// A line of another width than the lines before it.
    #[error("{path}: line {line}: expected {expected} fields, found {found}")]
    Ragged {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
        /// How many fields the lines before it have.
        expected: usize,
        /// How many it has.
        found: usize,
    },
    /// The first line promises another number of rows.
    #[error("{path}: the first line promises {expected} rows, found {found}")]
    RowCount {
        /// The file.
        path: PathBuf,
        /// What the first line says.
        expected: usize,
        /// How many rows there are.
        found: usize,
    },
    /// A class label that is not a whole number from 0, or beyond the named classes.
    #[error("{path}: row {row}: expected a class label {expected}, found {found}")]
    NotALabel {
        /// The file.
        path: PathBuf,
        /// The row of data.
        row: usize,
        /// Which labels are possible.
        expected: String,
        /// The number in the last column.
        found: f64,
    },
    /// Bytes that the format does not allow.
    #[error("{path}: byte {offset}: expected {expected}, found {found} ({format} format)")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The format it should be in.
        format: Format,
        /// The place.
        offset: usize,
        /// What the format asks for there.
        expected: String,
        /// What there is.
        found: String,
    },
    /// A compressed stream or an archive that is cut short or damaged.
    #[error("{path}: damaged {format} data: {source}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The format of the container.
        format: Format,
        /// What the decoder said.
        source: io::Error,
    },
    /// Something the format allows and this library does not read.
    #[error("{path}: {format} with {found} is not supported: expected {expected}")]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// Its format.
        format: Format,
        /// What it has.
        found: String,
        /// What is supported.
        expected: String,
    },
    /// An unsigned integer that i64 does not hold.
    #[error("{path}: element {index}: expected an integer up to {max}, found {value}", max = i64::MAX)]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The element, in the order of the file.
        index: usize,
        /// The integer.
        value: u64,
    },
    /// A fault in one array of an archive.
    #[error("array {name:?} in {source}")]
    InArray {
        /// The array.
        name: String,
        /// The fault.
        source: Box<InteropError>,
    },
    /// Two arrays of one name for one archive.
    #[error("{path}: expected different names, found {name:?} twice")]
    DuplicateName {
        /// The archive.
        path: PathBuf,
        /// The name.
        name: String,
    },
}

impl InteropError {
    /// The same fault with so many lines before the text that it was found in.
    pub(crate) fn further_down(mut self, lines: usize) -> InteropError {
        match &mut self {
            InteropError::NotUtf8 { line, .. }
            | InteropError::NotANumber { line, .. }
            | InteropError::NotFinite { line, .. }
            | InteropError::Ragged { line, .. } => *line += lines,
            _ => {}
        }
        self
    }

    /// The file at fault.
    pub fn path(&self) -> &Path {
        match self {
            InteropError::Io { path, .. }
            | InteropError::Empty { path }
            | InteropError::NotUtf8 { path, .. }
            | InteropError::NotANumber { path, .. }
            | InteropError::NotFinite { path, .. }
            | InteropError::Ragged { path, .. }
            | InteropError::RowCount { path, .. }
            | InteropError::NotALabel { path, .. }
            | InteropError::Malformed { path, .. }
            | InteropError::Damaged { path, .. }
            | InteropError::Unsupported { path, .. }
            | InteropError::TooLarge { path, .. }
            | InteropError::DuplicateName { path, .. } => path,
            InteropError::InArray { source, .. } => source.path(),
        }
    }

    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> InteropError {
        move |source| InteropError::Io { path: path.to_owned(), source }
    }

    pub(crate) fn too_large(path: &Path) -> impl FnOnce(Overflow) -> InteropError {
        move |Overflow { index, value }| InteropError::TooLarge { path: path.to_owned(), index, value }
    }

    pub(crate) fn malformed(
        path: &Path,
        format: Format,
        offset: usize,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> InteropError {
        let (path, expected, found) = (path.to_owned(), expected.into(), found.into());
        InteropError::Malformed { path, format, offset, expected, found }
    }

    pub(crate) fn unsupported(
        path: &Path,
        format: Format,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> InteropError {
        InteropError::Unsupported {
            path: path.to_owned(),
            format,
            found: found.into(),
            expected: expected.into(),
        }
    }
}

/// The start of a text of any length, for a message.
pub(crate) fn excerpt(text: &str) -> String {
    const LIMIT: usize = 40;
    match text.char_indices().nth(LIMIT) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
