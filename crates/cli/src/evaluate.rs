//! Running a function, once it is clear that its arrays fit in memory.

use crate::failure::Failure;
use wengert::exec::Interpreter;
use wengert::expr::{Function, NodeId, Value};

/// The most bytes that one array may have.
const LARGEST: usize = 1 << 33;

/// The outputs of a function.
pub(crate) fn evaluate(function: &Function, inputs: &[(&str, Value)]) -> Result<Vec<Value>, Failure> {
    watched(function, inputs, |_, _| ())
}

/// The outputs of a function, each node's value shown as it is computed.
pub(crate) fn watched(
    function: &Function,
    inputs: &[(&str, Value)],
    watch: impl FnMut(NodeId, &Value),
) -> Result<Vec<Value>, Failure> {
    check_sizes(function)?;
    Ok(Interpreter::new(function).run_watched(inputs, watch)?)
}

/// An error where an array would be larger than any machine is asked to hold: to allocate it would end the program.
pub(crate) fn check_sizes(function: &Function) -> Result<(), Failure> {
    let graph = function.graph();
    let live = function.live();
    let large = graph.nodes().find(|&n| live[n.index()] && graph.ty(n).bytes() > LARGEST);
    match large {
        None => Ok(()),
        Some(node) => {
            let (ty, op) = (graph.ty(node), graph.op(node).name());
            let gigabytes = ty.bytes() >> 30;
            let message =
                format!("`{op}` would make an array {ty} of {gigabytes} GiB; at most 8 GiB are tried");
            Err(Failure::input(message).at(graph.place(node)))
        }
    }
}
