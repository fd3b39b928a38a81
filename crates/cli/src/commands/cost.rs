//! `wengert cost`: what each order of accumulation costs, counted before anything runs.

use crate::answer::Answer;
use crate::args::{ProgramArgs, Settings, WrtArgs};
use crate::costs;
use crate::explain::Explanation;
use crate::failure::Failure;
use crate::program::Program;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::time::Duration;
use wengert::diff::eliminate::{Budget, Convention};
use wengert::diff::survey;

#[derive(Args, Debug)]
#[command(
    after_help = "Needs no values: a name without a type is a scalar. Vertices of an order are numbered as `wengert show --stage
linearized` lists them, from 0.

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
    /// What is counted
    #[arg(long, default_value = Convention::FreeUnits.name(), value_parser = conventions())]
    pub(crate) convention: Convention,
    /// How long to search for the best order: `500ms`, `2s`, or so many steps, `10000`; 0 tries rules only
    #[arg(long, default_value = "300ms", value_parser = budget)]
    pub(crate) budget: Budget,
    /// The seed of the search
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Say which mode auto takes and why: what each one will do, and what the interpreter then counts. It runs at the values
    /// given, or where one is missing at ones
    #[arg(long)]
    pub(crate) explain: bool,
}

fn conventions() -> impl TypedValueParser<Value = Convention> {
    PossibleValuesParser::new(Convention::ALL.map(Convention::name))
        .try_map(|name| name.parse::<Convention>())
}

/// The longest time that a search may be given.
const LONGEST: f64 = 1e6;

/// A time with its unit, or a number of steps.
fn budget(text: &str) -> Result<Budget, String> {
    let wrong =
        || format!("{text:?} is no budget: give a time like 2s or 500ms, or a number of steps like 10000");
    let seconds = |number: &str, unit: f64| {
        let number: f64 = number.trim().parse().map_err(|_| wrong())?;
        let seconds = number * unit;
        if !(0.0..=LONGEST).contains(&seconds) {
            return Err(wrong());
        }
        Ok(Budget::time(Duration::from_secs_f64(seconds)))
    };
    if let Some(number) = text.strip_suffix("ms") {
        return seconds(number, 1e-3);
    }
    if let Some(number) = text.strip_suffix('s') {
        return seconds(number, 1.0);
    }
    text.trim().parse().map(Budget::steps).map_err(|_| wrong())
}

pub(crate) fn run(args: &CostArgs, settings: &Settings) -> Result<Answer, Failure> {
    let settings = &counting(args.convention, settings)?;
    let program = Program::with_types(&args.program, &args.wrt.wrt, settings)?;
    let counted = survey(&program.function, &program.variables()?, args.convention, args.budget, args.seed)
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

/// The settings with the sharing that a convention is about.
fn counting(convention: Convention, settings: &Settings) -> Result<Settings, Failure> {
    match (convention.sharing(), settings.no_share) {
        (Some(true), true) => Err(Failure::input(format!(
            "convention {convention} counts a graph in which equal subexpressions are merged: leave out --no-share, or \
             take convention alphagrad"
        ))),
        (Some(false), false) => Ok(Settings { no_share: true, ..settings.clone() }),
        (Some(_) | None, _) => Ok(settings.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_are_times_or_steps() {
        assert_eq!(budget("2s"), Ok(Budget::time(Duration::from_secs(2))));
        assert_eq!(budget("500ms"), Ok(Budget::time(Duration::from_millis(500))));
        assert_eq!(budget("10000"), Ok(Budget::steps(10_000)));
        assert!(budget("0").is_ok_and(|b| b.is_zero()) && budget("0s").is_ok_and(|b| b.is_zero()));
        for wrong in ["", "s", "-1s", "1e99s", "NaNs", "2 minutes", "1.5"] {
            assert!(budget(wrong).is_err(), "{wrong}");
        }
    }
}
