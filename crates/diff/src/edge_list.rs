//! The edges of a linearised graph as a list, in which sweeps find them and of which [`Linearized`](crate::Linearized) is made.
//!
//! Always holds: every edge lies on a way from a variable to an output; edges stand in the order of the nodes into which
//! they lead, and those into one node in the order of its operands.

use crate::error::DiffError;
use crate::sweep::{Edges, Swept, Vertex};
use wengert_expr::{Builder, Expr, Graph, Kind, LinearMap, Local, NodeId, Rule};

/// For how many nodes at a time what belongs to their operands is read ahead.
pub(crate) const AHEAD: usize = 32;

/// How many nodes a derivative adds to each of its function, at most as a rule.
const GROWTH: usize = 3;

/// A local derivative.
#[derive(Clone, Debug)]
pub(crate) struct Edge {
    pub(crate) from: NodeId,
    pub(crate) to: NodeId,
    pub(crate) map: LinearMap<NodeId>,
}

/// The part of a graph through which outputs depend on variables.
#[derive(Clone, Debug)]
pub(crate) struct EdgeList {
    pub(crate) edges: Vec<Edge>,
    /// Which nodes lie on a way from a variable to an output.
    pub(crate) useful: Vec<bool>,
    /// The variables, in the order given; `None` where no output depends on one.
    pub(crate) inputs: Vec<Option<NodeId>>,
    /// The outputs, in the order given; `None` where one depends on no variable.
    pub(crate) outputs: Vec<Option<NodeId>>,
}

impl EdgeList {
    /// Linearises the graph between variables and outputs; the coefficients are added to the builder's graph.
    pub(crate) fn new(b: &Builder, variables: &[NodeId], outputs: &[NodeId]) -> Result<EdgeList, DiffError> {
        let len = outputs.iter().map(|o| o.index() + 1).max().unwrap_or(0);
        let needed = needed(b, outputs, len);
        let mut depends = vec![false; len];
        for variable in variables.iter().filter(|v| v.index() < len) {
            depends[variable.index()] = true;
        }
        b.write(|g| g.reserve(GROWTH * len));
        let mut edges = Vec::new();
        for node in (0..len).map(NodeId::from_index) {
            if node.index().is_multiple_of(AHEAD) {
                let ahead = (node.index()..len.min(node.index() + AHEAD)).map(NodeId::from_index);
                b.read(|g| g.touch(ahead.flat_map(|n| g.operands(n).iter().copied())));
            }
            if needed[node.index()] && local_edges(b, node, |o| depends[o.index()], &mut edges)? {
                depends[node.index()] = true;
            }
        }
        b.set_place(None);
        let useful = useful(&edges, &depends, outputs);
        edges.retain(|edge| useful[edge.to.index()]);
        let ends = |nodes: &[NodeId]| {
            nodes.iter().map(|&n| Some(n).filter(|n| useful.get(n.index()) == Some(&true))).collect()
        };
        Ok(EdgeList { inputs: ends(variables), outputs: ends(outputs), edges, useful })
    }

    /// Linearises a part of a builder's graph given by expressions.
    pub(crate) fn between<'b>(
        outputs: &[Expr<'b>],
        variables: &[Expr<'b>],
    ) -> Result<Option<EdgeList>, DiffError> {
        let Some(b) = outputs.first().or(variables.first()).map(|e| e.builder()) else { return Ok(None) };
        if let Some(error) = b.error() {
            return Err(error.into());
        }
        let nodes = |es: &[Expr<'b>]| es.iter().map(|e| e.id()).collect::<Vec<_>>();
        EdgeList::new(b, &nodes(variables), &nodes(outputs)).map(Some)
    }
}

impl Swept for EdgeList {
    fn slots(&self) -> usize {
        self.useful.len()
    }

    fn inputs(&self) -> impl Iterator<Item = Option<Vertex>> {
        self.inputs.iter().map(|n| n.map(Vertex::of))
    }

    fn outputs(&self) -> impl Iterator<Item = Option<Vertex>> {
        self.outputs.iter().map(|n| n.map(Vertex::of))
    }

    fn vertices(&self) -> impl DoubleEndedIterator<Item = (Vertex, impl Edges<'_>)> {
        let into = |edges: &[Edge]| Vertex::of(edges[0].to);
        let groups = self.edges.chunk_by(|a, b| a.to == b.to);
        groups.map(move |edges| (into(edges), edges.iter().map(|e| (Vertex::of(e.from), &e.map))))
    }
}

/// The nodes that the outputs are computed from.
fn needed(b: &Builder, outputs: &[NodeId], len: usize) -> Vec<bool> {
    b.read(|g| {
        let mut needed = vec![false; len];
        for output in outputs {
            needed[output.index()] = true;
        }
        for node in (0..len).rev().map(NodeId::from_index) {
            if needed[node.index()] {
                for operand in g.operands(node) {
                    needed[operand.index()] = true;
                }
            }
        }
        needed
    })
}

/// Adds a node's edges from operands that depend on a variable; true if there is one.
pub(crate) fn local_edges(
    b: &Builder,
    node: NodeId,
    depends: impl Fn(NodeId) -> bool,
    edges: &mut Vec<Edge>,
) -> Result<bool, DiffError> {
    let float = |g: &Graph, n: NodeId| g.ty(n).dtype.is_float();
    let arity = b.read(|g| if float(g, node) { g.operands(node).len() } else { 0 });
    let before = edges.len();
    for i in 0..arity {
        let from = b.read(|g| Some(g.operands(node)[i]).filter(|&o| depends(o) && float(g, o)));
        let Some(from) = from else { continue };
        b.set_place_of(node);
        match Rule::derivative(b, node, i) {
            Local::Map(Kind::Zero) => {}
            Local::Map(kind) => {
                let map = b.read(|g| LinearMap { from: g.type_id(from), to: g.type_id(node), kind });
                edges.push(Edge { from, to: node, map });
            }
            Local::Undefined(reason) => {
                let (op, place) = b.read(|g| (g.op(node).name().to_owned(), g.place(node)));
                b.set_place(None);
                return Err(DiffError::Undefined { op, place, operand: i, reason: reason.to_string() });
            }
        }
    }
    Ok(edges.len() > before)
}

/// The nodes on some way from a variable to an output.
fn useful(edges: &[Edge], depends: &[bool], outputs: &[NodeId]) -> Vec<bool> {
    let mut useful = vec![false; depends.len()];
    for output in outputs {
        useful[output.index()] = depends[output.index()];
    }
    for edge in edges.iter().rev() {
        if useful[edge.to.index()] {
            useful[edge.from.index()] = true;
        }
    }
    useful
}
