//! One whole step of training as one graph, and the graph that evaluates.
//!
//! Inputs of the step: the parameters, the model's buffers, the optimiser's state, `x`, `y`, `learning_rate` and, for a model
//! that draws random numbers, `key`. Outputs: the new parameters, buffers and state, `loss` and `correct`, so that the first
//! outputs of a step are the first inputs of the next. The loss is that before the update, without the penalty that its
//! gradient may have.

use crate::error::NnError;
use crate::layer::Phase;
use crate::loss::Loss;
use crate::model::Model;
use crate::optim::{Optimizer, Tuning};
use wengert_diff::gradient;
use wengert_expr::{Builder, Expr, Function, Type};

/// Forward, backward and update for a batch of this size.
///
/// # Errors
/// A shape with more elements than memory can address.
pub fn training_step(
    model: &Model,
    loss: Loss,
    optimizer: &Optimizer,
    batch: usize,
) -> Result<Function, NnError> {
    tuned_step(model, loss, optimizer, &Tuning::default(), batch)
}

/// The same with a penalty added to the loss and with clipped gradients. The schedule is whoever runs the step's.
///
/// # Errors
/// A shape with more elements than memory can address.
pub fn tuned_step(
    model: &Model,
    loss: Loss,
    optimizer: &Optimizer,
    tuning: &Tuning,
    batch: usize,
) -> Result<Function, NnError> {
    let b = Builder::new();
    let params = model.declare(&b);
    let buffers = model.declare_buffers(&b);
    let types = model.param_types();
    let state: Vec<Expr<'_>> =
        optimizer.state_types(&types).into_iter().map(|(n, ty)| b.param(n, ty)).collect();
    let kept: Vec<String> = b.read(|g| g.inputs().iter().map(|i| format!("next_{}", i.name)).collect());
    let (x, y) = data(&b, model, loss, batch);
    let rate = b.input("learning_rate", Type::scalar(model.precision().dtype()));
    let forward = model.apply(x, &params, &buffers, Phase::Train { key: model.declare_key(&b) })?;
    let (value, correct) = (loss.apply(forward.outputs, y), loss.correct(forward.outputs, y));
    if let Some(error) = b.error() {
        return Err(error.into());
    }
    let objective = tuning.penalty.of(&params).map_or(value, |penalty| value + penalty);
    let gradients = tuning.clip.apply(&gradient(objective, &params)?);
    let update = optimizer.update(&params, &gradients, &state, rate);
    let next = update.params.into_iter().chain(forward.buffers).chain(update.state);
    for (name, e) in kept.into_iter().zip(next) {
        b.output(name, e);
    }
    b.output("loss", value);
    b.output("correct", correct);
    Ok(b.finish()?)
}

/// From the parameters, the buffers, `x` and `y` to `loss` and `correct`, for a batch of this size.
///
/// # Errors
/// A shape with more elements than memory can address.
pub fn evaluation(model: &Model, loss: Loss, batch: usize) -> Result<Function, NnError> {
    let b = Builder::new();
    let (params, buffers) = (model.declare(&b), model.declare_buffers(&b));
    let (x, y) = data(&b, model, loss, batch);
    let outputs = model.apply(x, &params, &buffers, Phase::Evaluate)?.outputs;
    b.output("loss", loss.apply(outputs, y));
    b.output("correct", loss.correct(outputs, y));
    Ok(b.finish()?)
}

