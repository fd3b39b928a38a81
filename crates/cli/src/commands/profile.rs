//! `wengert profile`: where the time of a compiled program goes, step by step, beside what the machine could do at best.

mod report;
mod subject;

use crate::answer::Answer;
use crate::args::{ProgramArgs, Settings, WrtArgs};
use crate::commands::show::passes::Of;
use crate::commands::train::PresetName;
use crate::failure::Failure;
use clap::Args;
use clap::value_parser;
use report::Report;
use std::path::PathBuf;
use std::time::Instant;
use subject::Subject;
use wengert::exec::{CompileOptions, ExecError, Executable, compile};
use wengert::expr::Value;

#[derive(Args, Debug)]
#[command(
    mut_arg("file", |file| file.required_unless_present_any(["text", "preset"])),
    after_help = "An input without a value is drawn: floats from [-1, 1), the same each time; integers are 0. Flops and bytes are
counted from types: a function like the sine is one, and each array that a step touches is read or written once. The
prediction is what the arithmetic or the bytes of a step take at the machine's limits, which are measured beside it:
whichever is longer.

Examples:
  wengert profile -e 'input A: f64[500, 500]; sum(tanh(A @ A))' --of reverse
  wengert profile model.wg --at values.npz --runs 100 --threads 1 --json
  wengert profile --preset digits"
)]
pub(crate) struct ProfileArgs {
    #[command(flatten)]
    program: ProgramArgs,
    #[command(flatten)]
    wrt: WrtArgs,
    /// What is run: the program, or a derivative of it (primal unless given)
    #[arg(long, value_enum, value_name = "STAGE")]
    of: Option<Of>,
    /// A step of this preset's training instead of a program
    #[arg(long, value_enum, conflicts_with_all = ["file", "text", "at", "wrt", "of"])]
    preset: Option<PresetName>,
    /// The folder with MNIST's files
    #[arg(long, value_name = "DIR", required_if_eq_any([("preset", "mnist"), ("preset", "mnist-conv")]), requires = "preset")]
    data: Option<PathBuf>,
    /// How often it runs; as often as fits into a second unless given, and at least three times
    #[arg(long, value_name = "COUNT", value_parser = value_parser!(u32).range(1..=1_000_000))]
    runs: Option<u32>,
    /// How many threads share long steps; as many as the machine has, or as WENGERT_THREADS says, unless given
    #[arg(long, value_name = "COUNT", value_parser = value_parser!(u32).range(1..=1024))]
    threads: Option<u32>,
    /// Compile with rules too that may change a rounding, a NaN or the sign of a zero
    #[arg(long)]
    relaxed: bool,
}

pub(crate) fn run(args: &ProfileArgs, settings: &Settings) -> Result<Answer, Failure> {
    let subject = match args.preset {
        Some(preset) => Subject::training(preset, args.data.clone(), settings)?,
        None => Subject::program(&args.program, &args.wrt, args.of.unwrap_or(Of::Primal), settings)?,
    };
    let options = if args.relaxed { CompileOptions::relaxed() } else { CompileOptions::default() };
    let options = CompileOptions {
        carry: subject.carry,
        threads: args.threads.map(|n| n as usize).or(options.threads),
        ..options
    };
    let executable = compile(&subject.function, &options).map_err(|error| subject.placed(error))?;
    let runs = match args.runs {
        Some(runs) => Ok(runs as usize),
        None => fitting(&executable, &subject.inputs),
    };
    let profile = runs.and_then(|runs| executable.profile(&subject.inputs, runs));
    let profile = profile.map_err(|error| subject.placed(error))?;
    let report = Report { profile, phases: executable.phases(), memory: executable.memory() };
    Ok(Answer::new(settings, || report.document(), || report.text()))
}

/// How many runs fit into a second.
fn fitting(executable: &Executable, inputs: &[Value]) -> Result<usize, ExecError> {
    const FEWEST: f64 = 3.0;
    const MOST: f64 = 10_000.0;
    // The first run touches its memory for the first time.
    executable.run(inputs)?;
    let start = Instant::now();
    executable.run(inputs)?;
    let runs = 1.0 / start.elapsed().as_secs_f64().max(1e-9);
    Ok(runs.clamp(FEWEST, MOST) as usize)
}
