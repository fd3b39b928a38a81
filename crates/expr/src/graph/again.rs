//! Nodes written again, on other operands or in another order. What was inferred of them holds still.

use super::{Graph, NodeId};
use crate::cons::ConsTable;
use crate::error::OpError;
use crate::map::TypeId;

impl Graph {
    /// What a node does, on other operands: the equal node that exists, or a new one at the same place.
    ///
    /// # Errors
    /// When the operation does not fit the operands: never where they have the types of the node's own.
    pub fn add_again(&mut self, node: NodeId, operands: &[NodeId]) -> Result<NodeId, OpError> {
        let swapped;
        let ordered = match *operands {
            [a, b] if b < a && self.sharing && self.op(node).row().commutative => {
                swapped = [b, a];
                &swapped
            }
            _ => operands,
        };
        let (signature, place) = (self.signature_of[node.index()], self.place_of[node.index()]);
        let known = &self.signatures.get(signature).operands;
        let alike = |(ty, &operand): (&TypeId, &NodeId)| *ty == self.type_id(operand);
        if known.len() == ordered.len() && known.iter().zip(ordered).all(alike) {
            return Ok(self.share(signature, ordered, place));
        }
        let types: Vec<TypeId> = operands.iter().map(|&n| self.type_id(n)).collect();
        self.add_typed(self.op(node).clone(), operands, &types, place).map(|(node, _)| node)
    }

    /// The graph of these nodes in this order, and where each has gone; all inputs stay, and come first. `None` if an
    /// operand does not come before its user.
    pub fn reordered(mut self, order: impl Iterator<Item = NodeId>) -> Option<(Graph, Vec<Option<NodeId>>)> {
        self.cons = ConsTable::default();
        let mut moved: Vec<Option<NodeId>> = vec![None; self.len()];
        let mut to = Graph { sharing: self.sharing, unlisted: true, ..Graph::new() };
        to.signature_of.reserve(self.len());
        to.operands.reserve(self.len());
        to.place_of.reserve(self.len());
        let inputs = self.inputs.iter().map(|input| input.node);
        for node in inputs.chain(order) {
            if moved[node.index()].is_some() {
                continue;
            }
            let there = |operand: &NodeId| moved[operand.index()];
            let (signature, place) = (self.signature_of[node.index()], self.place_of[node.index()]);
            let new = match *self.operands(node) {
                [a, b] => {
                    let (a, b) = (there(&a)?, there(&b)?);
                    let turned = b < a && self.sharing && self.op(node).row().commutative;
                    let operands = if turned { [b, a] } else { [a, b] };
                    to.push(signature, &operands, place)
                }
                [a] => to.push(signature, &[there(&a)?], place),
                ref operands => {
                    let operands: Option<Vec<NodeId>> = operands.iter().map(there).collect();
                    to.push(signature, &operands?, place)
                }
            };
            moved[node.index()] = Some(new);
        }
        let Graph { signatures, places, types, mut inputs, inputs_by_name, names, .. } = self;
        for input in &mut inputs {
            input.node = moved[input.node.index()].unwrap_or(input.node);
        }
        let names = names.into_iter().filter_map(|(node, name)| Some((moved[node.index()]?, name)));
        let names = names.collect();
        Some((Graph { signatures, places, types, inputs, inputs_by_name, names, ..to }, moved))
    }

    /// Fills the table of equal nodes where that was put off: a graph that nobody goes on writing needs none.
    pub(super) fn list(&mut self) {
        if !self.unlisted {
            return;
        }
        self.unlisted = false;
        let mut cons = ConsTable::with_capacity(self.len());
        self.nodes().for_each(|_| cons.grow());
        for node in self.nodes().filter(|&n| !self.op(n).is_input()) {
            let signature = self.signature_of[node.index()];
            if let Err(vacancy) = cons.find(signature, self.operands(node), |_| false) {
                cons.insert(vacancy, node);
            }
        }
        self.cons = cons;
    }
}
