//! Values and derivatives of composites, for their tests: a loop over the rows, and forward mode over their maps.

use crate::builder::Builder;
use crate::expr::Expr;
use crate::graph::NodeId;
use crate::map::{Kind, Labelled, Local, Scale};
use crate::op::{Literal, Op};
use crate::rule::Rule;
use crate::value::Value;

/// The value of an expression whose only input, if any, has the value `x`.
pub(super) fn value(e: Expr<'_>, x: &Value) -> Value {
    assert!(!e.is_dead(), "{:?}", e.builder().error());
    e.builder().read(|g| {
        let mut values: Vec<Value> = Vec::new();
        for node in g.nodes().take(e.id().index() + 1) {
            let operands: Vec<&Value> = g.operands(node).iter().map(|n| &values[n.index()]).collect();
            let value = match g.op(node) {
                Op::Input(_) => x.clone(),
                op => (op.row().eval)(op, &operands, g.ty(node)).unwrap(),
            };
            values.push(value);
        }
        values.swap_remove(e.id().index())
    })
}

/// The derivative of an expression along a tangent of its input.
pub(super) fn tangent<'b>(e: Expr<'b>, input: Expr<'b>, seed: Expr<'b>) -> Expr<'b> {
    let b = e.builder();
    let mut tangents: Vec<Option<Expr<'b>>> = vec![None; e.id().index() + 1];
    tangents[input.id().index()] = Some(seed);
    for node in input.id().index() + 1..=e.id().index() {
        let node = NodeId::from_index(node);
        let operands = b.read(|g| g.operands(node).to_vec());
        for (i, operand) in operands.iter().enumerate() {
            let Some(dx) = tangents[operand.index()] else { continue };
            let Local::Map(kind) = Rule::derivative(b, node, i) else { panic!("no derivative") };
            let Some(dy) = apply(&kind, dx, b.node(node)) else { continue };
            let sum = &mut tangents[node.index()];
            *sum = Some(sum.map_or(dy, |before| before + dy));
        }
    }
    tangents[e.id().index()].unwrap_or_else(|| e.number(0.0).broadcast_like(e))
}

fn apply<'b>(kind: &Kind<NodeId>, dx: Expr<'b>, y: Expr<'b>) -> Option<Expr<'b>> {
    let b = dx.builder();
    match kind {
        Kind::Zero => None,
        Kind::Labelled(map) => Some(apply_labelled(map, dx, y)),
        Kind::Cast => Some(dx.cast(y.dtype())),
        Kind::Index(index) => {
            let data = index.apply.data.iter().map(|&n| b.node(n));
            Some(b.add(index.apply.op.clone(), &std::iter::once(dx).chain(data).collect::<Vec<_>>()))
        }
        Kind::Chain(_) | Kind::Sum(_) => panic!("no row has such a map"),
    }
}

/// Where the mask is false, neither the tangent nor the coefficient gets through.
fn apply_labelled<'b>(map: &Labelled<NodeId>, dx: Expr<'b>, y: Expr<'b>) -> Expr<'b> {
    let b = dx.builder();
    let axes = map.axes(dx.rank());
    let masked = |e: Expr<'b>, labels: &[u8]| match map.mask {
        Some(mask) if *labels == *axes.mask => b.node(mask).select(e, e.number(0.0)),
        _ => e,
    };
    let dx = masked(dx, &axes.input);
    match map.scale {
        Scale::One => dx.relabel(&axes.input, &axes.output, &y.shape()),
        Scale::MinusOne => -dx.relabel(&axes.input, &axes.output, &y.shape()),
        Scale::By(c) => {
            dx.einsum(&axes.input, masked(b.node(c), &axes.scale), &axes.scale, &axes.output, &y.shape())
        }
    }
}

/// The value and the first derivatives of a function of one number.
pub(super) fn derivatives<const N: usize>(f: impl for<'b> Fn(Expr<'b>) -> Expr<'b>, x: f64) -> [f64; N] {
    let b = Builder::new();
    let x_value = Value::scalar(x);
    let input = b.input("x", x_value.ty());
    let mut e = f(input);
    std::array::from_fn(|order| {
        if order > 0 {
            e = tangent(e, input, b.constant(1.0));
        }
        value(e, &x_value).item().unwrap()
    })
}

/// A value with all its elements, and its derivatives along each element of the input.
pub(super) fn gradient(f: impl for<'b> Fn(Expr<'b>) -> Expr<'b>, x: &Value) -> (Vec<f64>, Vec<Vec<f64>>) {
    let b = Builder::new();
    let input = b.input("x", x.ty());
    let e = f(input);
    let rows = directions(&b, x).map(|seed| value(tangent(e, input, seed), x).to_f64s()).collect();
    (value(e, x).to_f64s(), rows)
}

/// The second derivatives of a function with one result.
pub(super) fn hessian(f: impl for<'b> Fn(Expr<'b>) -> Expr<'b>, x: &Value) -> Vec<Vec<f64>> {
    let b = Builder::new();
    let input = b.input("x", x.ty());
    let e = f(input);
    let first: Vec<Expr<'_>> = directions(&b, x).map(|seed| tangent(e, input, seed)).collect();
    let second = |de: &Expr<'_>| {
        directions(&b, x).map(|seed| value(tangent(*de, input, seed), x).item().unwrap()).collect()
    };
    first.iter().map(second).collect()
}

fn directions<'b>(b: &'b Builder, x: &Value) -> impl Iterator<Item = Expr<'b>> {
    let ty = x.ty();
    (0..x.len()).map(move |i| {
        let mut unit = vec![0.0; ty.shape.elements()];
        unit[i] = 1.0;
        b.add(Op::Constant(Literal::new(Value::from_f64s(&ty, &unit))), &[])
    })
}

/// Every number within a relative tolerance; zeros, infinities and NaN exactly.
#[track_caller]
pub(super) fn assert_close(got: &[f64], want: &[f64], tolerance: f64) {
    let close =
        |(&g, &w): (&f64, &f64)| g == w || (g.is_nan() && w.is_nan()) || (g - w).abs() <= tolerance * w.abs();
    assert!(got.len() == want.len() && got.iter().zip(want).all(close), "found {got:?}, expected {want:?}");
}
