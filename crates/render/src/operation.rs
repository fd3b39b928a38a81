//! What an operation is called in a picture: its sign between the operands, or its name before them.
//!
//! Every match over operations is exhaustive: a new one must say what it looks like.

use crate::labels::einsum;
use wengert_expr::{
    AxisList, Binary, Comparison, DotAxes, Op, Padding, Range, Shape, Unary, Window, Windows,
};

/// How tightly a sign binds its operands, in the order of the language.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Strength {
    /// `a < b`.
    Comparison,
    /// `a + b`.
    Sum,
    /// `a * b`.
    Product,
    /// `-a`.
    Sign,
    /// `a ** b`.
    Power,
    /// A name, a number, a call.
    Atom,
}

/// The sign of an operation that is written between its operands.
pub(crate) fn infix(op: &Op) -> Option<(&'static str, Strength)> {
    match op {
        Op::Binary(binary) => match binary {
            Binary::Add => Some(("+", Strength::Sum)),
            Binary::Sub => Some(("-", Strength::Sum)),
            Binary::Mul => Some(("*", Strength::Product)),
            Binary::Div => Some(("/", Strength::Product)),
            Binary::Remainder => Some(("%", Strength::Product)),
            Binary::Pow => Some(("**", Strength::Power)),
            Binary::Maximum | Binary::Minimum | Binary::Atan2 | Binary::Hypot | Binary::Random => None,
            Binary::And | Binary::Or | Binary::Xor => None,
        },
        Op::Compare(comparison) => {
            let sign = match comparison {
                Comparison::Equal => "==",
                Comparison::NotEqual => "!=",
                Comparison::Less => "<",
                Comparison::LessEqual => "<=",
                Comparison::Greater => ">",
                Comparison::GreaterEqual => ">=",
            };
            Some((sign, Strength::Comparison))
        }
        Op::Dot(axes) => is_matmul(axes).then_some(("@", Strength::Product)),
        Op::Input(_) | Op::Constant(_) | Op::Iota { .. } | Op::Unary(_) | Op::Polygamma(_) | Op::Select => {
            None
        }
        Op::Cast(_)
        | Op::Reduce(..)
        | Op::Arg(..)
        | Op::Cumsum { .. }
        | Op::Broadcast { .. }
        | Op::Reshape(_) => None,
        Op::Transpose(_) | Op::Slice(_) | Op::Pad(_) | Op::Concatenate(_) | Op::Flip(_) | Op::Gather(_) => {
            None
        }
        Op::ScatterAdd { .. } | Op::Patches(_) | Op::Overlap(_) | Op::StopGradient | Op::Custom(_) => None,
    }
}

/// The sign of an operation that is written before its operand.
pub(crate) fn prefix(op: &Op) -> Option<&'static str> {
    matches!(op, Op::Unary(Unary::Neg)).then_some("-")
}

fn is_matmul(axes: &DotAxes) -> bool {
    axes.batch.0.is_empty() && *axes.contract.0 == [1] && *axes.contract.1 == [0]
}

