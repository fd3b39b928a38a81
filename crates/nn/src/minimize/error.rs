//! Why a function cannot be minimised at all; what stops a minimiser on its way is a [`Stop`](super::Stop).

use thiserror::Error;
use wengert_diff::DiffError;
use wengert_exec::{CompileError, ExecError};
use wengert_expr::Type;

/// Why a function cannot be minimised.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MinimizeError {
    /// Another number of inputs than one.
    #[error("a minimiser moves one input, the function has {found}; make data constants of the graph")]
    Inputs {
        /// How many there are.
        found: usize,
    },
    /// An input that is no vector of doubles.
    #[error("the input to move must be a vector f64[n], found {found}")]
    NotAVector {
        /// Its type.
        found: Type,
    },
    /// Residuals that are no vector.
    #[error("residuals must be one output, a vector f64[m], found {found}")]
    NotResiduals {
        /// What there is.
        found: String,
    },
    /// A Jacobian beyond all reason.
    #[error(
        "{residuals} residuals of {length} parameters: their Jacobian or its square would have more than {most} entries; use lbfgs"
    )]
    TooLarge {
        /// The input's length.
        length: usize,
        /// How many residuals there are.
        residuals: usize,
        /// How many entries there may be.
        most: usize,
    },
    /// A first point of another length.
    #[error("the function takes a vector of {expected}, the first point has {found}")]
    Length {
        /// The input's length.
        expected: usize,
        /// The point's.
        found: usize,
    },
    /// A function without the derivatives that are needed, or whose output is no scalar.
    #[error(transparent)]
    Diff(Box<DiffError>),
    /// A function that cannot be compiled.
    #[error(transparent)]
    Compile(Box<CompileError>),
    /// A function that cannot be run.
    #[error(transparent)]
    Exec(Box<ExecError>),
}

impl From<DiffError> for MinimizeError {
    fn from(error: DiffError) -> MinimizeError {
        MinimizeError::Diff(Box::new(error))
    }
}

impl From<CompileError> for MinimizeError {
    fn from(error: CompileError) -> MinimizeError {
        MinimizeError::Compile(Box::new(error))
    }
}

impl From<ExecError> for MinimizeError {
    fn from(error: ExecError) -> MinimizeError {
        MinimizeError::Exec(Box::new(error))
    }
}
