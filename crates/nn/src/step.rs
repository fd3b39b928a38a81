//! One whole step of training as one graph, and the graph that evaluates.
//!
//! Inputs of the step: the parameters, the optimiser's state, `x`, `y` and `learning_rate`. Outputs: the new parameters,
//! the new state, `loss` and `correct`, so that the first outputs of a step are the first inputs of the next. The loss
//! is that before the update.

use crate::error::NnError;
use crate::loss::Loss;
use crate::mlp::Mlp;
use crate::optim::Optimizer;
use wengert_diff::gradient;
use wengert_expr::{Builder, Expr, Function, GraphError, Type};

/// Forward, backward and update for a batch of this size.
///
/// # Errors
/// A shape with more elements than memory can address.
pub fn training_step(
    model: &Mlp,
    loss: Loss,
    optimizer: &Optimizer,
    batch: usize,
) -> Result<Function, NnError> {
    let b = Builder::new();
    let params = model.declare(&b);
    let types = model.param_types();
    let state: Vec<Expr<'_>> =
        optimizer.state_types(&types).into_iter().map(|(n, ty)| b.param(n, ty)).collect();
    let (value, correct) = measured(&b, model, loss, &params, batch);
    let rate = b.input("learning_rate", Type::scalar(model.precision().dtype()));
    if let Some(error) = b.error() {
        return Err(error.into());
    }
    let gradients = gradient(value, &params)?;
    let update = optimizer.update(&params, &gradients, &state, rate);
    let names: Vec<String> = b.read(|g| g.inputs().iter().map(|i| format!("next_{}", i.name)).collect());
    for (name, e) in names.into_iter().zip(update.params.into_iter().chain(update.state)) {
        b.output(name, e);
    }
    b.output("loss", value);
    b.output("correct", correct);
    Ok(b.finish()?)
}

/// From the parameters, `x` and `y` to `loss` and `correct`, for a batch of this size.
///
/// # Errors
/// A shape with more elements than memory can address.
pub fn evaluation(model: &Mlp, loss: Loss, batch: usize) -> Result<Function, GraphError> {
    let b = Builder::new();
    let params = model.declare(&b);
    let (value, correct) = measured(&b, model, loss, &params, batch);
    b.output("loss", value);
    b.output("correct", correct);
    b.finish()
}

/// The mean loss of a batch and how many of its samples are right.
#[track_caller]
fn measured<'b>(
    b: &'b Builder,
    model: &Mlp,
    loss: Loss,
    params: &[Expr<'b>],
    batch: usize,
) -> (Expr<'b>, Expr<'b>) {
    let x = b.input("x", model.input_type(batch));
    let y = b.input("y", loss.target_type(model, batch));
    let outputs = model.apply(x, params);
    (loss.apply(outputs, y), loss.correct(outputs, y))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::Activation;
    use crate::optim::{Adam, Sgd};
    use wengert_exec::Interpreter;
    use wengert_expr::{DType, Role, Value};

    #[test]
    fn a_step_feeds_the_next() {
        let model = Mlp::new(&[3, 4, 2], Activation::Tanh).unwrap();
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

    /// One affine unit with the loss `(w*x + b - y)**2 / 2`, by its graph and by hand.
    #[test]
    fn the_delta_rule_in_one_step() {
        let model = Mlp::new(&[2, 1], Activation::Identity).unwrap().with_precision(crate::Precision::F64);
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

    /// `L = (w*x - y)**2 / 2` averaged over a batch, `x = 1..4`, `y = 2x`, rate 0.01, one epoch from `w = 0`.
    #[test]
    fn descent_with_whole_single_and_mini_batches() {
        for (batch, expected) in [(4, 0.15), (1, 213_683.0 / 390_625.0), (2, 0.293_75)] {
            let b = Builder::new();
            let w = b.param("w", Type::scalar(DType::F64));
            let (x, y) =
                (b.input("x", Type::new(DType::F64, [batch])), b.input("y", Type::new(DType::F64, [batch])));
            let loss = ((w * x - y).square() * 0.5).mean(..);
            let slope = gradient(loss, &[w]).unwrap();
            let rate = b.constant(0.01);
            b.output("w", Optimizer::Sgd(Sgd::default()).update(&[w], &slope, &[], rate).params[0]);
            let step = Interpreter::new(&b.finish().unwrap());
            let xs = [1.0, 2.0, 3.0, 4.0];
            let w = xs.chunks(batch).fold(Value::scalar(0.0), |w, xs| {
                let ys: Vec<f64> = xs.iter().map(|x| 2.0 * x).collect();
                step.run(&[w, Value::from(xs.to_vec()), Value::from(ys)]).unwrap().remove(0)
            });
            assert!((w.item().unwrap() - expected).abs() < 1e-15, "{batch}: {w}");
        }
    }

    #[test]
    fn the_mean_of_batch_gradients_is_the_gradient() {
        let model = Mlp::new(&[2, 3, 1], Activation::Tanh).unwrap().with_precision(crate::Precision::F64);
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
