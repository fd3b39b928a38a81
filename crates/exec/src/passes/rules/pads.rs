//! Arrays put into zeros, as the derivatives of slices are, and their sums.

use crate::passes::kind::{Behind, is_add, is_concatenate, is_number, is_pad};
use crate::passes::rule::Rule;
use crate::passes::site::{Site, is, is_zero, op, operand, operands, zeros};
use wengert_expr::{Expr, Op, Padding};

pub(super) static RULES: &[Rule] = &[
    Rule::coded(
        "pad-nothing",
        "pad(x) without padding",
        "x",
        is_pad,
        Behind::Anything,
        |site| (site.x(0).shape() == site.root.shape()).then(|| site.x(0)),
        "input x: f64[0, 3]; y = sum(pad(x, ((0, 0), (0, 0)), interior=(1, 0)))",
    ),
    Rule::coded(
        "pad-zero",
        "pad(0)",
        "0",
        is_pad,
        Behind::First(is_number),
        |site| is_zero(site.x(0)).then(|| zeros(site.root, site.root.shape())),
        "input x: f64[5]; y = x * pad(zeros((3,)), ((1, 1),))",
    ),
    Rule::coded(
        "pad-pad",
        "pad(pad(x))",
        "pad(x) at once",
        is_pad,
        Behind::First(is_pad),
        pad_pad,
        "input x: f64[3]; y = pad(pad(x, ((1, 2),)), ((3, 0),))",
    ),
    Rule::coded(
        "sum-of-pads",
        "pad(x) + pad(y) that do not overlap",
        "pad(concatenate(x, ..., y))",
        is_add,
        Behind::Each(is_put_together),
        sum_of_pads,
        "input x: f64[3]; input y: f64[2]; z = pad(x, ((1, 4),)) + pad(y, ((6, 0),))",
    )
    .losing("the sign of zero"),
];

fn is_put_together(op: &Op) -> bool {
    is_pad(op) || is_concatenate(op)
}

fn pad_pad<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let (Op::Pad(outer), Op::Pad(inner)) = (site.op(), op(site.x(0))) else { return None };
    if outer.iter().any(|p| p.interior > 0) {
        return None;
    }
    let join = |(o, i): (&Padding, &Padding)| Padding {
        low: o.low + i.low,
        high: o.high + i.high,
        interior: i.interior,
    };
    let joined = outer.iter().zip(inner.iter()).map(join).collect();
    Some(site.root.builder().add(Op::Pad(joined), &[operand(site.x(0), 0)]))
}

/// Parts of a concatenation that a rule looks at or makes: each of many rules would look at all of them.
pub(super) const PARTS: usize = 256;

fn sum_of_pads<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let (left, right) = (site.x(0), site.x(1));
    let axis = along(left).filter(|a| along(right) == Some(*a))?;
    let mut parts = segments(left, axis);
    parts.extend(segments(right, axis));
    parts.sort_unstable_by_key(|(start, _)| *start);
    let extent = |e: Expr<'b>| e.shape()[axis];
    let overlap = parts.windows(2).any(|w| w[0].0 + extent(w[0].1) > w[1].0);
    let &(low, first) = parts.first()?;
    if overlap || parts.len() > PARTS {
        return None;
    }
    let mut filled: Vec<Expr<'b>> = Vec::new();
    let mut end = low;
    for &(start, part) in &parts {
        if start > end {
            let mut gap = first.shape().to_vec();
            gap[axis] = start - end;
            filled.push(zeros(first, gap.as_slice().into()));
        }
        end = start + extent(part);
        filled.push(part);
    }
    let whole = site.root.shape();
    let b = site.root.builder();
    let joined = b.add(Op::Concatenate(axis as u8), &filled);
    let mut paddings = vec![Padding::default(); whole.rank()];
    paddings[axis] = Padding { low, high: whole[axis] - end, interior: 0 };
    Some(if low == 0 && end == whole[axis] { joined } else { b.add(Op::Pad(paddings.into()), &[joined]) })
}

/// The one axis along which this is padded, or put together with zeros.
fn along(e: Expr<'_>) -> Option<usize> {
    match op(e) {
        Op::Pad(paddings) => {
            let mut padded = paddings.iter().enumerate().filter(|(_, p)| **p != Padding::default());
            match (padded.next(), padded.next()) {
                (Some((axis, p)), None) if p.interior == 0 => Some(axis),
                _ => None,
            }
        }
        Op::Concatenate(axis) => operands(e).into_iter().any(is_zero).then_some(usize::from(axis)),
        _ => None,
    }
}

/// What stands between the zeros, each with its place along the axis.
fn segments<'b>(e: Expr<'b>, axis: usize) -> Vec<(usize, Expr<'b>)> {
    let (low, inside) = match op(e) {
        Op::Pad(paddings) => (paddings[axis].low, operand(e, 0)),
        _ => (0, e),
    };
    if !is(inside, is_concatenate) || op(inside) != Op::Concatenate(axis as u8) {
        return vec![(low, inside)];
    }
    let mut start = low;
    let placed = operands(inside).into_iter().map(|part| {
        let here = start;
        start += part.shape()[axis];
        (here, part)
    });
    placed.filter(|(_, part)| !is_zero(*part)).collect()
}
