//! The algebra of linear maps against dense matrices: every kind applied and transposed, every ordered pair composed and
//! added.

use crate::numeric::{Draw, worst_relative};
use wengert::diff::algebra::{self, add, apply, compose, transpose};
use wengert::diff::{Linearized, Tangent};
use wengert::exec::evaluate;
use wengert::expr::{Builder, DType, Expr, LinearMap, NodeId, Range, Type, Value, Window};

type Step = for<'b> fn(Expr<'b>) -> Expr<'b>;

/// One operation for each kind of map, on arrays of any rank from 1 on.
const STEPS: &[(&str, Step)] = &[
    ("minus", |x| -x),
    ("diagonal", |x| x.sin()),
    ("mask", |x| positive(x).select(x, x.number(0.0))),
    ("masked diagonal", |x| x.maximum(x.number(0.3))),
    ("sum", |x| x.sum(0).reshape(&[-1])),
    ("sum of all", |x| x.sum(..).broadcast_to([2])),
    ("ties", |x| x.max(-1).reshape(&[-1])),
    ("broadcast", |x| x.broadcast_axes(x.shape().stacked(2), (1..=x.rank() as u8).collect())),
    ("transpose", |x| x.t()),
    ("dot", |x| x.dot(weights(x))),
    ("outer", |x| x.outer(weights(x)).reshape(&[-1])),
    ("reshape", |x| x.reshape(&[-1])),
    ("slice", |x| {
        x.slice(&x.shape().iter().map(|&n| Range { start: n / 2, count: 1, step: 1 }).collect::<Vec<_>>())
    }),
    ("pad", |x| x.pad(&vec![(1, 0, 1); x.rank()])),
    ("flip", |x| x.flip(0)),
    ("cumulative sum", |x| x.cumsum(0, false)),
    ("take", |x| x.take(x.builder().constant(vec![0i64, -1, 0]), 0)),
    ("scatter", |x| x.scatter_add(x.builder().constant(vec![0i64; x.shape()[0]]), x, 0)),
    ("patches", |x| x.patches(&[Window { axis: 0, size: 1, stride: 1, dilation: 1 }])),
    ("cast", |x| x.cast(DType::F32).cast(DType::F64)),
];

