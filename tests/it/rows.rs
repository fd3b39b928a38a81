//! The walk over all rows: what every operation claims is held against what it does.
//!
//! A new row is tested here without new code: values against their types, maps against finite differences, transposes
//! by the dot-product test, modes against each other, second derivatives against differences and each other.

use crate::numeric::{Draw, difference_jacobian, worst_relative};
use wengert::diff::{Mode, jacobian, jvp, vjp};
use wengert::exec::evaluate;
use wengert::expr::{Builder, DType, Function, Kernel, Maps, Op, Sample, Type, Value, samples};

/// Values for a sample's operands, inside the row's domain.
fn draw_operands(sample: &Sample, draw: &mut Draw) -> Vec<Value> {
    let row = sample.op.row();
    let positions = match (&sample.op, sample.operands.first()) {
        (Op::Gather(axis), Some(x)) => x.shape[usize::from(*axis)] as i64,
        (Op::ScatterAdd { extent, .. }, _) => *extent as i64,
        _ => 3,
    };
    let value = |(i, ty): (usize, &Type)| match ty.dtype {
        DType::I64 => Value::from_f64s(ty, &draw_ints(draw, ty.shape.elements(), positions)),
        DType::Bool | DType::F32 | DType::F64 => {
            let (low, high) = row.domain.get(i).or(row.domain.last()).copied().unwrap_or((-2.0, 2.0));
            let data: Vec<f64> = (0..ty.shape.elements()).map(|_| draw.between(low, high)).collect();
            let data = if ty.dtype == DType::Bool {
                data.iter().map(|x| f64::from(*x > 0.0)).collect()
            } else {
                data
            };
            Value::from_f64s(ty, &data)
        }
    };
    let mut values = Vec::new();
    let mut value = value;
    for operand in sample.operands.iter().enumerate() {
        values.push(value(operand));
    }
    values
}

fn draw_ints(draw: &mut Draw, n: usize, bound: i64) -> Vec<f64> {
    (0..n)
        .map(|_| {
            (draw.between(0.0, 1.0) * bound as f64).floor() - if draw.coin() { bound as f64 } else { 0.0 }
        })
        .collect()
}

/// The sample as a function of its float operands; the others are constants.
fn function_of(sample: &Sample, values: &[Value]) -> (Function, Vec<String>) {
    let b = Builder::new();
    let mut names = Vec::new();
    let operands: Vec<_> = values
        .iter()
        .enumerate()
        .map(|(i, v)| {
            if v.dtype().is_float() {
                names.push(format!("x{i}"));
                b.input(format!("x{i}"), v.ty())
            } else {
                b.constant(v.clone())
            }
        })
        .collect();
    b.output("y", b.add(sample.op.clone(), &operands));
    (b.finish().expect("samples fit their operands"), names)
}

fn named<'n>(names: &'n [String], values: &[Value]) -> Vec<(&'n str, Value)> {
    let floats = values.iter().filter(|v| v.dtype().is_float());
    names.iter().map(String::as_str).zip(floats.cloned()).collect()
}

fn label(sample: &Sample) -> String {
    let types: Vec<String> = sample.operands.iter().map(ToString::to_string).collect();
    format!("{:?} of {}", sample.op, types.join(", "))
}

/// Runs `check` on every sample with a float result, its function, its variables and values for them.
fn each_differentiable(
    seed: u64,
    mut check: impl FnMut(&str, &Sample, &Function, &[&str], &[(&str, Value)], &mut Draw),
) {
    for sample in samples() {
        let mut draw = Draw::new(seed);
        let values = draw_operands(&sample, &mut draw);
        let (f, names) = function_of(&sample, &values);
        if f.graph().ty(f.outputs()[0].node).dtype.is_float() && !names.is_empty() {
            let at = named(&names, &values);
            let wrt: Vec<&str> = names.iter().map(String::as_str).collect();
            check(&label(&sample), &sample, &f, &wrt, &at, &mut draw);
        }
    }
}

#[test]
fn every_row_states_a_map_for_each_operand() {
    let mut names = std::collections::BTreeSet::new();
    for sample in samples() {
        let row = sample.op.row();
        names.insert(row.name);
        assert!(row.arity.accepts(sample.operands.len()), "{}", label(&sample));
        if let Maps::Of(rules) = row.maps {
            assert_eq!(rules.len(), sample.operands.len(), "{}", label(&sample));
        }
    }
    assert!(names.len() >= 75, "samples of {} rows only: {names:?}", names.len());
}

#[test]
fn values_have_the_type_that_was_inferred() {
    for sample in samples() {
        let mut draw = Draw::new(1);
        let values = draw_operands(&sample, &mut draw);
        let types: Vec<&Type> = sample.operands.iter().collect();
        let row = sample.op.row();
        let ty = (row.infer)(&sample.op, &types).unwrap_or_else(|e| panic!("{}: {e}", label(&sample)));
        let operands: Vec<&Value> = values.iter().collect();
        let value =
            (row.eval)(&sample.op, &operands, &ty).unwrap_or_else(|e| panic!("{}: {e}", label(&sample)));
        assert_eq!(value.ty(), ty, "{}", label(&sample));
    }
}

