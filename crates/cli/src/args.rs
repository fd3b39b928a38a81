//! The command line: commands, their options, and what their help says.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use wengert::diff::Mode;
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
    Grad(DerivativeArgs),
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
    /// Print or draw a program at one stage
    Show(ShowArgs),
    /// Verify a program and hold every mode against finite differences
    Check(CheckArgs),
    /// Train a network, from a file or a preset
    Train(TrainArgs),
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
    /// `x=2`, `A=[[1, 2], [3, 4]]`, `b=-inf`, `z=zeros([0, 3])`, `i=i64([1, 2])`, `values.npz`. A name with `=` in it
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

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  wengert eval -e 'sin(pi / 6)'
  wengert eval model.wg --at x=2 --at 'A=[[1, 2], [3, 4]]'
  wengert eval model.wg --at weights.npz --json")]
pub(crate) struct EvalArgs {
    #[command(flatten)]
    pub(crate) program: ProgramArgs,
}

/// A derivative in any mode.
#[derive(Args, Debug)]
#[command(after_help = "The output must be one scalar; for others there are jacobian and vjp.

Examples:
  wengert grad -e 'c = a + b; e = c * (b + 1)' --wrt a,b --at a=2 --at b=1
  wengert grad model.wg --at values.npz --mode forward --json")]
pub(crate) struct DerivativeArgs {
    #[command(flatten)]
    pub(crate) program: ProgramArgs,
    #[command(flatten)]
    pub(crate) wrt: WrtArgs,
    /// In which order derivatives are accumulated; auto takes the cheaper of forward and reverse
    #[arg(long, default_value = Mode::Auto.name(), value_parser = modes())]
    pub(crate) mode: Mode,
}

#[derive(Args, Debug)]
#[command(after_help = "The shape of a block is that of the output, then that of the input.

Examples:
  wengert jacobian -e 'y = [a * b, sin(a)]' --at a=2 --at b=3
  wengert jacobian model.wg --wrt x --at 'x=[1, 2, 3]' --mode reverse")]
pub(crate) struct JacobianArgs {
    #[command(flatten)]
    pub(crate) derivative: DerivativeArgs,
}

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
}

#[derive(Args, Debug)]
#[command(
    after_help = "Without --wrt the inputs with a tangent are the variables, and every other input is held fixed.
With --wrt every variable needs a tangent.

Examples:
  wengert jvp -e 'e = (a + b) * (b + 1)' --at a=2 --at b=1 --tangent a=1
  wengert jvp -e 'x * 2' --at 'x=[1, 2]' --tangent 'x=[1, 0]'"
)]
pub(crate) struct JvpArgs {
    #[command(flatten)]
    pub(crate) program: ProgramArgs,
    #[command(flatten)]
    pub(crate) wrt: WrtArgs,
    /// The tangent of an input, of its shape; may be repeated
    #[arg(long, value_name = "NAME=EXPR", allow_hyphen_values = true)]
    pub(crate) tangent: Vec<String>,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Every output needs a cotangent, except that the cotangent of a single scalar output is 1 unless given.

Examples:
  wengert vjp -e 'e = (a + b) * (b + 1)' --at a=2 --at b=1 --cotangent e=1
  wengert vjp -e 'y = x * 2' --at 'x=[1, 2]' --cotangent 'y=[1, 10]'"
)]
pub(crate) struct VjpArgs {
    #[command(flatten)]
    pub(crate) program: ProgramArgs,
    #[command(flatten)]
    pub(crate) wrt: WrtArgs,
    /// The cotangent of an output, of its shape; may be repeated
    #[arg(long, value_name = "NAME=EXPR", allow_hyphen_values = true)]
    pub(crate) cotangent: Vec<String>,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Prints the value, then the first derivative and so on, by differentiating again and again.

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

/// A state of a program on its way.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stage {
    /// The program as it stands
    Primal,
    /// A local derivative on every edge
    Linearized,
    /// The outputs with their tangents, from tangents of the inputs
    Forward,
    /// The outputs with the gradient, or cotangents from those of the outputs
    Reverse,
}

