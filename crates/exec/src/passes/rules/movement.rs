//! Axes reshaped, permuted and turned round, and elements cast: nothing is moved twice, or for nothing.

use crate::passes::kind::{Behind, is_cast, is_flip, is_negation, is_reshape, is_transpose};
use crate::passes::rule::Rule;
use crate::passes::site::{Site, is, op, operand};
use wengert_expr::{Along, DType, Expr, Op};

pub(super) static RULES: &[Rule] = &[
    Rule::coded(
        "reshape-reshape",
        "reshape(reshape(x))",
        "reshape(x)",
        is_reshape,
        Behind::First(is_reshape),
        |site| is(site.x(0), is_reshape).then(|| operand(site.x(0), 0).reshape_to(&site.root.shape())),
        "input x: f64[2, 3]; y = reshape(reshape(x, (6,)), (3, 2))",
    ),
    Rule::coded(
        "transpose-transpose",
        "transpose(transpose(x))",
        "transpose(x) at once",
        is_transpose,
        Behind::First(is_transpose),
        transpose_transpose,
        "input x: f64[2, 3, 4]; y = transpose(transpose(x, (1, 2, 0)), (0, 2, 1))",
    ),
    Rule::coded(
        "transpose-units",
        "transpose(x) that moves axes of extent 1",
        "reshape(x)",
        is_transpose,
        Behind::Anything,
        transpose_units,
        "input x: f64[1, 3]; y = transpose(x)",
    ),
    Rule::coded(
        "flip-flip",
        "flip(flip(x))",
        "flip(x) at once",
        is_flip,
        Behind::First(is_flip),
        flip_flip,
        "input x: f64[2, 3]; y = flip(flip(x, axis=(0, 1)), axis=1)",
    ),
    Rule::coded(
        "move-negation",
        "reshape(-x), transpose(-x), flip(-x)",
        "-reshape(x), -transpose(x), -flip(x)",
        |op| matches!(op, Op::Reshape(_) | Op::Transpose(_) | Op::Flip(_)),
        Behind::First(is_negation),
        move_negation,
        "input x: f64[2, 3]; y = transpose(-x)",
    ),
    Rule::coded(
        "cast-cast",
        "a cast of a cast that loses nothing",
        "one cast",
        is_cast,
        Behind::Anything,
        cast_cast,
        "input x: f64[3]; y = (x > 0).astype(i64).astype(f64)",
    ),
];

fn permuted<'b>(x: Expr<'b>, axes: &[u8]) -> Expr<'b> {
    let axes: Vec<i64> = axes.iter().map(|&a| i64::from(a)).collect();
    x.transpose(&axes)
}

fn transpose_transpose<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let (Op::Transpose(outer), Op::Transpose(inner)) = (site.op(), op(site.x(0))) else { return None };
    let axes: Vec<u8> = outer.iter().map(|&a| inner[usize::from(a)]).collect();
    Some(permuted(operand(site.x(0), 0), &axes))
}

fn transpose_units<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let Op::Transpose(axes) = site.op() else { return None };
    let shape = site.x(0).shape();
    let long: Vec<u8> = axes.iter().copied().filter(|&a| shape[usize::from(a)] != 1).collect();
    long.is_sorted().then(|| site.x(0).reshape_to(&site.root.shape()))
}

fn flip_flip<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let (Op::Flip(outer), Op::Flip(inner)) = (site.op(), op(site.x(0))) else { return None };
    let turned = |a: &u8| outer.contains(a) != inner.contains(a);
    let axes: Vec<i64> = (0..site.root.rank() as u8).filter(turned).map(i64::from).collect();
    Some(operand(site.x(0), 0).flip(Along::Axes(axes)))
}

fn move_negation<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    is(site.x(0), is_negation).then(|| -site.root.builder().add(site.op(), &[operand(site.x(0), 0)]))
}

/// The first cast loses nothing from truth values, and from `f32` to `f64`.
fn cast_cast<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    if !is(site.x(0), is_cast) {
        return (site.x(0).dtype() == site.root.dtype()).then(|| site.x(0));
    }
    let x = operand(site.x(0), 0);
    let lossless = x.dtype() == DType::Bool || (x.dtype(), site.x(0).dtype()) == (DType::F32, DType::F64);
    lossless.then(|| x.cast(site.root.dtype()))
}
