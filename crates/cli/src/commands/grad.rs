//! `wengert grad`: the value and the gradient of one scalar output.

use crate::answer::Answer;
use crate::args::{DerivativeArgs, Settings};
use crate::failure::Failure;
use crate::program::Program;
use crate::{json, terminal};
use clap::Args;
use serde_json::json;
use std::io::{self, Write};
use wengert::diff::{Mode, choose, value_and_grad};

#[derive(Args, Debug)]
#[command(after_help = "The output must be one scalar; for others there are jacobian and vjp.

Examples:
  wengert grad -e 'c = a + b; e = c * (b + 1)' --wrt a,b --at a=2 --at b=1
  wengert grad model.wg --at values.npz --mode forward --json")]
pub(crate) struct GradArgs {
    #[command(flatten)]
    pub(crate) derivative: DerivativeArgs,
}

pub(crate) fn run(args: &GradArgs, settings: &Settings) -> Result<Answer, Failure> {
    let args = &args.derivative;
    let program = Program::with_values(&args.program, &args.wrt.wrt, settings)?;
    let wrt = program.variables()?;
    let derivative = value_and_grad(&program.function, &wrt, args.mode).map_err(program.placed())?;
    say_mode(&program, args.mode, settings)?;
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

/// Says to a person which mode auto takes, and why.
pub(crate) fn say_mode(program: &Program, mode: Mode, settings: &Settings) -> Result<(), Failure> {
    if mode == Mode::Auto && !settings.json {
        let choice = choose(&program.function, &program.variables()?).map_err(program.placed())?;
        // What cannot be said is no reason to stop.
        let _ = writeln!(io::stderr(), "mode {}", choice.reason());
    }
    Ok(())
}
