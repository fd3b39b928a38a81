//! What the verifier reports.

use crate::error::OpError;
use crate::graph::NodeId;
use crate::row::Arity;
use crate::ty::Type;
use std::fmt;
use thiserror::Error;

/// One invariant that does not hold.
#[derive(Clone, PartialEq, Debug)]
pub struct Violation {
    /// The node it is about, if it is about one.
    pub node: Option<NodeId>,
    /// The node as [`describe`](crate::describe) prints it, else the entry of the table.
    pub text: String,
    /// What is wrong.
    pub kind: ViolationKind,
}

/// What is wrong with a function.
#[derive(Clone, PartialEq, Debug, Error)]
#[non_exhaustive]
pub enum ViolationKind {
    /// An operand that is not older than its user.
    #[error("operand {operand}, %{}, is not older than the node", .found.index())]
    Order {
        /// Which operand, from 0.
        operand: usize,
        /// What stands there.
        found: NodeId,
    },
    /// A wrong number of operands.
    #[error("takes {expected}, found {found}")]
    Arity {
        /// How many it takes.
        expected: Arity,
        /// How many there are.
        found: usize,
    },
    /// Another number of derivatives than of operands.
    #[error("has {rules} derivatives for {operands} operands")]
    Rules {
        /// How many rules the operation's row has.
        rules: usize,
        /// How many operands there are.
        operands: usize,
    },
    /// An operation that does not fit its operands.
    #[error("{0}")]
    Misfit(OpError),
    /// A stored type that is not the one that follows from the operands, the value or the table of inputs.
    #[error("should be {expected}")]
    Type {
        /// The type that follows.
        expected: Type,
    },
    /// A constant whose elements do not lie in a row.
    #[error("has elements that do not lie in row-major order")]
    Layout,
    /// A commutative operation whose older operand is not first, in a graph that shares.
    #[error("has its operands in another order than the canonical one")]
    NotCanonical,
    /// A node equal to an older one, in a graph that shares.
    #[error("is equal to the older node %{}", .first.index())]
    Duplicate {
        /// The older one.
        first: NodeId,
    },
    /// An input node for which the table of inputs has another node or nothing.
    #[error("is not the node of entry {entry} of the table of inputs")]
    NotInTable {
        /// The entry that it names.
        entry: u32,
    },
    /// An entry of the table of inputs whose node is not its own.
    #[error("has the node %{}, which is not its own", .found.index())]
    NotAnInput {
        /// The node.
        found: NodeId,
    },
    /// Two inputs of one name.
    #[error("has the name of an earlier input")]
    InputName,
    /// A name for a node that does not exist or has its name from the table of inputs.
    #[error("names %{}, which cannot have a name of its own", .found.index())]
    Name {
        /// The node.
        found: NodeId,
    },
    /// An output that is no node.
    #[error("is %{}, which does not exist", .found.index())]
    Output {
        /// The node.
        found: NodeId,
    },
    /// Two outputs of one name.
    #[error("has the name of an earlier output")]
    OutputName,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.text, self.kind)
    }
}

impl std::error::Error for Violation {}