fn positive(x: Expr<'_>) -> Expr<'_> {
    x.greater(x.number(0.1))
}

/// A vector as long as the last axis.
fn weights(x: Expr<'_>) -> Expr<'_> {
    let n = x.shape().last().copied().unwrap_or(1);
    x.builder().iota([n], 0, DType::F64) + 0.5
}

/// A point for the builder's input.
fn at() -> [(&'static str, Value); 1] {
    let mut draw = Draw::new(3);
    [("x", Value::new([2, 3], (0..6).map(|_| draw.between(-1.0, 1.0)).collect::<Vec<_>>()))]
}

/// The dense matrix of a map as the algebra writes it.
fn dense_array(b: &Builder, map: &LinearMap<NodeId>) -> Vec<f64> {
    let b = Builder::on(b.read(Clone::clone));
    let matrix = b.node(algebra::dense(&b, map));
    let shape = |id| b.read(|g| g.type_of(id).shape.to_vec());
    assert_eq!(matrix.shape().to_vec(), [shape(map.to), shape(map.from)].concat());
    b.output("matrix", matrix);
    evaluate(&b.finish().expect("a matrix"), &at()).expect("values")[0].to_f64s()
}

/// The dense matrix of a map, rows results, and of its transpose, both as functions of the builder's inputs.
fn dense(b: &Builder, map: &LinearMap<NodeId>) -> (Vec<f64>, Vec<f64>) {
    let run = |map: &LinearMap<NodeId>| {
        let b = Builder::on(b.read(Clone::clone));
        let (from, to) = b.read(|g| (g.type_of(map.from).clone(), g.type_of(map.to).clone()));
        let n = from.shape.elements();
        let mut eye = vec![0.0; n * n];
        (0..n).for_each(|i| eye[i * n + i] = 1.0);
        let stack = b.constant(Value::from_f64s(&Type::new(from.dtype, from.shape.stacked(n)), &eye));
        let columns = apply(&b, map, Tangent::of(stack), Some(n));
        let ty = Type::new(to.dtype, to.shape.stacked(n));
        let columns =
            columns.map_or(stack.number(0.0).broadcast_to(ty.shape.clone()), |t| t.settled(stack, &ty));
        b.output("columns", columns);
        let value = evaluate(&b.finish().expect("maps apply"), &at()).expect("values");
        let (columns, m) = (value[0].to_f64s(), to.shape.elements());
        (0..m)
            .flat_map(|r| (0..n).map(move |c| (r, c)))
            .map(|(r, c)| columns[c * m + r])
            .collect::<Vec<f64>>()
    };
    (run(map), run(&transpose(map)))
}

fn product(second: &[f64], first: &[f64], middle: usize) -> Vec<f64> {
    let (rows, columns) = (second.len() / middle, first.len() / middle);
    let entry =
        |r: usize, c: usize| (0..middle).map(|k| second[r * middle + k] * first[k * columns + c]).sum();
    (0..rows).flat_map(|r| (0..columns).map(move |c| (r, c))).map(|(r, c)| entry(r, c)).collect()
}

fn transposed(m: &[f64], columns: usize) -> Vec<f64> {
    (0..columns).flat_map(|c| (0..m.len() / columns).map(move |r| m[r * columns + c])).collect()
}

/// The whole derivative between two expressions, each path composed on the way.
fn map_between(b: &Builder, from: Expr<'_>, to: Expr<'_>) -> Option<LinearMap<NodeId>> {
    let linear = Linearized::new(b, &[from.id()], &[to.id()]).expect("the steps have derivatives");
    wengert::diff::path_sum(b, &linear).expect("few paths").remove(0).remove(0)
}

#[test]
fn every_ordered_pair_of_kinds_composes_and_adds_like_matrices() {
    let mut pairs = 0;
    for (first_name, first) in STEPS {
        for (second_name, second) in STEPS {
            let b = Builder::new();
            let x = b.input("x", Type::new(DType::F64, [2, 3]));
            let y = first(x);
            let z = second(y);
            assert!(b.error().is_none(), "{second_name} after {first_name}: {:?}", b.error());
            let (Some(f), Some(g)) = (map_between(&b, x, y), map_between(&b, y, z)) else { continue };
            pairs += 1;
            let (whole, n, middle) = (compose(&b, &f, &g), 6, y.shape().elements());
            let (f_dense, g_dense) = (dense(&b, &f).0, dense(&b, &g).0);
            let (got, got_transposed) = dense(&b, &whole);
            let expected = product(&g_dense, &f_dense, middle);
            let label = format!("{second_name} after {first_name}");
            assert!(worst_relative(&got, &expected) < 1e-6, "{label}: {got:?}, expected {expected:?}");
            assert!(worst_relative(&got_transposed, &transposed(&expected, n)) < 1e-6, "{label}: transpose");
            assert!(worst_relative(&dense_array(&b, &whole), &expected) < 1e-6, "{label}: as one array");
            let twice = dense(&b, &add(&b, &whole, &whole)).0;
            let expected: Vec<f64> = expected.iter().map(|v| 2.0 * v).collect();
            assert!(worst_relative(&twice, &expected) < 1e-6, "{label}: sum with itself");
        }
    }
    assert!(pairs >= 380, "only {pairs} pairs");
}

#[test]
fn maps_of_different_structure_add() {
    for (name, step) in STEPS
        .iter()
        .filter(|(n, _)| matches!(*n, "minus" | "diagonal" | "mask" | "flip" | "masked diagonal" | "cast"))
    {
        for (other_name, other) in STEPS
            .iter()
            .filter(|(n, _)| matches!(*n, "minus" | "diagonal" | "mask" | "flip" | "cumulative sum"))
        {
            let b = Builder::new();
            let x = b.input("x", Type::new(DType::F64, [2, 3]));
            let (y, z) = (step(x), other(x));
            let (Some(f), Some(g)) = (map_between(&b, x, y), map_between(&b, x, z)) else { continue };
            let sum = add(&b, &f, &g);
            let got = dense(&b, &sum).0;
            let expected: Vec<f64> =
                dense(&b, &f).0.iter().zip(dense(&b, &g).0).map(|(a, c)| a + c).collect();
            assert!(
                worst_relative(&got, &expected) < 1e-6,
                "{name} and {other_name}: {got:?}, expected {expected:?}"
            );
            assert!(
                worst_relative(&dense_array(&b, &sum), &expected) < 1e-6,
                "{name} and {other_name}: array"
            );
        }
    }
}
