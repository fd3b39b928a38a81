//! A graph as petgraph's algorithms see it: edges run from operands to their users, one for each operand position.
//!
//! A view has a table of outgoing edges beside the graph, made once in linear time; a node's edges in either direction
//! are then found in time proportional to their number. Nodes are numbered without gaps.

mod edges;

pub use edges::{AllEdges, Edge, Edges, Neighbors, Nodes, Use, Visited};

use crate::graph::{Graph, NodeId};
use crate::op::Op;
use petgraph::visit::{
    Data, EdgeCount, GraphBase, GraphProp, IntoEdgeReferences, IntoEdges, IntoEdgesDirected, IntoNeighbors,
    IntoNeighborsDirected, IntoNodeIdentifiers, IntoNodeReferences, NodeCompactIndexable, NodeCount,
    NodeIndexable, Visitable,
};
use petgraph::{Directed, Direction};

/// A graph with its outgoing edges, on which petgraph's algorithms run.
///
/// ```
/// use petgraph::algo::{has_path_connecting, toposort};
/// use wengert_expr::{Builder, DType, GraphView, Type};
/// let b = Builder::new();
/// let x = b.input("x", Type::scalar(DType::F64));
/// let y = (x * x).sin();
/// let (x, y) = (x.id(), y.id());
/// b.output("y", b.node(y));
/// let f = b.finish()?;
/// let view = GraphView::new(f.graph());
/// assert!(has_path_connecting(&view, x, y, None));
/// assert_eq!(toposort(&view, None).map(|order| order.len()), Ok(3));
/// # Ok::<(), wengert_expr::GraphError>(())
/// ```
#[derive(Clone, Debug)]
pub struct GraphView<'g> {
    graph: &'g Graph,
    starts: Vec<u32>,
    uses: Vec<Use>,
}

impl<'g> GraphView<'g> {
    /// The view of a graph.
    pub fn new(graph: &'g Graph) -> GraphView<'g> {
        let mut starts = vec![0u32; graph.len() + 1];
        for operand in graph.nodes().flat_map(|node| graph.operands(node)) {
            starts[operand.index() + 1] += 1;
        }
        for i in 0..graph.len() {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut uses = vec![Use { user: NodeId(0), operand: 0 }; next[graph.len()] as usize];
        for user in graph.nodes() {
            for (operand, source) in graph.operands(user).iter().enumerate() {
                let slot = &mut next[source.index()];
                uses[*slot as usize] = Use { user, operand };
                *slot += 1;
            }
        }
        GraphView { graph, starts, uses }
    }

    /// The graph.
    pub fn graph(&self) -> &'g Graph {
        self.graph
    }

    /// Where a node is an operand, oldest user first.
    pub fn uses(&self, node: NodeId) -> &[Use] {
        &self.uses[self.starts[node.index()] as usize..self.starts[node.index() + 1] as usize]
    }
}

impl GraphBase for GraphView<'_> {
    type NodeId = NodeId;
    type EdgeId = Use;
}

impl Data for GraphView<'_> {
    type NodeWeight = Op;
    type EdgeWeight = usize;
}

impl GraphProp for GraphView<'_> {
    type EdgeType = Directed;
}

impl NodeCount for GraphView<'_> {
    fn node_count(&self) -> usize {
        self.graph.len()
    }
}

impl EdgeCount for GraphView<'_> {
    fn edge_count(&self) -> usize {
        self.uses.len()
    }
}

impl NodeIndexable for GraphView<'_> {
    fn node_bound(&self) -> usize {
        self.graph.len()
    }

    fn to_index(&self, node: NodeId) -> usize {
        node.index()
    }

    fn from_index(&self, index: usize) -> NodeId {
        NodeId::from_index(index)
    }
}

impl NodeCompactIndexable for GraphView<'_> {}

