//! Forms that keep their accuracy, and do not overflow, where the one written loses it.
//!
//! They are relaxed because they change values: towards those of exact arithmetic.

use crate::passes::kind::{Behind, is_exp, is_log, is_quotient, is_sum};
use crate::passes::rule::Numbers::Floats;
use crate::passes::rule::Rule;
use crate::passes::site::{Site, is, operand, operands};
use wengert_expr::{Along, Binary, Expr, Op, Reduction, Unary};

const CANCELLED: &str = "the error of a cancellation";
const OVERFLOW: &str = "an overflow or underflow on the way";

pub(super) static RULES: &[Rule] = &[
    Rule::relaxed("log1p", "log(1 + x)", "log1p(x)", CANCELLED).within(-0.9, 4.0),
    Rule::relaxed("log1p-difference", "log(1 - x)", "log1p(-x)", CANCELLED).within(-4.0, 0.9),
    Rule::relaxed("expm1", "exp(x) - 1", "expm1(x)", CANCELLED),
    Rule::relaxed("erfc", "1 - erf(x)", "erfc(x)", CANCELLED),
    Rule::relaxed("softplus", "log1p(exp(x))", "softplus(x)", OVERFLOW),
    Rule::relaxed("sigmoid", "reciprocal(1 + exp(-x))", "sigmoid(x)", OVERFLOW),
    Rule::relaxed("sigmoid-quotient", "exp(x) / (1 + exp(x))", "sigmoid(x)", OVERFLOW),
    Rule::relaxed("sigmoid-opposite", "1 - sigmoid(x)", "sigmoid(-x)", CANCELLED),
    Rule::relaxed("log-sigmoid", "log(sigmoid(x))", "-softplus(-x)", OVERFLOW),
    Rule::relaxed("log-sigmoid-opposite", "log1p(-sigmoid(x))", "-softplus(x)", CANCELLED),
    Rule::relaxed("logit", "log(x / (1 - x))", "logit(x)", CANCELLED).within(0.1, 0.9),
    Rule::relaxed("log-exp", "log(exp(x))", "x", OVERFLOW),
    Rule::relaxed("exp-log", "exp(log(x))", "x", "NaN of what is negative").within(0.5, 3.0),
    Rule::relaxed("log-softmax", "log(exp(x) / y)", "x - log(y)", OVERFLOW).within(0.5, 3.0),
    Rule::relaxed("square-root", "square(sqrt(x))", "x", "NaN of what is negative").within(0.5, 3.0),
    Rule::relaxed("root-square", "sqrt(square(x))", "abs(x)", OVERFLOW),
    Rule::relaxed("hypot", "sqrt(square(x) + square(y))", "hypot(x, y)", OVERFLOW),
    Rule::relaxed("x-log-x", "x * log(x)", "x * log(where(x == 0, 1, x))", "NaN at 0, where the limit is 0")
        .on(Floats)
        .within(0.5, 3.0),
    Rule::coded(
        "logsumexp",
        "log(sum(exp(x)))",
        "logsumexp(x), shifted by the greatest element",
        is_log,
        Behind::First(is_sum),
        logsumexp,
        "input x: f64[2, 3]; y = log(sum(exp(x), axis=1))",
    )
    .losing(OVERFLOW),
    Rule::coded(
        "softmax",
        "exp(x) / sum(exp(x))",
        "softmax(x), shifted by the greatest element",
        is_quotient,
        Behind::First(is_exp),
        softmax,
        "input x: f64[2, 3]; y = exp(x) / sum(exp(x), axis=1, keepdims=true)",
    )
    .losing(OVERFLOW),
];

/// Exponents and axes, where this is a sum of exponentials that no greatest element has been taken from.
fn sum_of_powers<'b>(e: Expr<'b>) -> Option<(Expr<'b>, Along)> {
    let Op::Reduce(Reduction::Sum, axes) = crate::passes::site::op(e) else { return None };
    let powers = operand(e, 0);
    if !is(powers, is_exp) {
        return None;
    }
    let x = operand(powers, 0);
    let terms: usize = axes.iter().map(|&a| x.shape()[usize::from(a)]).product();
    let along = Along::Axes(axes.iter().map(|&a| i64::from(a)).collect());
    (terms > 1 && x.shape().elements() > 0 && !is_shifted(x)).then_some((x, along))
}

/// Nodes that are looked at to find that exponents are shifted.
const LOOKED_AT: usize = 256;

/// Whether something found as an extreme element, or what stands for one that is not finite, is among the terms of these
/// exponents, however other rules have written them; also where there is too much to look at.
fn is_shifted(x: Expr<'_>) -> bool {
    let mut stack = vec![x];
    for _ in 0..LOOKED_AT {
        let Some(e) = stack.pop() else { return false };
        match crate::passes::site::op(e) {
            Op::Reduce(Reduction::Max | Reduction::Min, _) => return true,
            Op::Select if is(operand(e, 0), |op| matches!(op, Op::Unary(Unary::IsFinite))) => return true,
            Op::Unary(Unary::Neg)
            | Op::Binary(Binary::Add | Binary::Sub | Binary::Mul | Binary::Div)
            | Op::Broadcast { .. }
            | Op::Reshape(_)
            | Op::Transpose(_)
            | Op::Slice(_) => stack.extend(operands(e)),
            _ => {}
        }
    }
    true
}

fn logsumexp<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let (x, along) = sum_of_powers(site.x(0))?;
    Some(x.logsumexp(along))
}

fn softmax<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let (above, mut below) = (site.x(0), site.x(1));
    let mut stretched = Vec::new();
    while stretched.len() < 2 && is(below, |op| matches!(op, Op::Broadcast { .. } | Op::Reshape(_))) {
        stretched.push(below);
        below = operand(below, 0);
    }
    let (x, along) = sum_of_powers(below)?;
    let Along::Axes(axes) = &along else { return None };
    let axes: Vec<u8> = axes.iter().map(|&a| a as u8).collect();
    let same = is(above, is_exp) && operand(above, 0).id() == x.id();
    // Only if every sum stands where its own elements are.
    if !same || !stands_above(&stretched, &axes, &x.shape()) {
        return None;
    }
    Some(x.softmax(along))
}

/// Whether a sum over these axes of this shape is stretched back over the same axes.
fn stands_above(stretched: &[Expr<'_>], axes: &[u8], shape: &[usize]) -> bool {
    let kept: Vec<u8> = (0..shape.len() as u8).filter(|a| !axes.contains(a)).collect();
    let unit: Vec<usize> =
        shape.iter().enumerate().map(|(i, &n)| if axes.contains(&(i as u8)) { 1 } else { n }).collect();
    match stretched {
        [wide] => {
            let to = crate::passes::site::op(*wide);
            matches!(to, Op::Broadcast { axes, .. } if *axes == *kept)
        }
        [wide, narrow] => {
            let (to, from) = (crate::passes::site::op(*wide), crate::passes::site::op(*narrow));
            let whole = (0..shape.len() as u8).eq(match &to {
                Op::Broadcast { axes, .. } => axes.iter().copied(),
                _ => [].iter().copied(),
            });
            whole && matches!(from, Op::Reshape(to) if **to == *unit)
        }
        _ => false,
    }
}
