//! `wengert cost`: what each mode of differentiation costs, counted before anything runs.

use crate::answer::Answer;
use crate::args::{CostArgs, Settings};
use crate::costs;
use crate::failure::Failure;
use crate::program::Program;
use wengert::diff::cost;

pub(crate) fn run(args: &CostArgs, settings: &Settings) -> Result<Answer, Failure> {
    let program = Program::with_types(&args.program, &args.wrt.wrt, settings)?;
    let counted = cost(&program.function, &program.variables()?).map_err(program.placed())?;
    Ok(Answer::new(settings, || costs::document(&counted), || costs::text(&counted)))
}
