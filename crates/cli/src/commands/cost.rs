//! `wengert cost`: what each mode of differentiation costs, counted before anything runs.

use crate::answer::Answer;
use crate::args::{ProgramArgs, Settings, WrtArgs};
use crate::costs;
use crate::failure::Failure;
use crate::program::Program;
use clap::Args;
use wengert::diff::cost;

#[derive(Args, Debug)]
#[command(after_help = "Needs no values: a name without a type is a scalar.

Examples:
  wengert cost -e 'c = a + b; e = c * (b + 1)'
  wengert cost model.wg --wrt W --json
  wengert cost -e 'sum(tanh(x))' --at 'x=zeros([1000])' --no-share")]
pub(crate) struct CostArgs {
    #[command(flatten)]
    pub(crate) program: ProgramArgs,
    #[command(flatten)]
    pub(crate) wrt: WrtArgs,
}

pub(crate) fn run(args: &CostArgs, settings: &Settings) -> Result<Answer, Failure> {
    let program = Program::with_types(&args.program, &args.wrt.wrt, settings)?;
    let counted = cost(&program.function, &program.variables()?).map_err(program.placed())?;
    Ok(Answer::new(settings, || costs::document(&counted), || costs::text(&counted)))
}
