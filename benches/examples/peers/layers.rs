//! G. Value and gradient of an unrolled perceptron of many layers: the time to compile it, and a call.

use crate::pace::{Measure, Session, array, timed_ms};
use crate::run::{Settings, compile};
use crate::{Arguments, Outcome};
use wengert_diff::gradient;
use wengert_expr::{Builder, DType, Function, Type, Value};

/// How often it is built and compiled; the least time counts.
const COMPILATIONS: usize = 5;

pub(crate) fn session(args: &Arguments) -> Outcome<Session> {
    let (weights, x) = (array(&args.folder, "weights")?, array(&args.folder, "x")?);
    let [layers, width] = [weights.shape()[0], weights.shape()[1]];
    let whole = weights.slice::<f32>().ok_or("weights are f32")?;
    let weights = whole.chunks_exact(width * width).map(|w| Value::new([width, width], w.to_vec()));
    let inputs: Vec<Value> = weights.chain([x]).collect();
    let settings = Settings { exact: false, threads: args.threads, carry: 0 };
    let (mut run, least) = timed_ms(COMPILATIONS, || compile(&value_and_gradient(layers, width)?, settings))?;
    run.load(&inputs)?;
    run.call()?;
    let check = check(&run.outputs());
    let measures = vec![Measure::new("call_us", move || run.call())];
    Ok(Session { check, once: vec![("compile_ms", least)], measures })
}

fn value_and_gradient(layers: usize, width: usize) -> Outcome<Function> {
    let b = Builder::new();
    let square = Type::new(DType::F32, [width, width]);
    let weights: Vec<_> = (0..layers).map(|i| b.param(format!("W{i}"), square.clone())).collect();
    let x = b.input("x", square);
    let y = weights.iter().fold(x, |h, &w| h.matmul(w).tanh()).square().sum(..);
    b.output("y", y);
    for slope in gradient(y, &weights)? {
        b.output_unnamed(slope);
    }
    Ok(b.finish()?)
}

/// The value, and the sums of squares of the first and the last gradient.
fn check(outputs: &[Value]) -> Vec<f64> {
    let squares = |part: &Value| part.to_f64s().iter().map(|g| g * g).sum::<f64>();
    let (value, slopes) = (outputs[0].item(), &outputs[1..]);
    value.into_iter().chain([&slopes[0], &slopes[slopes.len() - 1]].map(squares)).collect()
}
