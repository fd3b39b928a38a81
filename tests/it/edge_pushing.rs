//! Hessians by edge pushing: equal to differentiating twice, symmetric, sparse where variables do not meet.

use crate::numeric::worst_relative;
use wengert::diff::{HessianMethod, hessian_by};
use wengert::exec::evaluate;
use wengert::expr::text::{Options, parse};
use wengert::expr::{Builder, DType, Expr, Function, Type, Value};

/// Holds edge pushing against the other methods: how far apart, block by block, and the blocks.
pub(crate) fn worst_gap(f: &Function, wrt: &[&str], at: &[(&str, Value)]) -> (f64, Vec<Value>) {
    let run = |method| evaluate(&hessian_by(f, wrt, method).expect("derivatives"), at).expect("values");
    let (pushed, twice) = (run(HessianMethod::EdgePushing), run(HessianMethod::ForwardOverReverse));
    let mut worst = 0.0f64;
    for (a, b) in pushed.iter().zip(&twice) {
        assert_eq!(a.ty(), b.ty());
        worst = worst.max(worst_relative(&a.to_f64s(), &b.to_f64s()));
    }
    (worst, pushed)
}

fn check(text: &str, at: &[(&str, Value)]) -> Vec<Value> {
    let f = parse(text, &Options::default()).expect("a function");
    let wrt: Vec<&str> = at.iter().map(|(name, _)| *name).collect();
    let (worst, blocks) = worst_gap(&f, &wrt, at);
    let single = blocks.iter().any(|b| b.dtype() == DType::F32);
    assert!(worst < if single { 1e-5 } else { 1e-13 }, "{text}: {worst} apart: {blocks:?}");
    blocks
}

fn item(blocks: &[Value], i: usize) -> f64 {
    blocks[i].item().expect("a scalar")
}

#[test]
fn scalars_repeated_operands_and_own_results() {
    let at = |x: f64, y: f64| [("x", Value::scalar(x)), ("y", Value::scalar(y))];
    let blocks = check("x*x + 0*y", &at(3.0, 1.0));
    assert_eq!([0, 1, 2, 3].map(|i| item(&blocks, i)), [2.0, 0.0, 0.0, 0.0]);
    for text in [
        "x*y",
        "x/y + y/x",
        "x**y",
        "arctan2(x, y) * hypot(x, y)",
        "x*sin(x)*exp(x*y)",
        "log(x)**x * y",
        "x**(log(x)) * y**(log(y))",
        "exp(exp(x)*y) - sqrt(x)*y",
        "tanh(x*y) * sigmoid(x - y) + lgamma(x)",
        "remainder(x, y) * x",
        // The rule of the outer sigmoid meets what stands behind the sign.
        "sin(sigmoid(-(x*y))) * tanh(-sigmoid(x))",
    ] {
        check(text, &at(1.3, 0.4));
    }
}

#[test]
fn variables_that_do_not_meet_have_blocks_of_exact_zeros() {
    let text = "input x: f64[2]\ninput y: f64[3]\nsum(exp(x)) + sum(y)*z + w";
    let at = [
        ("x", Value::from(vec![f64::INFINITY, 1.0])),
        ("y", vec![1.0, 2.0, 3.0].into()),
        ("z", Value::scalar(2.0)),
        ("w", Value::scalar(4.0)),
    ];
    let f = parse(text, &Options::default()).expect("a function");
    let wrt = ["x", "y", "z", "w"];
    let blocks = evaluate(&hessian_by(&f, &wrt, HessianMethod::EdgePushing).expect("derivatives"), &at)
        .expect("values");
    for (i, j) in [(0, 1), (1, 0), (0, 2), (1, 1), (2, 2), (0, 3), (3, 0), (3, 3), (1, 3)] {
        assert!(blocks[4 * i + j].to_f64s().iter().all(|&x| x == 0.0), "{i} {j}: {}", blocks[4 * i + j]);
    }
    assert_eq!(blocks[6].to_f64s(), [1.0; 3]);
    assert_eq!((blocks[1].shape().to_vec(), blocks[4].shape().to_vec()), (vec![2, 3], vec![3, 2]));
}

#[test]
fn matrices_vectors_and_reductions() {
    let a = Value::from_f64s(&Type::new(DType::F64, [2, 3]), &[0.3, -1.0, 0.7, 1.1, 0.2, -0.4]);
    let at = [("A", a), ("v", vec![0.5, -0.2, 1.0].into()), ("s", Value::scalar(0.8))];
    for text in [
        "sum(tanh(A @ v) * s)",
        "sum((A @ v)**2)",
        "sum(softmax(A @ v * s, axis=0) * A[:, 0])",
        "sum(transpose(A) @ A) * s",
        "prod(A @ v) + prod(v) * max(v)",
        "logsumexp(A @ v) * sum(cumsum(v)[::-1] * v)",
        "norm(v) * norm(A) * s",
        "sum(exp(A * v) / (1 + s*s))",
        "sum(take(v, [0, 2, 0]) * (A[1] * s))",
    ] {
        check(&format!("input A: f64[2, 3]\ninput v: f64[3]\ninput s\n{text}"), &at);
    }
}

