//! Losses and output units against the lecture's numbers, each by its graph and the graph of its gradient.

mod training;
mod xor;

use super::*;
use crate::activation::Activation;
use std::f64::consts::LN_2;
use wengert_diff::{gradient, jacobian};
use wengert_exec::{CompileOptions, compile, evaluate};
use wengert_expr::{Builder, Function, Value};

fn column(numbers: &[f64]) -> Value {
    Value::new([numbers.len(), 1], numbers.to_vec())
}

/// By the reference, which the compiled function must agree with.
#[track_caller]
fn run(f: &Function, inputs: &[(&str, Value)]) -> Vec<Value> {
    let found = evaluate(f, inputs).unwrap();
    let values: Vec<Value> = inputs.iter().map(|(_, v)| v.clone()).collect();
    let compiled = compile(f, &CompileOptions::default()).unwrap().run(&values).unwrap();
    for (a, b) in found.iter().zip(&compiled) {
        for (a, b) in a.to_f64s().into_iter().zip(b.to_f64s()) {
            assert!(a.to_bits() == b.to_bits() || (a - b).abs() <= 1e-12 * a.abs().max(1.0), "{a} {b}");
        }
    }
    found
}

/// Loss, gradient by the outputs, and how many are right.
fn measure(loss: Loss, reduction: Reduction, outputs: &Value, targets: &Value) -> (f64, Vec<f64>, f64) {
    let b = Builder::new();
    let (o, t) = (b.input("o", outputs.ty()), b.input("t", targets.ty()));
    let value = loss.reduced(o, t, reduction);
    b.output("loss", value);
    b.output("slope", gradient(value, &[o]).unwrap()[0]);
    b.output("correct", loss.correct(o, t));
    let found = run(&b.finish().unwrap(), &[("o", outputs.clone()), ("t", targets.clone())]);
    assert_eq!(found[2].dtype(), DType::I64);
    (found[0].item().unwrap(), found[1].to_f64s(), found[2].item().unwrap())
}

fn mean(loss: Loss, outputs: &Value, targets: &Value) -> (f64, Vec<f64>, f64) {
    measure(loss, Reduction::Mean, outputs, targets)
}

/// A scalar or vector of one vector `x`, and its gradient where it is a scalar.
fn of(f: impl for<'b> Fn(Expr<'b>) -> Expr<'b>, x: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let b = Builder::new();
    let e = b.input("x", Type::new(DType::F64, [x.len()]));
    let y = f(e);
    b.output_unnamed(y);
    b.output_unnamed(gradient(y.sum(..), &[e]).unwrap()[0]);
    let found = run(&b.finish().unwrap(), &[("x", Value::from(x.to_vec()))]);
    (found[0].to_f64s(), found[1].to_f64s())
}

#[track_caller]
fn close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    let near = |(f, e): (&f64, &f64)| (f - e).abs() <= 1e-12 * e.abs().max(1.0);
    assert!(found.iter().zip(expected).all(near), "{found:?} is not {expected:?}");
}

