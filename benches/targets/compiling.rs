//! How the time to compile a value and its gradient, and to run them, grows from 10^3 to 10^6 nodes, as a Markdown table with log-log
//! slopes.
//!
//! Each time is the least of some repetitions. The nodes counted are those that the user writes; the gradient adds its own.
//! Without `--bench` (as `cargo test --all-targets` runs it) only small graphs are timed.
#![allow(clippy::print_stdout, reason = "a table is what it makes")]

use std::time::{Duration, Instant};
use wengert_benches::synthetic::Long;
use wengert_benches::{Error, Table, slope};
use wengert_diff::{Mode, value_and_grad};
use wengert_exec::{ArrayMut, ArrayRef, CompileOptions, Executable, compile};
use wengert_expr::{Builder, Function, Value};

const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
const SMALL: [usize; 4] = [200, 400, 800, 1_600];
const STAGES: [&str; 5] = ["write", "differentiate", "passes", "plan and kernels", "call"];

/// Seconds of each stage.
type Seconds = [f64; STAGES.len()];

fn written(family: Long, nodes: usize) -> Result<Function, Error> {
    let b = Builder::new();
    let (_, y) = family.write(&b, nodes);
    b.output("y", y);
    Ok(b.finish()?)
}

fn run(family: Long, nodes: usize) -> Result<Seconds, Error> {
    let (f, write) = timed(|| written(family, nodes));
    let f = f?;
    let (both, differentiate) = timed(|| value_and_grad(&f, &["x"], Mode::Reverse));
    let executable = compile(&both?, &CompileOptions::relaxed())?;
    let phases = executable.phases();
    let call = least_call(&executable)?;
    let all = [write, differentiate, phases.passes, phases.plan + phases.kernels, call];
    Ok(all.map(|stage| stage.as_secs_f64()))
}

fn timed<T>(f: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let made = f();
    (made, start.elapsed())
}

/// The least time of a call, over a tenth of a second.
fn least_call(executable: &Executable) -> Result<Duration, Error> {
    let at = Value::scalar(0.3);
    let mut results = [Value::scalar(0.0), Value::scalar(0.0)];
    let mut session = executable.session();
    let mut least = Duration::MAX;
    let start = Instant::now();
    while least == Duration::MAX || start.elapsed() < Duration::from_millis(100) {
        let mut outputs = results.each_mut().map(ArrayMut::from);
        let (ran, time) = timed(|| session.run_into(&[ArrayRef::from(&at)], &mut outputs));
        ran?;
        least = least.min(time);
    }
    Ok(least)
}

/// The least time of each stage over some runs.
fn least(family: Long, nodes: usize) -> Result<Seconds, Error> {
    let repetitions = (1_000_000 / nodes).clamp(2, 20);
    let mut best = run(family, nodes)?;
    for _ in 1..repetitions {
        let again = run(family, nodes)?;
        best = std::array::from_fn(|i| best[i].min(again[i]));
    }
    Ok(best)
}

fn rows(table: &mut Table, family: Long, sizes: &[usize; 4]) -> Result<(), Error> {
    let runs = sizes.iter().map(|&n| least(family, n)).collect::<Result<Vec<_>, _>>()?;
    for (i, stage) in STAGES.iter().enumerate() {
        let seconds: Vec<f64> = runs.iter().map(|run| run[i]).collect();
        let each = sizes.iter().zip(&seconds).map(|(&n, s)| format!("{:.1}", s * 1e9 / n as f64));
        let name = std::iter::once(format!("{}: {stage}", family.name()));
        table.row(name.chain(each).chain([format!("{:.2}", slope(sizes, &seconds))]).collect());
    }
    Ok(())
}

fn main() -> Result<(), Error> {
    let sizes = if std::env::args().any(|a| a == "--bench") { SIZES } else { SMALL };
    let headings = sizes.map(|n| format!("ns/node at {n}"));
    let headings = headings.iter().map(String::as_str);
    let headings: Vec<&str> =
        std::iter::once("graph: stage").chain(headings).chain(["log-log slope"]).collect();
    let mut table = Table::new(&headings);
    for family in Long::ALL {
        rows(&mut table, family, &sizes)?;
    }
    println!("{table}");
    Ok(())
}