#[test]
fn maps_agree_with_finite_differences() {
    each_differentiable(2, |label, sample, f, wrt, at, _| {
        if matches!(sample.op, Op::Custom(_) | Op::StopGradient | Op::Cast(DType::F32)) {
            return; // their derivatives differ from their values' on purpose, or their values are rounded
        }
        let exact = evaluate(&jacobian(f, wrt, Mode::Forward).expect(label), at).expect(label);
        for (block, difference) in exact.iter().zip(difference_jacobian(f, at)) {
            let worst = worst_relative(&block.to_f64s(), &difference);
            assert!(worst < 2e-7, "{label}: differs by {worst}: {block} against {difference:?}");
        }
    });
}

#[test]
fn modes_agree_on_every_row() {
    each_differentiable(3, |label, _, f, wrt, at, _| {
        let run = |mode| evaluate(&jacobian(f, wrt, mode).expect(label), at).expect(label);
        let forward = run(Mode::Forward);
        for mode in [Mode::Reverse, Mode::Cross, Mode::Compressed, Mode::Paths] {
            for (a, b) in forward.iter().zip(run(mode)) {
                assert_eq!(a.shape(), b.shape(), "{label}");
                let worst = worst_relative(&a.to_f64s(), &b.to_f64s());
                assert!(worst < 1e-14, "{label}: {mode} differs from forward by {worst}: {a} against {b}");
            }
        }
    });
}

#[test]
fn transposes_pass_the_dot_product_test() {
    each_differentiable(4, |label, _, f, wrt, at, draw| {
        let dot = |a: &[Value], b: &[Value]| -> f64 {
            let products = a.iter().zip(b).flat_map(|(a, b)| a.to_f64s().into_iter().zip(b.to_f64s()));
            products.map(|(x, y)| x * y).sum()
        };
        let tangents: Vec<Value> = at.iter().map(|(_, v)| draw.like(v)).collect();
        let cotangents: Vec<Value> = evaluate(f, at).expect(label).iter().map(|v| draw.like(v)).collect();
        let run = |d: wengert::diff::Directional, with: &[Value]| {
            let mut at = at.to_vec();
            at.extend(d.directions.iter().map(String::as_str).zip(with.iter().cloned()));
            evaluate(&d.function, &at).expect(label)
        };
        let pushed = run(jvp(f, wrt).expect(label), &tangents);
        let pulled = run(vjp(f, wrt).expect(label), &cotangents);
        let (left, right) = (dot(&pushed, &cotangents), dot(&tangents, &pulled));
        let tolerance = if pulled.iter().any(|v| v.dtype() == DType::F32) || pushed[0].dtype() == DType::F32 {
            1e-5
        } else {
            1e-12
        };
        assert!(
            (left - right).abs() <= tolerance * left.abs().max(right.abs()).max(1.0),
            "{label}: {left} and {right}"
        );
    });
}

/// The gradient of `sum(w * y)`, whose jacobian is the second derivative.
fn gradient_of_weighted_sum(f: &Function, wrt: &[&str], draw: &mut Draw) -> Function {
    let b = Builder::on(f.graph().clone());
    let y = b.node(f.outputs()[0].node);
    let weights = b.constant(draw.like(&Value::zeros(&y.ty())));
    let variables: Vec<_> = f.inputs().iter().map(|i| b.node(i.node)).collect();
    let gradient =
        wengert::diff::gradient((weights * y).sum(..), &variables).expect("the row has derivatives");
    for (name, g) in wrt.iter().zip(gradient) {
        b.output(*name, g);
    }
    b.finish().expect("gradients are graphs")
}

#[test]
fn second_derivatives_are_symmetric_and_agree_with_finite_differences() {
    each_differentiable(5, |label, sample, f, wrt, at, draw| {
        if matches!(sample.op, Op::Custom(_) | Op::Cast(DType::F32)) {
            return;
        }
        let gradient = gradient_of_weighted_sum(f, wrt, draw);
        let run = |mode| evaluate(&jacobian(&gradient, wrt, mode).expect(label), at).expect(label);
        let (forward, reverse) = (run(Mode::Forward), run(Mode::Reverse));
        for (a, b) in forward.iter().zip(&reverse) {
            let worst = worst_relative(&a.to_f64s(), &b.to_f64s());
            assert!(
                worst < 1e-12,
                "{label}: reverse over reverse differs from forward over reverse by {worst}"
            );
        }
        if !matches!(sample.op, Op::StopGradient) {
            for (block, difference) in forward.iter().zip(difference_jacobian(&gradient, at)) {
                let worst = worst_relative(&block.to_f64s(), &difference);
                assert!(
                    worst < 1e-6,
                    "{label}: second derivative differs by {worst}: {block} against {difference:?}"
                );
            }
        }
        let n = wrt.len();
        let sizes: Vec<usize> = at.iter().map(|(_, v)| v.len()).collect();
        for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
            let (a, b) = (forward[i * n + j].to_f64s(), forward[j * n + i].to_f64s());
            let transposed: Vec<f64> =
                (0..a.len()).map(|k| b[k % sizes[j] * sizes[i] + k / sizes[j]]).collect();
            assert!(worst_relative(&a, &transposed) < 1e-12, "{label}: not symmetric: {a:?} {transposed:?}");
        }
    });
}

