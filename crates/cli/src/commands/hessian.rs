//! `wengert hessian`: the second derivatives of one scalar output.

use super::jacobian::Blocks;
use crate::answer::Answer;
use crate::args::{DerivativeArgs, Settings};
use crate::failure::Failure;
use crate::program::Program;
use crate::{sparse, terminal};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde_json::json;
use std::io::{self, Write};
use wengert::diff::{HessianMethod, Mode, choose_hessian, hessian_by, sparse_hessian};

#[derive(Args, Debug)]
#[command(
    after_help = "Mode auto takes the method that needs the fewest operations: the reverse gradient differentiated in forward mode, or
along the groups of a colouring, or edge pushing. The other modes take both derivatives so.

Examples:
  wengert hessian -e 'x**2 * y' --at x=2 --at y=3
  wengert hessian -e 'sum(x**3)' --at 'x=[1, 2, 3]' --json
  wengert hessian -e 'sum((x[1:] - x[:-1]**2)**2)' --at 'x=[1, 2, 3, 4]' --sparse"
)]
pub(crate) struct HessianArgs {
    #[command(flatten)]
    pub(crate) derivative: DerivativeArgs,
    /// How the second derivatives are made; beside the modes there are forward-over-reverse and edge-pushing
    #[arg(long, value_parser = methods())]
    pub(crate) method: Option<HessianMethod>,
    /// Only the places that can be other than zero, by a colouring; `--json` gives their numbers in the flattened arrays
    #[arg(long)]
    pub(crate) sparse: bool,
}

pub(crate) fn run(args: &HessianArgs, settings: &Settings) -> Result<Answer, Failure> {
    if let (true, Some(method)) = (args.sparse, args.method.filter(|m| *m != HessianMethod::Compressed)) {
        return Err(Failure::input(format!("--sparse is for method compressed, not for method {method}")));
    }
    if args.sparse {
        return sparse::run(&args.derivative, settings, "hessian", sparse_hessian);
    }
    let (method, args) = (args.method, &args.derivative);
    if method.is_some() && args.mode != Mode::Auto {
        return Err(Failure::input(
            "--method says how both derivatives are taken: leave out --mode".to_owned(),
        ));
    }
    let program = Program::with_values(&args.program, &args.wrt.wrt, settings)?;
    let wrt = program.variables()?;
    let method = match method.or(HessianMethod::of(args.mode)) {
        Some(method) => method,
        None => chosen(&program, &wrt, settings)?,
    };
    let derivative = hessian_by(&program.function, &wrt, method).map_err(program.placed())?;
    let values = program.evaluate(&derivative)?;
    let blocks = Blocks { rows: program.wrt.clone(), columns: &program.wrt, values };
    let squared = format!("d²{}/d", terminal::name(&program.output_names()[0]));
    Ok(Answer::new(settings, || json!({"hessian": blocks.document()}), || blocks.text(&squared)))
}

fn methods() -> impl TypedValueParser<Value = HessianMethod> {
    PossibleValuesParser::new(HessianMethod::ALL.map(HessianMethod::name))
        .try_map(|name| name.parse::<HessianMethod>())
}

/// The method that does least; a person is told which and why.
fn chosen(program: &Program, wrt: &[&str], settings: &Settings) -> Result<HessianMethod, Failure> {
    let choice = choose_hessian(&program.function, wrt).map_err(program.placed())?;
    if !settings.json {
        // What cannot be said is no reason to stop.
        let _ = writeln!(io::stderr(), "method {}", choice.reason());
    }
    Ok(choice.mode)
}