#[test]
fn f1_the_likelihood_and_its_logarithm_have_one_argmax() {
    fn likelihood(t: Expr<'_>) -> Expr<'_> {
        t.square() * t * (1.0 - t)
    }
    fn logarithm(t: Expr<'_>) -> Expr<'_> {
        t.log() * 3.0 + (1.0 - t).log()
    }
    let (values, slopes) = of(logarithm, &[0.75, 0.74, 0.76]);
    close(&values[..1], &[-2.249_340_578_475_233_6]);
    let (_, others) = of(likelihood, &[0.75, 0.74, 0.76]);
    for slopes in [slopes, others] {
        assert!(slopes[0].abs() < 1e-15 && slopes[1] > 0.0 && slopes[2] < 0.0, "{slopes:?}");
    }
    // The maxima themselves differ (S25).
    let (values, _) = of(likelihood, &[0.75]);
    close(&values, &[27.0 / 256.0]);
}

#[test]
fn f2_cross_entropy_entropy_and_divergence() {
    const P: [f64; 3] = [0.5, 0.25, 0.25];
    const Q: [f64; 3] = [0.25, 0.25, 0.5];
    close(&of(|q| cross_entropy(p_of(q, &P), q), &Q).0, &[1.213_007_565_979_904_2]);
    close(&of(entropy, &P).0, &[1.039_720_770_839_918]);
    close(&of(|q| kl_divergence(p_of(q, &P), q), &Q).0, &[0.25 * LN_2]);
    let logits = |p: &[f64]| p.iter().map(|p| p.ln() + 7.0).collect::<Vec<f64>>();
    close(&of(entropy_of_logits, &logits(&P)).0, &[1.039_720_770_839_918]);
    let (values, slopes) = of(|z| kl_divergence_of_logits(p_of(z, &logits(&P)), z), &logits(&Q));
    close(&values, &[0.25 * LN_2]);
    // By the model's logits the slope is q - p.
    close(&slopes, &[-0.25, 0.0, 0.25]);
    // Descent by that slope makes q equal to p.
    let mut z = logits(&Q);
    for _ in 0..400 {
        let (_, slopes) = of(|z| kl_divergence_of_logits(p_of(z, &logits(&P)), z), &z);
        z.iter_mut().zip(slopes).for_each(|(z, s)| *z -= s);
    }
    close(&of(|z| z.softmax(-1), &z).0, &P);
    close(&of(entropy, &[0.0, 1.0]).0, &[0.0]);
}

fn p_of<'b>(e: Expr<'b>, p: &[f64]) -> Expr<'b> {
    e.builder().constant(p.to_vec())
}

#[test]
fn f3_s10_the_divergence_from_the_data_to_the_model_has_the_gradient_of_the_cross_entropy() {
    let (data, model) = ([0.7, 0.2, 0.1], [0.3, -1.0, 0.5]);
    let (_, divergence) = of(|z| kl_divergence(p_of(z, &data), z.softmax(-1)), &model);
    let (_, cross) = of(|z| cross_entropy(p_of(z, &data), z.softmax(-1)), &model);
    let (_, reverse) = of(|z| kl_divergence(z.softmax(-1), p_of(z, &data)), &model);
    close(&divergence, &cross);
    assert!(divergence.iter().zip(&reverse).any(|(a, b)| (a - b).abs() > 0.01), "{reverse:?}");
}

#[test]
fn f4_s11_sum_and_mean_differ_by_the_number_of_samples_and_so_do_their_gradients() {
    // Probabilities of the true classes 0.7, 0.8 and 0.1.
    let rows = [[0.7f64, 0.2, 0.1], [0.1, 0.8, 0.1], [0.6, 0.3, 0.1]];
    let logits = Value::new([3, 3], rows.concat().iter().map(|p| p.ln()).collect());
    let classes = Value::from(vec![0i64, 1, 2]);
    let (mean, slopes, correct) = mean(Loss::SoftmaxCrossEntropy, &logits, &classes);
    let (sum, steeper, _) = measure(Loss::SoftmaxCrossEntropy, Reduction::Sum, &logits, &classes);
    close(&[sum, mean], &[2.882_403_588_246_987_6, 0.960_801_196_082_329_2]);
    close(&steeper, &slopes.iter().map(|s| 3.0 * s).collect::<Vec<f64>>());
    assert_eq!(correct, 2.0);
}

#[test]
fn f5_two_classes_by_one_probability() {
    let logit = (0.8f64 / 0.2).ln();
    for (z, target, expected) in
        [(logit, 1.0, 0.223_143_551_314_209_7), (logit, 0.0, 1.609_437_912_434_1), (0.0, 1.0, LN_2)]
    {
        close(&[mean(Loss::BceWithLogits, &column(&[z]), &column(&[target])).0], &[expected]);
    }
}

