//! Where in the user's source a node was made.

use std::fmt;
use std::panic::Location;

/// A place in a Rust file or in a program text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Place {
    /// Not known.
    #[default]
    Unknown,
    /// A line of Rust.
    Rust(&'static Location<'static>),
    /// A line and a column of a program text, from 1.
    Text {
        /// The line.
        line: u32,
        /// The column, in characters.
        column: u32,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Unknown => write!(f, "an unknown place"),
            Place::Rust(location) => write!(f, "{location}"),
            Place::Text { line, column } => write!(f, "line {line}, column {column}"),
        }
    }
}