impl Visitable for GraphView<'_> {
    type Map = Visited;

    fn visit_map(&self) -> Visited {
        Visited(vec![false; self.graph.len()])
    }

    fn reset_map(&self, map: &mut Visited) {
        *map = self.visit_map();
    }
}

impl<'v> IntoNodeIdentifiers for &'v GraphView<'_> {
    type NodeIdentifiers = std::iter::Map<Nodes<'v>, fn((NodeId, &'v Op)) -> NodeId>;

    fn node_identifiers(self) -> Self::NodeIdentifiers {
        self.node_references().map(|(node, _)| node)
    }
}

impl<'v> IntoNodeReferences for &'v GraphView<'_> {
    type NodeRef = (NodeId, &'v Op);
    type NodeReferences = Nodes<'v>;

    fn node_references(self) -> Nodes<'v> {
        Nodes::of(self.graph)
    }
}

impl<'v> IntoNeighbors for &'v GraphView<'_> {
    type Neighbors = Neighbors<'v>;

    fn neighbors(self, node: NodeId) -> Neighbors<'v> {
        self.neighbors_directed(node, Direction::Outgoing)
    }
}

impl<'v> IntoNeighborsDirected for &'v GraphView<'_> {
    type NeighborsDirected = Neighbors<'v>;

    fn neighbors_directed(self, node: NodeId, direction: Direction) -> Neighbors<'v> {
        Neighbors(self.edges_directed(node, direction))
    }
}

impl<'v> IntoEdgeReferences for &'v GraphView<'_> {
    type EdgeRef = Edge;
    type EdgeReferences = AllEdges<'v>;

    fn edge_references(self) -> AllEdges<'v> {
        AllEdges::of(self.graph)
    }
}

impl<'v> IntoEdges for &'v GraphView<'_> {
    type Edges = Edges<'v>;

    fn edges(self, node: NodeId) -> Edges<'v> {
        self.edges_directed(node, Direction::Outgoing)
    }
}