#[test]
fn series_agree_with_differentiating_again_and_again() {
    each_differentiable(7, |label, _, f, _, at, draw| {
        const ORDER: usize = 4;
        let values = evaluate(&crate::taylor::both_ways(f, ORDER, draw), at).expect(label);
        for k in 0..=ORDER {
            let (series, again) = (&values[k], &values[k + ORDER + 1]);
            assert_eq!(series.ty(), again.ty(), "{label}");
            let tolerance = if series.dtype() == DType::F32 { 1e-5 } else { 1e-12 };
            let worst = worst_relative(&series.to_f64s(), &again.to_f64s());
            assert!(worst < tolerance, "{label}: order {k} differs by {worst}: {series} against {again}");
        }
    });
}

#[test]
fn edge_pushing_agrees_with_differentiating_twice() {
    each_differentiable(8, |label, sample, f, wrt, at, draw| {
        if matches!(sample.op, Op::Custom(_)) {
            return; // its rule belongs to no function
        }
        let b = Builder::on(f.graph().clone());
        let y = b.node(f.outputs()[0].node);
        // A second function behind it and products of operands beside it: arcs come in and meet others.
        let weights = b.constant(draw.like(&Value::zeros(&y.ty())));
        let beside =
            f.inputs().iter().fold(y.number(1.0).cast(DType::F64), |p, i| p * (b.node(i.node).sum(..) + 2.0));
        b.output("f", (weights * y).sum(..).cast(DType::F64).sin() * beside);
        let f = b.finish().expect(label);
        let (worst, blocks) = crate::edge_pushing::worst_gap(&f, wrt, at);
        let tolerance = if matches!(sample.op, Op::Cast(DType::F32)) { 1e-5 } else { 1e-12 };
        assert!(worst < tolerance, "{label}: {worst} apart: {blocks:?}");
    });
}

#[test]
fn special_points_have_finite_derivatives_that_agree_with_differences() {
    for sample in samples().into_iter().filter(|s| s.operands.iter().all(|t| t.shape.rank() == 0)) {
        for &points in sample.op.row().points {
            for &x in points {
                let values = vec![Value::scalar(x); sample.operands.len()];
                let (f, names) = function_of(&sample, &values);
                let wrt: Vec<&str> = names.iter().map(String::as_str).collect();
                let at = named(&names, &values);
                let label = format!("{} at {x}", label(&sample));
                let slope = evaluate(&jacobian(&f, &wrt, Mode::Reverse).expect(&label), &at).expect(&label);
                let slope = slope[0].item().expect("a scalar");
                assert!(slope.is_finite(), "{label}: {slope}");
                if (1e-3..50.0).contains(&x.abs()) {
                    let difference = difference_jacobian(&f, &at)[0][0];
                    assert!(
                        (slope - difference).abs() <= 1e-6 * slope.abs().max(1e-3),
                        "{label}: {slope} and {difference}"
                    );
                }
            }
        }
    }
}

#[test]
fn single_precision_follows_double_precision() {
    for sample in samples().into_iter().filter(|s| !matches!(s.op.row().kernel, Kernel::None)) {
        let mut draw = Draw::new(6);
        let values = draw_operands(&sample, &mut draw);
        let single: Vec<Value> = values
            .iter()
            .map(|v| if v.dtype() == DType::F64 { v.cast(DType::F32) } else { v.clone() })
            .collect();
        let double: Vec<Value> = single
            .iter()
            .map(|v| if v.dtype() == DType::F32 { v.cast(DType::F64) } else { v.clone() })
            .collect();
        let run = |values: &[Value]| {
            let (f, names) = function_of(&sample, values);
            let wrt: Vec<&str> = names.iter().map(String::as_str).collect();
            let mut all = evaluate(&f, &named(&names, values)).expect("a value");
            if f.graph().ty(f.outputs()[0].node).dtype.is_float() && !wrt.is_empty() {
                all.extend(
                    evaluate(&jacobian(&f, &wrt, Mode::Reverse).expect("a map"), &named(&names, values))
                        .expect("a value"),
                );
            }
            all
        };
        for (s, d) in run(&single).iter().zip(run(&double)) {
            let worst = worst_relative(&s.to_f64s(), &d.to_f64s());
            assert!(worst < 1e-5, "{}: f32 differs by {worst}: {s} and {d}", label(&sample));
        }
    }
}
