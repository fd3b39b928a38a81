//! A function's nodes in a given order.

use smallvec::SmallVec;
use wengert_expr::{Function, Graph, NodeId, Output};

/// The function of these nodes in this order, operands before their users, and where they have gone; all inputs stay.
pub(super) fn compact(
    function: &Function,
    order: impl Iterator<Item = NodeId>,
) -> (Function, Vec<Option<NodeId>>) {
    let graph = function.graph();
    let mut to = if graph.is_sharing() { Graph::new() } else { Graph::without_sharing() };
    let mut moved = vec![None; graph.len()];
    for input in graph.inputs() {
        let place = graph.place(input.node);
        let node = to.add_input(input.name.clone(), input.ty.clone(), input.role, place);
        moved[input.node.index()] = node.ok();
    }
    for node in order {
        if moved[node.index()].is_some() {
            continue;
        }
        let operands: SmallVec<[NodeId; 4]> =
            graph.operands(node).iter().filter_map(|o| moved[o.index()]).collect();
        // It was added before, with operands of the same types.
        let added = to.add(graph.op(node).clone(), &operands, graph.place(node));
        debug_assert!(added.is_ok(), "{added:?}");
        moved[node.index()] = added.ok();
    }
    for (node, name) in graph.names() {
        if let Some(node) = moved[node.index()] {
            to.set_name(node, name);
        }
    }
    let outputs = function.outputs().iter().map(|o| Output {
        node: moved[o.node.index()].expect("an output is among the nodes that it needs"),
        name: o.name.clone(),
    });
    let outputs = outputs.collect();
    (Function::new(to, outputs), moved)
}
