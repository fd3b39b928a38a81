//! The lecture's network for exclusive or, with the weights of the slide.

use super::*;

/// The lecture's network for exclusive or: hidden biases 0 and -1, output weights 1 and -2.
fn xor_network(dtype: DType, weights: [f64; 9]) -> Function {
    let b = Builder::new();
    let constant = |shape: &[usize], numbers: &[f64]| Value::from_f64s(&Type::new(dtype, shape), numbers);
    let x = b.input("x", Type::new(dtype, [4, 2]));
    let w1 = b.constant(constant(&[2, 2], &weights[..4]));
    let z = x.matmul(w1) + b.constant(constant(&[2], &weights[4..6]));
    let h = Activation::Relu.apply(z);
    let y = h.matmul(b.constant(constant(&[2, 1], &weights[6..8]))) + weights[8];
    b.output("z", z);
    b.output("h", h);
    b.output("y", y);
    b.output("slope", gradient(y.sum(..), &[x]).unwrap()[0]);
    b.finish().unwrap()
}

const SLIDE: [f64; 9] = [1.0, 1.0, 1.0, 1.0, 0.0, -1.0, 1.0, -2.0, 0.0];

fn run_xor(dtype: DType, weights: [f64; 9]) -> Vec<Vec<f64>> {
    let x = Value::from_f64s(&Type::new(dtype, [4, 2]), &[0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
    let found = evaluate(&xor_network(dtype, weights), &[("x", x)]).unwrap();
    found.iter().map(Value::to_f64s).collect()
}

#[test]
fn d5_d7_d8_the_xor_network_its_hidden_space_and_its_slopes() {
    for dtype in [DType::F32, DType::F64] {
        let found = run_xor(dtype, SLIDE);
        assert_eq!(found[0], [0.0, -1.0, 1.0, 0.0, 1.0, 0.0, 2.0, 1.0]);
        assert_eq!(found[1], [0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 2.0, 1.0]);
        assert_eq!(found[2], [0.0, 1.0, 1.0, 0.0]);
        // At (0, 0) no unit is active, at (1, 1) both are.
        assert_eq!((&found[3][..2], &found[3][6..]), (&[0.0, 0.0][..], &[-1.0, -1.0][..]));
        // In the hidden space the line h1 - 2*h2 = 1/2 parts the classes.
        let sides = found[1].chunks(2).map(|h| h[0] - 2.0 * h[1] > 0.5);
        assert_eq!(sides.collect::<Vec<bool>>(), [false, true, true, false]);
    }
}

#[test]
fn d6_at_an_exact_fit_every_gradient_is_zero() {
    let model = Model::mlp(&[2, 2, 1], Activation::Relu).unwrap().with_precision(crate::Precision::F64);
    let f = model.loss_function(Loss::Mse, 4).unwrap();
    let wrt = ["W1", "b1", "W2", "b2"];
    let f = wengert_diff::value_and_grad(&f, &wrt, wengert_diff::Mode::Reverse).unwrap();
    let found = evaluate(
        &f,
        &[
            ("W1", Value::new([2, 2], vec![1.0; 4])),
            ("b1", Value::from(vec![0.0, -1.0])),
            ("W2", Value::new([2, 1], vec![1.0, -2.0])),
            ("b2", Value::from(vec![0.0])),
            ("x", Value::new([4, 2], vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0])),
            ("y", column(&[0.0, 1.0, 1.0, 0.0])),
        ],
    );
    assert!(found.unwrap().iter().all(|v| v.to_f64s().iter().all(|&g| g == 0.0)));
}

#[test]
fn d9_units_scaled_or_swapped_compute_the_same() {
    let expected = &run_xor(DType::F64, SLIDE)[2];
    let scaled = [2.0, 1.0, 2.0, 1.0, 0.0, -1.0, 0.5, -2.0, 0.0];
    let swapped = [1.0, 1.0, 1.0, 1.0, -1.0, 0.0, -2.0, 1.0, 0.0];
    assert_eq!(&run_xor(DType::F64, scaled)[2], expected);
    assert_eq!(&run_xor(DType::F64, swapped)[2], expected);
}

#[test]
fn d2_d3_relu_keeps_nan_and_takes_zero_for_its_slope_at_zero() {
    let (values, slopes) = of(|x| Activation::Relu.apply(x), &[-1.0, 0.0, 2.0, f64::NAN, 1e-300, -1e-300]);
    assert!(values[3].is_nan());
    assert_eq!((&values[..3], &values[4..]), (&[0.0, 0.0, 2.0][..], &[1e-300, 0.0][..]));
    assert_eq!((&slopes[..3], &slopes[4..]), (&[0.0, 0.0, 1.0][..], &[1.0, 0.0][..]));
}
