//! The values of nodes that depend on no unknown input: positions, by which maps move elements.

use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use wengert_expr::{Graph, NodeId, Value};

/// The values of those of these nodes that can be computed, given the values of some inputs.
pub(super) fn closed_values(
    graph: &Graph,
    wanted: impl IntoIterator<Item = NodeId>,
    at: &[(&str, Value)],
) -> FxHashMap<NodeId, Value> {
    let mut needed = vec![false; graph.len()];
    let wanted: FxHashSet<NodeId> = wanted.into_iter().collect();
    let Some(last) = wanted.iter().max() else { return FxHashMap::default() };
    wanted.iter().for_each(|n| needed[n.index()] = true);
    let upto = || (0..=last.index()).map(NodeId::from_index);
    for node in upto().rev() {
        if needed[node.index()] {
            graph.operands(node).iter().for_each(|o| needed[o.index()] = true);
        }
    }
    let given = |(name, value): &(&str, Value)| {
        let input = graph.input(name).filter(|i| i.ty == value.ty())?;
        Some((input.node, value.clone()))
    };
    let mut values: FxHashMap<NodeId, Value> = at.iter().filter_map(given).collect();
    for node in upto().filter(|n| needed[n.index()]) {
        if values.contains_key(&node) {
            continue;
        }
        let operands: Option<SmallVec<[&Value; 4]>> =
            graph.operands(node).iter().map(|o| values.get(o)).collect();
        let op = graph.op(node);
        let value = operands.and_then(|o| (op.row().eval)(op, &o, graph.ty(node)).ok());
        if let Some(value) = value {
            values.insert(node, value);
        }
    }
    values.retain(|node, _| wanted.contains(node));
    values
}
