//! What can be wrong with a configuration.

use super::locate::locate;
use std::path::PathBuf;
use thiserror::Error;

/// Why a configuration cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A file that cannot be read.
    #[error("cannot read {}: {source}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Text that is no TOML or does not have the keys expected.
    #[error("line {line}, column {column}: {message}")]
    Toml {
        /// What is wrong.
        message: String,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
    },
    /// A value that makes no sense.
    #[error("`{key}` = {value}: expected {expected}")]
    Value {
        /// The key, with its tables.
        key: &'static str,
        /// Its value.
        value: String,
        /// What is allowed.
        expected: String,
    },
    /// A key that the others need.
    #[error("`{key}` is missing: {because}")]
    Missing {
        /// The key, with its tables.
        key: &'static str,
        /// What needs it.
        because: String,
    },
    /// A key that the others leave without a meaning.
    #[error("`{key}` has no meaning {because}")]
    Meaningless {
        /// The key, with its tables.
        key: &'static str,
        /// Beside what.
        because: String,
    },
    /// One of these with its place in the text.
    #[error("line {line}, column {column}: {mistake}")]
    Placed {
        /// What is wrong.
        mistake: Box<ConfigError>,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
    },
    /// A value that TOML cannot hold.
    #[error("cannot be written as TOML: {0}")]
    Unwritable(String),
}

impl ConfigError {
    /// An error of the TOML parser, with its place in the text.
    pub(super) fn in_text(error: &toml::de::Error, text: &str) -> ConfigError {
        let (line, column) = position(text, error.span().map_or(0, |span| span.start));
        ConfigError::Toml { message: error.message().trim_end().replace('\n', "; "), line, column }
    }

    /// With the line and the column of the key that it is about, or of the table where that is missing.
    pub(super) fn placed_in(self, text: &str) -> ConfigError {
        let key = match &self {
            ConfigError::Value { key, .. }
            | ConfigError::Missing { key, .. }
            | ConfigError::Meaningless { key, .. } => *key,
            ConfigError::Read { .. }
            | ConfigError::Toml { .. }
            | ConfigError::Placed { .. }
            | ConfigError::Unwritable(_) => return self,
        };
        let (line, column) = position(text, locate(text, key));
        ConfigError::Placed { mistake: Box::new(self), line, column }
    }

    /// The line and the column from 1, where they are known.
    pub fn place(&self) -> Option<(usize, usize)> {
        match self {
            ConfigError::Toml { line, column, .. } | ConfigError::Placed { line, column, .. } => {
                Some((*line, *column))
            }
            ConfigError::Read { .. }
            | ConfigError::Value { .. }
            | ConfigError::Missing { .. }
            | ConfigError::Meaningless { .. }
            | ConfigError::Unwritable(_) => None,
        }
    }
}

/// The line and the column, from 1, of a byte.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |n| n + 1);
    (1 + before.matches('\n').count(), 1 + before[line_start..].chars().count())
}
