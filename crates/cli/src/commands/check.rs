//! `wengert check`: verifies a program and holds every mode against finite differences.

use crate::answer::Answer;
use crate::args::{ProgramArgs, Settings, WrtArgs};
use crate::failure::Failure;
use crate::json;
use crate::program::Program;
use crate::terminal::{name, number, table};
use clap::Args;
use serde_json::{Value as Json, json};
use wengert::check::{CHECKED_PATHS, Check, check_gradients, random_values};
use wengert::diff::Mode;
use wengert::exec::Interpreter;
use wengert::expr::{Value, verify};

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

pub(crate) fn run(args: &CheckArgs, settings: &Settings) -> Result<Answer, Failure> {
    let program = Program::with_types(&args.program, &args.wrt.wrt, settings)?;
    let wrt = program.variables()?;
    let violations = verify(&program.function);
    if !violations.is_empty() {
        let all: Vec<String> = violations.iter().map(ToString::to_string).collect();
        return Err(Failure::work(format!("the graph is not valid:\n{}", all.join("\n"))));
    }
    Interpreter::new(&program.function).check_sizes()?;
    let values = random_values(&program.function, &program.values, args.seed)?;
    let at: Vec<(&str, Value)> = values.iter().map(|(n, v)| (n.as_str(), v.clone())).collect();
    let checks = check_gradients(&program.function, &at, &wrt)?;
    let held = checks.iter().all(|check| check.ok);
    let lines = || text(&program, &checks, held);
    Ok(Answer::new(settings, || json!({"checks": checks.iter().map(document).collect::<Json>()}), lines)
        .if_held(held))
}

fn document(check: &Check) -> Json {
    json!({
        "mode": check.mode.name(),
        "worst": json::float(check.worst),
        "apart": json::float(check.apart),
        "directions": check.directions,
        "skipped": check.skipped,
        "ok": check.ok,
    })
}

fn text(program: &Program, checks: &[Check], held: bool) -> String {
    let short = |x: f64| if x == 0.0 { number(x) } else { format!("{x:.1e}") };
    let row = |c: &Check| {
        let verdict = if c.ok { "ok" } else { "FAILED" };
        let counts = [c.directions.to_string(), c.skipped.to_string(), verdict.to_owned()];
        [c.mode.to_string(), short(c.worst), short(c.apart)].into_iter().chain(counts).collect()
    };
    let header = ["mode", "from differences", "from reverse", "directions", "left out", "verdict"];
    let mut text = format!("{} live nodes verified\n", program.function.live_count());
    text.push_str(&table(&header, checks.iter().map(row).collect()));
    if checks.iter().all(|c| c.mode != Mode::Paths) {
        text.push_str(&format!("the path sum was not multiplied out: more than {CHECKED_PATHS} paths\n"));
    }
    let at: Vec<String> = program.wrt.iter().map(|w| name(w)).collect();
    let verdict = if held { "every mode agrees" } else { "the modes do not agree" };
    text.push_str(&format!("{verdict} with finite differences in f64, with respect to {}\n", at.join(", ")));
    text
}
