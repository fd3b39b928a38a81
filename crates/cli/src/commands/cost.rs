//! `wengert cost`: what each order of accumulation costs, counted before anything runs.

use crate::answer::Answer;
use crate::args::{ProgramArgs, SearchArgs, Settings, WrtArgs};
use crate::costs;
use crate::explain::Explanation;
use crate::failure::Failure;
use crate::program::Program;
use clap::Args;
use wengert::diff::survey;

#[derive(Args, Debug)]
#[command(
    after_help = "Needs no values: a name without a type is a scalar. Vertices of an order are numbered as `wengert show --stage
cross --steps 0` numbers them.

Conventions:
  free-units  products; those by exact 1 and -1 and movements of elements are free
  flops       products and additions; the same are free
  shared      products, also by 1 and -1, equal subexpressions merged
  alphagrad   products, also by 1 and -1, equal subexpressions apart (as with --no-share)

Examples:
  wengert cost -e 'c = a + b; e = c * (b + 1)'
  wengert cost model.wg --wrt W --json
  wengert cost model.wg --convention alphagrad --budget 2s
  wengert cost -e 'sum(tanh(x))' --at 'x=zeros([1000])' --no-share
  wengert cost model.wg --explain"
)]
pub(crate) struct CostArgs {
    #[command(flatten)]
    pub(crate) program: ProgramArgs,
    #[command(flatten)]
    pub(crate) wrt: WrtArgs,
    #[command(flatten)]
    pub(crate) search: SearchArgs,
    /// Say which mode auto takes and why: what each one will do, and what the interpreter then counts. It runs at the values
    /// given, or where one is missing at ones, if that is soon done
    #[arg(long)]
    pub(crate) explain: bool,
}

pub(crate) fn run(args: &CostArgs, settings: &Settings) -> Result<Answer, Failure> {
    let SearchArgs { convention, budget, seed } = args.search;
    let settings = &args.search.counting(settings)?;
    let program = Program::with_types(&args.program, &args.wrt.wrt, settings)?;
    let counted = survey(&program.function, &program.variables()?, convention, budget, seed)
        .map_err(program.placed())?;
    let explained = match args.explain {
        true => Some(Explanation::new(&program, &counted.choice)?),
        false => None,
    };
    Ok(Answer::new(
        settings,
        || {
            let mut document = costs::survey_document(&counted);
            if let Some(explained) = &explained {
                document["explanation"] = explained.document();
            }
            document
        },
        || costs::survey_text(&counted) + &explained.as_ref().map(Explanation::text).unwrap_or_default(),
    ))
}
