//! `wengert jvp`: tangents of the outputs from tangents of the inputs.

use crate::answer::Answer;
use crate::args::{ProgramArgs, Settings, WrtArgs};
use crate::bindings::{self, Binding};
use crate::evaluate::evaluate;
use crate::failure::Failure;
use crate::program::Program;
use crate::{json, terminal};
use clap::Args;
use serde_json::json;
use wengert::diff::{Directional, jvp};
use wengert::expr::{Type, Value};

#[derive(Args, Debug)]
#[command(
    after_help = "Without --wrt the inputs with a tangent are the variables, and every other input is held fixed.
With --wrt every variable needs a tangent.

Examples:
  wengert jvp -e 'e = (a + b) * (b + 1)' --at a=2 --at b=1 --tangent a=1
  wengert jvp -e 'x * 2' --at 'x=[1, 2]' --tangent 'x=[1, 0]'"
)]
pub(crate) struct JvpArgs {
    #[command(flatten)]
    pub(crate) program: ProgramArgs,
    #[command(flatten)]
    pub(crate) wrt: WrtArgs,
    /// The tangent of an input, of its shape; may be repeated
    #[arg(long, value_name = "NAME=EXPR", allow_hyphen_values = true)]
    pub(crate) tangent: Vec<String>,
}

pub(crate) fn run(args: &JvpArgs, settings: &Settings) -> Result<Answer, Failure> {
    let program = Program::with_values(&args.program, &args.wrt.wrt, settings)?;
    let tangents = bindings::read(&args.tangent, "--tangent", settings.float())?;
    let wrt: Vec<&str> = match args.wrt.wrt.is_empty() && !tangents.is_empty() {
        true => tangents.iter().map(|t| t.name.as_str()).collect(),
        false => program.variables()?,
    };
    let derivative = jvp(&program.function, &wrt).map_err(program.placed())?;
    let types =
        wrt.iter().filter_map(|w| program.function.graph().input(w)).map(|i| (i.name.clone(), i.ty.clone()));
    let tangents = directions("tangent", &types.collect::<Vec<_>>(), &tangents)?;
    let values = along(&program, &derivative, tangents)?;
    let names = program.output_names();
    Ok(Answer::new(
        settings,
        || json!({"tangents": json::object(names.iter().cloned().zip(&values))}),
        || {
            let line = |(name, v): (&String, &Value)| {
                terminal::line(&format!("tangent of {}", terminal::name(name)), v)
            };
            names.iter().zip(&values).map(line).collect()
        },
    ))
}

/// One direction of its type for each name, all of them given.
pub(crate) fn directions(
    what: &str,
    of: &[(String, Type)],
    given: &[Binding],
) -> Result<Vec<Value>, Failure> {
    if let Some(other) = given.iter().find(|b| of.iter().all(|(name, _)| *name != b.name)) {
        let names: Vec<String> = of.iter().map(|(name, _)| format!("{name:?}")).collect();
        let (name, names) = (&other.name, names.join(", "));
        return Err(Failure::input(format!(
            "--{what}: {name:?} has no {what} here; expected those of {names}"
        )));
    }
    let direction = |(name, ty): &(String, Type)| match given.iter().find(|b| b.name == *name) {
        Some(binding) => binding.converted(ty),
        None => Err(Failure::input(format!("{name:?} ({ty}) needs a {what}: give one with --{what}"))),
    };
    of.iter().map(direction).collect()
}

/// The outputs of a directional derivative.
pub(crate) fn along(
    program: &Program,
    derivative: &Directional,
    given: Vec<Value>,
) -> Result<Vec<Value>, Failure> {
    let names = derivative.directions.iter().map(String::as_str);
    let inputs: Vec<(&str, Value)> = program.inputs().into_iter().chain(names.zip(given)).collect();
    evaluate(&derivative.function, &inputs)
}
