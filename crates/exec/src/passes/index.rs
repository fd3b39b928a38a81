//! Which rules may fire at a node, found from its operation and those of its first operands.
//!
//! A graph has few different ones, so the rows are gone through once for each and a node takes one look into a table.

use super::pattern::{Pattern, Term};
use super::rule::{Rewrite, Rule};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::rc::Rc;
use wengert_expr::{Graph, NodeId, Op};

/// A rule that is on.
#[derive(Clone, Copy)]
pub(super) struct Active {
    /// The pass that it belongs to.
    pub(super) pass: usize,
    pub(super) rule: &'static Rule,
    pub(super) pattern: Option<&'static Pattern>,
}

/// The passes that may do something at a node.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Marks(u64);

impl Marks {
    /// Of a node that was not looked at.
    pub(super) const UNKNOWN: Marks = Marks(0);
    pub(super) const NONE: Marks = Marks(1 << 63);

    /// The mark of a pass; the last one stands for all passes from there on.
    pub(super) fn of(pass: usize) -> Marks {
        Marks(1 << pass.min(62))
    }

    pub(super) fn has(self, other: Marks) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn with(self, other: Marks) -> Marks {
        Marks(self.0 | other.0)
    }

    pub(super) fn without(self, other: Marks) -> Marks {
        Marks(self.0 & !other.0)
    }
}

/// Operands that are looked at.
const LOOKED_AT: usize = 3;

/// What a node and its first operands do, by their rows; which of the operands are one node; whether there are more.
#[derive(PartialEq, Eq, Hash)]
struct Look {
    rows: [Option<usize>; LOOKED_AT + 1],
    equal: [bool; LOOKED_AT],
    more: bool,
}

/// Pairs of operands that may be one node.
const PAIRS: [(usize, usize); LOOKED_AT] = [(0, 1), (0, 2), (1, 2)];

impl Look {
    fn at(graph: &Graph, node: NodeId) -> Look {
        let operands = graph.operands(node);
        let address = |node: NodeId| std::ptr::from_ref(graph.op(node).row()) as usize;
        let mut rows = [None; LOOKED_AT + 1];
        rows[0] = Some(address(node));
        for (row, &operand) in rows[1..].iter_mut().zip(operands) {
            *row = Some(address(operand));
        }
        let equal = PAIRS.map(|(i, j)| j < operands.len() && operands[i] == operands[j]);
        Look { rows, equal, more: operands.len() > LOOKED_AT }
    }

    fn is_one(&self, i: usize, j: usize) -> bool {
        i == j || PAIRS.iter().zip(self.equal).any(|(pair, equal)| equal && *pair == (i.min(j), i.max(j)))
    }
}

/// The rules that may fire, by looks.
pub(super) struct Index<'a> {
    active: &'a [Active],
    found: FxHashMap<Look, Rc<[Active]>>,
}

impl<'a> Index<'a> {
    /// Of these rules, in the order in which they are tried.
    pub(super) fn new(active: &'a [Active]) -> Index<'a> {
        Index { active, found: FxHashMap::default() }
    }

    /// The rules of all passes that may fire at a node.
    pub(super) fn rules(&mut self, graph: &Graph, node: NodeId) -> &Rc<[Active]> {
        let active = self.active;
        self.found.entry(Look::at(graph, node)).or_insert_with_key(|look| {
            let op = graph.op(node);
            let operands: SmallVec<[&Op; LOOKED_AT]> =
                graph.operands(node).iter().take(LOOKED_AT).map(|&n| graph.op(n)).collect();
            active.iter().copied().filter(|a| a.allows(op, &operands, look)).collect()
        })
    }

    /// The passes of which a rule may fire at a node.
    pub(super) fn marks(&mut self, graph: &Graph, node: NodeId) -> Marks {
        let mut marks = Marks::NONE;
        for active in self.rules(graph, node).iter() {
            let mark = Marks::of(active.pass);
            if !marks.has(mark) && active.fits(graph, node) {
                marks = marks.with(mark);
            }
        }
        marks
    }
}

impl Active {
    /// Whether it may fire where such operations are.
    fn allows(&self, op: &Op, operands: &[&Op], look: &Look) -> bool {
        match (self.rule.rewrite, self.pattern.and_then(Pattern::head)) {
            (Rewrite::Code { head, behind, .. }, _) => head(op) && behind.allows(operands, look.more),
            (Rewrite::Pattern, Some((head, terms))) if std::ptr::eq(head.row(), op.row()) => {
                let fits = |turned: bool| {
                    let place = |i: usize| if turned { terms.len() - 1 - i } else { i };
                    let same =
                        |i: usize, j: usize| !terms[i].is_same(&terms[j]) || look.is_one(place(i), place(j));
                    let alone =
                        |(i, t): (usize, &Term)| operands.get(place(i)).is_some_and(|op| t.allows(op));
                    terms.iter().enumerate().all(alone)
                        && (0..terms.len()).all(|j| (0..j).all(|i| same(i, j)))
                };
                fits(false) || (head.row().commutative && fits(true))
            }
            (Rewrite::Pattern, _) => false,
        }
    }

    /// Whether it may fire at this node, as far as what stands behind it says.
    fn fits(&self, graph: &Graph, node: NodeId) -> bool {
        let on = self.rule.on;
        match self.pattern {
            Some(pattern) => pattern.find(graph, node, on).is_some(),
            None => on.contain(graph.ty(node).dtype),
        }
    }
}
