//! What can be wrong with an operation, a graph under construction, and a value.

use crate::place::Place;
use crate::row::Arity;
use crate::ty::{DType, Shape, Type};
use std::fmt;
use thiserror::Error;

/// Why an operation does not fit its operands.
#[derive(Clone, PartialEq, Debug, Error)]
#[non_exhaustive]
pub enum OpError {
    /// A wrong number of operands.
    #[error("takes {expected}, found {found}")]
    Arity {
        /// How many it takes.
        expected: Arity,
        /// How many came.
        found: usize,
    },
    /// An operand of a wrong dtype.
    #[error("operand {operand} must be {expected}, found {found}")]
    DType {
        /// Which operand, from 0.
        operand: usize,
        /// What would fit.
        expected: &'static str,
        /// What came.
        found: DType,
    },
    /// Two operands that do not go together.
    #[error("{what}: {left} and {right}")]
    Mismatch {
        /// What they would have to agree in.
        what: &'static str,
        /// The type of the one.
        left: Type,
        /// The type of the other.
        right: Type,
    },
    /// An axis that the array does not have.
    #[error("axis {axis} is out of range for rank {rank}")]
    Axis {
        /// The axis asked for.
        axis: i64,
        /// How many there are.
        rank: usize,
    },
    /// An axis named twice.
    #[error("axis {axis} is repeated")]
    RepeatedAxis {
        /// Which one.
        axis: usize,
    },
    /// A list of axes that is not an order of all of them.
    #[error("an order of {rank} axes must name each of them once, found {found} entries")]
    Permutation {
        /// How many axes there are.
        rank: usize,
        /// How many were named.
        found: usize,
    },
    /// A reshape to another number of elements.
    #[error("cannot reshape {from} with {} elements to {to}", .from.elements())]
    Reshape {
        /// The operand's shape.
        from: Shape,
        /// The shape asked for, -1 for an extent to be inferred.
        to: ExtentList,
    },
    /// A shape that cannot be stretched to another.
    #[error("cannot broadcast {from} to {to}")]
    Broadcast {
        /// The operand's shape.
        from: Shape,
        /// The shape asked for.
        to: Shape,
    },
    /// More elements than memory can address.
    #[error("a shape of {shape} has too many elements")]
    TooLarge {
        /// The shape.
        shape: Shape,
    },
    /// More axes than arrays can have.
    #[error("an array has at most {limit} axes, this would have {rank}")]
    Rank {
        /// The rank asked for.
        rank: usize,
        /// The greatest.
        limit: usize,
    },
    /// A reduction without an identity over no elements.
    #[error("{what} of no elements does not exist: {shape} is empty along axis {axis}")]
    Empty {
        /// The operation.
        what: &'static str,
        /// The operand's shape.
        shape: Shape,
        /// The axis without elements.
        axis: usize,
    },
    /// A constant index outside an array.
    #[error("index {index} is out of range for axis {axis} with extent {extent}")]
    Index {
        /// The index.
        index: i64,
        /// Along which axis.
        axis: usize,
        /// The number of entries there.
        extent: usize,
    },
    /// Another attribute that does not fit.
    #[error("{0}")]
    Attribute(String),
}

/// Extents as a user wrote them.
#[derive(Clone, PartialEq, Debug)]
pub struct ExtentList(pub Vec<i64>);

impl fmt::Display for ExtentList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "(")?;
        for (i, n) in self.0.iter().enumerate() {
            write!(f, "{}{n}", if i > 0 { ", " } else { "" })?;
        }
        write!(f, "{})", if self.0.len() == 1 { "," } else { "" })
    }
}

/// One operand of a node that could not be built.
#[derive(Clone, PartialEq, Debug)]
pub struct OperandReport {
    /// How the operand is written: its name or its operation.
    pub text: String,
    /// Its type.
    pub ty: Type,
    /// Where the user made it.
    pub place: Place,
}

/// A node that could not be built: what was wrong, with the operands' types and the places that made them.
#[derive(Clone, PartialEq, Debug)]
pub struct BuildError {
    /// The operation's name.
    pub op: String,
    /// What is wrong.
    pub error: OpError,
    /// Its operands.
    pub operands: Vec<OperandReport>,
    /// Where the user asked for it.
    pub place: Place,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.op, self.error)?;
        if let Place::Rust(_) = self.place {
            write!(f, "\n  at {}", self.place)?;
        }
        for operand in &self.operands {
            write!(f, "\n  operand {}: {}", operand.text, operand.ty)?;
            if operand.place != Place::Unknown {
                write!(f, ", made at {}", operand.place)?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for BuildError {}

/// Why a graph could not be finished.
#[derive(Clone, PartialEq, Debug, Error)]
#[non_exhaustive]
pub enum GraphError {
    /// An operation that does not fit its operands.
    #[error(transparent)]
    Build(Box<BuildError>),
    /// Expressions of two builders in one operation.
    #[error("expressions of two different builders met in `{op}` at {place}; build a graph with one builder")]
    MixedBuilders {
        /// The operation.
        op: String,
        /// Where.
        place: Place,
    },
    /// Two inputs of one name.
    #[error("an input named {name:?} exists already")]
    DuplicateInput {
        /// The name.
        name: String,
    },
    /// Two outputs of one name.
    #[error("an output named {name:?} exists already")]
    DuplicateOutput {
        /// The name.
        name: String,
    },
    /// More nodes than ids.
    #[error("a graph holds at most {} nodes", u32::MAX - 1)]
    Full,
}

impl From<BuildError> for GraphError {
    fn from(error: BuildError) -> GraphError {
        GraphError::Build(Box::new(error))
    }
}

/// Why an operation has no value for these operands.
#[derive(Clone, PartialEq, Debug, Error)]
#[non_exhaustive]
pub enum EvalError {
    /// A position outside an array.
    #[error("index {index} is out of bounds for axis {axis} with extent {extent}")]
    IndexOutOfBounds {
        /// The index.
        index: i64,
        /// Along which axis.
        axis: usize,
        /// The number of entries there.
        extent: usize,
    },
    /// An integer division by zero.
    #[error("integer remainder by zero")]
    DivisionByZero,
    /// An integer raised to a negative power.
    #[error("integers cannot be raised to the negative power {0}")]
    NegativePower(i64),
    /// An input, which has no value of its own.
    #[error("an input has no value of its own")]
    NoValue,
}
