//! A function on its way through the passes, and what they know of its nodes.
//!
//! Always holds: a pass has nothing to do at a node that does not carry its mark. Equal nodes are one node and nodes never
//! change, so a mark outlasts all that happens elsewhere; only new nodes are looked at.

use super::compact::compact;
use super::index::{Index, Marks};
use wengert_expr::{Function, NodeId};

pub(super) struct Draft {
    pub(super) function: Function,
    /// How many operands of live nodes and outputs each node is: dead ones none.
    pub(super) uses: Vec<u32>,
    pub(super) marks: Vec<Marks>,
    /// All marks that there are, and perhaps more.
    pub(super) any: Marks,
    /// Live nodes.
    pub(super) live: usize,
    /// Dead nodes that are no inputs.
    pub(super) dead: usize,
}

impl Draft {
    /// A function of whose nodes nothing is known.
    pub(super) fn new(function: Function, index: &mut Index<'_>) -> Draft {
        let marks = vec![Marks::UNKNOWN; function.graph().len()];
        Draft::with(function, marks, index)
    }

    fn with(function: Function, mut marks: Vec<Marks>, index: &mut Index<'_>) -> Draft {
        let uses = uses(&function);
        let graph = function.graph();
        let mut any = Marks::NONE;
        let mut live = 0;
        for ((node, marks), _) in graph.nodes().zip(&mut marks).zip(&uses).filter(|(_, uses)| **uses > 0) {
            if *marks == Marks::UNKNOWN {
                *marks = index.marks(graph, node);
            }
            any = any.with(*marks);
            live += 1;
        }
        let unused = function.inputs().iter().filter(|i| uses[i.node.index()] == 0).count();
        let dead = graph.len() - live - unused;
        Draft { function, uses, marks, any, live, dead }
    }

    /// The nodes that the outputs need in this order, operands before their users.
    pub(super) fn reordered(
        function: &Function,
        order: impl Iterator<Item = NodeId>,
        marks: &[Marks],
        index: &mut Index<'_>,
    ) -> Draft {
        let (written, moved) = compact(function, order);
        let mut carried = vec![Marks::UNKNOWN; written.graph().len()];
        for (to, marks) in moved.iter().zip(marks) {
            if let Some(node) = to {
                carried[node.index()] = *marks;
            }
        }
        Draft::with(written, carried, index)
    }

    /// What it is after a pass that changed nothing: perhaps with fewer marks, and new nodes that nothing needs.
    pub(super) fn tried(mut self, index: &mut Index<'_>) -> Draft {
        self.any = self.marks.iter().fold(Marks::NONE, |any, marks| any.with(*marks));
        let nodes = self.function.graph().len();
        if nodes == self.uses.len() {
            return self;
        }
        self.dead += nodes - self.uses.len();
        self.uses.resize(nodes, 0);
        self.marks.resize(nodes, Marks::UNKNOWN);
        self.without_dead(index)
    }

    /// Without dead nodes.
    pub(super) fn without_dead(self, index: &mut Index<'_>) -> Draft {
        if self.dead == 0 {
            return self;
        }
        let Draft { function, uses, marks, .. } = self;
        let order = function.graph().nodes().filter(|n| uses[n.index()] > 0);
        Draft::reordered(&function, order, &marks, index)
    }
}

/// How many operands of live nodes and outputs each node is.
fn uses(function: &Function) -> Vec<u32> {
    let graph = function.graph();
    let mut uses = vec![0; graph.len()];
    function.outputs().iter().for_each(|o| uses[o.node.index()] += 1);
    for node in graph.nodes().rev() {
        if uses[node.index()] > 0 {
            graph.operands(node).iter().for_each(|o| uses[o.index()] += 1);
        }
    }
    uses
}
