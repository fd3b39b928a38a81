//! Cross-country elimination: the Jacobian accumulated in any order, orders found and costed without writing anything.
//!
//! A linearised graph is a matrix product in factors, one for each vertex; eliminating a vertex multiplies and adds the
//! maps on the edges that meet there (Griewank and Reese 1991; Naumann 1999). [`Problem`] is the graph without
//! coefficients, in which an order is costed and [`search`] plays; [`accumulate`] takes an order and writes the graph.

mod anneal;
mod best_first;
mod bits;
mod board;
mod bound;
mod budget;
mod convention;
mod edges;
mod emit;
mod exact;
mod faces;
mod game;
mod heuristic;
mod line;
mod problem;
mod search;
mod step;
mod structures;
mod web;

pub use bound::bound;
pub use budget::Budget;
pub use convention::Convention;
pub use edges::{search_both, search_edges};
pub use emit::{Emitter, accumulate, accumulate_faces};
pub use faces::search_faces;
pub use heuristic::{Heuristic, order};
pub use line::{Face, LineGraph};
pub use problem::{OrderCost, Problem, Run};
pub use search::{Found, heuristics, search, steps};
pub use step::{OrderError, Step};
pub use structures::{Structure, Structures};
pub use web::{Algebra, Link, Role, Web};
