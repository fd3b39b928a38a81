//! What the figures run: functions on many numbers at once, and programs of the language.

use super::error::GalleryError;
use super::sheet::{Drawn, Point};
use wengert_diff::gradient;
use wengert_exec::{CompileOptions, compile};
use wengert_expr::text::{Options, parse};
use wengert_expr::{Builder, DType, Expr, Function, Type, Value};

/// So many even steps from one number to another, both ends included.
pub(super) fn even(from: f64, to: f64, steps: usize) -> Vec<f64> {
    (0..=steps).map(|i| from + (to - from) * i as f64 / steps as f64).collect()
}

/// A function of each of some numbers and its derivative, both from its graph.
pub(super) fn curve(xs: &[f64], f: impl for<'b> Fn(Expr<'b>) -> Expr<'b>) -> Drawn<(Vec<f64>, Vec<f64>)> {
    let b = Builder::new();
    let x = b.input("x", Type::new(DType::F64, [xs.len()]));
    let y = f(x);
    b.output("y", y);
    b.output("slope", gradient(y.sum(..), &[x])?[0]);
    let found = compile(&b.finish()?, &CompileOptions::default())?.run(&[Value::from(xs.to_vec())])?;
    Ok((found[0].to_f64s(), found[1].to_f64s()))
}

/// What an array becomes.
pub(super) fn mapped(x: &Value, f: impl for<'b> Fn(Expr<'b>) -> Expr<'b>) -> Drawn<Value> {
    let b = Builder::new();
    b.output("y", f(b.input("x", x.ty())));
    let mut found = compile(&b.finish()?, &CompileOptions::default())?.run(std::slice::from_ref(x))?;
    found.pop().ok_or(GalleryError::Missing("an output"))
}

/// A program of the language.
pub(super) fn program(text: &str) -> Drawn<Function> {
    parse(text, &Options::default()).map_err(|error| GalleryError::Program(error.message().to_owned()))
}

/// Points as a table `[points, 2]`.
pub(super) fn table(points: &[Point]) -> Value {
    Value::new([points.len(), 2], points.iter().flat_map(|&(x, y)| [x, y]).collect::<Vec<f64>>())
}

/// The rows of a table of two columns.
pub(super) fn points(table: &Value) -> Vec<Point> {
    table.to_f64s().chunks_exact(2).map(|p| (p[0], p[1])).collect()
}

/// Numbers side by side.
pub(super) fn zip(xs: &[f64], ys: &[f64]) -> Vec<Point> {
    xs.iter().copied().zip(ys.iter().copied()).collect()
}
