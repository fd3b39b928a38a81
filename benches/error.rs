//! Why a benchmark's function cannot be made or run.

use thiserror::Error as ThisError;
use wengert_diff::DiffError;
use wengert_exec::{CompileError, ExecError};
use wengert_expr::GraphError;
use wengert_expr::text::Diagnostic;
use wengert_interop::InteropError;
use wengert_nn::{DataError, ModelError};

/// Why a benchmark's function cannot be made or run.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum Error {
    /// The text ends before all numbers are there.
    #[error("{what} should be word {at} of the file, which has fewer")]
    Missing {
        /// What was expected.
        what: &'static str,
        /// At which word of the text, from 1.
        at: usize,
    },
    /// A word that is no number, or one that is not possible there.
    #[error("word {at} of the file should be {what}, found {found:?}")]
    Number {
        /// What was expected.
        what: &'static str,
        /// At which word of the text, from 1.
        at: usize,
        /// The word.
        found: String,
    },
    /// More words than the format has.
    #[error("the file should end before word {at}, found {found:?}")]
    Trailing {
        /// At which word of the text, from 1.
        at: usize,
        /// The word.
        found: String,
    },
    /// A program in the language with a mistake.
    #[error(transparent)]
    Program(#[from] Diagnostic),
    /// The function could not be built.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// The function could not be differentiated.
    #[error(transparent)]
    Diff(#[from] DiffError),
    /// The function could not be compiled.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// The function could not be run.
    #[error(transparent)]
    Exec(#[from] ExecError),
    /// Data could not be read.
    #[error(transparent)]
    Interop(#[from] InteropError),
    /// A model could not be made.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// Data do not fit a model.
    #[error(transparent)]
    Data(#[from] DataError),
}
