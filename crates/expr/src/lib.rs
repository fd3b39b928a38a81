//! The expression graph of Wengert: operations and their rules, values, text form, verifier.
//!
//! A [`Builder`] writes a [`Graph`] through [`Expr`] handles and finishes it as a [`Function`]. Each operation is one
//! [`Row`]: its type rule, its reference value and one [`LinearMap`] for each operand, from which every mode of
//! differentiation is made.

mod build;
mod builder;
mod composite;
mod cons;
mod describe;
mod error;
mod expr;
mod fingerprint;
mod function;
mod graph;
mod map;
mod op;
mod ops;
mod place;
mod row;
mod rule;
mod signature;
pub mod special;
pub mod text;
mod ty;
mod types;
mod value;
mod verify;
mod visit;
mod work;

pub use build::{Along, CustomMap};
pub use builder::{Builder, Scope};
pub use composite::Operand;
pub use describe::describe;
pub use error::{BuildError, EvalError, ExtentList, GraphError, OpError, OperandReport};
pub use expr::{Expr, Handle};
pub use fingerprint::{fingerprint, isomorphic};
pub use function::{Function, Output};
pub use graph::{Graph, Input, MAX_RANK, NodeId, Role, Users};
pub use map::{Axes, Index, Kind, Labelled, Labels, LinearMap, Local, Part, Scale, Structural, TypeId};
pub use op::{
    AxisList, Binary, Comparison, DotAxes, Extremum, Literal, Op, Padding, Range, Reduction, Unary, Window,
    Windows,
};
pub use ops::samples::{Sample, samples};
pub use place::Place;
pub use row::{Arity, Kernel, MapRule, Maps, Row};
pub use rule::Rule;
pub use ty::{DType, Shape, Type};
pub use types::TypeTable;
pub use value::{Element, Tensor, Value};
pub use verify::{Violation, ViolationKind, verify};
pub use visit::{AllEdges, Edge, Edges, GraphView, Neighbors, Nodes, Use, Visited};
pub use work::{Work, WorkRule, Workload};
