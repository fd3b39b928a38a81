//! `wengert grad`: the value and the gradient of one scalar output.

use crate::answer::Answer;
use crate::args::{DerivativeArgs, Settings};
use crate::failure::Failure;
use crate::program::Program;
use crate::{json, terminal};
use serde_json::json;
use std::io::{self, Write};
use wengert::diff::{Mode, cost, value_and_grad};

pub(crate) fn run(args: &DerivativeArgs, settings: &Settings) -> Result<Answer, Failure> {
    let program = Program::with_values(&args.program, &args.wrt.wrt, settings)?;
    let wrt = program.variables()?;
    let mode = resolved(&program, args.mode, settings)?;
    let derivative = value_and_grad(&program.function, &wrt, mode).map_err(program.placed())?;
    let values = program.evaluate(&derivative)?;
    let (output, gradients) = values.split_at(1);
    let names = program.output_names();
    Ok(Answer::new(
        settings,
        || {
            json!({
                "outputs": json::object(names.iter().cloned().zip(output)),
                "gradients": json::object(program.wrt.iter().cloned().zip(gradients)),
            })
        },
        || {
            let name = terminal::name(&names[0]);
            let slope = |(w, v): (&String, _)| terminal::line(&format!("d{name}/d{}", terminal::name(w)), v);
            let slopes = program.wrt.iter().zip(gradients).map(slope);
            std::iter::once(terminal::line(&name, &output[0])).chain(slopes).collect()
        },
    ))
}

/// The mode that is meant; which one auto takes, and why, is said to a person.
pub(crate) fn resolved(program: &Program, mode: Mode, settings: &Settings) -> Result<Mode, Failure> {
    if mode != Mode::Auto || settings.json {
        return Ok(mode);
    }
    let costs = cost(&program.function, &program.variables()?).map_err(program.placed())?;
    // What cannot be said is no reason to stop.
    let _ = writeln!(io::stderr(), "mode {}", costs.reason());
    Ok(costs.best())
}
