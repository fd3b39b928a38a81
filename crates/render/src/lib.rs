//! Pictures of Wengert graphs: DOT.
//!
//! A [`Scene`] is a picture as plain data; [`primal`], [`linearized()`], [`eliminated()`] and [`derivative()`] make one from a
//! function, and [`Scene::to_dot`] writes it for Graphviz, through dot-structures. A graph too large to be read is folded, unless
//! [`Options::all`] asks for every node.

mod derivative;
mod dot;
mod eliminated;
mod elimination;
mod escape;
mod expression;
mod groups;
mod labels;
mod linearized;
mod map;
mod number;
mod operation;
mod primal;
mod print;
mod reach;
mod scene;
mod sketch;
mod style;
mod summary;
#[cfg(test)]
mod tests;

pub use derivative::{Direction, derivative};
pub use eliminated::eliminated;
pub use elimination::Elimination;
pub use expression::expression_text;
pub use linearized::{Linearization, linearized};
pub use map::map_text;
pub use primal::primal;
pub use scene::{Cluster, Edge, Mark, Node, NodeKind, Options, Part, Rank, Scene};
