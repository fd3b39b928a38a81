//! Products of arrays.

use super::super::arguments::Arguments;
use super::super::item::Item;
use super::{Diagnostic, Function, function};
use crate::op::{AxisList, DotAxes};

pub(super) static FUNCTIONS: &[Function] = &[
    function("matmul", "a, b", |args| {
        let (a, b) = args.pair("a", "b")?;
        args.result(a.matmul(b))
    }),
    function("dot", "a, b", |args| {
        let (a, b) = args.pair("a", "b")?;
        args.result(a.dot(b))
    }),
    function("outer", "a, b", |args| {
        let (a, b) = args.pair("a", "b")?;
        args.result(a.outer(b))
    }),
    function("dot_general", "a, b, batch=, contract=", |args| {
        let (a, b) = args.pair("a", "b")?;
        let axes = DotAxes { batch: pair(args, "batch")?, contract: pair(args, "contract")? };
        args.result(a.dot_general(b, axes))
    }),
    function("einsum", "subscripts, a, b=", |args| {
        let (Item::Text(subscripts), _) = args.item("subscripts")? else {
            return Err(args.error("the first argument of `einsum` is a string such as \"ij,jk->ik\""));
        };
        let operands = if args.has("b") {
            <[_; 2]>::from(args.pair("a", "b")?).to_vec()
        } else {
            vec![args.array("a")?]
        };
        args.result(args.elaborator.b.einsum(subscripts, &operands))
    }),
];

/// Axes of the left operand and of the right one.
fn pair(args: &Arguments<'_, '_, '_>, parameter: &str) -> Result<(AxisList, AxisList), Diagnostic> {
    if !args.has(parameter) {
        return Ok(Default::default());
    }
    let (item, at) = args.item(parameter)?;
    let axes = |item: &Item<'_>| match item {
        Item::Sequence(axes) => {
            axes.iter().map(|a| u8::try_from(a.int()?).ok()).collect::<Option<AxisList>>()
        }
        _ => None,
    };
    let pair = match item {
        Item::Sequence(both) if both.len() == 2 => axes(&both[0]).zip(axes(&both[1])),
        _ => None,
    };
    pair.ok_or_else(|| args.elaborator.error(at, format!("`{parameter}` must be two tuples of axes")))
}
