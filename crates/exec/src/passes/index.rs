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

/// What is known of a node: the kind of its operation, and a mark for each pass that may do something there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Note(u32);

/// How many marks there are; the last one is that of all passes from there on.
const MARKS: u32 = 20;

impl Note {
    /// Of a node that was not looked at.
    pub(super) const UNKNOWN: Note = Note(0);

    /// The mark of a pass alone.
    pub(super) fn mark(pass: usize) -> Note {
        Note(1 << pass.min(MARKS as usize - 1))
    }

    fn kind(self) -> u64 {
        u64::from(self.0 >> MARKS)
    }

    /// The marks of another note too.
    pub(super) fn or(self, other: Note) -> Note {
        Note(self.0 | (other.0 & ((1 << MARKS) - 1)))
    }

    pub(super) fn has(self, mark: Note) -> bool {
        self.0 & mark.0 != 0
    }

    pub(super) fn without(self, mark: Note) -> Note {
        Note(self.0 & !mark.0)
    }
}

/// Operands that are looked at.
const LOOKED_AT: usize = 3;

/// The kinds of a node and its first operands, twelve bits each, then which of the operands are one node, then whether there
/// are more.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Look(u64);

/// Pairs of operands that may be one node.
const PAIRS: [(usize, usize); 3] = [(0, 1), (0, 2), (1, 2)];

impl Look {
    fn new(kind: u64, operands: &[NodeId], notes: &[Note]) -> Look {
        let first = &operands[..operands.len().min(LOOKED_AT)];
        let mut bits = kind;
        for (i, operand) in first.iter().enumerate() {
            bits |= notes[operand.index()].kind() << (12 * (i + 1));
        }
        for (k, (i, j)) in PAIRS.into_iter().enumerate() {
            bits |= u64::from(j < first.len() && first[i] == first[j]) << (48 + k);
        }
        Look(bits | u64::from(operands.len() > LOOKED_AT) << 51)
    }

    fn has_more(self) -> bool {
        self.0 >> 51 != 0
    }

    fn is_one(self, i: usize, j: usize) -> bool {
        let pair = PAIRS.iter().position(|&pair| pair == (i.min(j), i.max(j)));
        i == j || pair.is_some_and(|k| self.0 >> (48 + k) & 1 != 0)
    }
}

/// The rules that may fire, by looks.
pub(super) struct Index<'a> {
    active: &'a [Active],
    /// Kinds by the addresses of rows, numbered as they come up; 0 is none.
    kinds: FxHashMap<usize, u64>,
    /// Where the rules for a look stand.
    places: FxHashMap<Look, usize>,
    rules: Vec<Rc<[Active]>>,
}

impl<'a> Index<'a> {
    /// Of these rules, in the order in which they are tried.
    pub(super) fn new(active: &'a [Active]) -> Index<'a> {
        Index { active, kinds: FxHashMap::default(), places: FxHashMap::default(), rules: Vec::new() }
    }

    /// What there is to know of a node whose operands are known.
    pub(super) fn note(&mut self, graph: &Graph, node: NodeId, notes: &[Note]) -> Note {
        let kind = self.kind(graph.op(node));
        let place = self.place(graph, node, kind, notes);
        let mut note = Note((kind as u32) << MARKS);
        for active in self.rules[place].iter() {
            let mark = Note::mark(active.pass);
            if !note.has(mark) && active.fits(graph, node) {
                note = note.or(mark);
            }
        }
        note
    }

    /// The rules of all passes that may fire at a node that is known.
    pub(super) fn rules(&mut self, graph: &Graph, node: NodeId, notes: &[Note]) -> Rc<[Active]> {
        let place = self.place(graph, node, notes[node.index()].kind(), notes);
        self.rules[place].clone()
    }

    fn kind(&mut self, op: &Op) -> u64 {
        let row = std::ptr::from_ref(op.row()).addr();
        if let Some(&kind) = self.kinds.get(&row) {
            return kind;
        }
        let kind = self.kinds.len() as u64 + 1;
        self.kinds.insert(row, kind);
        kind
    }

    fn place(&mut self, graph: &Graph, node: NodeId, kind: u64, notes: &[Note]) -> usize {
        let operands = graph.operands(node);
        let look = Look::new(kind, operands, notes);
        if let Some(&place) = self.places.get(&look) {
            return place;
        }
        let op = graph.op(node);
        let ops: SmallVec<[&Op; LOOKED_AT]> = operands.iter().take(LOOKED_AT).map(|&n| graph.op(n)).collect();
        self.rules.push(self.active.iter().copied().filter(|a| a.allows(op, &ops, look)).collect());
        self.places.insert(look, self.rules.len() - 1);
        self.rules.len() - 1
    }
}

impl Active {
    /// Whether it may fire where such operations are.
    fn allows(&self, op: &Op, operands: &[&Op], look: Look) -> bool {
        match (self.rule.rewrite, self.pattern.and_then(Pattern::head)) {
            (Rewrite::Code { head, behind, .. }, _) => head(op) && behind.allows(operands, look.has_more()),
            (Rewrite::Pattern, Some((head, terms))) if std::ptr::eq(head.row(), op.row()) => {
                let turned = head.row().commutative && terms_allow(terms, operands, look, true);
                turned || terms_allow(terms, operands, look, false)
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

/// Whether operands may be the terms of a pattern, in order or turned round.
fn terms_allow(terms: &[Term], operands: &[&Op], look: Look, turned: bool) -> bool {
    let place = |i: usize| if turned { terms.len() - 1 - i } else { i };
    let each = |i: usize| operands.get(place(i)).is_some_and(|op| terms[i].allows(op));
    let pair = |i: usize, j: usize| !terms[i].is_same(&terms[j]) || look.is_one(place(i), place(j));
    (0..terms.len()).all(|j| each(j) && (0..j).all(|i| pair(i, j)))
}
