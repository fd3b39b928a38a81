//! Why a question about a pattern has no answer.

use super::pattern::Pattern;
use thiserror::Error;

/// Why a question about a pattern has no answer.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum SparsityError {
    /// A Hessian's pattern that isn't one.
    #[error("a pattern of {rows} rows and {columns} columns is not symmetric")]
    NotSymmetric {
        /// Its rows.
        rows: usize,
        /// Its columns.
        columns: usize,
    },
    /// Too few numbers or too many.
    #[error("{what}: {got} numbers, {expected} are needed")]
    Length {
        /// What the numbers are.
        what: &'static str,
        /// How many came.
        got: usize,
        /// How many there must be.
        expected: usize,
    },
}

/// The numbers, if there are as many as there must be.
pub(super) fn check(what: &'static str, got: usize, expected: usize) -> Result<(), SparsityError> {
    if got == expected { Ok(()) } else { Err(SparsityError::Length { what, got, expected }) }
}

/// Nothing, if the pattern is symmetric.
pub(super) fn check_symmetric(pattern: &Pattern) -> Result<(), SparsityError> {
    let (rows, columns) = (pattern.rows(), pattern.columns());
    if pattern.is_symmetric() { Ok(()) } else { Err(SparsityError::NotSymmetric { rows, columns }) }
}
