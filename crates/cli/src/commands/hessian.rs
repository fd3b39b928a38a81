//! `wengert hessian`: the second derivatives of one scalar output.

use super::jacobian::Blocks;
use crate::answer::Answer;
use crate::args::{DerivativeArgs, Settings};
use crate::failure::Failure;
use crate::program::Program;
use crate::{sparse, terminal};
use clap::Args;
use serde_json::json;
use wengert::diff::{hessian, sparse_hessian};

#[derive(Args, Debug)]
#[command(
    after_help = "Mode auto differentiates the reverse gradient in forward mode; the others take both derivatives so.

Examples:
  wengert hessian -e 'x**2 * y' --at x=2 --at y=3
  wengert hessian -e 'sum(x**3)' --at 'x=[1, 2, 3]' --json"
)]
pub(crate) struct HessianArgs {
    #[command(flatten)]
    pub(crate) derivative: DerivativeArgs,
    /// Only the places that can be other than zero, by a colouring; `--json` gives their numbers in the flattened arrays
    #[arg(long)]
    pub(crate) sparse: bool,
}

pub(crate) fn run(args: &HessianArgs, settings: &Settings) -> Result<Answer, Failure> {
    if args.sparse {
        return sparse::run(&args.derivative, settings, "hessian", sparse_hessian);
    }
    let args = &args.derivative;
    let program = Program::with_values(&args.program, &args.wrt.wrt, settings)?;
    let derivative =
        hessian(&program.function, &program.variables()?, args.mode).map_err(program.placed())?;
    let values = program.evaluate(&derivative)?;
    let blocks = Blocks { rows: program.wrt.clone(), columns: &program.wrt, values };
    let squared = format!("d²{}/d", terminal::name(&program.output_names()[0]));
    Ok(Answer::new(settings, || json!({"hessian": blocks.document()}), || blocks.text(&squared)))
}
