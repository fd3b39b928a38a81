//! Where a node equal to one about to be added is found.
//!
//! Always holds: a node stands in the list of its youngest operand or, where that list was full, in that of the next one or,
//! where all were, in a hash table. Nodes are mostly made soon after their operands, so the short lists stay in the
//! cache, which a hash table of millions of nodes leaves at every look; the table keeps hubs from making long lists.

use crate::graph::NodeId;
use crate::signature::SignatureId;
use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::hash::Hasher;

/// How many nodes a list holds.
const FULL: u16 = 8;

/// The bits of a digest that are marks; those above count the nodes.
const MARKS: u32 = 12;

/// The end of a list.
const END: NodeId = NodeId(u32::MAX);

/// Nodes by their signature and operands.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConsTable {
    /// Of each node's list: a mark for every node in it, so that what has none need not be looked for, and how many there
    /// are. Most looks end here, so it is kept small.
    digests: Vec<u16>,
    /// The first node of each node's list.
    first: Vec<NodeId>,
    /// The node after each in the list in which it stands.
    next: Vec<NodeId>,
    others: HashTable<(u32, NodeId)>,
}

/// Where a node that was looked for in vain goes in.
pub(crate) enum Vacancy {
    List { of: NodeId, mark: u16 },
    Table { hash: u32 },
}

impl ConsTable {
    pub(crate) fn with_capacity(nodes: usize) -> ConsTable {
        let mut table = ConsTable::default();
        table.reserve(nodes);
        table
    }

    /// Counts one more node, which nobody will find unless it is put in.
    pub(crate) fn grow(&mut self) {
        self.digests.push(0);
        self.first.push(END);
        self.next.push(END);
    }

    pub(crate) fn find(
        &self,
        signature: SignatureId,
        operands: &[NodeId],
        equal: impl Fn(NodeId) -> bool,
    ) -> Result<NodeId, Vacancy> {
        let hash = hash(signature, operands);
        let mark = 1 << ((u64::from(hash) * u64::from(MARKS)) >> 32);
        for i in 0..operands.len() {
            let of = youngest(operands, i);
            let digest = self.digests[of.index()];
            if digest & mark != 0
                && let Some(node) = self.list(of).find(|&node| equal(node))
            {
                return Ok(node);
            }
            if digest >> MARKS < FULL {
                return Err(Vacancy::List { of, mark });
            }
        }
        let found = self.others.find(spread(hash), |&(h, node)| h == hash && equal(node));
        found.map(|&(_, node)| node).ok_or(Vacancy::Table { hash })
    }

    fn list(&self, of: NodeId) -> impl Iterator<Item = NodeId> {
        let some = |node: NodeId| Some(node).filter(|&node| node != END);
        std::iter::successors(some(self.first[of.index()]), move |node| some(self.next[node.index()]))
    }

    /// Makes room for so many more nodes.
    pub(crate) fn reserve(&mut self, nodes: usize) {
        self.digests.reserve(nodes);
        self.first.reserve(nodes);
        self.next.reserve(nodes);
    }

    /// Reads what looking for an operation on this node reads first.
    #[inline]
    pub(crate) fn touch(&self, of: NodeId) -> u32 {
        let (digest, first) = (self.digests.get(of.index()), self.first.get(of.index()));
        digest.map_or(0, |&digest| u32::from(digest)) ^ first.map_or(0, |node| node.0)
    }

    pub(crate) fn insert(&mut self, at: Vacancy, node: NodeId) {
        match at {
            Vacancy::List { of, mark } => {
                self.digests[of.index()] = (self.digests[of.index()] | mark) + (1 << MARKS);
                self.next[node.index()] = std::mem::replace(&mut self.first[of.index()], node);
            }
            Vacancy::Table { hash } => {
                self.others.insert_unique(spread(hash), (hash, node), |&(h, _)| spread(h));
            }
        }
    }
}

/// The operand that is tried after `i` others: of two the younger one first, of more the last one.
#[inline]
fn youngest(operands: &[NodeId], i: usize) -> NodeId {
    match *operands {
        [a, b] => {
            if (i == 0) == (a > b) {
                a
            } else {
                b
            }
        }
        _ => operands[operands.len() - 1 - i],
    }
}

#[inline]
fn hash(signature: SignatureId, operands: &[NodeId]) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write_u32(signature.0);
    for operand in operands {
        hasher.write_u32(operand.0);
    }
    (hasher.finish() >> 16) as u32
}

/// The table takes its buckets from the low bits and its tags from the top ones.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}
