//! `wengert hessian`: the second derivatives of one scalar output.

use super::jacobian::Blocks;
use crate::answer::Answer;
use crate::args::{HessianArgs, Settings};
use crate::failure::Failure;
use crate::program::Program;
use crate::terminal;
use serde_json::json;
use wengert::diff::hessian;

pub(crate) fn run(args: &HessianArgs, settings: &Settings) -> Result<Answer, Failure> {
    let args = &args.derivative;
    let program = Program::with_values(&args.program, &args.wrt.wrt, settings)?;
    let derivative =
        hessian(&program.function, &program.variables()?, args.mode).map_err(program.placed())?;
    let values = program.evaluate(&derivative)?;
    let blocks = Blocks { rows: program.wrt.clone(), columns: &program.wrt, values };
    let squared = format!("d²{}/d", terminal::name(&program.output_names()[0]));
    Ok(Answer::new(settings, || json!({"hessian": blocks.document()}), || blocks.text(&squared)))
}
