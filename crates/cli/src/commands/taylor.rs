//! `wengert taylor`: derivatives of higher order of a scalar function of a scalar.

use crate::answer::Answer;
use crate::args::{ProgramArgs, Settings, WrtArgs};
use crate::failure::Failure;
use crate::program::Program;
use crate::{json, terminal};
use clap::Args;
use serde_json::{Value as Json, json};
use wengert::diff::taylor;

#[derive(Args, Debug)]
#[command(
    after_help = "Prints the value, then the first derivative and so on, from one sweep of truncated series.

Examples:
  wengert taylor -e 'tanh(x)' --at x=0.5 --order 3
  wengert taylor -e 'exp(2*x)' --wrt x --at x=0 --json"
)]
pub(crate) struct TaylorArgs {
    #[command(flatten)]
    pub(crate) program: ProgramArgs,
    #[command(flatten)]
    pub(crate) wrt: WrtArgs,
    /// The highest derivative
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(0..=30))]
    pub(crate) order: u8,
}

pub(crate) fn run(args: &TaylorArgs, settings: &Settings) -> Result<Answer, Failure> {
    let program = Program::with_values(&args.program, &args.wrt.wrt, settings)?;
    let variables = program.variables()?;
    let [x] = variables[..] else {
        let names = variables.iter().map(|v| format!("{v:?}")).collect::<Vec<_>>().join(", ");
        return Err(Failure::input(format!("taylor needs one variable, found {names}: name one with --wrt")));
    };
    let derivatives = taylor(&program.function, x, usize::from(args.order)).map_err(program.placed())?;
    let values = program.evaluate(&derivatives)?;
    let (f, x) = (terminal::name(&program.output_names()[0]), terminal::name(x));
    Ok(Answer::new(
        settings,
        || json!({"derivatives": values.iter().map(json::value).collect::<Vec<Json>>()}),
        || {
            let what = |order: usize| match order {
                0 => f.clone(),
                1 => format!("d{f}/d{x}"),
                _ => format!("d^{order} {f}/d{x}^{order}"),
            };
            values.iter().enumerate().map(|(order, v)| terminal::line(&what(order), v)).collect()
        },
    ))
}
