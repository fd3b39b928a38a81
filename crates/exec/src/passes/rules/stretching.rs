//! Broadcasts: joined, put late, so that work is done before its operands are repeated.

use crate::passes::kind::{Behind, is_broadcast, is_flip, is_reshape, is_transpose};
use crate::passes::rule::Rule;
use crate::passes::site::{Site, is, op, operand, operands, uniform};
use wengert_expr::{AxisList, Binary, DType, Expr, Op, Shape};

pub(super) static RULES: &[Rule] = &[
    Rule::coded(
        "broadcast-broadcast",
        "broadcast(broadcast(x))",
        "broadcast(x) at once",
        is_broadcast,
        Behind::First(is_broadcast),
        broadcast_broadcast,
        "input x: f64[3]; y = broadcast_to(broadcast_to(x, (2, 3)), (4, 2, 3))",
    ),
    Rule::coded(
        "broadcast-units",
        "broadcast(x) that adds axes of extent 1",
        "reshape(x)",
        is_broadcast,
        Behind::Anything,
        |site| {
            let same = site.x(0).shape().elements() == site.root.shape().elements();
            same.then(|| site.x(0).reshape_to(&site.root.shape()))
        },
        "input x: f64[3]; y = broadcast_to(x, (1, 3))",
    ),
    Rule::coded(
        "broadcast-reshape",
        "broadcast(reshape(x)) where axes of extent 1 were added",
        "broadcast(x)",
        is_broadcast,
        Behind::First(is_reshape),
        broadcast_reshape,
        "input x: f64[3]; y = broadcast_to(reshape(x, (3, 1)), (3, 2))",
    ),
    Rule::coded(
        "move-number",
        "reshape or flip of k, stretched",
        "k, stretched",
        |op| is_reshape(op) || is_flip(op),
        Behind::First(is_broadcast),
        |site| {
            let number = uniform(site.x(0)).and_then(|v| v.reshaped(&[]))?;
            let stretched = is(site.x(0), is_broadcast);
            stretched.then(|| site.root.builder().constant(number).broadcast_to(site.root.shape()))
        },
        "input x: f64[2, 3]; y = x * reshape(broadcast_to(2, (3, 2)), (2, 3))",
    ),
    Rule::coded(
        "transpose-broadcast",
        "transpose(broadcast(x))",
        "broadcast(transpose(x))",
        is_transpose,
        Behind::First(is_broadcast),
        transpose_broadcast,
        "input x: f64[3]; y = transpose(broadcast_to(x, (2, 3)))",
    ),
    Rule::coded(
        "work-before-broadcast",
        "f(broadcast(x), broadcast(y))",
        "broadcast(f(x, y))",
        |op| {
            matches!(
                op,
                Op::Unary(_) | Op::Binary(_) | Op::Compare(_) | Op::Select | Op::Cast(_) | Op::Polygamma(_)
            )
        },
        Behind::Each(is_broadcast),
        work_before_broadcast,
        "input x: f64[3]; y = sin(broadcast_to(x, (2, 3))) * 2",
    ),
];

fn broadcast_broadcast<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let (Op::Broadcast { axes: outer, .. }, Op::Broadcast { axes: inner, .. }) = (site.op(), op(site.x(0)))
    else {
        return None;
    };
    let axes = inner.iter().map(|&a| outer[usize::from(a)]).collect();
    Some(operand(site.x(0), 0).broadcast_axes(site.root.shape(), axes))
}

fn broadcast_reshape<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let (Op::Broadcast { axes, .. }, Op::Reshape(wide)) = (site.op(), op(site.x(0))) else { return None };
    let x = operand(site.x(0), 0);
    let to = units_added(&x.shape(), &wide)?;
    let axes = to.into_iter().map(|a| axes[usize::from(a)]).collect();
    Some(x.broadcast_axes(site.root.shape(), axes))
}

/// Where the axes of `from` have gone in `to`, if that is `from` with axes of extent 1 added.
pub(super) fn units_added(from: &Shape, to: &Shape) -> Option<AxisList> {
    let mut places = Vec::new();
    for (a, &n) in to.iter().enumerate() {
        match from.get(places.len()) {
            Some(&m) if m == n => places.push(a as u8),
            _ if n == 1 => {}
            _ => return None,
        }
    }
    (places.len() == from.rank()).then(|| places.into())
}

fn transpose_broadcast<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let (Op::Transpose(order), Op::Broadcast { axes, .. }) = (site.op(), op(site.x(0))) else { return None };
    let x = operand(site.x(0), 0);
    // Where each axis of the operand goes, and the operand's axes in that order.
    let place = |k: usize| order.iter().position(|&a| a == axes[k]);
    let mut places: Vec<(usize, i64)> = (0..axes.len()).filter_map(|k| Some((place(k)?, k as i64))).collect();
    places.sort_unstable();
    let permuted = x.transpose(&places.iter().map(|(_, k)| *k).collect::<Vec<_>>());
    Some(permuted.broadcast_axes(site.root.shape(), places.iter().map(|(p, _)| *p as u8).collect()))
}

/// Where all operands are stretched alike, or are numbers. What can fail is left where it is: an array stretched to nothing
/// has no elements that could.
fn work_before_broadcast<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    if !is(site.x(0), is_broadcast) {
        return None;
    }
    let fails = matches!(site.op(), Op::Binary(Binary::Pow | Binary::Remainder));
    if fails && site.x(0).dtype() == DType::I64 {
        return None;
    }
    let wide = operands(site.root);
    if !wide.iter().all(|&e| is(e, is_broadcast)) {
        return None;
    }
    let narrow: Vec<Expr<'b>> = wide.iter().map(|&e| operand(e, 0)).collect();
    let axes = |e: Expr<'b>| if let Op::Broadcast { axes, .. } = op(e) { axes } else { AxisList::default() };
    let (first, model) = wide.iter().zip(&narrow).max_by_key(|(_, x)| x.rank())?;
    let (places, shape) = (axes(*first), model.shape());
    let alike = |(w, x): (&Expr<'b>, &Expr<'b>)| x.rank() == 0 || (x.shape() == shape && axes(*w) == places);
    if !wide.iter().zip(&narrow).all(alike) || shape.elements() >= site.root.shape().elements() {
        return None;
    }
    let narrow: Vec<Expr<'b>> = narrow.into_iter().map(|x| x.broadcast_to(shape.clone())).collect();
    Some(site.root.builder().add(site.op(), &narrow).broadcast_axes(site.root.shape(), places))
}
