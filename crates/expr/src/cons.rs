//! The table that finds a node equal to one about to be added.

use crate::graph::NodeId;
use crate::op::Op;
use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};

/// Nodes by the hash of their operation and operands. The hash is kept beside the node, so growing touches no node.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConsTable(HashTable<(u32, NodeId)>);

impl ConsTable {
    pub(crate) fn hash(op: &Op, operands: &[NodeId]) -> u32 {
        let mut hasher = FxHasher::default();
        op.hash(&mut hasher);
        for operand in operands {
            hasher.write_u32(operand.0);
        }
        (hasher.finish() >> 16) as u32
    }

    pub(crate) fn find(&self, hash: u32, equal: impl Fn(NodeId) -> bool) -> Option<NodeId> {
        self.0.find(spread(hash), |&(h, node)| h == hash && equal(node)).map(|&(_, node)| node)
    }

    pub(crate) fn insert(&mut self, hash: u32, node: NodeId) {
        self.0.insert_unique(spread(hash), (hash, node), |&(h, _)| spread(h));
    }
}

/// The table takes its buckets from the low bits and its tags from the top ones.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}