impl<'v> IntoEdgesDirected for &'v GraphView<'_> {
    type EdgesDirected = Edges<'v>;

    fn edges_directed(self, node: NodeId, direction: Direction) -> Edges<'v> {
        match direction {
            Direction::Incoming => Edges::incoming(node, self.graph.operands(node)),
            Direction::Outgoing => Edges::outgoing(node, self.uses(node)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::GraphView;
    use crate::builder::Builder;
    use crate::function::Function;
    use crate::graph::NodeId;
    use crate::ty::{DType, Type};
    use petgraph::Direction::{Incoming, Outgoing};
    use petgraph::algo::{
        dijkstra, dominators::simple_fast, has_path_connecting, is_cyclic_directed, kosaraju_scc, toposort,
    };
    use petgraph::visit::{
        Dfs, EdgeCount, EdgeRef, IntoEdgeReferences, IntoEdges, IntoEdgesDirected, IntoNeighbors,
        IntoNeighborsDirected, IntoNodeReferences, NodeCount, Reversed, Topo,
    };

    /// `c = a + b; d = b + 1; e = c * d`, with a dead `c * c`.
    fn lecture() -> (Function, [NodeId; 6]) {
        let b = Builder::new();
        let (x, y) = (b.input("a", Type::scalar(DType::F64)), b.input("b", Type::scalar(DType::F64)));
        let c = x + y;
        let d = y + 1.0;
        let e = c * d;
        let square = c * c;
        let nodes = [x.id(), y.id(), c.id(), d.id(), e.id(), square.id()];
        b.output("e", e);
        (b.finish().unwrap(), nodes)
    }

    #[test]
    fn edges_run_from_operands_to_users() {
        let (f, [a, b, c, d, e, square]) = lecture();
        let view = GraphView::new(f.graph());
        assert_eq!((view.node_count(), view.edge_count()), (7, 8));
        assert_eq!(view.neighbors(b).collect::<Vec<_>>(), [c, d]);
        assert_eq!(view.neighbors_directed(e, Incoming).collect::<Vec<_>>(), [c, d]);
        let ends =
            |n, direction| view.edges_directed(n, direction).map(|e| (e.source(), e.target(), *e.weight()));
        assert_eq!(ends(c, Outgoing).collect::<Vec<_>>(), [(c, e, 0), (c, square, 0), (c, square, 1)]);
        assert_eq!(ends(c, Incoming).collect::<Vec<_>>(), [(a, c, 0), (b, c, 1)]);
        assert_eq!(view.edges(e).count(), 0);
    }

    #[test]
    fn every_edge_is_found_from_both_ends_and_in_the_list_of_all() {
        let (f, _) = lecture();
        let view = GraphView::new(f.graph());
        let sorted = |edges: Vec<(NodeId, super::Use)>| {
            let mut edges = edges;
            edges.sort();
            edges
        };
        let all = sorted((&view).edge_references().map(|e| (e.source(), e.id())).collect());
        for direction in [Incoming, Outgoing] {
            let edges = f.graph().nodes().flat_map(|n| view.edges_directed(n, direction));
            assert_eq!(sorted(edges.map(|e| (e.source(), e.id())).collect()), all);
        }
        assert_eq!(all.len(), view.edge_count());
    }

    #[test]
    fn orders_and_reachability() {
        let (f, [a, b, c, d, e, square]) = lecture();
        let view = GraphView::new(f.graph());
        assert!(!is_cyclic_directed(&view));
        let order = toposort(&view, None).unwrap();
        let at = |n| order.iter().position(|&m| m == n).unwrap();
        assert_eq!(order.len(), 7);
        for edge in (&view).edge_references() {
            assert!(at(edge.source()) < at(edge.target()));
        }
        assert!(has_path_connecting(&view, a, square, None) && !has_path_connecting(&view, a, d, None));
        assert!(!has_path_connecting(&view, e, b, None) && has_path_connecting(Reversed(&view), e, b, None));
        assert_eq!(kosaraju_scc(&view).len(), 7);
        let steps = dijkstra(&view, b, None, |_| 1);
        assert_eq!((steps[&e], steps[&c], steps.get(&a)), (2, 1, None));
    }

    #[test]
    fn walks_and_dominators() {
        let (f, [a, b, c, d, e, square]) = lecture();
        let view = GraphView::new(f.graph());
        let mut dfs = Dfs::new(&view, a);
        let mut reached = Vec::new();
        while let Some(n) = dfs.next(&view) {
            reached.push(n);
        }
        reached.sort();
        assert_eq!(reached, [a, c, e, square]);
        let mut topo = Topo::new(Reversed(&view));
        let first = topo.next(Reversed(&view)).unwrap();
        assert!(first == e || first == square);
        // From b both c and d lead to e, so only b itself is on every way.
        let dominators = simple_fast(&view, b);
        assert_eq!(dominators.immediate_dominator(e), Some(b));
        assert_eq!(dominators.immediate_dominator(square), Some(c));
        let backwards = simple_fast(Reversed(&view), e);
        assert_eq!(backwards.immediate_dominator(a), Some(c));
        assert_eq!(backwards.immediate_dominator(b), Some(e));
        assert_eq!(backwards.immediate_dominator(d), Some(e));
        let names: Vec<&str> = (&view).node_references().map(|(_, op)| op.name()).collect();
        assert_eq!(names, ["input", "input", "add", "constant", "add", "mul", "mul"]);
    }

    #[test]
    fn an_operand_of_many_users_and_a_user_of_many_operands() {
        let b = Builder::new();
        let x = b.input("x", Type::new(DType::F64, [1]));
        let parts: Vec<_> = (0..20_000).map(|_| x).collect();
        let id = x.id();
        b.output("y", x.concatenate(&parts, 0));
        let f = b.finish().unwrap();
        let view = GraphView::new(f.graph());
        assert_eq!(view.uses(id).len(), 20_001);
        assert!(view.edges(id).enumerate().all(|(i, e)| *e.weight() == i));
    }
}
