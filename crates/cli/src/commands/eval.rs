//! `wengert eval`: the outputs at the values given.

use crate::answer::Answer;
use crate::args::{ProgramArgs, Settings};
use crate::failure::Failure;
use crate::program::Program;
use crate::{json, terminal};
use clap::Args;
use serde_json::json;

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  wengert eval -e 'sin(pi / 6)'
  wengert eval model.wg --at x=2 --at 'A=[[1, 2], [3, 4]]'
  wengert eval model.wg --at weights.npz --json")]
pub(crate) struct EvalArgs {
    #[command(flatten)]
    pub(crate) program: ProgramArgs,
}

pub(crate) fn run(args: &EvalArgs, settings: &Settings) -> Result<Answer, Failure> {
    let program = Program::with_values(&args.program, &[], settings)?;
    let values = program.evaluate(&program.function)?;
    let names = program.output_names();
    Ok(Answer::new(
        settings,
        || json!({"outputs": json::object(names.iter().cloned().zip(&values))}),
        || names.iter().zip(&values).map(|(name, v)| terminal::line(&terminal::name(name), v)).collect(),
    ))
}
