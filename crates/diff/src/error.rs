//! Why a function cannot be differentiated as asked.

use crate::count::Count;
use thiserror::Error;
use wengert_expr::{DType, GraphError, Place, Shape, Type};

/// Why a function cannot be differentiated as asked.
#[derive(Clone, PartialEq, Debug, Error)]
#[non_exhaustive]
pub enum DiffError {
    /// An input that does not exist.
    #[error("no input is named {name:?}; the inputs are {inputs}")]
    UnknownInput {
        /// The name.
        name: String,
        /// The names that there are.
        inputs: String,
    },
    /// A derivative with respect to something that is not a float.
    #[error(
        "{name} is of dtype {dtype}: only f32 and f64 have derivatives; declare it as a float or cast it"
    )]
    NotFloatInput {
        /// What it is.
        name: String,
        /// Its dtype.
        dtype: DType,
    },
    /// A derivative of something that is not a float.
    #[error("output {name} is of dtype {dtype}: only f32 and f64 have derivatives")]
    NotFloatOutput {
        /// What it is.
        name: String,
        /// Its dtype.
        dtype: DType,
    },
    /// A gradient of something that is not one number.
    #[error(
        "a gradient needs a scalar output, {name} has shape {shape}; use jacobian, or vjp with a cotangent"
    )]
    NotScalar {
        /// The output.
        name: String,
        /// Its shape.
        shape: Shape,
    },
    /// A gradient of several outputs.
    #[error("a gradient needs one output, the function has {found}; use jacobian, or vjp with cotangents")]
    NotOneOutput {
        /// How many there are.
        found: usize,
    },
    /// Derivatives of higher order in a variable that is not one number.
    #[error("taylor needs a scalar input, {name} has shape {shape}")]
    NotScalarInput {
        /// The input.
        name: String,
        /// Its shape.
        shape: Shape,
    },
    /// A tangent or cotangent of another type than what it belongs to.
    #[error("the {what} of {name} must be {expected}, found {found}")]
    Direction {
        /// Tangent or cotangent.
        what: &'static str,
        /// Of what.
        name: String,
        /// Its type.
        expected: Type,
        /// The type that came.
        found: Type,
    },
    /// As many directions as variables are needed.
    #[error("{expected} {what}s are needed, found {found}")]
    Directions {
        /// Tangent or cotangent.
        what: &'static str,
        /// How many are needed.
        expected: usize,
        /// How many came.
        found: usize,
    },
    /// An operation on the way that has no derivative.
    #[error("`{op}` made at {place} has no derivative with respect to operand {operand}: {reason}")]
    Undefined {
        /// The operation.
        op: String,
        /// Where the user made it.
        place: Place,
        /// Which operand, from 0.
        operand: usize,
        /// Why.
        reason: String,
    },
    /// More paths than can be multiplied out one by one.
    #[error(
        "the path sum would multiply out {count} paths; more than {limit} are not tried, use forward or reverse mode"
    )]
    TooManyPaths {
        /// How many there are.
        count: Count,
        /// The greatest number tried.
        limit: u64,
    },
    /// Nothing to differentiate with respect to.
    #[error("no variable to differentiate with respect to: the function has no float input")]
    NoVariable,
    /// An order of elimination that is none of this graph.
    #[error(transparent)]
    Order(#[from] crate::eliminate::OrderError),
    /// A pattern that cannot be coloured.
    #[error(transparent)]
    Sparsity(#[from] crate::sparsity::SparsityError),
    /// A pattern that would not fit.
    #[error("the pattern has {places} places, and at most {limit} are written out")]
    TooManyPlaces {
        /// How many.
        places: usize,
        /// The most.
        limit: usize,
    },
    /// The derivative graph could not be built, or the graph was in error before.
    #[error(transparent)]
    Graph(#[from] GraphError),
}