/// A batch as inputs of a graph.
#[track_caller]
fn data<'b>(b: &'b Builder, model: &Model, loss: Loss, batch: usize) -> (Expr<'b>, Expr<'b>) {
    (b.input("x", model.input_type(batch)), b.input("y", loss.target_type(model, batch)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::Activation;
    use crate::optim::{Adam, Clip, Penalty, Sgd};
    use wengert_exec::Interpreter;
    use wengert_expr::{DType, Role, Value};

    #[test]
    fn a_step_feeds_the_next() {
        let model = Model::mlp(&[3, 4, 2], Activation::Tanh).unwrap();
        let adam = Optimizer::Adam(Adam::default());
        let step = training_step(&model, Loss::SoftmaxCrossEntropy, &adam, 5).unwrap();
        let kept = 4 + 1 + 8;
        assert_eq!((step.inputs().len(), step.outputs().len()), (kept + 3, kept + 2));
        for (input, output) in step.inputs().iter().zip(&step.outputs()[..kept]) {
            assert_eq!(&input.ty, step.graph().ty(output.node), "{}", input.name);
            assert_eq!(input.role, Role::Param);
            assert_eq!(output.name, Some(format!("next_{}", input.name)));
        }
        let rest: Vec<&str> = step.inputs()[kept..].iter().map(|i| i.name.as_str()).collect();
        assert_eq!(rest, ["x", "y", "learning_rate"]);
    }

    /// The same affine unit as below, its two gradients clipped and its weights with a penalty.
    #[test]
    fn a_penalty_and_clipping_are_in_the_step() {
        let model = Model::mlp(&[2, 1], Activation::Identity).unwrap().with_precision(crate::Precision::F64);
        let run = |tuning: Tuning| {
            let sgd = Optimizer::Sgd(Sgd::default());
            let step = tuned_step(&model, Loss::Mse, &sgd, &tuning, 1).unwrap();
            let inputs = [
                Value::new([2, 1], vec![0.5, -1.0]),
                Value::from(vec![0.25]),
                Value::new([1, 2], vec![2.0, 3.0]),
                Value::new([1, 1], vec![1.0]),
                Value::scalar(0.5),
            ];
            Interpreter::new(&step).run(&inputs).unwrap()
        };
        // The slopes of the squared error are (-11, -16.5) and -5.5.
        let ridge = run(Tuning { penalty: Penalty { l1: 0.5, l2: 2.0 }, ..Tuning::default() });
        assert_eq!(ridge[0].to_f64s(), [0.5 + 5.5 - 0.25 - 0.5, -1.0 + 8.25 + 0.25 + 1.0]);
        assert_eq!((ridge[1].to_f64s(), ridge[2].item()), (vec![3.0], Some(7.5625)));
        let clip = Clip { value: Some(12.0), norm: None };
        let clipped = run(Tuning { clip, ..Tuning::default() });
        assert_eq!((clipped[0].to_f64s(), clipped[1].to_f64s()), (vec![6.0, 5.0], vec![3.0]));
        let clip = Clip { value: None, norm: Some(1.0) };
        let short = run(Tuning { clip, ..Tuning::default() });
        let moved = [short[0].to_f64s()[0] - 0.5, short[0].to_f64s()[1] + 1.0, short[1].to_f64s()[0] - 0.25];
        let length = moved.iter().map(|x| x * x).sum::<f64>().sqrt();
        assert!((length - 0.5).abs() < 1e-15 && (moved[1] / moved[0] - 1.5).abs() < 1e-12, "{moved:?}");
    }

    /// One affine unit with the loss `(w*x + b - y)**2 / 2`, by its graph and by hand.
    #[test]
    fn the_delta_rule_in_one_step() {
        let model = Model::mlp(&[2, 1], Activation::Identity).unwrap().with_precision(crate::Precision::F64);
        let step = training_step(&model, Loss::Mse, &Optimizer::Sgd(Sgd::default()), 1).unwrap();
        let inputs = [
            Value::new([2, 1], vec![0.5, -1.0]),
            Value::from(vec![0.25]),
            Value::new([1, 2], vec![2.0, 3.0]),
            Value::new([1, 1], vec![1.0]),
            Value::scalar(0.5),
        ];
        let found = Interpreter::new(&step).run(&inputs).unwrap();
        // The output is -1.75; of half the squared error the slopes are (-5.5, -8.25) and -2.75, the loss 3.78125.
        assert_eq!(found[0].to_f64s(), [6.0, 7.25]);
        assert_eq!(found[1].to_f64s(), [3.0]);
        assert_eq!((found[2].item(), found[3].item()), (Some(7.5625), Some(0.0)));
    }

    /// From `w` by one step at rate 0.01 on the sum of `(w*x - y)**2 / 2` over `x`, `y = 2x`, divided by a number: the new
    /// `w` and the slope.
    fn line_step(w: f64, xs: &[f64], divisor: f64) -> (f64, f64) {
        let b = Builder::new();
        let ty = Type::new(DType::F64, [xs.len()]);
        let param = b.param("w", Type::scalar(DType::F64));
        let (x, y) = (b.input("x", ty.clone()), b.input("y", ty));
        let loss = ((param * x - y).square() * 0.5).sum(..) / divisor;
        let slope = gradient(loss, &[param]).unwrap();
        let sgd = Optimizer::Sgd(Sgd::default());
        b.output("w", sgd.update(&[param], &slope, &[], b.constant(0.01)).params[0]);
        b.output("slope", slope[0]);
        let ys: Vec<f64> = xs.iter().map(|x| 2.0 * x).collect();
        let step = Interpreter::new(&b.finish().unwrap());
        let found = step.run(&[Value::scalar(w), Value::from(xs.to_vec()), Value::from(ys)]).unwrap();
        (found[0].item().unwrap(), found[1].item().unwrap())
    }

    const XS: [f64; 4] = [1.0, 2.0, 3.0, 4.0];

    #[test]
    fn h7_the_batch_gradient_is_the_mean_of_those_of_samples() {
        let slopes: Vec<f64> = XS.iter().map(|&x| line_step(0.0, &[x], 1.0).1).collect();
        assert_eq!(slopes, [-2.0, -8.0, -18.0, -32.0]);
        assert_eq!(line_step(0.0, &XS, 4.0).1, -15.0);
    }

    #[test]
    fn h8_descent_with_whole_single_and_mini_batches() {
        for (batch, expected) in [(4, 0.15), (1, 213_683.0 / 390_625.0), (2, 0.293_75)] {
            let w = XS.chunks(batch).fold(0.0, |w, xs| line_step(w, xs, xs.len() as f64).0);
            assert!((w - expected).abs() < 1e-15, "{batch}: {w}");
        }
    }

    /// Batches that run from `i0` to `i0 + B` instead of `i0 + B - 1` have a sample too many, and end elsewhere.
    #[test]
    fn h9_a_batch_of_two_has_two_samples() {
        let batches = [&XS[0..3], &XS[2..4]];
        let w = batches.into_iter().fold(0.0, |w, xs| line_step(w, xs, 2.0).0);
        assert!((w - 0.3725).abs() < 1e-15, "{w}");
        let batches = crate::data::Batches::new(4, 2, 1).epoch(1);
        assert!(batches.iter().all(|b| b.len() == 2), "{batches:?}");
        let mut seen = batches.concat();
        seen.sort_unstable();
        assert_eq!(seen, [0, 1, 2, 3]);
    }

    #[test]
    fn h10_orders_are_the_same_from_the_same_seed() {
        for batch in [1, 2, 3, 4, 6] {
            let order = |seed: u64| crate::data::Batches::new(12, batch, seed).epoch(1).concat();
            assert_eq!(order(5), order(5));
            assert_ne!(order(5), order(6));
        }
    }

    #[test]
    fn h10_the_mean_of_batch_gradients_is_the_gradient() {
        let model = Model::mlp(&[2, 3, 1], Activation::Tanh).unwrap().with_precision(crate::Precision::F64);
        let params: Vec<Value> = model.params(3).into_iter().map(|(_, v)| v).collect();
        let mean_gradient = |batch: usize| {
            let loss = model.loss_function(Loss::Mse, batch).unwrap();
            let slopes =
                wengert_diff::grad(&loss, &["W1", "b1", "W2", "b2"], wengert_diff::Mode::Reverse).unwrap();
            let slopes = Interpreter::new(&slopes);
            let mut sum = vec![0.0; model.param_count()];
            for first in (0..12).step_by(batch) {
                let x = (2 * first..2 * (first + batch)).map(|i| (i as f64).sin()).collect();
                let y = (first..first + batch).map(|i| (i as f64).cos()).collect();
                let data = [Value::new([batch, 2], x), Value::new([batch, 1], y)];
                let found = slopes.run(&[&params[..], &data].concat()).unwrap();
                let found = found.iter().flat_map(Value::to_f64s);
                sum.iter_mut().zip(found).for_each(|(s, g)| *s += g * batch as f64 / 12.0);
            }
            sum
        };
        let whole = mean_gradient(12);
        let size = whole.iter().fold(0f64, |m, g| m.max(g.abs()));
        for batch in [1, 2, 3, 4, 6] {
            let worst = mean_gradient(batch).iter().zip(&whole).fold(0f64, |m, (a, b)| m.max((a - b).abs()));
            assert!(worst <= 4.0 * f64::EPSILON * size, "{batch}: {worst}");
        }
    }
}
