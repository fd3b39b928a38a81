//! F. From the start of the process to the first gradient of a tiny model, timed from outside.

use crate::pace::{Session, array};
use crate::run::{Settings, compile};
use crate::{Arguments, Outcome};
use wengert_diff::gradient;
use wengert_expr::{Builder, Value};

pub(crate) fn session(args: &Arguments) -> Outcome<Session> {
    let inputs = [array(&args.folder, "x")?, array(&args.folder, "W")?, array(&args.folder, "v")?];
    let b = Builder::new();
    let [x, w, v] = [("x", 0), ("W", 1), ("v", 2)].map(|(name, i)| b.input(name, inputs[i].ty()));
    let y = x.matmul(w).tanh().matmul(v).square().sum(..);
    for slope in gradient(y, &[w, v])? {
        b.output_unnamed(slope);
    }
    let mut run = compile(&b.finish()?, Settings { exact: false, threads: args.threads, carry: 0 })?;
    run.load(&inputs)?;
    run.call()?;
    let sum = |part: &Value| part.to_f64s().iter().sum();
    Ok(Session { check: run.outputs().iter().map(sum).collect(), ..Session::default() })
}
