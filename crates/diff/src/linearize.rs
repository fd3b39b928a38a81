//! The linearised graph: the expression graph with a linear map on every edge that carries a derivative.

use crate::error::DiffError;
use petgraph::Direction;
use petgraph::stable_graph::{EdgeReference, NodeIndex, StableDiGraph};
use petgraph::visit::EdgeRef;
use smallvec::SmallVec;
use wengert_expr::{Builder, Expr, Kind, LinearMap, Local, NodeId, Rule};

/// The part of a graph through which outputs depend on variables, each edge with its local derivative.
///
/// Vertices are added in arena order, so their indices ascend along every edge; edges stand in the order of operands.
#[derive(Clone, Debug)]
pub struct Linearized<C = NodeId> {
    /// Vertices are nodes of the expression graph, edges go from operand to user.
    pub graph: StableDiGraph<NodeId, LinearMap<C>>,
    /// The vertices of the variables, in the order given; `None` where no output depends on one.
    pub inputs: Vec<Option<NodeIndex>>,
    /// The vertices of the outputs, in the order given; `None` where one depends on no variable.
    pub outputs: Vec<Option<NodeIndex>>,
}

/// A local derivative before it has a place in a linearised graph.
pub(crate) struct Edge {
    pub(crate) from: NodeId,
    pub(crate) to: NodeId,
    pub(crate) kind: Kind<NodeId>,
}

impl Linearized {
    /// Linearises the graph between variables and outputs; the coefficients are added to the builder's graph.
    ///
    /// Time and space are linear in the number of nodes that the outputs need.
    ///
    /// # Errors
    /// When an operation on the way has no derivative.
    pub fn new(b: &Builder, variables: &[NodeId], outputs: &[NodeId]) -> Result<Linearized, DiffError> {
        let len = outputs.iter().map(|o| o.index() + 1).max().unwrap_or(0);
        let needed = needed(b, outputs, len);
        let mut depends = vec![false; len];
        for variable in variables.iter().filter(|v| v.index() < len) {
            depends[variable.index()] = true;
        }
        let mut edges = Vec::new();
        for node in (0..len).map(NodeId::from_index) {
            if needed[node.index()] && local_edges(b, node, |o| depends[o.index()], &mut edges)? {
                depends[node.index()] = true;
            }
        }
        b.set_place(None);
        let useful = useful(&edges, &depends, outputs, len);
        Ok(Linearized::assemble(b, variables, outputs, edges, &useful))
    }

    fn assemble(
        b: &Builder,
        variables: &[NodeId],
        outputs: &[NodeId],
        edges: Vec<Edge>,
        useful: &[bool],
    ) -> Linearized {
        let count = useful.iter().filter(|&&u| u).count();
        let mut graph = StableDiGraph::with_capacity(count, edges.len());
        let mut vertex = vec![NodeIndex::end(); useful.len()];
        for node in (0..useful.len()).map(NodeId::from_index).filter(|n| useful[n.index()]) {
            vertex[node.index()] = graph.add_node(node);
        }
        for Edge { from, to, kind } in edges {
            if useful[to.index()] {
                let (from_type, to_type) = b.read(|g| (g.type_id(from), g.type_id(to)));
                graph.add_edge(
                    vertex[from.index()],
                    vertex[to.index()],
                    LinearMap { from: from_type, to: to_type, kind },
                );
            }
        }
        let find = |n: &NodeId| vertex.get(n.index()).copied().filter(|&v| v != NodeIndex::end());
        Linearized {
            inputs: variables.iter().map(find).collect(),
            outputs: outputs.iter().map(find).collect(),
            graph,
        }
    }

    /// Linearises a part of a builder's graph given by expressions.
    ///
    /// # Errors
    /// When an operation on the way has no derivative, or an expression could not be built.
    pub fn between<'b>(
        outputs: &[Expr<'b>],
        variables: &[Expr<'b>],
    ) -> Result<Option<Linearized>, DiffError> {
        let Some(b) = outputs.first().or(variables.first()).map(|e| e.builder()) else { return Ok(None) };
        if let Some(error) = b.error() {
            return Err(error.into());
        }
        let nodes = |es: &[Expr<'b>]| es.iter().map(|e| e.id()).collect::<Vec<_>>();
        Linearized::new(b, &nodes(variables), &nodes(outputs)).map(Some)
    }
}

impl<C> Linearized<C> {
    /// The node of a vertex.
    pub fn node(&self, vertex: NodeIndex) -> NodeId {
        self.graph[vertex]
    }

    /// The edges into a vertex, in the order of operands.
    pub fn incoming(&self, vertex: NodeIndex) -> Edges<'_, C> {
        self.edges(vertex, Direction::Incoming)
    }

    /// The edges out of a vertex, oldest user first.
    pub fn outgoing(&self, vertex: NodeIndex) -> Edges<'_, C> {
        self.edges(vertex, Direction::Outgoing)
    }

    fn edges(&self, vertex: NodeIndex, direction: Direction) -> Edges<'_, C> {
        let other = |e: EdgeReference<'_, LinearMap<C>>| match direction {
            Direction::Incoming => e.source(),
            Direction::Outgoing => e.target(),
        };
        // petgraph gives the newest edge first, and edges were added in order.
        let mut edges: Edges<'_, C> =
            self.graph.edges_directed(vertex, direction).map(|e| (other(e), e.weight())).collect();
        edges.reverse();
        edges
    }
}

/// Edges at one vertex: the vertex at the other end, and the map.
pub type Edges<'l, C = NodeId> = SmallVec<[(NodeIndex, &'l LinearMap<C>); 2]>;

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
    let active: SmallVec<[(usize, NodeId); 2]> = b.read(|g| {
        let float = |n: NodeId| g.ty(n).dtype.is_float();
        let operands = g.operands(node).iter().copied().enumerate();
        if float(node) {
            operands.filter(|(_, o)| depends(*o) && float(*o)).collect()
        } else {
            SmallVec::new()
        }
    });
    if active.is_empty() {
        return Ok(false);
    }
    b.set_place(Some(b.read(|g| g.place(node))));
    let before = edges.len();
    for (i, from) in active {
        match Rule::derivative(b, node, i) {
            Local::Map(Kind::Zero) => {}
            Local::Map(kind) => edges.push(Edge { from, to: node, kind }),
            Local::Undefined(reason) => {
                let (op, place) = b.read(|g| (g.op(node).name().to_owned(), g.place(node)));
                b.set_place(None);
                return Err(DiffError::Undefined { op, place, operand: i, reason: reason.to_string() });
            }
        }
    }
    Ok(edges.len() > before)
}

/// The vertices on some way from a variable to an output.
fn useful(edges: &[Edge], depends: &[bool], outputs: &[NodeId], len: usize) -> Vec<bool> {
    let mut useful = vec![false; len];
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
