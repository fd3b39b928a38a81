//! Reductions, statistics and running sums.

use super::super::arguments::Arguments;
use super::super::item::Item;
use super::{Diagnostic, Function, function};
use crate::build::Along;
use crate::expr::Expr;
use crate::op::{Extremum, Reduction};

pub(super) static FUNCTIONS: &[Function] = &[
    function("sum", "x, axis=, keepdims=", |args| reduce(args, Reduction::Sum)),
    function("prod", "x, axis=, keepdims=", |args| reduce(args, Reduction::Prod)),
    function("max", "x, axis=, keepdims=", |args| reduce(args, Reduction::Max)),
    function("min", "x, axis=, keepdims=", |args| reduce(args, Reduction::Min)),
    function("mean", "x, axis=, keepdims=", |args| along(args, |x, axes, keep| x.mean_along(axes, keep))),
    function("logsumexp", "x, axis=, keepdims=", |args| {
        along(args, |x, axes, keep| x.logsumexp_along(axes, keep))
    }),
    function("norm", "x, axis=, keepdims=", |args| along(args, |x, axes, keep| x.norm_along(axes, keep))),
    function("var", "x, axis=, ddof=, keepdims=", |args| {
        let ddof = if args.has("ddof") { args.size("ddof")? } else { 0 };
        args.result(args.array("x")?.var_along(&args.along("axis")?, ddof, args.flag("keepdims")?))
    }),
    function("std", "x, axis=, ddof=, keepdims=", |args| {
        let ddof = if args.has("ddof") { args.size("ddof")? } else { 0 };
        args.result(args.array("x")?.std_along(&args.along("axis")?, ddof, args.flag("keepdims")?))
    }),
    function("argmax", "x, axis=", |args| arg(args, Extremum::ArgMax)),
    function("argmin", "x, axis=", |args| arg(args, Extremum::ArgMin)),
    function("cumsum", "x, axis=, reverse=", |args| {
        let x = args.array("x")?;
        let (x, axis) = if args.has("axis") { (x, args.int("axis")?) } else { (flat(x), 0) };
        args.result(x.cumsum(axis, args.flag("reverse")?))
    }),
];

fn reduce<'b>(args: &Arguments<'_, '_, 'b>, reduction: Reduction) -> Result<Item<'b>, Diagnostic> {
    args.result(args.array("x")?.reduce_along(reduction, &args.along("axis")?, args.flag("keepdims")?))
}

fn along<'b>(
    args: &Arguments<'_, '_, 'b>,
    build: impl Fn(Expr<'b>, &Along, bool) -> Expr<'b>,
) -> Result<Item<'b>, Diagnostic> {
    args.result(build(args.array("x")?, &args.along("axis")?, args.flag("keepdims")?))
}

fn arg<'b>(args: &Arguments<'_, '_, 'b>, extremum: Extremum) -> Result<Item<'b>, Diagnostic> {
    let x = args.array("x")?;
    let (x, axis) = if args.has("axis") { (x, args.int("axis")?) } else { (flat(x), 0) };
    args.result(x.arg(extremum, axis))
}

/// All elements in a row, as NumPy does where no axis is named.
fn flat(x: Expr<'_>) -> Expr<'_> {
    if x.rank() == 1 { x } else { x.reshape(&[-1]) }
}
