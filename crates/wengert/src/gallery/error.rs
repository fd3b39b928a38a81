//! What can go wrong while a figure is made.

use plotters::drawing::DrawingAreaErrorKind;
use std::error::Error;
use thiserror::Error;
use wengert_diff::DiffError;
use wengert_exec::{CompileError, ExecError};
use wengert_expr::GraphError;
use wengert_nn::minimize::MinimizeError;
use wengert_nn::theory::TheoryError;
use wengert_nn::{DataError, ModelError, NnError};

/// Why a figure cannot be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum GalleryError {
    /// The picture cannot be drawn.
    #[error("a picture cannot be drawn: {0}")]
    Draw(String),
    /// A table cannot be written as CSV.
    #[error("a table cannot be written: {0}")]
    Table(#[from] csv::Error),
    /// A learner, a training or their data failed.
    #[error(transparent)]
    Learn(Box<NnError>),
    /// A graph cannot be built.
    #[error(transparent)]
    Graph(Box<GraphError>),
    /// A derivative cannot be taken.
    #[error(transparent)]
    Diff(Box<DiffError>),
    /// A graph cannot be run.
    #[error(transparent)]
    Exec(Box<ExecError>),
    /// A graph cannot be compiled.
    #[error(transparent)]
    Compile(Box<CompileError>),
    /// A function cannot be minimised.
    #[error(transparent)]
    Minimize(Box<MinimizeError>),
    /// Something cannot be counted.
    #[error(transparent)]
    Theory(Box<TheoryError>),
    /// A figure's own program is not one of the language.
    #[error("a figure's program cannot be read: {0}")]
    Program(String),
    /// A result that should be there is not.
    #[error("{0} is missing")]
    Missing(&'static str),
}

impl<E: Error + Send + Sync> From<DrawingAreaErrorKind<E>> for GalleryError {
    fn from(error: DrawingAreaErrorKind<E>) -> GalleryError {
        GalleryError::Draw(error.to_string())
    }
}

macro_rules! from_boxed {
    ($($variant:ident: $error:ty),* $(,)?) => {$(
        impl From<$error> for GalleryError {
            fn from(error: $error) -> GalleryError {
                GalleryError::$variant(Box::new(error))
            }
        }
    )*};
}
from_boxed!(
    Learn: NnError,
    Graph: GraphError,
    Diff: DiffError,
    Exec: ExecError,
    Compile: CompileError,
    Minimize: MinimizeError,
    Theory: TheoryError,
);

macro_rules! from_learning {
    ($($error:ty),*) => {$(
        impl From<$error> for GalleryError {
            fn from(error: $error) -> GalleryError {
                NnError::from(error).into()
            }
        }
    )*};
}
from_learning!(DataError, ModelError);
