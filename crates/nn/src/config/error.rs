//! What can be wrong with a configuration.

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
    /// A value that TOML cannot hold.
    #[error("cannot be written as TOML: {0}")]
    Unwritable(String),
}

impl ConfigError {
    /// An error of the TOML parser, with its place in the text.
    pub(super) fn in_text(error: &toml::de::Error, text: &str) -> ConfigError {
        let offset = error.span().map_or(0, |span| span.start);
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |n| n + 1);
        ConfigError::Toml {
            message: error.message().trim_end().replace('\n', "; "),
            line: 1 + before.matches('\n').count(),
            column: 1 + before[line_start..].chars().count(),
        }
    }
}
