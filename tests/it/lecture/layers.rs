//! Layers with and without activations: what they compute, and how many numbers they are.

use super::program;
use wengert::diff::{Mode, grad, hessian};
use wengert::exec::evaluate;
use wengert::exec::passes::{Options, Pipeline};
use wengert::expr::{Op, Value};
use wengert::nn::{Activation, Dataset, Loss, Model, Precision, Synthetic};

/// Two layers without an activation, W1 = [[1, 2], [3, 4]] and W2 = [1, -1].
const AFFINE: &str = "input x: f64[2]\nW1 = [[1.0, 2.0], [3.0, 4.0]]\nW2 = [1.0, -1.0]\ny = W2 @ W1 @ x";

#[test]
fn d1_s6_layers_without_activations_are_one_matrix() {
    let f = program(AFFINE);
    let (folded, _) = Pipeline::standard().run(&f, &Options::default()).expect("a valid function");
    let g = folded.graph();
    assert_eq!(g.nodes().filter(|&n| matches!(g.op(n), Op::Dot(_))).count(), 1);
    for point in [[1.0, 2.0], [-3.0, 0.5], [1e9, 0.0]] {
        let at = [("x", Value::from(point.to_vec()))];
        let y = evaluate(&f, &at).expect("a value")[0].item();
        assert_eq!(y, Some(-2.0 * point[0] - 2.0 * point[1]));
        for mode in Mode::ALL {
            let slopes = evaluate(&grad(&f, &["x"], mode).expect("a scalar"), &at).expect("values");
            assert_eq!(slopes[0].to_f64s(), [-2.0, -2.0], "{mode}");
        }
        let second = evaluate(&hessian(&f, &["x"], Mode::Reverse).expect("a scalar"), &at).expect("values");
        assert_eq!(second[0].to_f64s(), [0.0; 4]);
    }
    // With an activation between them the same layers are not: the slopes change from place to place.
    let bent = program(&AFFINE.replace("W2 @ W1 @ x", "W2 @ tanh(W1 @ x)"));
    let slopes = |x: [f64; 2]| {
        let g = grad(&bent, &["x"], Mode::Reverse).expect("a scalar");
        evaluate(&g, &[("x", Value::from(x.to_vec()))]).expect("values")[0].to_f64s()
    };
    assert_ne!(slopes([0.1, 0.2]), slopes([-0.3, 0.1]));
}

#[test]
fn d4_s8_exclusive_or_of_1_and_1_is_0() {
    let targets = |s: Synthetic| {
        let data = s.dataset(0, Loss::Mse, Precision::F64).expect("a truth table");
        assert_eq!(data.features().to_f64s(), [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
        data.targets().values().to_f64s()
    };
    assert_eq!(targets(Synthetic::Xor), [0.0, 1.0, 1.0, 0.0]);
    // The table that the slide prints is that of or.
    assert_eq!(targets(Synthetic::Or), [0.0, 1.0, 1.0, 1.0]);
}

#[test]
fn d11_two_hidden_units_have_9_parameters_for_4_samples() {
    let model = Model::mlp(&[2, 2, 1], Activation::Relu).expect("a small model");
    assert_eq!(model.param_count(), 9);
    assert_eq!(Dataset::xor(Loss::Mse, Precision::F32).expect("targets of any loss").len(), 4);
}

/// Samples are rows, so a layer is `x W + b`, which for one sample as a column is `W^T x + b`.
#[test]
fn d12_s26_a_layer_is_x_w_plus_b() {
    let model =
        Model::mlp(&[2, 2], Activation::Identity).expect("a small model").with_precision(Precision::F64);
    let f = model.forward_function(1).expect("a small graph");
    let output = |x: [f64; 2]| {
        let at = [
            ("W1", Value::new([2, 2], vec![1.0, 2.0, 3.0, 4.0])),
            ("b1", Value::from(vec![0.5, 0.25])),
            ("x", Value::new([1, 2], x.to_vec())),
        ];
        evaluate(&f, &at).expect("values")[0].to_f64s()
    };
    assert_eq!(output([1.0, 0.0]), [1.5, 2.25]);
    assert_eq!(output([0.0, 1.0]), [3.5, 4.25]);
    assert_eq!(output([1.0, -1.0]), [-1.5, -1.75]);
}
