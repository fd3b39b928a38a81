//! `wengert vjp`: cotangents of the inputs from cotangents of the outputs.

use super::jvp::{along, directions};
use crate::answer::Answer;
use crate::args::{ProgramArgs, Settings, WrtArgs};
use crate::bindings;
use crate::failure::Failure;
use crate::program::Program;
use crate::{json, terminal};
use clap::Args;
use serde_json::json;
use wengert::diff::vjp;
use wengert::expr::{Type, Value};

#[derive(Args, Debug)]
#[command(
    after_help = "Every output needs a cotangent, except that the cotangent of a single scalar output is 1 unless given.

Examples:
  wengert vjp -e 'e = (a + b) * (b + 1)' --at a=2 --at b=1 --cotangent e=1
  wengert vjp -e 'y = x * 2' --at 'x=[1, 2]' --cotangent 'y=[1, 10]'"
)]
pub(crate) struct VjpArgs {
    #[command(flatten)]
    pub(crate) program: ProgramArgs,
    #[command(flatten)]
    pub(crate) wrt: WrtArgs,
    /// The cotangent of an output, of its shape; may be repeated
    #[arg(long, value_name = "NAME=EXPR", allow_hyphen_values = true)]
    pub(crate) cotangent: Vec<String>,
}

pub(crate) fn run(args: &VjpArgs, settings: &Settings) -> Result<Answer, Failure> {
    let program = Program::with_values(&args.program, &args.wrt.wrt, settings)?;
    let cotangents = bindings::read(&args.cotangent, "--cotangent", settings.float())?;
    let derivative = vjp(&program.function, &program.variables()?).map_err(program.placed())?;
    let outputs = outputs(&program);
    let cotangents = match &outputs[..] {
        [(_, ty)] if ty.shape.rank() == 0 && cotangents.is_empty() => vec![Value::from_f64s(ty, &[1.0])],
        outputs => directions("cotangent", outputs, &cotangents)?,
    };
    let values = along(&program, &derivative, cotangents)?;
    Ok(Answer::new(
        settings,
        || json!({"cotangents": json::object(program.wrt.iter().cloned().zip(&values))}),
        || {
            let line = |(name, v): (&String, &Value)| {
                terminal::line(&format!("cotangent of {}", terminal::name(name)), v)
            };
            program.wrt.iter().zip(&values).map(line).collect()
        },
    ))
}

/// The outputs' names and types.
fn outputs(program: &Program) -> Vec<(String, Type)> {
    let types = program.function.outputs().iter().map(|o| program.function.graph().ty(o.node).clone());
    program.output_names().into_iter().zip(types).collect()
}
