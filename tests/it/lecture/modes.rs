//! Forward mode, reverse mode and what lies between: the same derivatives, at other costs.

use super::{program, scalars};
use crate::program::{texts, wengert};
use serde_json::Value as Json;
use wengert::diff::eliminate::{Convention, Problem, steps};
use wengert::diff::{Count, Linearized, Mode, Tangent, cost, grad, jacobian, reverse, value_and_grad, vjp};
use wengert::exec::{Interpreter, evaluate};
use wengert::expr::{Builder, DType, Expr, Function, NodeId, Type, Value};
use wengert::nn::{Activation, Loss, Model, Precision};
use wengert_benches::tasks::Task;

fn near(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-12 * expected.abs()
}

#[test]
fn i1_the_chain_rule() {
    let f = program("sin(x**2)");
    for mode in Mode::ALL {
        let slope = evaluate(&grad(&f, &["x"], mode).expect("a scalar"), &scalars(&[("x", 1.1)]));
        let slope = slope.expect("a value")[0].item().expect("a scalar");
        assert!(near(slope, 0.7766426826825269), "{mode}: {slope}");
    }
}

/// The transposed Jacobian times the gradient of what is behind: z = y1 + 2*y2 behind (u^2 + v, v*w) behind (xy, x + y, sin x).
#[test]
fn i2_the_chain_rule_for_vectors() {
    let inner = "u = x*y\nv = x + y\nw = sin(x)\ny1 = u**2 + v\ny2 = v*w\n";
    let expected = [9.0 + 2.0 * 2.4623779024123156, 5.0 + 2.0 * 0.8414709848078965];
    let at = [("x", 1.0), ("y", 2.0)];
    let whole = program(&format!("{inner}output z = y1 + 2*y2"));
    for mode in Mode::ALL {
        let slopes =
            evaluate(&grad(&whole, &["x", "y"], mode).expect("a scalar"), &scalars(&at)).expect("values");
        let found = slopes.iter().filter_map(Value::item);
        assert!(found.zip(expected).all(|(f, e)| near(f, e)), "{mode}: {slopes:?}");
    }
    let pulled =
        vjp(&program(&format!("{inner}output y1, y2")), &["x", "y"]).expect("a differentiable function");
    let names: Vec<String> = pulled.function.inputs()[2..].iter().map(|i| i.name.clone()).collect();
    let seeds = names.iter().map(String::as_str).zip([1.0, 2.0]);
    let all: Vec<(&str, f64)> = at.into_iter().chain(seeds).collect();
    let found = evaluate(&pulled.function, &scalars(&all)).expect("values");
    let found: Vec<f64> = found.iter().rev().take(2).rev().filter_map(Value::item).collect();
    assert!(found.iter().zip(expected).all(|(&f, e)| near(f, e)), "{found:?}");
}

#[test]
fn i5_one_reverse_sweep_gives_the_derivative_with_respect_to_every_node() {
    let b = Builder::new();
    let scalar = || Type::scalar(DType::F64);
    let (a, x) = (b.input("a", scalar()), b.input("b", scalar()));
    let (c, d) = (a + x, x + 1.0);
    let e = c * d;
    let nodes = [e, c, d, a, x];
    let linear = Linearized::between(&[e], &nodes).expect("scalars").expect("nodes");
    let slopes = reverse(&b, &linear, &[Some(Tangent::one())], None);
    for (i, (slope, node)) in slopes.iter().zip(nodes).enumerate() {
        let value = slope.map_or(node.number(0.0), |s| s.settled(node, &node.ty()));
        b.output(format!("s{i}"), value);
    }
    let got = evaluate(&b.finish().expect("right"), &scalars(&[("a", 2.0), ("b", 1.0)])).expect("values");
    assert_eq!(got.iter().filter_map(Value::item).collect::<Vec<_>>(), [1.0, 2.0, 3.0, 2.0, 5.0]);
}

#[test]
fn i7_the_command_shows_nine_paths_and_their_factored_sum() {
    let text = "y = alpha*x + beta*x + gamma*x\nz = delta*y + epsilon*y + zeta*y";
    let (out, err) = texts(&wengert(&["cost", "-e", text, "--wrt", "x", "--json"], ""));
    let cost: Json = serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e}: {out}{err}"));
    let paths = &cost["modes"]["paths"];
    assert_eq!([&paths["paths"], &paths["products"], &paths["sums"]], ["9", "9", "8"]);
    let best = &cost["modes"]["best"];
    assert_eq!([best["products"].as_u64(), best["sums"].as_u64()], [Some(1), Some(4)]);
}

