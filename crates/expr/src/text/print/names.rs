//! How each node is referred to: by the user's name, by a fresh one, or as a constant written in its place.
//!
//! Fresh names differ from all names of the function, and the user's names that look like fresh ones are written in
//! backquotes, so a reader can tell which nodes have a name.

use super::super::quote::name_to_source;
use super::constant::{Constant, DTypeName, mentions};
use crate::function::Function;
use crate::graph::{Graph, NodeId};
use crate::op::Op;
use crate::ty::DType;
use crate::value::Value;
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::fmt;

/// What a fresh name begins with; digits follow.
const FRESH: char = 'v';

/// Whether a name, as the source has it, stands for a node without one.
pub(in super::super) fn is_fresh(source: &str) -> bool {
    number(source).is_some()
}

fn number(name: &str) -> Option<&str> {
    name.strip_prefix(FRESH).filter(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

/// A user's name as a program writes it.
pub(super) fn to_source(name: &str) -> Cow<'_, str> {
    if is_fresh(name) { Cow::Owned(format!("`{name}`")) } else { name_to_source(name) }
}

/// Predefined names that are written.
const PREDEFINED: [&str; 8] = ["inf", "nan", "true", "false", "f32", "f64", "i64", "bool"];

/// How a node is referred to.
#[derive(Clone, Copy)]
enum Reference<'g> {
    /// Not yet, or the node is dead.
    Unbound,
    /// A constant.
    InPlace(&'g Value),
    /// The name at this position of the table of names.
    Named(u32),
    /// The fresh name of this number.
    Fresh(u32),
}

/// The names of a program while it is printed.
pub(super) struct Names<'g> {
    graph: &'g Graph,
    references: Vec<Reference<'g>>,
    sources: Vec<Cow<'g, str>>,
    holders: FxHashMap<&'g str, NodeId>,
    last_use: Vec<usize>,
    hidden: Vec<&'static str>,
    reserved: FxHashSet<u32>,
    next: u32,
}

impl<'g> Names<'g> {
    pub(super) fn new(function: &'g Function, live: &[bool]) -> Names<'g> {
        let graph = function.graph();
        let of_nodes = graph.names().filter(|(n, _)| live[n.index()]).map(|(_, name)| name);
        let bound: Vec<&str> = graph.inputs().iter().map(|i| i.name.as_str()).chain(of_nodes).collect();
        let outputs = function.outputs().iter().filter_map(|o| o.name.as_deref());
        let (uses, last_use) = uses(function, live);
        let mut names = Names {
            graph,
            references: vec![Reference::Unbound; graph.len()],
            sources: Vec::new(),
            holders: FxHashMap::default(),
            last_use,
            hidden: PREDEFINED.into_iter().filter(|p| bound.contains(p)).collect(),
            reserved: bound
                .into_iter()
                .chain(outputs)
                .filter_map(|name| number(name)?.parse().ok())
                .collect(),
            next: 0,
        };
        for node in graph.nodes().filter(|n| live[n.index()]) {
            if let Op::Constant(literal) = graph.op(node)
                && literal.value().shape().is_empty()
                && graph.name(node).is_none()
                // Written twice, it would be two nodes.
                && (graph.is_sharing() || uses[node.index()] == 1)
                && !names.must_be_first(literal.value())
            {
                names.references[node.index()] = Reference::InPlace(literal.value());
            }
        }
        names
    }

    /// The nodes to write before anything takes the predefined names that they need.
    pub(super) fn first(&self, live: &[bool]) -> Vec<NodeId> {
        if self.hidden.is_empty() {
            return Vec::new();
        }
        let is_first = |node: &NodeId| {
            live[node.index()]
                && matches!(self.graph.op(*node), Op::Constant(literal) if self.must_be_first(literal.value()))
        };
        let mut first: Vec<NodeId> = self.graph.nodes().filter(is_first).collect();
        first.sort_by_key(|&n| self.graph.name(n).is_some_and(|name| PREDEFINED.contains(&name)));
        first
    }

    fn must_be_first(&self, value: &Value) -> bool {
        self.hidden.iter().any(|name| mentions(value, name))
    }

    pub(super) fn is_unbound(&self, node: NodeId) -> bool {
        matches!(self.references[node.index()], Reference::Unbound)
    }

    /// Whether the node is referred to by this name, its own.
    pub(super) fn is_bound_to(&self, node: NodeId, name: &str) -> bool {
        matches!(self.references[node.index()], Reference::Named(_)) && self.graph.name(node) == Some(name)
    }

    /// Binds the name of a node. Returns the node that loses it, if one does that is used after this position of the
    /// arena; it has a fresh name from now on.
    pub(super) fn bind(&mut self, node: NodeId, position: usize) -> Option<NodeId> {
        let Some(name) = self.graph.name(node) else {
            self.references[node.index()] = Reference::Fresh(self.fresh());
            return None;
        };
        let old = self.holders.insert(name, node).filter(|old| self.last_use[old.index()] > position);
        if let Some(old) = old {
            self.references[old.index()] = Reference::Fresh(self.fresh());
        }
        self.references[node.index()] = Reference::Named(self.sources.len() as u32);
        self.sources.push(to_source(name));
        old
    }

    fn fresh(&mut self) -> u32 {
        while self.reserved.contains(&self.next) {
            self.next += 1;
        }
        self.next += 1;
        self.next - 1
    }

    /// A node as an operand, with its dtype if it is a constant.
    pub(super) fn operand(&self, node: NodeId) -> Operand<'_> {
        Operand { names: self, node, plain: false }
    }

