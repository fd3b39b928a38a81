//! Functions whose derivatives are sparse in different ways.

use crate::adbench::Bundle;
use crate::case::Case;
use crate::error::Error;
use wengert_expr::{Builder, DType, Range, Type, Value};

/// The chained Rosenbrock function of a vector: its Hessian has three diagonals.
///
/// # Errors
/// None on sizes that fit in memory.
pub fn rosenbrock(n: usize) -> Result<Case, Error> {
    let b = Builder::new();
    let x = b.input("x", Type::new(DType::F64, [n]));
    let part = |start| x.slice(&[Range { start, count: n - 1, step: 1 }]);
    let (left, right) = (part(0), part(1));
    b.output("y", 100.0 * (right - left.square()).square_sum(..) + (1.0 - left).square_sum(..));
    Ok(Case::new(format!("Rosenbrock's Hessian, {n}"), b.finish()?, vec![around_one(n)]))
}

/// A vector whose first element depends on all and on whose first element all depend: an arrow.
///
/// # Errors
/// None on sizes that fit in memory.
pub fn arrow(n: usize) -> Result<Case, Error> {
    let b = Builder::new();
    let x = b.input("x", Type::new(DType::F64, [n]));
    let first = x.entry(0, 0);
    let rest = x.slice(&[Range { start: 1, count: n - 1, step: 1 }]);
    let head = (first * x.square_sum(..)).expand_dims(0);
    b.output("y", head.concatenate(&[first * rest.square()], 0));
    Ok(Case::new(format!("arrow, {n} x {n}"), b.finish()?, vec![around_one(n)]))
}

/// Bundle adjustment with so many cameras, points and observations, each of a camera and a point of its own choice.
///
/// # Errors
/// None on sizes that fit in memory.
pub fn bundle(cameras: usize, points: usize, observations: usize) -> Result<Case, Error> {
    let mut bundle = Bundle::parse(Bundle::TEST)?;
    let repeated = |value: &Value, n: usize, width: usize| {
        let first = &value.to_f64s()[..width];
        Value::new([n, width], first.repeat(n))
    };
    bundle.cameras = repeated(&bundle.cameras, cameras, 11);
    bundle.points = repeated(&bundle.points, points, 3);
    bundle.features = repeated(&bundle.features, observations, 2);
    bundle.weights = Value::full([observations], 1.0);
    // Two strides that share no factor with the counts spread the observations over all pairs.
    let chosen = |n: usize, stride: usize| {
        Value::from((0..observations).map(|i| (i * stride % n) as i64).collect::<Vec<_>>())
    };
    bundle.camera_of = chosen(cameras, 7919);
    bundle.point_of = chosen(points, 104_729);
    bundle.residuals()
}

fn around_one(n: usize) -> Value {
    Value::from((0..n).map(|i| 1.0 + (i as f64).sin() / 4.0).collect::<Vec<_>>())
}