/// A function of one scalar, one body behind another.
fn chain(stages: usize, body: impl for<'b> Fn(Expr<'b>) -> Expr<'b>) -> Function {
    let b = Builder::new();
    let x = b.input("x", Type::scalar(DType::F64));
    b.output("y", (0..stages).fold(x, |y, _| body(y)));
    b.finish().expect("a small graph")
}

fn slope(f: &Function, mode: Mode, x: f64) -> f64 {
    let found = evaluate(&grad(f, &["x"], mode).expect("a scalar"), &scalars(&[("x", x)])).expect("a value");
    found[0].item().expect("a scalar")
}

#[test]
fn i8_paths_double_with_every_stage_and_sweeps_do_not() {
    let waves = chain(60, |y| y.sin() + y.cos());
    let costs = cost(&waves, &["x"]).expect("scalars");
    assert_eq!(costs.paths.to_u64(), Some(1 << 60));
    for sweep in [&costs.forward, &costs.reverse] {
        assert!(sweep.products.to_u64() <= Some(2 * 60) && sweep.sums.to_u64() <= Some(60), "{sweep:?}");
    }
    let by_hand = (0..60).fold((0.5f64, 1.0), |(y, dy), _| (y.sin() + y.cos(), (y.cos() - y.sin()) * dy)).1;
    let doubled = chain(1000, |y| y + y);
    let costs = cost(&doubled, &["x"]).expect("scalars");
    assert!((costs.paths.log2() - 1000.0).abs() < 1e-9);
    assert!(costs.reverse.sums.to_u64() <= Some(1000), "{:?}", costs.reverse);
    let b = Builder::new();
    let x = b.input("x", Type::scalar(DType::F64));
    b.output("y", (0..76).fold((x, x), |(a, c), _| (c, a + c)).1);
    let fibonacci = b.finish().expect("a small graph");
    let costs = cost(&fibonacci, &["x"]).expect("scalars");
    assert_eq!(costs.paths.to_u64(), Some(8_944_394_323_791_464));
    for mode in [Mode::Forward, Mode::Reverse, Mode::Cross] {
        let found = slope(&waves, mode, 0.5);
        assert!((found / by_hand - 1.0).abs() <= 1e-9, "{mode}: {found} {by_hand}");
        assert_eq!(slope(&doubled, mode, 0.5), 2f64.powi(1000), "{mode}");
        assert_eq!(slope(&fibonacci, mode, 0.5), 8_944_394_323_791_464.0, "{mode}");
    }
}

/// Horner's scheme with each coefficient its own input.
fn many_to_one(n: usize) -> (Function, Vec<String>) {
    let b = Builder::new();
    let names: Vec<String> = (0..n).map(|i| format!("x{i}")).collect();
    let xs: Vec<Expr<'_>> = names.iter().map(|name| b.input(name, Type::scalar(DType::F64))).collect();
    b.output("y", xs[1..].iter().fold(xs[0], |y, &x| y * x + x));
    (b.finish().expect("a small graph"), names)
}

#[test]
fn i9_s23_a_gradient_costs_a_few_evaluations_however_many_inputs_there_are() {
    const N: u64 = 1000;
    let (f, names) = many_to_one(N as usize);
    let wrt: Vec<&str> = names.iter().map(String::as_str).collect();
    let costs = cost(&f, &wrt).expect("scalars");
    assert_eq!((costs.reverse.passes.to_u64(), costs.forward.passes.to_u64()), (Some(1), Some(N)));
    let at: Vec<(&str, Value)> = wrt.iter().map(|&name| (name, Value::scalar(0.75))).collect();
    let products = |f: &Function| Interpreter::new(f).run_counted(&at).expect("values").1.work.products;
    let both = products(&value_and_grad(&f, &wrt, Mode::Reverse).expect("a scalar"));
    assert!(both <= 5 * products(&f), "{both} {}", products(&f));
    assert!(costs.forward.products.to_u64() >= Some(N * (N - 1)), "{:?}", costs.forward);
    // One input and many outputs: the other way round.
    let b = Builder::new();
    let x = b.input("x", Type::scalar(DType::F64));
    (0..N).for_each(|i| b.output(format!("y{i}"), (x * (i as f64 + 2.0)).sin()));
    let costs = cost(&b.finish().expect("a small graph"), &["x"]).expect("scalars");
    assert_eq!((costs.reverse.passes.to_u64(), costs.forward.passes.to_u64()), (Some(N), Some(1)));
    let least = |c: &Count| c.to_u64().expect("small");
    assert!(least(&costs.reverse.products) >= 500 * least(&costs.forward.products), "{costs:?}");
}

