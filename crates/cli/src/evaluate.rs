//! Running a function.

use crate::failure::Failure;
use wengert::exec::Interpreter;
use wengert::expr::{Function, NodeId, Value};

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
    Ok(Interpreter::new(function).run_watched(inputs, watch)?)
}
