//! How the time of each stage grows from 10^4 to 10^6 nodes, as a Markdown table with log-log slopes.
//!
//! Each time is the least of some repetitions, since only interference makes one longer. The nodes counted are those
//! that the user writes; linearising adds coefficients and reverse mode adds cotangents beside them. Without `--bench`
//! (as `cargo test --all-targets` runs it) only small graphs are timed.
#![allow(clippy::print_stdout, reason = "a table is what it makes")]

use std::time::Instant;
use wengert_benches::synthetic::Long;
use wengert_benches::{Error, Table, slope};
use wengert_diff::eliminate::Convention;
use wengert_diff::{Linearized, Tangent, costs, reverse};
use wengert_expr::Builder;

const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
const SMALL: [usize; 3] = [100, 1_000, 10_000];
const STAGES: [&str; 5] = ["build", "linearise", "reverse", "cost", "drop"];

/// What one run of all stages shows.
struct Run {
    /// Seconds of each stage.
    seconds: [f64; 5],
    /// Nodes of the graph in the end, coefficients and derivative included.
    nodes: usize,
}

fn run(family: Long, nodes: usize) -> Result<Run, Error> {
    let mut laps = Laps::start();
    let b = Builder::new();
    let (x, y) = family.write(&b, nodes);
    laps.stop();
    let linear = Linearized::between(&[y], &[x])?;
    laps.stop();
    let Some(linear) = linear else { return Ok(Run { seconds: [0.0; 5], nodes: 0 }) };
    reverse(&b, &linear, &[Some(Tangent::one())], None);
    laps.stop();
    b.read(|g| costs(g, &linear, 1, 1, Convention::default()));
    laps.stop();
    let nodes = b.read(|g| g.len());
    drop((linear, b));
    laps.stop();
    Ok(Run { seconds: laps.seconds, nodes })
}

/// A stop watch with a lap for each stage.
struct Laps {
    since: Instant,
    at: usize,
    seconds: [f64; 5],
}

impl Laps {
    fn start() -> Laps {
        Laps { since: Instant::now(), at: 0, seconds: [0.0; 5] }
    }

    fn stop(&mut self) {
        self.seconds[self.at] = self.since.elapsed().as_secs_f64();
        self.at += 1;
        self.since = Instant::now();
    }
}

/// The least time of each stage over some runs.
fn least(family: Long, nodes: usize) -> Result<Run, Error> {
    let repetitions = (3_000_000 / nodes).clamp(5, 30);
    let mut best = run(family, nodes)?;
    for _ in 1..repetitions {
        let again = run(family, nodes)?.seconds;
        best.seconds = std::array::from_fn(|i| best.seconds[i].min(again[i]));
    }
    Ok(best)
}

fn rows(table: &mut Table, family: Long, sizes: &[usize; 3]) -> Result<(), Error> {
    let runs = [least(family, sizes[0])?, least(family, sizes[1])?, least(family, sizes[2])?];
    let stage = |i: usize| runs.each_ref().map(|r| r.seconds[i]);
    let total = runs.each_ref().map(|r| r.seconds.iter().sum::<f64>());
    let named = STAGES.iter().enumerate().map(|(i, &name)| (name, stage(i)));
    for (name, seconds) in named.chain([("all", total)]) {
        let each = sizes.iter().zip(seconds).map(|(&n, s)| format!("{:.0}", s * 1e9 / n as f64));
        let tail = [format!("{:.3}", seconds[2]), format!("{:.2}", slope(sizes, &seconds))];
        let name = format!("{}: {name}", family.name());
        let nodes = if name.ends_with("all") { runs[2].nodes.to_string() } else { String::new() };
        table.row([name].into_iter().chain(each).chain(tail).chain([nodes]).collect());
    }
    Ok(())
}

/// The greatest memory this process has held, where the system says so.
fn peak_memory() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(format!("{:.2} GiB", kib / f64::from(1 << 20)))
}

fn main() -> Result<(), Error> {
    let sizes = if std::env::args().any(|a| a == "--bench") { SIZES } else { SMALL };
    let heading = sizes.map(|n| format!("ns/node at {n}"));
    let last = format!("seconds at {}", sizes[2]);
    let [a, b, c] = &heading;
    let mut table = Table::new(&["graph: stage", a, b, c, &last, "log-log slope", "nodes in the end"]);
    for family in Long::ALL {
        rows(&mut table, family, &sizes)?;
    }
    println!("{table}");
    if let Some(peak) = peak_memory() {
        println!("Peak memory of the process: {peak}.");
    }
    Ok(())
}
