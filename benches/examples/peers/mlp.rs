//! A. One training step of a multi-layer perceptron.

use crate::pace::{Measure, Session, array};
use crate::run::{Settings, compile};
use crate::{Arguments, Outcome};
use wengert_expr::{Function, Value};
use wengert_nn::{Activation, Loss, Model, Optimizer, Sgd, training_step};

const RATE: f32 = 0.01;
/// After how many steps results are compared.
const CHECKED: usize = 10;
/// Steps in one call.
const STEPS: usize = 50;

pub(crate) fn session(args: &Arguments) -> Outcome<Session> {
    let params = parameters(args)?;
    let (x, y) = (array(&args.folder, "x")?, array(&args.folder, "y")?);
    let (step, kept) = (step_function(args, &params, x.shape()[0])?, params.len());
    let mut run = compile(&step, Settings { exact: false, threads: args.threads, carry: kept })?;
    let inputs = [&params[..], &[x, y, Value::scalar(RATE)]].concat();
    run.load(&inputs)?;
    let mut losses = Vec::new();
    for _ in 0..CHECKED {
        run.call()?;
        losses.extend(run.outputs()[kept].item());
    }
    let squares = |v: &Value| v.to_f64s().iter().map(|w| w * w).sum::<f64>();
    let trained = run.outputs();
    let check =
        [losses[0], losses[CHECKED - 1]].into_iter().chain(trained[..kept].iter().map(squares)).collect();
    run.load(&inputs)?;
    // As many steps in one call as JAX's scan takes in one.
    let together = if args.workload == "A5" { 1 } else { STEPS };
    let call = Measure { per: together as f64, ..Measure::new("step_us", move || run.steps(together)) };
    Ok(Session { check, measures: vec![call], ..Session::default() })
}

/// `W1`, `b1`, `W2`, ... as many as there are.
fn parameters(args: &Arguments) -> Outcome<Vec<Value>> {
    let names = (1..).flat_map(|layer| [format!("W{layer}"), format!("b{layer}")]);
    let there = names.take_while(|name| args.folder.join(name).with_extension("npy").exists());
    there.map(|name| array(&args.folder, &name)).collect()
}

fn step_function(args: &Arguments, params: &[Value], batch: usize) -> Outcome<Function> {
    let outputs = params.chunks_exact(2).map(|layer| layer[0].shape()[1]);
    let sizes: Vec<usize> = params.first().map(|w| w.shape()[0]).into_iter().chain(outputs).collect();
    let (activation, loss) = match args.workload.as_str() {
        "A1" => (Activation::Tanh, Loss::BceWithLogits),
        "A5" => (Activation::Tanh, Loss::SoftmaxCrossEntropy),
        _ => (Activation::Relu, Loss::SoftmaxCrossEntropy),
    };
    let model = Model::mlp(&sizes, activation)?;
    let step = training_step(&model, loss, &Optimizer::Sgd(Sgd::default()), batch)?;
    // How many samples were right, the last output, is what no peer tells.
    let outputs = step.outputs()[..step.outputs().len() - 1].to_vec();
    Ok(Function::new(step.into_graph(), outputs))
}