/// Ten inputs, a chain of ten and ten outputs: the middle of the chain first, then its two ends.
#[test]
fn i10_neither_end_is_the_right_one_to_begin_at() {
    let chain = Task::ALL.iter().find(|t| t.name == "Chain").expect("a task");
    let f = chain.function(false).expect("a program");
    let names: Vec<&str> = f.inputs().iter().map(|i| i.name.as_str()).collect();
    let b = Builder::on(f.graph().clone());
    let variables: Vec<NodeId> = f.inputs().iter().map(|i| i.node).collect();
    let outputs: Vec<NodeId> = f.outputs().iter().map(|o| o.node).collect();
    let linear = Linearized::new(&b, &variables, &outputs).expect("derivatives");
    let problem = b.read(|g| Problem::new(g, &linear, Convention::Alphagrad));
    let v = problem.inner();
    let products = |order: Vec<u32>| problem.cost(&steps(&order)).expect("all vertices").products;
    assert_eq!(products(v.clone()), 190);
    assert_eq!(products(v.iter().rev().copied().collect()), 190);
    assert_eq!(products([&v[1..9], &v[..1], &v[9..]].concat()), 118);
    let at: Vec<(&str, Value)> = names.iter().map(|&name| (name, Value::scalar(0.1))).collect();
    let run = |mode| evaluate(&jacobian(&f, &names, mode).expect("derivatives"), &at).expect("values");
    let forward = run(Mode::Forward);
    for mode in [Mode::Reverse, Mode::Cross, Mode::Paths] {
        let worst = run(mode).iter().zip(&forward).fold(0f64, |worst, (a, b)| {
            a.to_f64s().iter().zip(b.to_f64s()).fold(worst, |w, (a, b)| w.max((a / b - 1.0).abs()))
        });
        assert!(worst <= 1e-12, "{mode}: {worst}");
    }
}

#[test]
fn i12_every_mode_gives_the_gradient_of_a_network() {
    for (activation, loss, outputs) in [
        (Activation::Tanh, Loss::SoftmaxCrossEntropy, 3),
        (Activation::Sigmoid, Loss::Mse, 2),
        (Activation::Softplus, Loss::BceWithLogits, 1),
    ] {
        let model =
            Model::mlp(&[3, 4, outputs], activation).expect("a small model").with_precision(Precision::F64);
        let f = model.loss_function(loss, 2).expect("a small graph");
        let params = model.params(5);
        let wrt: Vec<&str> = params.iter().map(|(name, _)| name.as_str()).collect();
        let y = match loss {
            Loss::SoftmaxCrossEntropy => Value::from(vec![2i64, 0]),
            _ => Value::new([2, outputs], (0..2 * outputs).map(|i| (i % 2) as f64).collect()),
        };
        let data = [("x", Value::new([2, 3], vec![0.5, -1.0, 2.0, 0.25, 0.75, -0.5])), ("y", y)];
        let at: Vec<(&str, Value)> =
            params.iter().map(|(n, v)| (n.as_str(), v.clone())).chain(data).collect();
        let run = |mode| -> Vec<f64> {
            let found = evaluate(&grad(&f, &wrt, mode).expect("a scalar"), &at).expect("values");
            found.iter().flat_map(Value::to_f64s).collect()
        };
        let reverse = run(Mode::Reverse);
        assert!(reverse.iter().any(|g| g.abs() > 1e-3), "{loss}: {reverse:?}");
        for mode in Mode::ALL {
            let worst = run(mode).iter().zip(&reverse).fold(0f64, |w, (a, b)| w.max((a - b).abs()));
            assert!(worst <= 1e-11, "{loss} {mode}: {worst}");
        }
    }
}
