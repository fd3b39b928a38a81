//! The path sum: the maps along every path multiplied out on their own, then added.
//!
//! The definition of the derivative, exponential in cost: the oracle for small graphs and the picture of the problem.

use crate::algebra::{add, compose};
use crate::cost::path_counts;
use crate::error::DiffError;
use crate::linearize::{Edges, Linearized};
use petgraph::stable_graph::NodeIndex;
use wengert_expr::{Builder, Kind, LinearMap, NodeId};

/// The greatest number of paths that are multiplied out.
pub const PATH_LIMIT: u64 = 100_000;

/// For each output and each variable the sum over all paths between them; `None` where there is no path.
///
/// # Errors
/// When there are more than [`PATH_LIMIT`] paths.
pub fn path_sum(b: &Builder, linear: &Linearized) -> Result<Vec<Vec<Option<LinearMap<NodeId>>>>, DiffError> {
    let count = path_counts(linear).total;
    if count.to_u64().is_none_or(|n| n > PATH_LIMIT) {
        return Err(DiffError::TooManyPaths { count, limit: PATH_LIMIT });
    }
    let row = |&output: &Option<NodeIndex>| {
        linear.inputs.iter().map(|&input| between(b, linear, input?, output?)).collect::<Vec<_>>()
    };
    Ok(linear.outputs.iter().map(row).collect())
}

fn between(
    b: &Builder,
    linear: &Linearized,
    input: NodeIndex,
    output: NodeIndex,
) -> Option<LinearMap<NodeId>> {
    let mut sum: Option<LinearMap<NodeId>> = None;
    each_path(linear, input, output, |path| {
        let product = multiply(b, linear, input, path);
        sum = Some(match sum.take() {
            Some(sum) => add(b, &sum, &product),
            None => product,
        });
    });
    sum
}

fn multiply(
    b: &Builder,
    linear: &Linearized,
    input: NodeIndex,
    path: &[&LinearMap<NodeId>],
) -> LinearMap<NodeId> {
    let node = linear.node(input);
    let ty = b.read(|g| g.type_id(node));
    let identity = LinearMap { from: ty, to: ty, kind: Kind::identity() };
    path.iter().fold(identity, |product, map| compose(b, &product, map))
}

/// Calls `visit` with the maps along each path, the variable's end first. Without recursion: a path may be long.
fn each_path<'l>(
    linear: &'l Linearized,
    input: NodeIndex,
    output: NodeIndex,
    mut visit: impl FnMut(&[&'l LinearMap<NodeId>]),
) {
    let reaches = reaches(linear, output);
    let mut path: Vec<&'l LinearMap<NodeId>> = Vec::new();
    // Each level holds the edges still to be tried out of one vertex of the current path.
    let mut levels: Vec<Edges<'l>> = Vec::new();
    let mut arrive = |vertex: NodeIndex, path: &[&'l LinearMap<NodeId>]| {
        if vertex == output {
            visit(path);
        }
        let mut edges = linear.outgoing(vertex);
        edges.retain(|(target, _)| reaches[target.index()]);
        edges.reverse();
        edges
    };
    if !reaches[input.index()] {
        return;
    }
    levels.push(arrive(input, &path));
    while let Some(level) = levels.last_mut() {
        match level.pop() {
            Some((target, map)) => {
                path.push(map);
                let next = arrive(target, &path);
                levels.push(next);
            }
            None => {
                levels.pop();
                path.pop();
            }
        }
    }
}

/// The vertices from which there is a path to this one.
fn reaches(linear: &Linearized, output: NodeIndex) -> Vec<bool> {
    let mut reaches = vec![false; linear.graph.node_count()];
    reaches[output.index()] = true;
    for vertex in linear.graph.node_indices().rev() {
        if reaches[vertex.index()] {
            for source in linear.graph.neighbors_directed(vertex, petgraph::Direction::Incoming) {
                reaches[source.index()] = true;
            }
        }
    }
    reaches
}