/// How a stage is shown.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Format {
    /// As a program, or as lines
    Text,
    /// For Graphviz
    Dot,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Needs no values; with a value for every input the picture shows what each node computes.

Examples:
  wengert show -e 'c = a + b; e = c * (b + 1)' --stage reverse
  wengert show model.wg --stage linearized --format dot -o model.dot
  wengert show -e 'sin(a * b)' --format dot --at a=2 --at b=3 | dot -Tsvg > graph.svg"
)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    pub(crate) program: ProgramArgs,
    #[command(flatten)]
    pub(crate) wrt: WrtArgs,
    /// Which state of the program
    #[arg(long, value_enum, default_value_t = Stage::Primal)]
    pub(crate) stage: Stage,
    /// As a text or as a picture
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// The file to write instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Draw every node of a large graph
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Inputs without a value get random ones. Directions at a kink, where differences say nothing, are left out.

Examples:
  wengert check -e 'sum(tanh(x) * y)' --at 'x=[1, 2]' --at y=3
  wengert check model.wg --seed 7 --json"
)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) program: ProgramArgs,
    #[command(flatten)]
    pub(crate) wrt: WrtArgs,
    /// What the random values are drawn from
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
}

/// A configuration that is known to work.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PresetName {
    /// Exclusive or
    Xor,
    /// The handwritten digits that the program carries
    Digits,
    /// MNIST, from the folder that --data names
    Mnist,
}

#[derive(Args, Debug, Default)]
#[command(after_help = "Writes loss.csv, model.dot and gradient.dot into the folder that --out names.

Examples:
  wengert train --preset xor --seed 3
  wengert train --preset mnist --data mnist/ --epochs 5
  wengert train experiment.toml --out results --json

A configuration:
  [data]
  source = \"csv\"            # or digits, xor, npz, npy, idx
  path = \"iris.csv\"
  [model]
  hidden = [16]
  activation = \"relu\"
  [train]
  loss = \"softmax_cross_entropy\"
  optimizer = { name = \"adam\", learning_rate = 0.01 }
  epochs = 50")]
pub(crate) struct TrainArgs {
    /// A configuration in TOML
    #[arg(required_unless_present = "preset", conflicts_with = "preset")]
    pub(crate) config: Option<PathBuf>,
    /// A configuration that is known to work
    #[arg(long, value_enum)]
    pub(crate) preset: Option<PresetName>,
    /// The folder with MNIST's files
    #[arg(long, value_name = "DIR", required_if_eq("preset", "mnist"))]
    pub(crate) data: Option<PathBuf>,
    /// What weights, the split and orders are drawn from
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// How often every sample is seen
    #[arg(long)]
    pub(crate) epochs: Option<usize>,
    /// Where files are written
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  wengert completions bash > ~/.local/share/bash-completion/completions/wengert
  wengert completions zsh > ~/.zfunc/_wengert
  wengert completions fish > ~/.config/fish/completions/wengert.fish")]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
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
        assert_eq!(args.program.text.as_deref(), Some("-x"));
        assert_eq!((args.wrt.wrt, args.program.at), (vec!["-x".to_owned()], vec!["-x=-1".to_owned()]));
    }

    #[test]
    fn only_modes_that_exist_are_taken() {
        for mode in ["cross", "compressed", "Forward", ""] {
            assert!(Cli::try_parse_from(["wengert", "grad", "-e", "x", "--mode", mode]).is_err(), "{mode}");
        }
        assert!(Cli::try_parse_from(["wengert", "eval"]).is_err());
        assert!(Cli::try_parse_from(["wengert", "train", "--preset", "mnist"]).is_err());
        assert!(Cli::try_parse_from(["wengert"]).unwrap().command.is_none());
    }
}
