//! Shapes changed, and arrays made of nothing but a shape.

use super::super::arguments::Arguments;
use super::super::item::Item;
use super::{Diagnostic, Function, function};
use crate::ty::{DType, Shape, Type};
use crate::value::Value;

/// Functions whose last parameter may be written as integers in a row.
pub(super) const TAKES_A_ROW: [&str; 2] = ["reshape", "transpose"];

pub(super) static FUNCTIONS: &[Function] = &[
    function("broadcast_to", "x, shape", |args| {
        args.result(args.array("x")?.broadcast_to(args.shape("shape")?))
    }),
    function("broadcast", "x, shape, axes", |args| {
        let axes = args.sizes("axes")?.into_iter().map(|a| u8::try_from(a).unwrap_or(u8::MAX)).collect();
        args.result(args.array("x")?.broadcast_axes(args.shape("shape")?, axes))
    }),
    function("reshape", "x, shape", |args| args.result(args.array("x")?.reshape(&args.ints("shape")?))),
    function("ravel", "x", |args| args.result(args.array("x")?.reshape(&[-1]))),
    function("transpose", "x, axes=", |args| {
        let x = args.array("x")?;
        args.result(if args.has("axes") { x.transpose(&args.ints("axes")?) } else { x.t() })
    }),
    function("expand_dims", "x, axis", |args| args.result(args.array("x")?.expand_dims(args.int("axis")?))),
    function("squeeze", "x, axis=", |args| args.result(args.array("x")?.squeeze(args.along("axis")?))),
    function("flip", "x, axis=", |args| args.result(args.array("x")?.flip(args.along("axis")?))),
    function("concatenate", "arrays, axis=", |args| {
        let parts = args.arrays("arrays")?;
        let axis = args.int_or("axis", 0)?;
        match parts.split_first() {
            Some((first, rest)) => args.result(first.concatenate(rest, axis)),
            None => Err(args.error("nothing to concatenate")),
        }
    }),
    function("stack", "arrays, axis=", |args| {
        let parts = args.arrays("arrays")?;
        let axis = args.int_or("axis", 0)?;
        match parts.split_first() {
            Some((first, rest)) => args.result(first.stack(rest, axis)),
            None => Err(args.error("nothing to stack")),
        }
    }),
    function("iota", "shape, axis=, dtype=", |args| {
        let dtype = if args.has("dtype") { args.dtype("dtype")? } else { DType::I64 };
        args.result(args.elaborator.b.iota(args.shape("shape")?, args.int_or("axis", 0)?, dtype))
    }),
    function("arange", "n", |args| args.result(args.elaborator.b.iota([args.size("n")?], 0, DType::I64))),
    function("zeros", "shape, dtype=", |args| filled(args, 0.0)),
    function("ones", "shape, dtype=", |args| filled(args, 1.0)),
    function("full", "shape, value, dtype=", |args| {
        let (shape, value) = (args.shape("shape")?, args.array("value")?);
        let e = value.broadcast_to(shape);
        if args.has("dtype") {
            Ok(Item::Array(args.elaborator.check(e.cast(args.dtype("dtype")?), args.at)?))
        } else {
            args.result(e)
        }
    }),
    function("eye", "n, dtype=", |args| {
        args.result(args.elaborator.b.eye(args.size("n")?, args.dtype("dtype")?))
    }),
    function("diagonal", "x", |args| args.result(args.array("x")?.diagonal())),
    function("trace", "x", |args| args.result(args.array("x")?.trace())),
    function("one_hot", "x, classes, dtype=", |args| {
        args.result(args.positions("x")?.one_hot(args.size("classes")?, args.dtype("dtype")?))
    }),
];

/// One number for all elements: a scalar broadcast, or an array without elements as it is.
fn filled<'b>(args: &Arguments<'_, '_, 'b>, x: f64) -> Result<Item<'b>, Diagnostic> {
    let (shape, dtype): (Shape, DType) = (args.shape("shape")?, args.dtype("dtype")?);
    let b = args.elaborator.b;
    let one = b.constant(Value::from_f64s(&Type::scalar(dtype), &[x]));
    let e = if shape.contains(&0) && shape.checked_elements().is_some() {
        b.constant(Value::zeros(&Type { dtype, shape }))
    } else {
        one.broadcast_to(shape)
    };
    args.result(e)
}
