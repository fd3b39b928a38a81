//! The lecture's slide on differentials: the chain rule of Jacobians, in every order.

use super::testing::near;
use ndarray::Array2;
use wengert_diff::{Mode, jacobian, jvp};
use wengert_exec::evaluate;
use wengert_expr::text::{Options, parse};
use wengert_expr::{Function, Value};

const F: &str = "input x: f64\ninput y: f64\nu = x * y\nv = x + y\nw = sin(x)\n";

fn program(outputs: &str) -> Function {
    parse(&format!("{F}{outputs}"), &Options::default()).unwrap()
}

fn at() -> [(&'static str, Value); 2] {
    [("x", Value::scalar(1.0)), ("y", Value::scalar(2.0))]
}

fn numbers(f: &Function, inputs: &[(&str, Value)]) -> Vec<f64> {
    evaluate(f, inputs).unwrap().iter().filter_map(Value::item).collect()
}

#[test]
fn c6_the_jacobian_of_a_composition_is_the_product() {
    let inner = program("output u\noutput v\noutput w");
    let text = "input u: f64\ninput v: f64\ninput w: f64\noutput p = u*u + v\noutput q = v * w";
    let outer = parse(text, &Options::default()).unwrap();
    let both = program("output p = u*u + v\noutput q = v * w");
    let sin = 1f64.sin();
    let between = [("u", Value::scalar(2.0)), ("v", Value::scalar(3.0)), ("w", Value::scalar(sin))];
    let product = [9.0, 5.0, 2.4623779024123156, 0.8414709848078965];
    for mode in Mode::ALL {
        let of = |f: &Function, wrt: &[&str], inputs: &[(&str, Value)]| {
            numbers(&jacobian(f, wrt, mode).unwrap(), inputs)
        };
        let jf = of(&inner, &["x", "y"], &at());
        near(&jf, &[2.0, 1.0, 1.0, 1.0, 1f64.cos(), 0.0]);
        let jg = of(&outer, &["u", "v", "w"], &between);
        near(&jg, &[4.0, 1.0, 0.0, 0.0, sin, 3.0]);
        let jf = Array2::from_shape_vec((3, 2), jf).unwrap();
        let jg = Array2::from_shape_vec((2, 3), jg).unwrap();
        near(&jg.dot(&jf).iter().copied().collect::<Vec<f64>>(), &product);
        near(&of(&both, &["x", "y"], &at()), &product);
    }
}

#[test]
fn c7_the_differential_is_the_inner_product_with_the_gradient() {
    let row = program("output p = u*u + v");
    let gradient = numbers(&jacobian(&row, &["x", "y"], Mode::Reverse).unwrap(), &at());
    near(&gradient, &[9.0, 5.0]);
    let h = [1.0, -1.0];
    assert_eq!(gradient.iter().zip(h).map(|(g, h)| g * h).sum::<f64>(), 4.0);
    let moved = jvp(&row, &["x", "y"]).unwrap();
    let directions = moved.directions.iter().map(String::as_str).zip(h.map(Value::scalar));
    let inputs: Vec<(&str, Value)> = at().into_iter().chain(directions).collect();
    assert_eq!(numbers(&moved.function, &inputs), [4.0]);
}
