//! What can go wrong with the classic learners beyond what goes wrong with data.

use super::samples::Labels;
use crate::error::NnError;
use crate::matrix::NoEigenvalues;
use thiserror::Error;

/// Why a classic learner cannot learn.
#[derive(Clone, PartialEq, Debug, Error)]
#[non_exhaustive]
pub enum ClassicError {
    /// A label that the learner does not take.
    #[error(
        "label {value} of sample {sample} (counted from 0): this learner takes the labels {labels}; {}",
        .labels.remedy()
    )]
    Label {
        /// Which sample.
        sample: usize,
        /// Its label.
        value: f64,
        /// The labels that are possible.
        labels: Labels,
    },
    /// A label that is in neither way of writing two classes.
    #[error(
        "label {value} of sample {sample} (counted from 0): this learner takes two classes, written as 0 and 1 or as -1 and 1; softmax takes more"
    )]
    NotTwoClasses {
        /// Which sample.
        sample: usize,
        /// Its label.
        value: f64,
    },
    /// A setting out of its range.
    #[error("{what} is {value}: expected {expected}")]
    Setting {
        /// Which setting.
        what: &'static str,
        /// Its value.
        value: f64,
        /// What is possible.
        expected: &'static str,
    },
    /// Half planes of samples that do not lie in a plane.
    #[error("half planes need 2 features, the data have {found}; stumps take any number")]
    NotPlanar {
        /// How many features there are.
        found: usize,
    },
    /// More samples than half planes are listed for.
    #[error(
        "half planes of {found} samples: at most {most} are possible, for their number grows with the square"
    )]
    TooMany {
        /// How many samples there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// More parameters than Newton's method is meant for.
    #[error("Newton's method for {found} parameters: at most {most} are possible; use gradient descent")]
    TooManyParameters {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// A class that no sample has.
    #[error("class {class} has no sample: number the classes 0, 1, 2 and so on, at least two of them")]
    NoSample {
        /// The class.
        class: usize,
    },
    /// Samples that no threshold and no line parts.
    #[error("all samples are alike in every feature, so nothing parts them")]
    NothingParts,
    /// Least squares without one answer.
    #[error(
        "the least-squares fit is not unique: features depend linearly on each other or on the constant, or there are fewer samples than parameters"
    )]
    NotUnique,
    /// A hypothesis that says neither yes nor no.
    #[error(
        "the weak hypothesis of round {round} gives {value} for sample {sample} (counted from 0): expected -1 or 1"
    )]
    Decision {
        /// The round, from 1.
        round: usize,
        /// Which sample.
        sample: usize,
        /// What it gives.
        value: f64,
    },
    /// Too few samples.
    #[error("{found} sample{}: a covariance needs at least 2", if *.found == 1 { " is too few" } else { "s are too few" })]
    TooFew {
        /// How many there are.
        found: usize,
    },
    /// More components than there are.
    #[error("{asked} components of data that have at most {most}")]
    Components {
        /// How many were asked for.
        asked: usize,
        /// How many there are at most.
        most: usize,
    },
    /// A kernel whose value is not finite.
    #[error(
        "the kernel of samples {first} and {second} (counted from 0) is {value}: scale the features or choose a lower degree"
    )]
    Kernel {
        /// One sample.
        first: usize,
        /// The other.
        second: usize,
        /// The kernel's value.
        value: f64,
    },
    /// A matrix without eigenvalues.
    #[error(
        "a matrix of {rows} by {columns} is not square or not finite: features whose squares overflow must be scaled"
    )]
    NotSymmetric {
        /// Its rows.
        rows: usize,
        /// Its columns.
        columns: usize,
    },
}

/// The setting, if it is a positive number.
pub(super) fn positive(what: &'static str, value: f64) -> Result<f64, ClassicError> {
    match value.is_finite() && value > 0.0 {
        true => Ok(value),
        false => Err(ClassicError::Setting { what, value, expected: "a positive number" }),
    }
}

/// The setting, if it is a number.
pub(super) fn finite(what: &'static str, value: f64) -> Result<f64, ClassicError> {
    match value.is_finite() {
        true => Ok(value),
        false => Err(ClassicError::Setting { what, value, expected: "a finite number" }),
    }
}

/// The setting, if it is a number from 0.
pub(super) fn not_negative(what: &'static str, value: f64) -> Result<f64, ClassicError> {
    match value.is_finite() && value >= 0.0 {
        true => Ok(value),
        false => Err(ClassicError::Setting { what, value, expected: "0 or a positive number" }),
    }
}

impl From<NoEigenvalues> for ClassicError {
    fn from(NoEigenvalues { rows, columns }: NoEigenvalues) -> ClassicError {
        ClassicError::NotSymmetric { rows, columns }
    }
}

impl From<NoEigenvalues> for NnError {
    fn from(none: NoEigenvalues) -> NnError {
        ClassicError::from(none).into()
    }
}
