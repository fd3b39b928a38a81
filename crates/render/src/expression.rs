//! A node as a short text: `a * b + 1`.
//!
//! Always holds: a text looks at most `depth` operations and a few operands deep, so its length is bounded, and so is
//! the recursion. It stops at names, inputs and constants.

use crate::escape::visible;
use crate::number::short_value;
use crate::operation::{Strength, attributes, infix, prefix};
use wengert_expr::{Graph, NodeId, Op, Shape};

/// The most characters of a name.
pub(crate) const NAME: usize = 32;

/// The most characters of a text.
const TEXT: usize = 64;

/// The most operands of a call.
const OPERANDS: usize = 4;

/// What stands for an operand that is not written out.
const HOLE: &str = "·";

struct Phrase {
    text: String,
    strength: Strength,
}

impl Phrase {
    fn atom(text: impl Into<String>) -> Phrase {
        Phrase { text: text.into(), strength: Strength::Atom }
    }

    /// The text, in brackets if it binds less tightly than its surroundings demand.
    fn within(&self, least: Strength) -> String {
        if self.strength < least { format!("({})", self.text) } else { self.text.clone() }
    }
}

/// A node as an operand: its name or its value, else the expression that it is, `depth` operations deep.
pub fn expression_text(graph: &Graph, node: NodeId, depth: usize) -> String {
    cut(operand(graph, node, depth).text)
}

/// What a node computes, whatever its name, from the names of its operands; only its sign where none has one.
pub(crate) fn formula(graph: &Graph, node: NodeId) -> String {
    let op = graph.op(node);
    let operands = graph.operands(node);
    if !operands.is_empty() && operands.iter().all(|&x| operand(graph, x, 0).text == HOLE) {
        let sign = infix(op).map_or_else(|| op.name(), |(sign, _)| sign);
        return cut(call_text(sign, &node_attributes(graph, node)));
    }
    cut(operation(graph, node, 1).text)
}

fn node_attributes(graph: &Graph, node: NodeId) -> Vec<String> {
    let shapes: Vec<&Shape> = graph.operands(node).iter().map(|&x| graph.shape(x)).collect();
    attributes(graph.op(node), &shapes)
}

/// A text of bounded length.
pub(crate) fn cut(text: String) -> String {
    if text.len() > TEXT { visible(&text, TEXT) } else { text }
}

/// A name and what stands in brackets behind it.
pub(crate) fn call_text(name: &str, arguments: &[String]) -> String {
    if arguments.is_empty() { name.to_owned() } else { format!("{name}({})", arguments.join(", ")) }
}

/// The number that a node is: a constant of one element without a name, or one that is broadcast.
pub(crate) fn number(graph: &Graph, node: NodeId) -> Option<String> {
    if graph.name(node).is_some() {
        return None;
    }
    if let Op::Broadcast { .. } = graph.op(node) {
        let scalar = graph.operands(node)[0];
        return if graph.name(scalar).is_none() { element(graph.op(scalar)) } else { None };
    }
    element(graph.op(node))
}

/// The number of a constant of one element.
fn element(op: &Op) -> Option<String> {
    let Op::Constant(literal) = op else { return None };
    literal.value().reshaped(&[]).map(|scalar| short_value(&scalar))
}

fn operand(graph: &Graph, node: NodeId, depth: usize) -> Phrase {
    if let Some(name) = graph.name(node) {
        return Phrase::atom(visible(name, NAME));
    }
    if let Some(number) = number(graph, node) {
        let strength = if number.starts_with('-') { Strength::Sign } else { Strength::Atom };
        return Phrase { text: number, strength };
    }
    if depth == 0 { Phrase::atom(HOLE) } else { operation(graph, node, depth) }
}

fn operation(graph: &Graph, node: NodeId, depth: usize) -> Phrase {
    let op = graph.op(node);
    if let Op::Constant(literal) = op {
        return Phrase::atom(short_value(literal.value()));
    }
    let operands: Vec<Phrase> =
        graph.operands(node).iter().take(OPERANDS).map(|&x| operand(graph, x, depth - 1)).collect();
    match (infix(op), prefix(op), operands.as_slice()) {
        (Some((sign, strength)), _, [left, right]) => {
            let (least_left, least_right) = sides(strength);
            let text = format!("{} {sign} {}", left.within(least_left), right.within(least_right));
            Phrase { text, strength }
        }
        (_, Some(sign), [x]) => {
            Phrase { text: format!("{sign}{}", x.within(Strength::Power)), strength: Strength::Sign }
        }
        _ => {
            let more = (graph.operands(node).len() > OPERANDS).then(|| "…".to_owned());
            let operands = operands.into_iter().map(|p| p.text);
            let arguments: Vec<String> = operands.chain(more).chain(node_attributes(graph, node)).collect();
            Phrase::atom(call_text(op.name(), &arguments))
        }
    }
}

/// How tightly the operands of a sign must bind to stand without brackets: signs lean left, powers right.
fn sides(strength: Strength) -> (Strength, Strength) {
    match strength {
        Strength::Comparison => (Strength::Sum, Strength::Sum),
        Strength::Sum => (Strength::Sum, Strength::Product),
        Strength::Product => (Strength::Product, Strength::Sign),
        Strength::Sign => (Strength::Power, Strength::Power),
        Strength::Power => (Strength::Atom, Strength::Power),
        Strength::Atom => (Strength::Atom, Strength::Atom),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wengert_expr::{Along, Builder, DType, Expr, Type};

    fn check(write: impl for<'b> Fn(Expr<'b>, Expr<'b>) -> Expr<'b>, expected: [&str; 2]) {
        let b = Builder::new();
        let matrix = Type::new(DType::F64, [2, 2]);
        let e = write(b.input("x", matrix.clone()), b.input("y", matrix));
        assert_eq!(b.error(), None);
        b.read(|g| assert_eq!([formula(g, e.id()), expression_text(g, e.id(), 3)], expected));
    }

    #[test]
    fn brackets_stand_where_they_must() {
        check(|x, y| (x + y) * y, ["y * ·", "y * (x + y)"]);
        check(|x, y| x - (y - x), ["x - ·", "x - (y - x)"]);
        check(|x, y| x - y - x, ["· - x", "x - y - x"]);
        check(|x, y| -(x * y), ["neg", "-(x * y)"]);
        check(|x, y| (-x) / (x / y), ["/", "-x / (x / y)"]);
        check(|x, y| (-x).pow(y), ["· ** y", "(-x) ** y"]);
    }

    #[test]
    fn numbers_and_attributes_are_written() {
        check(|x, _| x * 2.5, ["x * 2.5", "x * 2.5"]);
        check(|x, y| x.matmul(y), ["x @ y", "x @ y"]);
        check(|x, _| x.sin().sum(Along::Axes(vec![1])), ["sum(axis=1)", "sum(sin(x), axis=1)"]);
        check(|x, _| x.sum(Along::All), ["sum(x, axis=(0, 1))", "sum(x, axis=(0, 1))"]);
        check(|x, y| x.matmul(y.transpose(&[1, 0])), ["x @ ·", "x @ transpose(y)"]);
    }

    #[test]
    fn depth_and_length_are_bounded() {
        check(|x, y| (0..1000).fold(x, |e, _| e * y), ["y * ·", "y * (y * (y * ·))"]);
        check(|x, _| (0..12).fold(x, |e, _| (e + e).cos()), ["cos", "cos(cos(·) + cos(·))"]);
    }
}