/// What stands behind the operands: the attributes that the type of the result does not show.
pub(crate) fn attributes(op: &Op, operands: &[&Shape]) -> Vec<String> {
    match op {
        Op::Input(_) | Op::Constant(_) | Op::Unary(_) | Op::Binary(_) | Op::Compare(_) | Op::Select => {
            Vec::new()
        }
        Op::StopGradient | Op::Custom(_) | Op::Reshape(_) => Vec::new(),
        Op::Iota { axis, .. } | Op::Arg(_, axis) | Op::Concatenate(axis) | Op::Gather(axis) => {
            vec![one_axis(*axis)]
        }
        Op::ScatterAdd { axis, .. } => vec![one_axis(*axis)],
        Op::Polygamma(order) => vec![format!("n={order}")],
        Op::Cast(dtype) => vec![dtype.to_string()],
        Op::Reduce(_, list) | Op::Flip(list) => axes(list).into_iter().collect(),
        Op::Cumsum { axis, reverse } => {
            let reverse = reverse.then(|| "reverse".to_owned());
            std::iter::once(one_axis(*axis)).chain(reverse).collect()
        }
        Op::Broadcast { axes: list, shape } => {
            let trailing = (shape.rank() - list.len().min(shape.rank())) as u8;
            let usual = list.iter().enumerate().all(|(i, &a)| usize::from(a) == i + usize::from(trailing));
            if usual { Vec::new() } else { axes(list).into_iter().collect() }
        }
        Op::Transpose(order) => {
            let reversed = order.iter().rev().enumerate().all(|(i, &a)| usize::from(a) == i);
            if reversed { Vec::new() } else { vec![tuple(order)] }
        }
        Op::Slice(ranges) => slice(ranges, operands.first().map_or(&[], |s| s)),
        Op::Pad(paddings) => vec![format!("[{}]", join(paddings.iter().map(padding)))],
        Op::Patches(w) | Op::Overlap(w) => windows(w),
        Op::Dot(dot) => dot_labels(dot, operands),
    }
}

fn join(texts: impl IntoIterator<Item = String>) -> String {
    texts.into_iter().collect::<Vec<_>>().join(", ")
}

fn tuple(list: &AxisList) -> String {
    format!("({}{})", join(list.iter().map(u8::to_string)), if list.len() == 1 { "," } else { "" })
}

fn one_axis(axis: u8) -> String {
    format!("axis={axis}")
}

fn axes(list: &AxisList) -> Option<String> {
    match **list {
        [] => None,
        [axis] => Some(one_axis(axis)),
        [..] => Some(format!("axis={}", tuple(list))),
    }
}

fn slice(ranges: &[Range], shape: &[usize]) -> Vec<String> {
    let range = |(r, &n): (&Range, &usize)| {
        if *r == Range::all(n) {
            return ":".to_owned();
        }
        let end = if r.count == 0 { r.start } else { r.start + (r.count - 1) * r.step + 1 };
        let step = if r.step == 1 { String::new() } else { format!(":{}", r.step) };
        format!("{}:{end}{step}", r.start)
    };
    vec![format!("[{}]", join(ranges.iter().zip(shape).map(range)))]
}

fn padding(p: &Padding) -> String {
    let interior = if p.interior == 0 { String::new() } else { format!("+{}", p.interior) };
    format!("{}:{}{interior}", p.low, p.high)
}

fn windows(windows: &Windows) -> Vec<String> {
    let one = |w: &Window| {
        let stride = if w.stride == 1 { String::new() } else { format!(" by {}", w.stride) };
        let dilation = if w.dilation == 1 { String::new() } else { format!(" every {}", w.dilation) };
        format!("axis {}: {}{stride}{dilation}", w.axis, w.size)
    };
    vec![format!("[{}]", join(windows.windows.iter().map(one)))]
}

fn dot_labels(dot: &DotAxes, operands: &[&Shape]) -> Vec<String> {
    let &[left, right] = operands else { return Vec::new() };
    if is_matmul(dot) {
        return Vec::new();
    }
    let left_rank = left.rank() as u8;
    let left_labels: Vec<u8> = (0..left_rank).collect();
    let mut right_labels: Vec<u8> = (left_rank..left_rank + right.rank() as u8).collect();
    let pairs = dot.batch.0.iter().zip(&dot.batch.1).chain(dot.contract.0.iter().zip(&dot.contract.1));
    for (&l, &r) in pairs {
        right_labels[usize::from(r)] = l;
    }
    let free_left = left_labels.iter().filter(|l| !dot.batch.0.contains(l) && !dot.contract.0.contains(l));
    let free_right = right_labels.iter().filter(|&&l| l >= left_rank);
    let result: Vec<u8> = dot.batch.0.iter().chain(free_left).chain(free_right).copied().collect();
    vec![einsum(&[&left_labels, &right_labels], &result)]
}
