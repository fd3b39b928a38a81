//! The command line: its commands, and the options that they share. Those of one command stand beside it.

use crate::commands::check::CheckArgs;
use crate::commands::completions::CompletionsArgs;
use crate::commands::cost::CostArgs;
use crate::commands::eval::EvalArgs;
use crate::commands::evaluate::EvaluateArgs;
use crate::commands::gallery::GalleryArgs;
use crate::commands::grad::GradArgs;
use crate::commands::hessian::HessianArgs;
use crate::commands::jacobian::JacobianArgs;
use crate::commands::jvp::JvpArgs;
use crate::commands::predict::PredictArgs;
use crate::commands::profile::ProfileArgs;
use crate::commands::show::ShowArgs;
use crate::commands::taylor::TaylorArgs;
use crate::commands::train::{PresetName, TrainArgs};
use crate::commands::vjp::VjpArgs;
use crate::failure::Failure;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::time::Duration;
use wengert::diff::Mode;
use wengert::diff::eliminate::{Budget, Convention, Step};
use wengert::expr::DType;

/// Symbolic computational graphs with automatic differentiation.
///
/// Without a command: trains a network on handwritten digits and shows what its gradient costs.
#[derive(Parser, Debug)]
#[command(
    name = "wengert",
    version,
    after_help = "\
A PROGRAM is a file, `-` for standard input, or -e TEXT. A name that it does not declare takes its type from its value.

Examples:
  wengert
  wengert eval -e 'c = a + b; e = c * (b + 1)' --at a=2 --at b=1
  wengert grad -e 'c = a + b; e = c * (b + 1)' --wrt a,b --at a=2 --at b=1
  wengert cost model.wg
  wengert show model.wg --stage reverse --format dot | dot -Tsvg > model.svg

Exit status: 0 fine, 1 the work failed, 2 bad input or usage."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) settings: Settings,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What holds for every command.
#[derive(Args, Clone, Debug)]
pub(crate) struct Settings {
    /// Print one JSON document on standard output, errors too
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The floats of names and numbers without a type of their own (f64 unless given)
    #[arg(long, global = true, value_parser = floats())]
    pub(crate) dtype: Option<DType>,
    /// Keep equal subexpressions apart, to count as others do
    #[arg(long, global = true)]
    pub(crate) no_share: bool,
}

impl Settings {
    /// The floats of names and numbers without a type of their own.
    pub(crate) fn float(&self) -> DType {
        self.dtype.unwrap_or(DType::F64)
    }
}

fn floats() -> impl TypedValueParser<Value = DType> {
    let names = [DType::F64, DType::F32].map(DType::name);
    PossibleValuesParser::new(names).map(|name| DType::from_name(&name).unwrap_or(DType::F64))
}

fn modes() -> impl TypedValueParser<Value = Mode> {
    PossibleValuesParser::new(Mode::ALL.map(Mode::name)).try_map(|name| name.parse::<Mode>())
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Evaluate the outputs
    Eval(EvalArgs),
    /// The gradient of one scalar output
    Grad(GradArgs),
    /// All derivatives of all outputs
    Jacobian(JacobianArgs),
    /// The second derivatives of one scalar output
    Hessian(HessianArgs),
    /// Tangents of the outputs from tangents of the inputs: one forward pass
    Jvp(JvpArgs),
    /// Cotangents of the inputs from cotangents of the outputs: one reverse pass
    Vjp(VjpArgs),
    /// Derivatives of higher order of a scalar function of a scalar
    Taylor(TaylorArgs),
    /// What each mode of differentiation costs, counted before anything runs
    Cost(CostArgs),
    /// Where the time of a compiled program goes, step by step
    Profile(ProfileArgs),
    /// Print or draw a program at one stage
    Show(ShowArgs),
    /// Verify a program and hold every mode against finite differences
    Check(CheckArgs),
    /// Train a network, from a file or a preset
    Train(TrainArgs),
    /// Make the figures of the lecture, with their numbers and a page
    Gallery(GalleryArgs),
    /// What a trained model says of samples
    Predict(PredictArgs),
    /// How well a trained model does
    Evaluate(EvaluateArgs),
    /// Print completions for a shell
    Completions(CompletionsArgs),
}

impl Default for Command {
    /// The main job.
    fn default() -> Command {
        Command::Train(TrainArgs { preset: Some(PresetName::Digits), ..TrainArgs::default() })
    }
}

