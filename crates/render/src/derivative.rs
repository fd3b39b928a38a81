//! The picture of a function beside its derivative.
//!
//! A backward pass is drawn beside its forward pass, from the top down: its edges order the layers the other way, and
//! the edges from the forward pass do not order them at all. Ranked one after the other, the halves are joined by edges
//! as long as the picture, on which layouts of a thousand nodes take minutes.

use crate::scene::{Cluster, Options, Part, Rank, Scene};
use crate::sketch::Sketch;
use crate::summary::fold;
use wengert_expr::Function;

/// In which direction derivatives run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// With the function: tangents.
    Forward,
    /// Against it: cotangents.
    Reverse,
}

/// Draws a function in whose graph the first `primal_nodes` nodes compute the function itself and the others its
/// derivative.
///
/// Time and memory are linear in the size of the graph.
pub fn derivative(
    function: &Function,
    primal_nodes: usize,
    direction: Direction,
    options: &Options,
) -> Scene {
    let (derived, title) = match direction {
        Direction::Forward => (Part::Tangent, "tangent"),
        Direction::Reverse => (Part::Cotangent, "cotangent"),
    };
    let live = function.live();
    let nodes = function.graph().nodes().filter(|n| live[n.index()]);
    let part = |node: wengert_expr::NodeId| if node.index() < primal_nodes { Part::Primal } else { derived };
    let mut scene = Sketch::new(function, true, options).scene(nodes, part, rank);
    let cluster = |title: &str, part| Cluster { title: title.to_owned(), part };
    scene.clusters = vec![cluster("primal", Part::Primal), cluster(title, derived)];
    fold(scene, options)
}

fn rank(from: Part, to: Part) -> Rank {
    match (from, to) {
        (Part::Cotangent, Part::Cotangent) => Rank::Before,
        (Part::Primal, Part::Cotangent) | (Part::Cotangent, Part::Primal) => Rank::Free,
        (Part::Primal | Part::Tangent, Part::Primal | Part::Tangent) => Rank::After,
        (Part::Tangent, Part::Cotangent) | (Part::Cotangent, Part::Tangent) => Rank::Free,
    }
}
