//! The lecture's own graphs, with the slides' numbers. Tests are named by the rows of `docs/lecture.md`, which a test here
//! holds against the repository.

mod layers;
mod modes;
mod table;

use wengert::diff::{Linearized, Mode, Tangent, cost, forward, grad};
use wengert::exec::evaluate;
use wengert::expr::text::{Options, parse};
use wengert::expr::{Builder, DType, Function, Type, Value};

fn program(text: &str) -> Function {
    parse(text, &Options::default()).unwrap_or_else(|e| panic!("{}", e.render("test")))
}

fn scalars<'n>(at: &[(&'n str, f64)]) -> Vec<(&'n str, Value)> {
    at.iter().map(|&(n, x)| (n, Value::scalar(x))).collect()
}

#[test]
fn i3_the_graph_of_the_last_slides_has_its_derivatives_in_every_mode() {
    let f = program("c = a + b; d = b + 1; e = c * d");
    for mode in Mode::ALL {
        let g = evaluate(&grad(&f, &["a", "b"], mode).expect("scalars"), &scalars(&[("a", 2.0), ("b", 1.0)]));
        let g: Vec<f64> = g.expect("values").iter().filter_map(Value::item).collect();
        assert_eq!(g, [2.0, 5.0], "{mode}");
    }
}

#[test]
fn i6_its_gradient_is_a_small_readable_graph() {
    let g = grad(&program("c = a + b; d = b + 1; e = c * d"), &["a", "b"], Mode::Reverse).expect("scalars");
    let text = wengert::expr::text::print(&g).expect("no custom maps");
    expect_test::expect![[r#"
        input a: f64
        input b: f64
        c = a + b
        d = b + 1.0
        v0 = c + d
        output a = d
        output b = v0
    "#]]
    .assert_eq(&text);
}

#[test]
fn i4_one_forward_sweep_gives_the_tangent_of_every_node() {
    let b = Builder::new();
    let scalar = || Type::scalar(DType::F64);
    let (a, x) = (b.input("a", scalar()), b.input("b", scalar()));
    let (c, d) = (a + x, x + 1.0);
    let nodes = [a, x, c, d, c * d];
    let linear = Linearized::between(&nodes, &[x]).expect("scalars").expect("nodes");
    let tangents = forward(&b, &linear, &[Some(Tangent::one())], None);
    for (i, (t, node)) in tangents.iter().zip(nodes).enumerate() {
        let value = t.map_or(node.number(0.0), |t| t.settled(node, &node.ty()));
        b.output(format!("t{i}"), value);
    }
    let got = evaluate(&b.finish().expect("right"), &scalars(&[("a", 2.0), ("b", 1.0)])).expect("values");
    assert_eq!(got.iter().filter_map(Value::item).collect::<Vec<_>>(), [0.0, 1.0, 1.0, 1.0, 5.0]);
}

#[test]
fn i7_three_edges_and_three_edges_are_nine_paths() {
    let f = program("y = alpha*x + beta*x + gamma*x\nz = delta*y + epsilon*y + zeta*y");
    let costs = cost(&f, &["x"]).expect("scalars");
    let exact = |c: &wengert::diff::Count| c.to_u64().expect("small");
    assert_eq!(exact(&costs.paths), 9);
    assert_eq!((exact(&costs.path_sum.products), exact(&costs.path_sum.sums)), (9, 8));
    assert_eq!(
        (exact(&costs.forward.passes), exact(&costs.forward.products), exact(&costs.forward.sums)),
        (1, 6, 4)
    );
    assert_eq!(
        (exact(&costs.reverse.passes), exact(&costs.reverse.products), exact(&costs.reverse.sums)),
        (1, 6, 4)
    );
    let names = ["x", "alpha", "beta", "gamma", "delta", "epsilon", "zeta"];
    let at: Vec<(&str, f64)> = names.into_iter().zip([1.0, 2.0, 3.0, 5.0, 7.0, 11.0, 13.0]).collect();
    for mode in Mode::ALL {
        let g = evaluate(&grad(&f, &["x"], mode).expect("scalars"), &scalars(&at)).expect("values");
        assert_eq!(g[0].item(), Some(310.0), "{mode}");
    }
}

#[test]
fn d5_the_xor_network_with_the_slides_weights_computes_xor() {
    let text =
        "input X: f64[4, 2]\nW = ones((2, 2))\nc = [0, -1]\nw = [1, -2]\nh = relu(X @ W + c)\ny = h @ w + 0";
    let corners = Value::new([4, 2], vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
    let y = evaluate(&program(text), &[("X", corners)]).expect("values");
    assert_eq!(y[0].to_f64s(), [0.0, 1.0, 1.0, 0.0]);
}

#[test]
fn the_third_derivative_of_tanh_is_right_even_in_its_tail() {
    let f = program("tanh(x)");
    let third = wengert::diff::taylor(&f, "x", 3).expect("scalars");
    let at =
        |x: f64| evaluate(&third, &[("x", Value::scalar(x))]).expect("values")[3].item().expect("a scalar");
    assert!((at(0.5) - -0.5652092882597703).abs() < 1e-14);
    // tanh' is 4 e^-2x far out, whose second derivative is 16 e^-2x.
    let expected = 16.0 * (-40.0f64).exp();
    assert!((at(20.0) / expected - 1.0).abs() < 1e-12, "{}", at(20.0));
    assert_eq!(at(1000.0), 0.0);
}
