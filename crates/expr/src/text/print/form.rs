//! What stands right of the `=` of a node: its operation, with all attributes written out.

use super::custom;
use super::names::{Names, Operand};
use super::tuple::Tuple;
use crate::graph::{Graph, NodeId};
use crate::op::{Binary, Comparison, Op, Window};
use std::fmt;

/// A node's operation on its operands. Its text fails where a derivative given to `custom` has none.
#[derive(Clone, Copy)]
pub(super) struct Form<'a> {
    pub(super) graph: &'a Graph,
    pub(super) names: &'a Names<'a>,
    pub(super) node: NodeId,
}

impl fmt::Display for Form<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let op = self.graph.op(self.node);
        let name = op.name();
        let x = |i: usize| self.names.operand(self.graph.operands(self.node)[i]);
        match op {
            Op::Input(_) => write!(f, "{}", self.names.operand(self.node)),
            Op::Constant(literal) => write!(f, "{}", self.names.constant(literal.value(), false)),
            Op::Iota { shape, axis, dtype } => {
                write!(f, "{name}({}, axis={axis}, dtype={})", Tuple(&shape[..]), self.names.dtype(*dtype))
            }
            Op::Unary(_) | Op::StopGradient => write!(f, "{name}({})", x(0)),
            Op::Polygamma(order) => write!(f, "{name}({order}, {})", x(0)),
            Op::Binary(binary) => self.binary(f, name, operator(*binary)),
            Op::Compare(comparison) => self.binary(f, name, Some(relation(*comparison))),
            Op::Select => {
                let [a, b] = self.pair(1);
                write!(f, "{name}({}, {a}, {b})", x(0))
            }
            Op::Cast(dtype) => write!(f, "{name}({}, {})", x(0), self.names.dtype(*dtype)),
            Op::Reduce(_, axes) | Op::Flip(axes) => write!(f, "{name}({}, axis={})", x(0), Tuple(&axes[..])),
            Op::Arg(_, axis) => write!(f, "{name}({}, axis={axis})", x(0)),
            Op::Cumsum { axis, reverse: false } => write!(f, "{name}({}, axis={axis})", x(0)),
            Op::Cumsum { axis, reverse: true } => {
                let yes = if self.names.hides("true") { "1" } else { "true" };
                write!(f, "{name}({}, axis={axis}, reverse={yes})", x(0))
            }
            Op::Broadcast { shape, axes } => {
                write!(f, "{name}({}, shape={}, axes={})", x(0), Tuple(&shape[..]), Tuple(&axes[..]))
            }
            Op::Reshape(shape) => write!(f, "{name}({}, {})", x(0), Tuple(&shape[..])),
            Op::Transpose(axes) => write!(f, "{name}({}, {})", x(0), Tuple(&axes[..])),
            Op::Slice(ranges) => {
                let (start, count) = (ranges.iter().map(|r| r.start), ranges.iter().map(|r| r.count));
                let step = ranges.iter().map(|r| r.step);
                write!(
                    f,
                    "{name}({}, start={}, count={}, step={})",
                    x(0),
                    Tuple(start),
                    Tuple(count),
                    Tuple(step)
                )
            }
            Op::Pad(paddings) => {
                let around = paddings.iter().map(|p| Tuple([p.low, p.high]));
                let interior = paddings.iter().map(|p| p.interior);
                write!(f, "{name}({}, {}, interior={})", x(0), Tuple(around), Tuple(interior))
            }
            Op::Concatenate(axis) => write!(f, "{name}({}, axis={axis})", Tuple(self.operands(0))),
            Op::Gather(axis) => write!(f, "{name}({}, {}, axis={axis})", x(0), x(1)),
            Op::ScatterAdd { axis, extent } => {
                write!(f, "{name}({}, {}, axis={axis}, extent={extent})", x(0), x(1))
            }
            Op::Patches(w) => write!(f, "{name}({}, {})", x(0), Attributes(&w.windows)),
            Op::Overlap(w) => {
                write!(f, "{name}({}, shape={}, {})", x(0), Tuple(&w.shape[..]), Attributes(&w.windows))
            }
            Op::Dot(axes) => {
                let [batch, contract] =
                    [&axes.batch, &axes.contract].map(|(l, r)| Tuple([Tuple(&l[..]), Tuple(&r[..])]));
                write!(f, "{name}({}, {}, batch={batch}, contract={contract})", x(0), x(1))
            }
            Op::Custom(maps) => custom::write(f, *self, maps),
        }
    }
}

impl<'a> Form<'a> {
    /// The operands from this one on.
    pub(super) fn operands(self, first: usize) -> impl Iterator<Item = Operand<'a>> + Clone {
        self.graph.operands(self.node)[first..].iter().map(move |&n| self.names.operand(n))
    }

    /// This operand and the next, which have one dtype.
    fn pair(self, first: usize) -> [Operand<'a>; 2] {
        let operands = self.graph.operands(self.node);
        let (mut a, mut b) = (operands[first], operands[first + 1]);
        let unordered = self.graph.is_sharing() && self.graph.op(self.node).row().commutative;
        if unordered && self.rank(b) < self.rank(a) {
            (a, b) = (b, a);
        }
        self.names.pair(a, b)
    }

    /// Where a node stands beside others without an order, so that the text of what is read back is the same:
    /// inputs before what is computed, constants last.
    fn rank(self, node: NodeId) -> (bool, bool, NodeId) {
        (self.names.is_in_place(node), !self.graph.op(node).is_input(), node)
    }

    fn binary(self, f: &mut fmt::Formatter<'_>, name: &str, operator: Option<&str>) -> fmt::Result {
        let [a, b] = self.pair(0);
        match operator {
            // A power binds tighter than a sign before it.
            Some(POWER) if a.is_signed() => write!(f, "({a}) {POWER} {b}"),
            Some(operator) => write!(f, "{a} {operator} {b}"),
            None => write!(f, "{name}({a}, {b})"),
        }
    }
}

const POWER: &str = "**";

fn operator(op: Binary) -> Option<&'static str> {
    match op {
        Binary::Add => Some("+"),
        Binary::Sub => Some("-"),
        Binary::Mul => Some("*"),
        Binary::Div => Some("/"),
        Binary::Pow => Some(POWER),
        Binary::Maximum
        | Binary::Minimum
        | Binary::Atan2
        | Binary::Hypot
        | Binary::Remainder
        | Binary::Random
        | Binary::And
        | Binary::Or
        | Binary::Xor => None,
    }
}

fn relation(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "==",
        Comparison::NotEqual => "!=",
        Comparison::Less => "<",
        Comparison::LessEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterEqual => ">=",
    }
}

/// The attributes of windows.
struct Attributes<'a>(&'a [Window]);

impl fmt::Display for Attributes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let axes = Tuple(self.0.iter().map(|w| w.axis));
        let (size, stride) = (Tuple(self.0.iter().map(|w| w.size)), Tuple(self.0.iter().map(|w| w.stride)));
        let dilation = Tuple(self.0.iter().map(|w| w.dilation));
        write!(f, "axes={axes}, size={size}, stride={stride}, dilation={dilation}")
    }
}
