//! One line about one node, for reports: `%7 = add(%3, %5): f64[3]`.
//!
//! It names operands by their ids alone, so it does not matter how deep they are, nor whether they exist.

use crate::graph::{Graph, NodeId};
use crate::op::{Op, Range};
use crate::value::Value;
use crate::with_tensor;
use std::fmt;

/// Elements of a constant that are shown.
const SHOWN: usize = 8;

/// The node's id, operation, operands, attributes, type and name.
///
/// ```
/// use wengert_expr::{Builder, DType, Type, describe};
/// let b = Builder::new();
/// let x = b.input("x", Type::new(DType::F64, [3]));
/// b.output("y", (x * x).sum(0).named("norm2"));
/// let f = b.finish()?;
/// let lines: Vec<String> = f.graph().nodes().map(|n| describe(f.graph(), n)).collect();
/// assert_eq!(lines, [
///     "%0 = input(\"x\"): f64[3]",
///     "%1 = mul(%0, %0): f64[3]",
///     "%2 = sum(%1, axes=[0]): f64 # \"norm2\"",
/// ]);
/// # Ok::<(), wengert_expr::GraphError>(())
/// ```
pub fn describe(graph: &Graph, node: NodeId) -> String {
    let op = graph.op(node);
    let operands = graph.operands(node).iter().map(|n| format!("%{}", n.index()));
    let arguments: Vec<String> = operands.chain(attribute(graph, op)).collect();
    let mut line = format!("%{} = {}({}): {}", node.index(), op.name(), arguments.join(", "), graph.ty(node));
    if !op.is_input()
        && let Some(name) = graph.name(node)
    {
        line.push_str(&format!(" # {name:?}"));
    }
    line
}

fn attribute(graph: &Graph, op: &Op) -> Option<String> {
    match op {
        Op::Input(i) => {
            Some(graph.inputs().get(*i as usize).map_or_else(|| format!("#{i}"), |i| format!("{:?}", i.name)))
        }
        Op::Constant(literal) => Some(elements(literal.value())),
        Op::Iota { axis, .. } | Op::Arg(_, axis) | Op::Concatenate(axis) | Op::Gather(axis) => {
            Some(format!("axis={axis}"))
        }
        Op::Polygamma(order) => Some(format!("order={order}")),
        Op::Reduce(_, axes) | Op::Transpose(axes) | Op::Flip(axes) | Op::Broadcast { axes, .. } => {
            named("axes", axes)
        }
        Op::Cumsum { axis, reverse } => Some(format!("axis={axis}, reverse={reverse}")),
        Op::Slice(ranges) => Some(ranges.iter().map(bounds).collect::<Vec<_>>().join(", ")),
        Op::Pad(paddings) => named("pad", paddings),
        Op::ScatterAdd { axis, extent } => Some(format!("axis={axis}, extent={extent}")),
        Op::Patches(windows) | Op::Overlap(windows) => named("windows", &windows.windows),
        Op::Dot(axes) => Some(format!("batch={:?}, contract={:?}", axes.batch, axes.contract)),
        Op::Custom(maps) => Some(format!("maps={}", maps.len())),
        Op::Unary(_)
        | Op::Binary(_)
        | Op::Compare(_)
        | Op::Select
        | Op::Cast(_)
        | Op::Reshape(_)
        | Op::StopGradient => None,
    }
}

/// As Python writes it: the first position, an end that is not reached, the step.
fn bounds(range: &Range) -> String {
    let end = range.count.saturating_mul(range.step).saturating_add(range.start);
    format!("{}:{end}:{}", range.start, range.step)
}

fn named(name: &str, value: &impl fmt::Debug) -> Option<String> {
    Some(format!("{name}={value:?}"))
}

/// The elements in a row, cut short.
fn elements(value: &Value) -> String {
    fn list<T: fmt::Debug>(elements: impl Iterator<Item = T>) -> String {
        elements.take(SHOWN).map(|x| format!("{x:?}")).collect::<Vec<_>>().join(", ")
    }
    let shown = with_tensor!(value, t => list(t.iter()));
    match value.shape() {
        [] => shown,
        _ if value.len() > SHOWN => format!("[{shown}, ...]"),
        _ => format!("[{shown}]"),
    }
}