/// A program and values for its inputs.
#[derive(Args, Clone, Debug)]
pub(crate) struct ProgramArgs {
    /// A file, or `-` for standard input
    #[arg(value_name = "PROGRAM", required_unless_present = "text", conflicts_with = "text")]
    pub(crate) file: Option<PathBuf>,
    /// The program itself
    #[arg(short = 'e', long = "expression", value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) text: Option<String>,
    /// A value as a constant expression, or a file of named arrays; may be repeated
    ///
    /// `x=2`, `A=[[1, 2], [3, 4]]`, `b=-inf`, `z=zeros([0, 3])`, `i=i64([1, 2])`, `values.npz`, `w.safetensors`. A name with `=` in it
    /// stands in backquotes. A name that the program does not declare takes the shape of its value, floats as --dtype
    /// says.
    #[arg(long, value_name = "NAME=EXPR|FILE.npz", allow_hyphen_values = true)]
    pub(crate) at: Vec<String>,
}

/// With respect to which inputs.
#[derive(Args, Clone, Debug)]
pub(crate) struct WrtArgs {
    /// The inputs to differentiate with respect to, with commas between them; all floats unless given
    #[arg(long, value_name = "NAMES", allow_hyphen_values = true)]
    pub(crate) wrt: Vec<String>,
}

/// An order of elimination.
#[derive(Args, Clone, Debug)]
pub(crate) struct OrderArgs {
    /// Eliminate in this order: vertices as `wengert show --stage cross --steps 0` numbers them, edges like 3>7 (in front)
    /// and 3<7 (behind)
    #[arg(long, value_name = "STEPS", value_delimiter = ',', allow_hyphen_values = true)]
    pub(crate) order: Option<Vec<Step>>,
}

/// What an order of elimination is to make small, and how hard to look for it.
#[derive(Args, Clone, Debug)]
pub(crate) struct SearchArgs {
    /// What is counted
    #[arg(long, default_value = Convention::FreeUnits.name(), value_parser = conventions())]
    pub(crate) convention: Convention,
    /// How long to search for the best order: `500ms`, `2s`, or so many steps, `10000`; 0 tries rules only
    #[arg(long, default_value = "300ms", value_parser = budget)]
    pub(crate) budget: Budget,
    /// The seed of the search
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
}

impl SearchArgs {
    /// The settings with the sharing that the convention is about.
    pub(crate) fn counting(&self, settings: &Settings) -> Result<Settings, Failure> {
        let convention = self.convention;
        match (convention.sharing(), settings.no_share) {
            (Some(true), true) => Err(Failure::input(format!(
                "convention {convention} counts a graph in which equal subexpressions are merged: leave out --no-share, \
                 or take convention alphagrad"
            ))),
            (Some(false), false) => Ok(Settings { no_share: true, ..settings.clone() }),
            (Some(_) | None, _) => Ok(settings.clone()),
        }
    }
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

/// A derivative in any mode.
#[derive(Args, Debug)]
pub(crate) struct DerivativeArgs {
    #[command(flatten)]
    pub(crate) program: ProgramArgs,
    #[command(flatten)]
    pub(crate) wrt: WrtArgs,
    /// In which order derivatives are accumulated; auto takes the one that is predicted to do least
    #[arg(long, default_value = Mode::Auto.name(), value_parser = modes())]
    pub(crate) mode: Mode,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_commands_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_has_examples() {
        for command in Cli::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains(&format!("wengert {}", command.get_name())), "{}", command.get_name());
        }
    }

    #[test]
    fn dashes_are_data() {
        let cli =
            Cli::try_parse_from(["wengert", "grad", "-e", "-x", "--wrt", "-x", "--at", "-x=-1", "--json"]);
        let Some(Command::Grad(args)) = cli.unwrap().command else { panic!("another command") };
        let args = args.derivative;
        assert_eq!(args.program.text.as_deref(), Some("-x"));
        assert_eq!((args.wrt.wrt, args.program.at), (vec!["-x".to_owned()], vec!["-x=-1".to_owned()]));
    }

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

    #[test]
    fn only_modes_that_exist_are_taken() {
        for mode in ["sideways", "Forward", ""] {
            assert!(Cli::try_parse_from(["wengert", "grad", "-e", "x", "--mode", mode]).is_err(), "{mode}");
        }
        assert!(Cli::try_parse_from(["wengert", "eval"]).is_err());
        assert!(Cli::try_parse_from(["wengert", "train", "--preset", "mnist"]).is_err());
        assert!(Cli::try_parse_from(["wengert"]).unwrap().command.is_none());
    }
}
