//! Transposes folded into products, and sums of products as products.
//!
//! A product adds its terms in the order of its contracting axes, whatever the layout of its operands, so a transpose
//! folded away keeps every bit.

use crate::passes::kind::{Behind, is_dot, is_product, is_reshape, is_sum, is_transpose};
use crate::passes::rule::Rule;
use crate::passes::site::{Site, is, op, operand};
use wengert_expr::{AxisList, DotAxes, Expr, Op};

pub(super) static RULES: &[Rule] = &[
    Rule::coded(
        "product-of-transpose",
        "dot(transpose(x), y), dot(x, transpose(y))",
        "dot(x, y) over other axes",
        is_dot,
        Behind::One(is_transpose),
        product_of_transpose,
        "input x: f64[3, 2]; input y: f64[4, 3]; z = transpose(x) @ transpose(y)",
    ),
    Rule::coded(
        "transpose-of-product",
        "transpose(dot(x, y)), the product used once",
        "dot(y, x)",
        is_transpose,
        Behind::First(is_dot),
        transpose_of_product,
        "input x: f64[2, 3]; input y: f64[3, 4]; z = transpose(x @ y)",
    ),
    Rule::coded(
        "product-of-units",
        "dot(reshape(x), y) where axes of extent 1 were added",
        "reshape(dot(x, y))",
        is_dot,
        Behind::One(is_reshape),
        product_of_units,
        "input x: f64[3]; input y: f64[3, 4]; z = reshape(x, (1, 3)) @ y",
    ),
    Rule::coded(
        "sum-of-product",
        "sum(x * broadcast(y))",
        "dot(x, y)",
        is_sum,
        Behind::First(is_product),
        sum_of_product,
        "input x: f64[2, 3]; input y: f64[3]; z = sum(x * y, axis=1)",
    )
    .losing("the order in which terms are added"),
];

fn free(rank: usize, batch: &[u8], contract: &[u8]) -> Vec<u8> {
    (0..rank as u8).filter(|a| !batch.contains(a) && !contract.contains(a)).collect()
}

/// A product's operand without its transpose, if its free axes stay in order, and where its axes were.
fn untransposed<'b>(e: Expr<'b>, batch: &[u8], contract: &[u8]) -> Option<(Expr<'b>, AxisList, AxisList)> {
    let Op::Transpose(order) = op(e) else { return None };
    let through = |axes: &[u8]| -> AxisList { axes.iter().map(|&a| order[usize::from(a)]).collect() };
    let free = through(&free(e.rank(), batch, contract));
    free.is_sorted().then(|| (operand(e, 0), through(batch), through(contract)))
}

fn product_of_transpose<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let Op::Dot(axes) = site.op() else { return None };
    let left = untransposed(site.x(0), &axes.batch.0, &axes.contract.0);
    let right = untransposed(site.x(1), &axes.batch.1, &axes.contract.1);
    if left.is_none() && right.is_none() {
        return None;
    }
    let kept = |i, batch: &AxisList, contract: &AxisList| (site.x(i), batch.clone(), contract.clone());
    let (x, batch_x, contract_x) = left.unwrap_or_else(|| kept(0, &axes.batch.0, &axes.contract.0));
    let (y, batch_y, contract_y) = right.unwrap_or_else(|| kept(1, &axes.batch.1, &axes.contract.1));
    Some(x.dot_general(y, DotAxes { batch: (batch_x, batch_y), contract: (contract_x, contract_y) }))
}

/// The free axes of both operands change places.
fn transpose_of_product<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let product = site.x(0);
    let (Op::Transpose(order), Op::Dot(axes)) = (site.op(), op(product)) else { return None };
    let (x, y) = (operand(product, 0), operand(product, 1));
    let batch = axes.batch.0.len() as u8;
    let left = free(x.rank(), &axes.batch.0, &axes.contract.0).len() as u8;
    let rank = product.rank() as u8;
    let swapped = (0..batch).chain(batch + left..rank).chain(batch..batch + left);
    if !swapped.eq(order.iter().copied()) || !site.is_used_once(product) {
        return None;
    }
    let DotAxes { batch, contract } = *axes;
    Some(y.dot_general(x, DotAxes { batch: (batch.1, batch.0), contract: (contract.1, contract.0) }))
}

/// Free axes of extent 1 are added behind the product instead of in front of it.
fn product_of_units<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let Op::Dot(axes) = site.op() else { return None };
    let narrow = |i: usize, batch: &AxisList, contract: &AxisList| {
        let (e, Op::Reshape(wide)) = (site.x(i), op(site.x(i))) else { return None };
        let x = operand(e, 0);
        let places = super::stretching::units_added(&x.shape(), &wide)?;
        let through = |axes: &AxisList| -> Option<AxisList> {
            axes.iter().map(|a| places.iter().position(|p| p == a).map(|p| p as u8)).collect()
        };
        Some((x, through(batch)?, through(contract)?))
    };
    let left = narrow(0, &axes.batch.0, &axes.contract.0);
    let right = narrow(1, &axes.batch.1, &axes.contract.1);
    if left.is_none() && right.is_none() {
        return None;
    }
    let kept = |i, batch: &AxisList, contract: &AxisList| (site.x(i), batch.clone(), contract.clone());
    let (x, batch_x, contract_x) = left.unwrap_or_else(|| kept(0, &axes.batch.0, &axes.contract.0));
    let (y, batch_y, contract_y) = right.unwrap_or_else(|| kept(1, &axes.batch.1, &axes.contract.1));
    let product = x.dot_general(y, DotAxes { batch: (batch_x, batch_y), contract: (contract_x, contract_y) });
    Some(product.reshape_to(&site.root.shape()))
}

/// Only where every axis that stays belongs to one factor alone: others are left to loops.
fn sum_of_product<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let (Op::Reduce(_, over), product) = (site.op(), site.x(0)) else { return None };
    if !is(product, is_product) || !site.is_used_once(product) {
        return None;
    }
    let wide = product.shape();
    let factor = |e: Expr<'b>| match op(e) {
        Op::Broadcast { axes, .. } => {
            let x = operand(e, 0);
            let whole = axes.iter().zip(x.shape().iter()).all(|(&a, &n)| n == wide[usize::from(a)]);
            whole.then(|| (x, axes.to_vec()))
        }
        _ => Some((e, (0..wide.rank() as u8).collect())),
    };
    let ((x, of_x), (y, of_y)) = (factor(operand(product, 0))?, factor(operand(product, 1))?);
    let contracted = over.iter().all(|a| of_x.contains(a) && of_y.contains(a));
    let output: Vec<u8> = (0..wide.rank() as u8).filter(|a| !over.contains(a)).collect();
    if !contracted || !output.iter().all(|a| of_x.contains(a) != of_y.contains(a)) {
        return None;
    }
    Some(x.einsum(&of_x, y, &of_y, &output, &site.root.shape()))
}
