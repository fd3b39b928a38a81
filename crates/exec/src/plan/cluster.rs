//! Fusion: which nodes are computed by one loop.
//!
//! Walks the function from its outputs back. A node is ready when everything that uses it has its place; a loop takes every
//! ready node of its space that is connected with it by elements of the space, so that a value and its gradient share a
//! loop, and nothing is computed earlier than it has to be. A node read through a view, or folded, cannot be in the loop
//! of its reader. The order in which clusters are made is a reverse order of evaluation, whatever they hold.

use super::form::{Form, Forms, SpaceId};
use rustc_hash::FxHashMap;
use std::collections::BinaryHeap;
use wengert_expr::{Function, NodeId, Op};

/// Nodes computed together: one, or the members of a loop, oldest first.
#[derive(Clone, Debug)]
pub(crate) struct Cluster {
    /// The space of the loop, unless it is a step of its own.
    pub(crate) space: Option<SpaceId>,
    pub(crate) members: Vec<NodeId>,
}

/// How large a loop may grow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The most nodes of one loop over more than one element.
    pub(crate) nodes: usize,
    /// Whether loops are fused at all.
    pub(crate) fuse: bool,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { nodes: 512, fuse: true }
    }
}

/// The clusters of a function, in an order of evaluation.
pub(crate) fn clusters(function: &Function, forms: &Forms, limits: Limits) -> Vec<Cluster> {
    let mut fusion = Fusion::new(function, forms, limits);
    let mut made = Vec::new();
    while let Some(cluster) = fusion.next() {
        made.push(cluster);
    }
    made.reverse();
    made
}

/// Which loop nodes may share a loop: the same space, and connected by elements of it.
type Component = (SpaceId, u32);

struct Fusion<'f> {
    function: &'f Function,
    forms: &'f Forms,
    limits: Limits,
    /// Uses that have no place yet.
    waiting: Vec<u32>,
    components: Components,
    /// Ready nodes, the newest first.
    ready: BinaryHeap<NodeId>,
    /// Ready loop nodes by component.
    pools: FxHashMap<Component, BinaryHeap<NodeId>>,
    placed: Vec<bool>,
    /// The cluster whose members read this node otherwise than element by element.
    barred: Vec<u32>,
    cluster: u32,
}

impl<'f> Fusion<'f> {
    fn new(function: &'f Function, forms: &'f Forms, limits: Limits) -> Fusion<'f> {
        let graph = function.graph();
        let mut waiting = vec![0; graph.len()];
        for node in graph.nodes().filter(|n| forms.of(*n) != Form::Dead) {
            graph.operands(node).iter().for_each(|o| waiting[o.index()] += 1);
        }
        let mut fusion = Fusion {
            function,
            forms,
            limits,
            waiting,
            components: Components::new(function, forms),
            ready: BinaryHeap::new(),
            pools: FxHashMap::default(),
            placed: vec![false; graph.len()],
            barred: vec![0; graph.len()],
            cluster: 0,
        };
        let mut unused: Vec<NodeId> = function.outputs().iter().map(|o| o.node).collect();
        unused.sort_unstable();
        unused.dedup();
        for node in unused {
            if fusion.waiting[node.index()] == 0 {
                fusion.offer(node);
            }
        }
        fusion
    }

    fn next(&mut self) -> Option<Cluster> {
        let seed = loop {
            let node = self.ready.pop()?;
            if !self.placed[node.index()] {
                break node;
            }
        };
        self.cluster += 1;
        let Form::Loop(space) = self.forms.of(seed) else {
            self.place(seed);
            return Some(Cluster { space: None, members: vec![seed] });
        };
        let component = self.components.of(seed, space);
        let one = self.forms.space(space).elements() == 1;
        let limit = if !self.limits.fuse {
            1
        } else if one {
            usize::MAX
        } else {
            self.limits.nodes
        };
        let mut members = vec![seed];
        self.place(seed);
        let mut barred = Vec::new();
        while members.len() < limit {
            let Some(node) = self.pools.get_mut(&component).and_then(BinaryHeap::pop) else { break };
            if self.placed[node.index()] {
                continue;
            }
            if self.barred[node.index()] == self.cluster {
                barred.push(node);
                continue;
            }
            self.place(node);
            members.push(node);
        }
        self.pools.entry(component).or_default().extend(barred);
        members.sort_unstable();
        Some(Cluster { space: Some(space), members })
    }

    /// Gives a node its place in the current cluster.
    fn place(&mut self, node: NodeId) {
        self.placed[node.index()] = true;
        let graph = self.function.graph();
        let reads_elements = matches!(self.forms.of(node), Form::Loop(_));
        for &operand in graph.operands(node) {
            if !(reads_elements && self.is_element(operand)) {
                self.bar(operand);
            }
            self.used(operand);
        }
    }

    /// True if the node's value at a point of a loop is one element of the loop.
    fn is_element(&self, node: NodeId) -> bool {
        let op = self.function.graph().op(node);
        matches!(self.forms.of(node), Form::Loop(_)) && is_elementwise(op)
    }

    /// Keeps a node, or what it is a view of, out of the current cluster.
    fn bar(&mut self, node: NodeId) {
        let root = match self.forms.of(node) {
            Form::View => self.forms.view(self.function, node).root,
            _ => node,
        };
        self.barred[root.index()] = self.cluster;
    }

    /// One use of a node has its place.
    fn used(&mut self, node: NodeId) {
        let mut pending = vec![node];
        while let Some(node) = pending.pop() {
            self.waiting[node.index()] -= 1;
            if self.waiting[node.index()] > 0 {
                continue;
            }
            match self.forms.of(node) {
                // A view has its place with what it shows; what else it depends on only gives it a derivative.
                Form::View | Form::Absorbed => pending.extend(self.function.graph().operands(node)),
                _ => self.offer(node),
            }
        }
    }

    fn offer(&mut self, node: NodeId) {
        match self.forms.of(node) {
            Form::Dead | Form::Leaf => {}
            Form::View | Form::Absorbed => {
                let operands: Vec<NodeId> = self.function.graph().operands(node).to_vec();
                operands.into_iter().for_each(|o| self.used(o));
            }
            Form::Loop(space) => {
                let component = self.components.of(node, space);
                self.pools.entry(component).or_default().push(node);
                self.ready.push(node);
            }
            Form::Product | Form::Assemble | Form::Routine | Form::Reference => self.ready.push(node),
        }
    }
}