    /// Two nodes of one dtype as operands: a constant takes its dtype from the other one where that has a name.
    pub(super) fn pair(&self, a: NodeId, b: NodeId) -> [Operand<'_>; 2] {
        let operand = |node, other| Operand { names: self, node, plain: !self.is_in_place(other) };
        [operand(a, b), operand(b, a)]
    }

    pub(super) fn is_in_place(&self, node: NodeId) -> bool {
        matches!(self.references[node.index()], Reference::InPlace(_))
    }

    pub(super) fn constant<'v>(&self, value: &'v Value, plain: bool) -> Constant<'v> {
        let plain = plain && value.dtype() == DType::F64;
        Constant { value, plain, dtype: self.dtype(value.dtype()) }
    }

    pub(super) fn dtype(&self, dtype: DType) -> DTypeName {
        DTypeName { dtype, hidden: self.hides(dtype.name()) }
    }

    /// Whether a name of the program hides this predefined one.
    pub(super) fn hides(&self, name: &str) -> bool {
        self.hidden.contains(&name)
    }
}

/// How often each node is used, and the position of its last user; an output is used after the last position.
fn uses(function: &Function, live: &[bool]) -> (Vec<u32>, Vec<usize>) {
    let graph = function.graph();
    let (mut uses, mut last) = (vec![0; graph.len()], vec![0; graph.len()]);
    let of_nodes = graph.nodes().filter(|n| live[n.index()]);
    let of_nodes = of_nodes.flat_map(|n| graph.operands(n).iter().map(move |o| (o, n.index())));
    for (used, position) in of_nodes.chain(function.outputs().iter().map(|o| (&o.node, usize::MAX))) {
        uses[used.index()] += 1;
        last[used.index()] = position;
    }
    (uses, last)
}

/// A node where it is used.
#[derive(Clone, Copy)]
pub(super) struct Operand<'a> {
    names: &'a Names<'a>,
    node: NodeId,
    plain: bool,
}

impl Operand<'_> {
    /// Whether its text begins with a sign.
    pub(super) fn is_signed(&self) -> bool {
        match self.names.references[self.node.index()] {
            Reference::InPlace(value) => self.names.constant(value, self.plain).is_signed(),
            Reference::Unbound | Reference::Named(_) | Reference::Fresh(_) => false,
        }
    }
}

impl fmt::Display for Operand<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.names.references[self.node.index()] {
            Reference::Unbound => unreachable!("operands are bound before their users are written"),
            Reference::InPlace(value) => write!(f, "{}", self.names.constant(value, self.plain)),
            Reference::Named(i) => f.write_str(&self.names.sources[i as usize]),
            Reference::Fresh(i) => write!(f, "{FRESH}{i}"),
        }
    }
}
