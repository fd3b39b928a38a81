//! `wengert eval`: the outputs at the values given.

use crate::answer::Answer;
use crate::args::{EvalArgs, Settings};
use crate::failure::Failure;
use crate::program::Program;
use crate::{json, terminal};
use serde_json::json;

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