#[test]
fn f6_logits_of_a_thousand_are_exact() {
    let (z, t) = (column(&[1e3, -1e3, -1e3, 1e3]), column(&[1.0, 0.0, 1.0, 0.0]));
    let (sum, slopes, correct) = measure(Loss::BceWithLogits, Reduction::Sum, &z, &t);
    assert_eq!((sum, slopes, correct), (2000.0, vec![0.0, 0.0, -1.0, 1.0], 2.0));
    let logits = Value::new([1, 3], vec![1e3, 0.0, -1e3]);
    let (loss, slopes, _) = mean(Loss::SoftmaxCrossEntropy, &logits, &Value::from(vec![1i64]));
    assert_eq!((loss, slopes), (1000.0, vec![1.0, -1.0, 0.0]));
    // Smoothed by 3/10: (7/10)*1000 + (3/10)*(1000 - 0).
    let (loss, slopes, _) = mean(Loss::LabelSmoothing(0.3), &logits, &Value::from(vec![1i64]));
    close(&[loss], &[1000.0]);
    close(&slopes, &[0.9, -0.8, -0.1]);
    for loss in
        [Loss::Hinge, Loss::SquaredHinge, Loss::Perceptron, Loss::Huber(1.0), Loss::HalfMse, Loss::Mae]
    {
        let (loss, slopes, _) = mean(loss, &column(&[1e3, -1e3]), &column(&[1.0, 1.0]));
        assert!(loss.is_finite() && slopes.iter().all(|s| s.is_finite()), "{loss} {slopes:?}");
    }
    for raw in [1e3, -1e3] {
        let outputs = Value::new([1, 2], vec![0.5, raw]);
        let (loss, slopes, _) = mean(Loss::GaussianNll, &outputs, &column(&[1.0]));
        assert!(loss.is_finite() && slopes.iter().all(|s| s.is_finite()), "{loss} {slopes:?}");
    }
    let z = [1e3, -1e3, 0.0];
    assert!(of(entropy_of_logits, &z).1.iter().all(|s| s.is_finite()));
    assert_eq!(of(|q| kl_divergence_of_logits(p_of(q, &[-1e3, 1e3, 0.0]), q), &z).0, [2000.0]);
}

#[test]
fn f7_the_likelihood_of_variance_one_is_half_the_squared_error_and_a_constant() {
    let (m, y) = ([0.5, 1.5, -1.0], [1.0, 1.0, 0.0]);
    let (values, slopes) = of(|m| terms::gaussian(m, m.number(1.0), p_of(m, &y)).mean(..), &m);
    let (half, half_slopes, _) = mean(Loss::HalfMse, &column(&m), &column(&y));
    let (whole, _, _) = mean(Loss::Mse, &column(&m), &column(&y));
    close(&[whole, half], &[0.5, 0.25]);
    close(&values, &[1.168_938_533_204_672_7]);
    close(&[values[0] - half], &[0.918_938_533_204_672_7]);
    assert_eq!(slopes, half_slopes);
}

#[test]
fn f8_s12_variances_are_positive_whatever_the_output() {
    for variance in [Variance::Softplus, Variance::Exp] {
        let (values, slopes) = of(|z| variance.apply(z), &[-1e300, -1e3, -1.0, 0.0, 1.0, 1e3]);
        assert!(values.iter().all(|&v| v >= Variance::FLOOR && v.is_finite()), "{variance:?}: {values:?}");
        assert!(slopes.iter().all(|s| s.is_finite()), "{variance:?}: {slopes:?}");
        assert!(slopes[2..5].iter().all(|&s| s > 0.0), "{variance:?}: {slopes:?}");
    }
    // A sample that is met exactly, with no variance left: finite.
    let outputs = Value::new([2, 4], vec![1.0, -2.0, -1e3, 0.0, 3.0, 0.0, 1e3, 0.5]);
    let targets = Value::new([2, 2], vec![1.0, -2.0, 2.0, 9.0]);
    let (loss, slopes, correct) = mean(Loss::GaussianNll, &outputs, &targets);
    assert!(loss.is_finite() && slopes.iter().all(|s| s.is_finite()), "{loss} {slopes:?}");
    assert_eq!(correct, 1.0);
    let model = Model::mlp(&[3, 4], Activation::Relu).unwrap();
    assert_eq!(Loss::GaussianNll.target_type(&model, 5), Type::new(DType::F32, [5, 2]));
    // Means come first.
    let b = Builder::new();
    let outputs = b.constant(Value::new([1, 4], vec![5.0, 6.0, 0.0, 1e3]));
    b.output_unnamed(OutputUnit::Gaussian(Variance::Softplus).apply(outputs));
    let found = evaluate(&b.finish().unwrap(), &[]).unwrap()[0].to_f64s();
    close(&found, &[5.0, 6.0, LN_2 + 1e-6, 1e3 + 1e-6]);
}

