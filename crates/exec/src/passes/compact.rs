//! A function without its dead nodes, its nodes in a given order.

use smallvec::SmallVec;
use wengert_expr::{Function, Graph, NodeId, Output};

/// The function of these nodes in this order, operands before their users; all inputs stay. `outputs` are the nodes that
/// its outputs have become.
pub(super) fn compact(graph: &Graph, outputs: Vec<Output>, order: impl Iterator<Item = NodeId>) -> Function {
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
    let outputs = outputs.into_iter().map(|o| Output {
        node: moved[o.node.index()].expect("an output is among the nodes that it needs"),
        name: o.name,
    });
    let outputs = outputs.collect();
    Function::new(to, outputs)
}

/// The function without dead nodes, and how many there were.
pub(super) fn remove_dead(function: Function) -> (Function, usize) {
    let graph = function.graph();
    let live = function.live();
    let dead = graph.nodes().filter(|n| !live[n.index()]).count();
    let unused = function.inputs().iter().filter(|i| !live[i.node.index()]).count();
    if dead == unused {
        return (function, 0);
    }
    let order = graph.nodes().filter(|n| live[n.index()]);
    (compact(graph, function.outputs().to_vec(), order), dead - unused)
}
