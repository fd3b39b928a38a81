//! A function on its way through the passes, and what they know of its nodes.
//!
//! Always holds: a pass has nothing to do at a node that does not carry its mark. Equal nodes are one node and nodes never
//! change, so a mark outlasts all that happens elsewhere; only new nodes are looked at.

use super::driver::AHEAD;
use super::index::{Index, Note};
use wengert_expr::{Function, NodeId, Output};

pub(super) struct Draft {
    pub(super) function: Function,
    /// How many operands of live nodes and outputs each node is, 255 for more: dead ones none.
    pub(super) uses: Vec<u8>,
    pub(super) notes: Vec<Note>,
    /// All marks that there are, and perhaps more.
    pub(super) any: Note,
    /// Live nodes.
    pub(super) live: usize,
    /// Dead nodes that are no inputs.
    pub(super) dead: usize,
}

impl Draft {
    /// A function of whose nodes nothing is known.
    pub(super) fn new(function: Function, index: &mut Index<'_>) -> Draft {
        let notes = vec![Note::UNKNOWN; function.graph().len()];
        Draft::with(function, notes, index)
    }

    fn with(function: Function, mut notes: Vec<Note>, index: &mut Index<'_>) -> Draft {
        let uses = uses(&function);
        let graph = function.graph();
        let mut any = Note::UNKNOWN;
        let mut live = 0;
        let nodes = graph.len();
        for start in (0..nodes).step_by(AHEAD) {
            let stretch = || (start..nodes.min(start + AHEAD)).map(NodeId::from_index);
            let new = |n: &NodeId| uses[n.index()] > 0 && notes[n.index()] == Note::UNKNOWN;
            let operands = stretch().filter(new).flat_map(|n| graph.operands(n));
            // Read at once: one after another each read would wait for the one before.
            std::hint::black_box(operands.fold(Note::UNKNOWN, |all, o| all.or(notes[o.index()])));
            for node in stretch().filter(|n| uses[n.index()] > 0) {
                if notes[node.index()] == Note::UNKNOWN {
                    notes[node.index()] = index.note(graph, node, &notes);
                }
                any = any.or(notes[node.index()]);
                live += 1;
            }
        }
        let unused = function.inputs().iter().filter(|i| uses[i.node.index()] == 0).count();
        let dead = graph.len() - live - unused;
        Draft { function, uses, notes, any, live, dead }
    }

    /// The nodes that the outputs need in this order, operands before their users.
    pub(super) fn reordered(
        function: Function,
        order: impl Iterator<Item = NodeId>,
        notes: &[Note],
        index: &mut Index<'_>,
    ) -> Draft {
        let outputs = function.outputs().to_vec();
        let reordered = function.into_graph().reordered(order);
        let (graph, moved) = reordered.expect("operands come before their users");
        let mut carried = vec![Note::UNKNOWN; graph.len()];
        for (to, note) in moved.iter().zip(notes) {
            if let Some(node) = to {
                carried[node.index()] = *note;
            }
        }
        let outputs = outputs.into_iter().map(|o| Output {
            node: moved[o.node.index()].expect("an output is among the nodes that it needs"),
            name: o.name,
        });
        let written = Function::new(graph, outputs.collect());
        Draft::with(written, carried, index)
    }

    /// What it is after a pass that changed nothing: perhaps with fewer marks, and new nodes that nothing needs.
    pub(super) fn tried(mut self, index: &mut Index<'_>) -> Draft {
        self.any = self.notes.iter().fold(Note::UNKNOWN, |any, note| any.or(*note));
        let nodes = self.function.graph().len();
        if nodes == self.uses.len() {
            return self;
        }
        self.dead += nodes - self.uses.len();
        self.uses.resize(nodes, 0);
        self.notes.resize(nodes, Note::UNKNOWN);
        self.without_dead(index)
    }

    /// Without dead nodes.
    pub(super) fn without_dead(self, index: &mut Index<'_>) -> Draft {
        if self.dead == 0 {
            return self;
        }
        let Draft { function, uses, notes, .. } = self;
        let order = function.graph().nodes().filter(|n| uses[n.index()] > 0);
        Draft::reordered(function, order, &notes, index)
    }
}

/// How many operands of live nodes and outputs each node is, 255 for more.
fn uses(function: &Function) -> Vec<u8> {
    let graph = function.graph();
    let mut uses = vec![0u8; graph.len()];
    let use_one = |uses: &mut [u8], n: NodeId| uses[n.index()] = uses[n.index()].saturating_add(1);
    function.outputs().iter().for_each(|o| use_one(&mut uses, o.node));
    for node in graph.nodes().rev() {
        if uses[node.index()] > 0 {
            graph.operands(node).iter().for_each(|&o| use_one(&mut uses, o));
        }
    }
    uses
}
