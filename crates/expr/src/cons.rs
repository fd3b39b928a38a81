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
const FULL: u32 = 8;

/// The bits of a list's digest that are marks; those above count the nodes.
const MARKS: u32 = 28;

/// The end of a list.
const END: NodeId = NodeId(u32::MAX);

/// Nodes by their signature and operands.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConsTable {
    links: Vec<Links>,
    others: HashTable<(u32, NodeId)>,
}

/// A node's part in the lists.
#[derive(Clone, Copy, Debug)]
struct Links {
    /// The first node of its own list.
    first: NodeId,
    /// A mark for each node of its own list, so that what has none need not be looked for, and how many there are.
    digest: u32,
    /// The node after it in the list in which it stands.
    next: NodeId,
}

/// Where a node that was looked for in vain goes in.
pub(crate) enum Vacancy {
    List { of: NodeId, mark: u32 },
    Table { hash: u32 },
}

impl ConsTable {
    /// Counts one more node, which nobody will find unless it is put in.
    pub(crate) fn grow(&mut self) {
        self.links.push(Links { first: END, digest: 0, next: END });
    }

    pub(crate) fn find(
        &self,
        signature: SignatureId,
        operands: &[NodeId],
        equal: impl Fn(NodeId) -> bool,
    ) -> Result<NodeId, Vacancy> {
        let hash = hash(signature, operands);
        let mark = 1 << ((u64::from(hash) * u64::from(MARKS)) >> 32);
        for of in youngest_first(operands) {
            let list = &self.links[of.index()];
            if list.digest & mark != 0
                && let Some(node) = self.list(list.first).find(|&node| equal(node))
            {
                return Ok(node);
            }
            if list.digest >> MARKS < FULL {
                return Err(Vacancy::List { of, mark });
            }
        }
        let found = self.others.find(spread(hash), |&(h, node)| h == hash && equal(node));
        found.map(|&(_, node)| node).ok_or(Vacancy::Table { hash })
    }

    fn list(&self, first: NodeId) -> impl Iterator<Item = NodeId> {
        let some = |node: NodeId| Some(node).filter(|&node| node != END);
        std::iter::successors(some(first), move |node| some(self.links[node.index()].next))
    }

    pub(crate) fn insert(&mut self, at: Vacancy, node: NodeId) {
        match at {
            Vacancy::List { of, mark } => {
                let list = &mut self.links[of.index()];
                list.digest = (list.digest | mark) + (1 << MARKS);
                let next = std::mem::replace(&mut list.first, node);
                self.links[node.index()].next = next;
            }
            Vacancy::Table { hash } => {
                self.others.insert_unique(spread(hash), (hash, node), |&(h, _)| spread(h));
            }
        }
    }
}

/// Two operands from the younger one on; of others, the last one first.
fn youngest_first(operands: &[NodeId]) -> impl Iterator<Item = NodeId> {
    let swap = matches!(operands, [a, b] if a > b);
    let last = operands.len().wrapping_sub(1);
    (0..operands.len()).map(move |i| operands[if swap { i } else { last - i }])
}

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