/// True for operations that loops compute element by element, whatever the shape.
pub(crate) fn is_elementwise(op: &Op) -> bool {
    match op {
        Op::Unary(_) | Op::Polygamma(_) | Op::Binary(_) | Op::Compare(_) | Op::Select | Op::Cast(_) => true,
        Op::Input(_)
        | Op::Constant(_)
        | Op::Iota { .. }
        | Op::Reduce(..)
        | Op::Arg(..)
        | Op::Cumsum { .. }
        | Op::Broadcast { .. }
        | Op::Reshape(_)
        | Op::Transpose(_)
        | Op::Slice(_)
        | Op::Pad(_)
        | Op::Concatenate(_)
        | Op::Flip(_)
        | Op::Gather(_)
        | Op::ScatterAdd { .. }
        | Op::Patches(_)
        | Op::Overlap(_)
        | Op::Dot(_)
        | Op::StopGradient
        | Op::Custom(_) => false,
    }
}

/// Nodes joined where one reads the other's elements at the same place. All scalars are one component.
struct Components {
    parent: Vec<u32>,
    scalar: Vec<bool>,
}

impl Components {
    fn new(function: &Function, forms: &Forms) -> Components {
        let graph = function.graph();
        let mut all = Components {
            parent: (0..graph.len() as u32).collect(),
            scalar: forms.spaces().map(|s| s.elements() == 1).collect(),
        };
        for node in graph.nodes() {
            let Form::Loop(space) = forms.of(node) else { continue };
            if all.scalar[space.0 as usize] {
                continue;
            }
            let shape = forms.space(space);
            for &operand in graph.operands(node) {
                if graph.shape(operand) == shape && forms.of(operand) != Form::View {
                    all.join(node.index() as u32, operand.index() as u32);
                }
            }
        }
        all
    }

    fn of(&mut self, node: NodeId, space: SpaceId) -> Component {
        if self.scalar[space.0 as usize] {
            return (space, u32::MAX);
        }
        (space, self.find(node.index() as u32))
    }

    fn find(&mut self, mut node: u32) -> u32 {
        while self.parent[node as usize] != node {
            let above = self.parent[self.parent[node as usize] as usize];
            self.parent[node as usize] = above;
            node = above;
        }
        node
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        self.parent[a.max(b) as usize] = a.min(b);
    }
}
