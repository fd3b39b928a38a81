//! Local derivatives on demand: the linearised graph where nobody knows beforehand which nodes it will have.
//!
//! Derivatives of coefficients are asked for while coefficients are being written, so nodes come in as they are met. Always
//! holds: a node is known only after all its operands, so what depends on a variable is known exactly.

use crate::edge_list::local_edges;
use crate::error::DiffError;
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;
use wengert_expr::{Builder, LinearMap, NodeId};

/// The local derivatives of one node: operands that depend on a variable, each with its map, in the order of operands.
pub(crate) type LocalEdges = Rc<[(NodeId, LinearMap<NodeId>)]>;

/// The local derivatives of all nodes met so far.
pub(crate) struct Locals<'b> {
    b: &'b Builder,
    variables: FxHashSet<NodeId>,
    known: FxHashMap<NodeId, LocalEdges>,
    none: LocalEdges,
}

impl<'b> Locals<'b> {
    pub(crate) fn new(b: &'b Builder, variables: impl Iterator<Item = NodeId>) -> Locals<'b> {
        Locals { b, variables: variables.collect(), known: FxHashMap::default(), none: Rc::new([]) }
    }

    /// The local derivatives of a node. Coefficients are added to the builder's graph.
    pub(crate) fn edges(&mut self, node: NodeId) -> Result<LocalEdges, DiffError> {
        if let Some(edges) = self.known.get(&node) {
            return Ok(edges.clone());
        }
        for ancestor in self.unknown(node) {
            let mut edges = Vec::new();
            let found = local_edges(self.b, ancestor, |o| self.depends(o), &mut edges);
            self.b.set_place(None);
            found?;
            let edges = match edges.is_empty() {
                true => self.none.clone(),
                false => edges.into_iter().map(|e| (e.from, e.map)).collect(),
            };
            self.known.insert(ancestor, edges);
        }
        // A rule that could not be written leaves coefficients that are no nodes.
        self.b.error().map_or(Ok(()), |error| Err(DiffError::from(error)))?;
        Ok(self.known.get(&node).unwrap_or(&self.none).clone())
    }

    /// Whether a node whose derivatives were asked for depends on a variable, or is one.
    pub(crate) fn depends(&self, node: NodeId) -> bool {
        self.variables.contains(&node) || self.known.get(&node).is_some_and(|edges| !edges.is_empty())
    }

    /// A node and the nodes that it is computed from, as far as they are not known, operands first.
    fn unknown(&self, node: NodeId) -> Vec<NodeId> {
        let mut met = FxHashSet::default();
        let mut stack = vec![node];
        self.b.read(|g| {
            while let Some(n) = stack.pop() {
                if g.ty(n).dtype.is_float() && !self.known.contains_key(&n) && met.insert(n) {
                    stack.extend_from_slice(g.operands(n));
                }
            }
        });
        let mut all: Vec<NodeId> = met.into_iter().collect();
        all.sort_unstable();
        all
    }
}
