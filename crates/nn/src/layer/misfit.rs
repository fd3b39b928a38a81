//! Why a layer cannot work: on such a batch, or with such a number.

use thiserror::Error;
use wengert_expr::Shape;

/// Why a layer cannot work.
#[derive(Clone, PartialEq, Debug, Error)]
#[non_exhaustive]
pub enum Misfit {
    /// Samples of another shape than it takes.
    #[error("takes samples of {expected}, found {found}")]
    Shape {
        /// What it takes.
        expected: String,
        /// The shape of one sample.
        found: Shape,
    },
    /// A window that is longer than the axis on which it is to move.
    #[error("a window of {reach} does not fit on an axis of {extent}: pad more, or take a smaller one")]
    Window {
        /// How far the window reaches.
        reach: usize,
        /// The extent of the axis with its padding.
        extent: usize,
    },
    /// One layer of several.
    #[error("layer {at}, {layer}: {misfit}")]
    Inside {
        /// Which one, from 1.
        at: usize,
        /// Its name.
        layer: &'static str,
        /// Why it cannot work.
        misfit: Box<Misfit>,
    },
    /// A number that makes no sense.
    #[error("{key} = {found}: expected {expected}")]
    Number {
        /// Which number.
        key: &'static str,
        /// What it is.
        found: String,
        /// What is allowed.
        expected: String,
    },
}

impl Misfit {
    /// Samples of another shape than a layer takes, as the batch has them.
    pub(crate) fn shape(expected: impl Into<String>, batch: &Shape) -> Misfit {
        Misfit::Shape { expected: expected.into(), found: batch.iter().skip(1).copied().collect() }
    }
}

/// Whether a number makes sense.
pub(super) fn allowed(
    fits: bool,
    key: &'static str,
    found: impl ToString,
    expected: impl Into<String>,
) -> Result<(), Misfit> {
    match fits {
        true => Ok(()),
        false => Err(Misfit::Number { key, found: found.to_string(), expected: expected.into() }),
    }
}

/// Whether a number is above zero and finite.
pub(super) fn positive(key: &'static str, found: f64) -> Result<(), Misfit> {
    allowed(found.is_finite() && found > 0.0, key, found, "a positive number")
}

/// Whether a number of units, channels or words makes sense.
pub(super) fn units(key: &'static str, found: usize) -> Result<(), Misfit> {
    let most = crate::model::MAX_UNITS;
    allowed((1..=most).contains(&found), key, found, format!("1 to {most}"))
}
