//! A whole function as one lane program: every element of every array is a value of its own.
//!
//! Good for small arrays: no memory between operations, no loops. The program runs once as it is, or over a batch of inputs
//! with one instance a lane. Elements that only move cost nothing. Sums are taken in the order of their elements.

mod moves;
mod scalars;
mod writer;

use crate::lane::Program;
pub(crate) use scalars::scalars;
use wengert_expr::{Function, NodeId, Op};
use writer::Writer;

/// One element of an input or of an output.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Element {
    /// The position of the input or output.
    pub(crate) array: usize,
    /// The position of the element in row-major order.
    pub(crate) index: usize,
}

/// What a stream of a flattened function is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Port {
    Input(Element),
    Output(Element),
}

/// A function as one program.
#[derive(Clone, Debug)]
pub(crate) struct Flat {
    pub(crate) program: Program,
    /// What each stream is.
    pub(crate) ports: Vec<Port>,
}

/// The function as one program with at most so many instructions; `None` if it takes more, or holds what depends on data
/// in another way than element by element.
pub(crate) fn flatten(function: &Function, limit: usize) -> Option<Flat> {
    let graph = function.graph();
    let live = function.live();
    let mut writer = Writer::new(limit);
    let mut elements: Vec<Box<[u32]>> = vec![Box::default(); graph.len()];
    for node in graph.nodes().filter(|n| live[n.index()]) {
        elements[node.index()] = moves::node(function, node, &elements, &mut writer)?;
        if writer.is_full() {
            return None;
        }
    }
    for (array, output) in function.outputs().iter().enumerate() {
        let dtype = graph.ty(output.node).dtype;
        for (index, &value) in elements[output.node.index()].iter().enumerate() {
            writer.output(Element { array, index }, value, dtype);
        }
    }
    Some(writer.finish())
}

/// About how many instructions a function has as one program; an upper bound, quick to tell.
pub(crate) fn estimate(function: &Function) -> usize {
    let graph = function.graph();
    let live = function.live();
    let cost = |node: NodeId| -> usize {
        let elements = graph.shape(node).elements();
        match graph.op(node) {
            Op::Input(_) => elements,
            Op::Dot(axes) => {
                let left = graph.shape(graph.operands(node)[0]);
                let depth: usize = axes.contract.0.iter().map(|&a| left[usize::from(a)]).product();
                elements.saturating_mul(2 * depth.max(1))
            }
            Op::Reduce(..) | Op::Overlap(_) | Op::ScatterAdd { .. } => {
                graph.shape(graph.operands(node)[0]).elements()
            }
            op if moves::only_moves(op) => 0,
            _ => elements,
        }
    };
    let outputs = function.outputs().iter().map(|o| graph.shape(o.node).elements());
    graph.nodes().filter(|n| live[n.index()]).map(cost).chain(outputs).fold(0, usize::saturating_add)
}
