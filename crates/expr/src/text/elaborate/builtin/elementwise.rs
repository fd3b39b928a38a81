//! Elementwise functions that are no single row, and other names of those that are.

use super::super::arguments::Arguments;
use super::super::item::Item;
use super::{Diagnostic, Function, function};
use crate::ty::DType;

/// Other names: the short ones, and NumPy's where ours differ.
pub(super) static ALIASES: [(&str, &str); 26] = [
    ("asin", "arcsin"),
    ("acos", "arccos"),
    ("atan", "arctan"),
    ("asinh", "arcsinh"),
    ("acosh", "arccosh"),
    ("atanh", "arctanh"),
    ("atan2", "arctan2"),
    ("absolute", "abs"),
    ("fabs", "abs"),
    ("negative", "neg"),
    ("rint", "round"),
    ("fix", "trunc"),
    ("is_finite", "isfinite"),
    ("subtract", "sub"),
    ("multiply", "mul"),
    ("divide", "div"),
    ("true_divide", "div"),
    ("pow", "power"),
    ("mod", "remainder"),
    ("not_", "logical_not"),
    ("and_", "logical_and"),
    ("or_", "logical_or"),
    ("xor", "logical_xor"),
    ("expit", "sigmoid"),
    ("gammaln", "lgamma"),
    ("psi", "digamma"),
];

pub(super) static FUNCTIONS: &[Function] = &[
    function("where", "condition, a, b", |args| {
        let condition = args.array("condition")?;
        let (a, b) = args.pair("a", "b")?;
        let condition = if condition.dtype() == DType::Bool {
            condition
        } else {
            condition.not_equal(condition.number(0.0))
        };
        args.result(condition.select(a, b))
    }),
    function("polygamma", "n, x", |args| {
        let order =
            u32::try_from(args.int("n")?).map_err(|_| args.error("the order of polygamma is 0 or more"))?;
        args.result(args.array("x")?.polygamma(order))
    }),
    function("astype", "x, dtype", |args| {
        let dtype = args.dtype("dtype")?;
        cast(args, dtype)
    }),
    function("f64", "x", |args| cast(args, DType::F64)),
    function("f32", "x", |args| cast(args, DType::F32)),
    function("i64", "x", |args| cast(args, DType::I64)),
    function("bool", "x", |args| cast(args, DType::Bool)),
    function("clip", "x, low, high", |args| {
        let x = args.array("x")?;
        args.result(x.clip(args.beside("low", x)?, args.beside("high", x)?))
    }),
    function("logaddexp", "a, b", |args| {
        let (a, b) = args.pair("a", "b")?;
        args.result(a.logaddexp(b))
    }),
    function("xlogy", "x, y", |args| {
        let (x, y) = args.pair("x", "y")?;
        args.result(x.xlogy(y))
    }),
    function("stop_gradient", "x", |args| args.result(args.array("x")?.stop_gradient())),
];

/// A conversion asked for by name makes an array of just this dtype.
fn cast<'b>(args: &Arguments<'_, '_, 'b>, dtype: DType) -> Result<Item<'b>, Diagnostic> {
    let (item, span) = args.item("x")?;
    let e = match dtype {
        DType::Bool => args.elaborator.array(item, span)?,
        DType::I64 | DType::F32 | DType::F64 => args.elaborator.array_as(item, dtype, span)?,
    };
    Ok(Item::Array(args.elaborator.check(e.cast(dtype), args.at)?))
}
