//! The linearised graph: the expression graph with a linear map on every edge that carries a derivative.

use crate::edge_list::{Edge, EdgeList};
use crate::error::DiffError;
use petgraph::Direction;
use petgraph::stable_graph::{EdgeReference, NodeIndex, StableDiGraph};
use petgraph::visit::EdgeRef;
use smallvec::SmallVec;
use wengert_expr::{Builder, Expr, LinearMap, NodeId};

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

impl Linearized {
    /// Linearises the graph between variables and outputs; the coefficients are added to the builder's graph.
    ///
    /// Time and space are linear in the number of nodes that the outputs need.
    ///
    /// # Errors
    /// When an operation on the way has no derivative.
    pub fn new(b: &Builder, variables: &[NodeId], outputs: &[NodeId]) -> Result<Linearized, DiffError> {
        EdgeList::new(b, variables, outputs).map(Linearized::from)
    }

    /// Linearises a part of a builder's graph given by expressions.
    ///
    /// # Errors
    /// When an operation on the way has no derivative, or an expression could not be built.
    pub fn between<'b>(
        outputs: &[Expr<'b>],
        variables: &[Expr<'b>],
    ) -> Result<Option<Linearized>, DiffError> {
        Ok(EdgeList::between(outputs, variables)?.map(Linearized::from))
    }
}

impl From<EdgeList> for Linearized {
    fn from(list: EdgeList) -> Linearized {
        let EdgeList { edges, useful, inputs, outputs } = list;
        let count = useful.iter().filter(|&&u| u).count();
        let mut graph = StableDiGraph::with_capacity(count, edges.len());
        let mut vertex = vec![NodeIndex::end(); useful.len()];
        for node in (0..useful.len()).map(NodeId::from_index).filter(|n| useful[n.index()]) {
            vertex[node.index()] = graph.add_node(node);
        }
        for Edge { from, to, map } in edges {
            graph.add_edge(vertex[from.index()], vertex[to.index()], map);
        }
        let ends = |nodes: Vec<Option<NodeId>>| nodes.iter().map(|n| n.map(|n| vertex[n.index()])).collect();
        Linearized { inputs: ends(inputs), outputs: ends(outputs), graph }
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
