//! Reductions: joined, and taken of fewer elements.

use crate::passes::kind::{Behind, is_broadcast, is_extreme, is_moved, is_negation, is_sum, is_sum_or_prod};
use crate::passes::rule::Rule;
use crate::passes::site::{Site, is, op, operand};
use wengert_expr::{Along, Expr, Op, Reduction, Type, Value};

const ORDER: &str = "the order in which terms are added or multiplied";

pub(super) static RULES: &[Rule] = &[
    Rule::coded(
        "extreme-extreme",
        "max(max(x)), min(min(x))",
        "max(x), min(x) at once",
        is_extreme,
        Behind::First(is_extreme),
        reduce_reduce,
        "input x: f64[2, 3, 4]; y = max(max(x, axis=1), axis=1)",
    ),
    Rule::coded(
        "sum-sum",
        "sum(sum(x)), prod(prod(x))",
        "sum(x), prod(x) at once",
        is_sum_or_prod,
        Behind::First(is_sum_or_prod),
        reduce_reduce,
        "input x: f64[2, 3, 4]; y = sum(sum(x, axis=1), axis=1)",
    )
    .losing(ORDER),
    Rule::coded(
        "reduce-units",
        "max, min or prod over axes of extent 1",
        "reshape(x)",
        |op| is_extreme(op) || matches!(op, Op::Reduce(Reduction::Prod, _)),
        Behind::Anything,
        reduce_units,
        "input x: f64[1, 3]; y = max(x, axis=0)",
    ),
    Rule::coded(
        "sum-units",
        "sum over axes of extent 1",
        "reshape(x)",
        is_sum,
        Behind::Anything,
        reduce_units,
        "input x: f64[1, 3]; y = sum(x, axis=0)",
    )
    .losing("the sign of zero"),
    Rule::coded(
        "extreme-broadcast",
        "max(broadcast(x)), min(broadcast(x))",
        "max, min or broadcast of x",
        is_extreme,
        Behind::First(is_broadcast),
        reduce_broadcast,
        "input x: f64[3]; y = max(broadcast_to(x, (2, 3)), axis=0)",
    ),
    Rule::coded(
        "sum-broadcast",
        "sum(broadcast(x))",
        "sum or broadcast of x, times the number of copies",
        is_sum,
        Behind::First(is_broadcast),
        reduce_broadcast,
        "input x: f64[3]; y = sum(broadcast_to(x, (2, 3)))",
    )
    .losing("roundings of repeated terms"),
    Rule::coded(
        "sum-negation",
        "sum(-x)",
        "-sum(x)",
        is_sum,
        Behind::First(is_negation),
        |site| {
            is(site.x(0), is_negation).then(|| -site.root.builder().add(site.op(), &[operand(site.x(0), 0)]))
        },
        "input x: f64[3]; y = sum(-x)",
    )
    .losing("the sign of zero"),
    Rule::coded(
        "sum-moved",
        "sum(x) over all axes of a reshape, transpose, flip or pad",
        "sum(x) of what was moved",
        is_sum,
        Behind::First(is_moved),
        sum_moved,
        "input x: f64[2, 3]; y = sum(transpose(x))",
    )
    .losing(ORDER),
];

fn parts(e: Expr<'_>) -> Option<(Reduction, Vec<u8>)> {
    if let Op::Reduce(reduction, axes) = op(e) { Some((reduction, axes.to_vec())) } else { None }
}

fn reduced<'b>(x: Expr<'b>, reduction: Reduction, axes: &[u8]) -> Expr<'b> {
    let along = Along::Axes(axes.iter().map(|&a| i64::from(a)).collect());
    x.reduce_along(reduction, &along, false)
}

fn reduce_reduce<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let ((outer, over), (inner, under)) = (parts(site.root)?, parts(site.x(0))?);
    let x = operand(site.x(0), 0);
    if outer != inner || !site.is_used_once(site.x(0)) {
        return None;
    }
    let kept: Vec<u8> = (0..x.rank() as u8).filter(|a| !under.contains(a)).collect();
    let axes: Vec<u8> = under.iter().copied().chain(over.iter().map(|&a| kept[usize::from(a)])).collect();
    Some(reduced(x, outer, &axes))
}

fn reduce_units<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let same = site.x(0).shape().elements() == site.root.shape().elements();
    (same && site.root.shape().elements() > 0).then(|| site.x(0).reshape_to(&site.root.shape()))
}

/// The axes that the operand does not have are left out; a sum counts them.
fn reduce_broadcast<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let ((reduction, over), Op::Broadcast { axes, .. }) = (parts(site.root)?, op(site.x(0))) else {
        return None;
    };
    let (x, wide) = (operand(site.x(0), 0), site.x(0).shape());
    let shape = x.shape();
    // The operand's axis that an axis of the wide array is, stretched or not.
    let own = |a: u8| axes.iter().position(|&p| p == a);
    let repeated = |a: u8| own(a).is_none_or(|k| shape[k] != wide[usize::from(a)]);
    let copies: usize = over.iter().filter(|&&a| repeated(a)).map(|&a| wide[usize::from(a)]).product();
    let narrow: Vec<u8> = over.iter().filter_map(|&a| own(a)).map(|k| k as u8).collect();
    if !over.iter().any(|&a| repeated(a)) || copies == 0 {
        return None;
    }
    let small = reduced(x, reduction, &narrow);
    let kept: Vec<u8> = (0..wide.rank() as u8).filter(|a| !over.contains(a)).collect();
    let places = axes.iter().filter_map(|a| kept.iter().position(|k| k == a)).map(|p| p as u8).collect();
    let small = match reduction {
        Reduction::Sum => {
            let number = Value::from_f64s(&Type::scalar(x.dtype()), &[copies as f64]);
            small * x.builder().constant(number)
        }
        Reduction::Max | Reduction::Min | Reduction::Prod => small,
    };
    Some(small.broadcast_axes(site.root.shape(), places))
}

fn sum_moved<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    if site.root.rank() > 0 || !is(site.x(0), is_moved) {
        return None;
    }
    Some(operand(site.x(0), 0).sum(..))
}
