//! Edges, and the ways through the nodes and edges of a view.

use crate::graph::{Graph, NodeId};
use crate::op::Op;
use petgraph::visit::{EdgeRef, VisitMap};
use std::slice;

/// A node's appearance among the operands of another.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Use {
    /// The node that has the operand.
    pub user: NodeId,
    /// Which of its operands it is, from 0.
    pub operand: usize,
}

/// An edge from an operand to its user. Its weight is the operand's position.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Edge {
    source: NodeId,
    place: Use,
}

impl EdgeRef for Edge {
    type NodeId = NodeId;
    type EdgeId = Use;
    type Weight = usize;

    fn source(&self) -> NodeId {
        self.source
    }

    fn target(&self) -> NodeId {
        self.place.user
    }

    fn weight(&self) -> &usize {
        &self.place.operand
    }

    fn id(&self) -> Use {
        self.place
    }
}

/// The edges at a node in one direction.
#[derive(Clone, Debug)]
pub struct Edges<'v> {
    node: NodeId,
    side: Side<'v>,
}

#[derive(Clone, Debug)]
enum Side<'v> {
    Operands(std::iter::Enumerate<slice::Iter<'v, NodeId>>),
    Uses(slice::Iter<'v, Use>),
}

impl Iterator for Edges<'_> {
    type Item = Edge;

    fn next(&mut self) -> Option<Edge> {
        let node = self.node;
        match &mut self.side {
            Side::Operands(operands) => {
                let (operand, &source) = operands.next()?;
                Some(Edge { source, place: Use { user: node, operand } })
            }
            Side::Uses(uses) => uses.next().map(|&place| Edge { source: node, place }),
        }
    }
}

impl<'v> Edges<'v> {
    /// The edges from a node's operands.
    pub(super) fn incoming(node: NodeId, operands: &'v [NodeId]) -> Edges<'v> {
        Edges { node, side: Side::Operands(operands.iter().enumerate()) }
    }

    /// The edges to a node's users.
    pub(super) fn outgoing(node: NodeId, uses: &'v [Use]) -> Edges<'v> {
        Edges { node, side: Side::Uses(uses.iter()) }
    }
}

/// The nodes at the other ends of the edges at a node.
#[derive(Clone, Debug)]
pub struct Neighbors<'v>(pub(super) Edges<'v>);

impl Iterator for Neighbors<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        let edge = self.0.next()?;
        Some(match self.0.side {
            Side::Operands(_) => edge.source(),
            Side::Uses(_) => edge.target(),
        })
    }
}

/// All nodes, operands before their users.
#[derive(Clone, Debug)]
pub struct Nodes<'v> {
    graph: &'v Graph,
    next: u32,
}

impl<'v> Nodes<'v> {
    pub(super) fn of(graph: &'v Graph) -> Nodes<'v> {
        Nodes { graph, next: 0 }
    }
}

impl<'v> Iterator for Nodes<'v> {
    type Item = (NodeId, &'v Op);

    fn next(&mut self) -> Option<(NodeId, &'v Op)> {
        let node = NodeId(self.next);
        (node.index() < self.graph.len()).then(|| {
            self.next += 1;
            (node, self.graph.op(node))
        })
    }
}

/// Which nodes were visited.
#[derive(Clone, Debug, Default)]
pub struct Visited(pub(super) Vec<bool>);

impl VisitMap<NodeId> for Visited {
    fn visit(&mut self, node: NodeId) -> bool {
        !std::mem::replace(&mut self.0[node.index()], true)
    }

    fn is_visited(&self, node: &NodeId) -> bool {
        self.0[node.index()]
    }

    fn unvisit(&mut self, node: NodeId) -> bool {
        std::mem::replace(&mut self.0[node.index()], false)
    }
}

/// All edges, by their users.
#[derive(Clone, Debug)]
pub struct AllEdges<'v> {
    nodes: Nodes<'v>,
    edges: Option<Edges<'v>>,
}

impl<'v> AllEdges<'v> {
    pub(super) fn of(graph: &'v Graph) -> AllEdges<'v> {
        AllEdges { nodes: Nodes::of(graph), edges: None }
    }
}

impl Iterator for AllEdges<'_> {
    type Item = Edge;

    fn next(&mut self) -> Option<Edge> {
        loop {
            if let Some(edge) = self.edges.as_mut().and_then(Iterator::next) {
                return Some(edge);
            }
            let (node, _) = self.nodes.next()?;
            self.edges = Some(Edges::incoming(node, self.nodes.graph.operands(node)));
        }
    }
}