#[test]
fn f9_a_clipped_unit_beyond_its_bounds_learns_nothing() {
    fn unit(x: Expr<'_>) -> Expr<'_> {
        let at = |i| x.entry(0, i);
        OutputUnit::ClippedLinear.apply(at(0) * at(1) + at(2))
    }
    assert_eq!(of(unit, &[2.0, 3.0, 0.5]), (vec![1.0], vec![0.0, 0.0, 0.0]));
    let (values, slopes) = of(unit, &[0.1, 3.0, 0.25]);
    close(&values, &[0.55]);
    close(&slopes, &[3.0, 0.1, 1.0]);
}

#[test]
fn f10_s13_the_sigmoid_takes_the_whole_sum_with_its_bias() {
    let sigmoid = |z: f64| of(|z| OutputUnit::Sigmoid.apply(z), &[z]).0;
    let (product, bias) = (2.0, 1.0);
    close(&sigmoid(product + bias), &[0.952_574_126_822_433_4]);
    // The printed 1/(1 + e^(-w.h + b)) is the sigmoid of w.h - b.
    let (printed, _) = of(|x| (1.0 + (-x.entry(0, 0) + x.entry(0, 1)).exp()).reciprocal(), &[product, bias]);
    close(&printed, &sigmoid(1.0));
    close(&printed, &[0.731_058_578_630_004_9]);
}

#[test]
fn f15_softmax_of_one_two_three() {
    let softmax = |z: &[f64]| of(|z| OutputUnit::Softmax.apply(z), z).0;
    let p = softmax(&[1.0, 2.0, 3.0]);
    close(&p, &[0.090_030_573_170_380_46, 0.244_728_471_054_797_64, 0.665_240_955_774_821_9]);
    assert!((p.iter().sum::<f64>() - 1.0).abs() <= f64::EPSILON);
    for (a, b) in p.iter().zip(softmax(&[1001.0, 1002.0, 1003.0])) {
        assert!((a - b).abs() <= f64::EPSILON * a, "{a} {b}");
    }
    let two = softmax(&[0.75, -1.5]);
    close(&two[..1], &of(|z| z.sigmoid(), &[2.25]).0);
}

#[test]
fn f16_s14_softmax_is_one_model_and_not_one_against_all() {
    let z = [2.0, -1.0, 0.5];
    let jacobian_of = |unit: OutputUnit| {
        let b = Builder::new();
        b.output("p", unit.apply(b.input("z", Type::new(DType::F64, [3]))));
        let f = jacobian(&b.finish().unwrap(), &["z"], wengert_diff::Mode::Reverse).unwrap();
        evaluate(&f, &[("z", Value::from(z.to_vec()))]).unwrap()[0].to_f64s()
    };
    // Each of the sigmoids has its own logit; a softmax has all of them together, and its probabilities keep their sum.
    let (sigmoids, softmax) = (jacobian_of(OutputUnit::MultiLabel), jacobian_of(OutputUnit::Softmax));
    for i in 0..3 {
        for j in 0..3 {
            assert_eq!(sigmoids[3 * i + j] == 0.0, i != j);
            assert!(softmax[3 * i + j].abs() > 1e-3);
        }
        assert!((0..3).map(|k| softmax[3 * k + i]).sum::<f64>().abs() < 1e-15);
    }
}

#[test]
fn f17_labels_that_do_not_exclude_one_another() {
    let outputs = Value::new([1, 3], vec![2.0, -1.0, 0.0]);
    let targets = Value::new([1, 3], vec![1.0, 0.0, 1.0]);
    let (loss, slopes, correct) = mean(Loss::MultiLabel, &outputs, &targets);
    close(&[loss], &[1.133_336_879_121_140_7]);
    close(&[mean(Loss::BceWithLogits, &outputs, &targets).0], &[1.133_336_879_121_140_7 / 3.0]);
    close(&slopes, &[-0.119_202_922_022_117_55, 0.268_941_421_369_995_1, -0.5]);
    assert_eq!(correct, 0.0);
    let (p, _) = of(|z| OutputUnit::MultiLabel.apply(z), &[2.0, -1.0, 0.0]);
    close(&[p.iter().sum()], &[0.880_797_077_977_882_4 + 0.268_941_421_369_995_1 + 0.5]);
    assert!((p.iter().sum::<f64>() - 1.6497).abs() < 1e-4);
}

#[test]
fn errors_of_numbers() {
    let outputs = Value::new([2, 2], vec![0.5, 1.5, -1.0, 0.25]);
    let targets = Value::new([2, 2], vec![1.0, 1.0, 0.0, 0.0]);
    let expect = |loss, value: f64, slopes: [f64; 4], right: f64| {
        let (found, gradient, correct) = mean(loss, &outputs, &targets);
        close(&[found], &[value]);
        close(&gradient, &slopes);
        assert_eq!(correct, right, "{loss}");
    };
    expect(Loss::Mse, 1.5625 / 4.0, [-0.25, 0.25, -0.5, 0.125], 0.0);
    expect(Loss::HalfMse, 1.5625 / 8.0, [-0.125, 0.125, -0.25, 0.0625], 0.0);
    expect(Loss::Mae, 2.25 / 4.0, [-0.25, 0.25, -0.25, 0.25], 0.0);
    // 1/8, 1/8, (1 - 1/4)/2 and 1/32.
    expect(Loss::Huber(0.5), (0.125 + 0.125 + 0.375 + 0.03125) / 4.0, [-0.125, 0.125, -0.125, 0.0625], 0.0);
    let targets = column(&[1.0, 0.0, 0.0]);
    assert_eq!(mean(Loss::Mse, &column(&[0.75, 0.25, 0.75]), &targets).2, 2.0);
}

#[test]
fn margins_of_signs() {
    let (outputs, targets) = (column(&[0.25, 0.5, 2.0, -3.0]), column(&[1.0, -1.0, 1.0, -1.0]));
    let expect = |loss, value: f64, slopes: [f64; 4]| {
        let (found, gradient, correct) = mean(loss, &outputs, &targets);
        close(&[found], &[value]);
        close(&gradient, &slopes);
        assert_eq!(correct, 3.0, "{loss}");
    };
    expect(Loss::Hinge, (0.75 + 1.5) / 4.0, [-0.25, 0.25, 0.0, 0.0]);
    expect(Loss::SquaredHinge, (0.5625 + 2.25) / 4.0, [-0.375, 0.75, 0.0, 0.0]);
    expect(Loss::Perceptron, 0.5 / 4.0, [0.0, 0.25, 0.0, 0.0]);
}

#[test]
fn smoothing_is_the_cross_entropy_with_softened_targets() {
    let logits = [0.5, -1.25, 2.0];
    let (loss, slopes, correct) =
        mean(Loss::LabelSmoothing(0.3), &Value::new([1, 3], logits.to_vec()), &Value::from(vec![2i64]));
    let (expected, expected_slopes) =
        of(|z| cross_entropy(p_of(z, &[0.1, 0.1, 0.8]), z.softmax(-1)), &logits);
    close(&[loss], &expected);
    close(&slopes, &expected_slopes);
    assert_eq!(correct, 1.0);
    let none =
        mean(Loss::LabelSmoothing(0.0), &Value::new([1, 3], logits.to_vec()), &Value::from(vec![0i64]));
    let plain =
        mean(Loss::SoftmaxCrossEntropy, &Value::new([1, 3], logits.to_vec()), &Value::from(vec![0i64]));
    close(&[none.0], &[plain.0]);
    close(&none.1, &plain.1);
}

#[test]
fn units_decide_where_there_is_something_to_decide() {
    let b = Builder::new();
    let z = b.constant(Value::new([2, 2], vec![0.5, -1.0, -2.0, 0.0]));
    b.output_unnamed(OutputUnit::Softmax.decide(z).unwrap());
    b.output_unnamed(OutputUnit::MultiLabel.decide(z).unwrap());
    assert!(OutputUnit::Linear.decide(z).is_none());
    let found = evaluate(&b.finish().unwrap(), &[]).unwrap();
    assert_eq!(found[0].to_f64s(), [0.0, 1.0]);
    assert_eq!(found[1].to_f64s(), [1.0, 0.0, 0.0, 0.0]);
}