#[test]
fn masks_are_strong_zeros() {
    let at = [("x", Value::from(vec![0.0, 4.0, -1.0])), ("y", Value::scalar(2.0))];
    for text in ["sum(where(x > 0, sqrt(x) * y, x * 0))", "sum(where(x > 1, log(x)**2 * y, y*y))"] {
        let blocks = check(&format!("input x: f64[3]\n{text}"), &at);
        assert!(blocks.iter().flat_map(Value::to_f64s).all(f64::is_finite), "{text}: {blocks:?}");
    }
    check("input x: f64[3]\nsum(maximum(x, y) * clip(x*y, -1, 1) * abs(x))", &at);
}

#[test]
fn single_precision_and_both() {
    let x = Value::from_f64s(&Type::new(DType::F32, [2]), &[0.5, 1.5]);
    check("input x: f32[2]\nsum(exp(x) * x)", &[("x", x.clone())]);
    check(
        "input x: f32[2]\ninput y: f64[2]\nsum(sin(x.astype(f64) * y) * y)",
        &[("x", x), ("y", vec![0.3, 0.7].into())],
    );
}

#[test]
fn the_output_may_be_the_variable() {
    let blocks = check("x", &[("x", Value::scalar(3.0))]);
    assert_eq!(item(&blocks, 0), 0.0);
}

#[test]
fn a_variable_may_be_computed_from_another() {
    let b = Builder::new();
    let x = b.input("x", Type::scalar(DType::F64));
    let y = x.sin();
    let z = (x * y * y).exp();
    for method in [HessianMethod::EdgePushing, HessianMethod::ForwardOverReverse] {
        for block in wengert::diff::hessian_blocks(z, &[x, y, x], method).expect("scalars").concat() {
            b.output_unnamed(block);
        }
    }
    let values = evaluate(&b.finish().expect("graphs"), &[("x", Value::scalar(0.6))]).expect("values");
    let values: Vec<f64> = values.iter().map(|v| v.to_f64s()[0]).collect();
    // Differentiating twice sees the gradient of y as a function of x; a Hessian keeps y's own share apart.
    assert!((values[4] - values[13]).abs() < 1e-12, "{values:?}");
    assert_eq!(values[1], values[3]);
}

#[test]
fn a_rule_of_the_users_own_with_coefficients_that_vary() {
    let b = Builder::new();
    let (x, y) = (b.input("x", Type::new(DType::F64, [2])), b.input("y", Type::new(DType::F64, [2])));
    let slopes = [(y * (x * y).cos()).diagonal_map(), (x * (x * y).cos()).diagonal_map()];
    let own = b.custom((x * y).sin(), &[x, y], slopes.to_vec());
    b.output("f", (own * x).sum(..));
    let f = b.finish().expect("a graph");
    let at = [("x", Value::from(vec![0.5, 1.0])), ("y", vec![0.3, -0.7].into())];
    let (worst, blocks) = worst_gap(&f, &["x", "y"], &at);
    assert!(worst < 1e-14, "{worst}: {blocks:?}");
}

/// The extended Rosenbrock function of so many scalars, written in scalars.
pub(crate) fn rosenbrock(n: usize) -> Function {
    let b = Builder::new();
    let x: Vec<Expr<'_>> = (0..n).map(|i| b.input(format!("x{i}"), Type::scalar(DType::F64))).collect();
    let mut sum = x[0].number(0.0);
    for p in x.windows(2) {
        let (curve, slope) = (p[1] - p[0] * p[0], p[0].number(1.0) - p[0]);
        sum = sum + curve * curve * 100.0 + slope * slope;
    }
    b.output("f", sum);
    b.finish().expect("a polynomial")
}

#[test]
fn a_sparse_hessian_costs_as_much_as_it_has_entries() {
    let n = 60;
    let f = rosenbrock(n);
    let names: Vec<String> = (0..n).map(|i| format!("x{i}")).collect();
    let wrt: Vec<&str> = names.iter().map(String::as_str).collect();
    let at: Vec<(&str, Value)> =
        wrt.iter().enumerate().map(|(i, w)| (*w, Value::scalar((i as f64).sin()))).collect();
    let (worst, blocks) = worst_gap(&f, &wrt, &at);
    assert!(worst < 1e-14, "{worst}");
    assert!((0..n * n).all(|k| (k / n).abs_diff(k % n) <= 1 || blocks[k].item() == Some(0.0)));
    let nodes = |n: usize| {
        let f = rosenbrock(n);
        let h = hessian_by(&f, &wrt[..n], HessianMethod::EdgePushing).expect("scalars");
        h.graph().len() as f64
    };
    assert!(nodes(60) / nodes(30) < 2.2, "{} and {}", nodes(30), nodes(60));
}

#[test]
fn a_deep_chain_and_a_hub_are_ordinary() {
    let thread = std::thread::Builder::new().stack_size(512 << 10).spawn(|| {
        for hub in [false, true] {
            let b = Builder::new();
            let x = b.input("x", Type::scalar(DType::F64));
            b.output("y", (0..50_000).fold(x, |y, _| if hub { y * 0.5 + x.sin() } else { y.sin() }));
            let f = b.finish().expect("a chain");
            let h = hessian_by(&f, &["x"], HessianMethod::EdgePushing).expect("scalars");
            let value =
                evaluate(&h, &[("x", Value::scalar(1.0))]).expect("values")[0].item().expect("a scalar");
            assert!(if hub { (value + 2.0 * 1f64.sin()).abs() < 1e-9 } else { value.is_finite() }, "{value}");
        }
    });
    thread.expect("a thread").join().expect("no overflow and no failed assertion");
}
