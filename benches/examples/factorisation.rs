//! The tables of docs/factorisation.md: what every order of accumulation costs on the published tasks, how long the
//! derivatives take to run, and how few directions sparse ones need.
//!
//! `cargo run --release -p wengert-benches --example factorisation` prints all of them, with the word `counts`,
//! `times` or `sparse` behind `--` one kind; each search for an order of vertices takes up to two seconds.
#![allow(clippy::print_stdout, reason = "it prints tables")]

use std::time::{Duration, Instant};
use wengert_benches::sparse::{arrow, bundle, rosenbrock};
use wengert_benches::tasks::Task;
use wengert_benches::{Case, Error, Prepared, Table};
use wengert_diff::eliminate::{Budget, Convention, Found, Heuristic, OrderCost};
use wengert_diff::{DiffError, Mode, Sparse, Survey, sparse_hessian, sparse_jacobian, survey};
use wengert_exec::Interpreter;
use wengert_expr::Value;

fn main() -> Result<(), Error> {
    let only = std::env::args().nth(1);
    let wanted = |table: &str| only.as_deref().is_none_or(|only| only == table);
    if wanted("counts") {
        println!("{}", published()?);
        for convention in [Convention::Shared, Convention::FreeUnits, Convention::Flops] {
            println!("{}", counts(convention)?);
        }
    }
    if wanted("times") {
        println!("{}", times()?);
    }
    if wanted("sparse") {
        println!("{}", sparse()?);
    }
    Ok(())
}

/// Twice this: half of a budget goes to orders of vertices.
const SEARCH: Duration = Duration::from_secs(4);

fn surveyed(task: &Task, convention: Convention) -> Result<Survey, Error> {
    let f = task.function(convention.sharing().unwrap_or(true))?;
    let wrt: Vec<&str> = f.inputs().iter().map(|i| i.name.as_str()).collect();
    Ok(survey(&f, &wrt, convention, Budget::time(SEARCH), 0)?)
}

fn by_rule(survey: &Survey, rule: Heuristic) -> String {
    let found = survey.orders.iter().find(|o| o.heuristic == rule).and_then(|o| o.cost.as_ref());
    found.map_or_else(|| "-".to_owned(), |cost| said(survey.costs.convention, cost))
}

/// Products, or where they count as well products and sums together.
fn said(convention: Convention, cost: &OrderCost) -> String {
    convention.weight(cost.work()).to_string()
}

fn optional(n: Option<u64>) -> String {
    n.map_or_else(|| "-".to_owned(), |n| n.to_string())
}

fn proof<S>(found: &Found<S>) -> String {
    if found.optimal { "optimal".to_owned() } else { format!("bound {}", found.bound) }
}

/// Under the convention of the published counts, beside them.
fn published() -> Result<String, Error> {
    let mut table = Table::new(&[
        "task (in -> out)",
        "paths",
        "products by path sum",
        "forward",
        "reverse",
        "Markowitz, lowest",
        "Markowitz, highest",
        "AlphaGrad's best",
        "ours",
        "",
        "seconds to find it",
        "by edges",
        "by faces",
    ]);
    for task in Task::ALL {
        let survey = surveyed(task, Convention::Alphagrad)?;
        let of = |found: Option<u64>| optional(found);
        table.row(vec![
            format!("{} ({} -> {})", task.name, task.inputs, task.outputs),
            survey.costs.paths.to_string(),
            survey.costs.path_sum.products.to_string(),
            by_rule(&survey, Heuristic::Forward),
            by_rule(&survey, Heuristic::Reverse),
            by_rule(&survey, Heuristic::MarkowitzLow),
            by_rule(&survey, Heuristic::MarkowitzHigh),
            optional(task.published.alphagrad),
            survey.best.weight.to_string(),
            proof(&survey.best),
            format!("{:.1}", survey.best.time.as_secs_f64()),
            of(survey.edges.as_ref().map(|f| f.weight)),
            of(survey.faces.as_ref().map(|f| f.weight)),
        ]);
    }
    Ok(format!("### Convention `alphagrad`\n\n{table}\n{}.\n", Convention::Alphagrad.meaning()))
}

fn counts(convention: Convention) -> Result<String, Error> {
    let mut table = Table::new(&[
        "task",
        "forward-order",
        "reverse-order",
        "markowitz-low",
        "markowitz-high",
        "minimal-fill",
        "look-ahead",
        "best",
        "",
        "by edges",
    ]);
    for task in Task::ALL {
        let survey = surveyed(task, convention)?;
        let mut cells = vec![task.name.to_owned()];
        cells.extend(Heuristic::ALL.map(|rule| by_rule(&survey, rule)));
        cells.push(survey.best.weight.to_string());
        cells.push(proof(&survey.best));
        cells.push(optional(survey.edges.as_ref().map(|f| f.weight)));
        table.row(cells);
    }
    Ok(format!("### Convention `{convention}`\n\n{table}\n{}.\n", convention.meaning()))
}

/// Whole Jacobians on the reference interpreter, and what each does.
fn times() -> Result<String, Error> {
    const MODES: [Mode; 4] = [Mode::Forward, Mode::Reverse, Mode::Cross, Mode::Compressed];
    let mut table = Table::new(&[
        "task",
        "",
        "forward",
        "reverse",
        "cross",
        "compressed",
        "forward / cross",
        "reverse / cross",
        "auto takes",
    ]);
    for task in Task::ALL {
        let case = Case::new(task.name, task.function(true)?, task.values());
        let wrt: Vec<&str> = case.wrt.iter().map(String::as_str).collect();
        let choice = wengert_diff::choose(&case.function, &wrt)?;
        let load = |mode: Mode| {
            wengert_diff::value_and_jacobian(&case.function, &wrt, mode)
                .map(|f| wengert_expr::Workload::of(&f))
        };
        let counts = MODES.map(load).into_iter().collect::<Result<Vec<_>, _>>()?;
        let mut cells = vec![task.name.to_owned(), "operations".to_owned()];
        cells.extend(counts.iter().map(|l| l.work.flops().to_string()));
        let ratio = |a: f64, b: f64| format!("{:.2}", a / b);
        let flops: Vec<f64> = counts.iter().map(|l| l.work.flops() as f64).collect();
        cells.extend([ratio(flops[0], flops[2]), ratio(flops[1], flops[2]), choice.mode.to_string()]);
        table.row(cells);
        let prepared = MODES.map(|mode| case.jacobian(mode)).into_iter().collect::<Result<Vec<_>, _>>()?;
        let times = interleaved(&prepared)?;
        let mut cells = vec![String::new(), "microseconds".to_owned()];
        cells.extend(times.iter().map(|t| format!("{:.1}", t * 1e6)));
        cells.extend([ratio(times[0], times[2]), ratio(times[1], times[2]), String::new()]);
        table.row(cells);
    }
    Ok(format!(
        "### Whole Jacobians, counted and run\n\n{table}\nOperations: products, sums and calls of functions of the outputs and the \
         whole Jacobian, as they are written after sharing. Microseconds: medians of 301 runs of the Jacobian on the reference \
         interpreter, the modes in turn.\n"
    ))
}

/// The median time of each, measured in turn.
fn interleaved(all: &[Prepared]) -> Result<Vec<f64>, Error> {
    const RUNS: usize = 301;
    let mut times = vec![Vec::with_capacity(RUNS); all.len()];
    for _ in 0..RUNS {
        for (prepared, times) in all.iter().zip(&mut times) {
            let start = Instant::now();
            prepared.run()?;
            times.push(start.elapsed().as_secs_f64());
        }
    }
    let median = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[RUNS / 2]
    };
    Ok(times.into_iter().map(median).collect())
}

/// Few directions for many variables.
fn sparse() -> Result<String, Error> {
    let mut table = Table::new(&[
        "derivative",
        "rows x columns",
        "places",
        "directions",
        "pattern and colouring, s",
        "run, s",
    ]);
    let mut row = |case: &Case, derive: Derive| -> Result<(), Error> {
        let wrt: Vec<&str> = case.wrt.iter().map(String::as_str).collect();
        let names = case.function.inputs().iter().map(|i| i.name.as_str());
        let at: Vec<(&str, Value)> = names.zip(case.values.iter().cloned()).collect();
        let start = Instant::now();
        let sparse = derive(&case.function, &wrt, &at)?;
        let made = start.elapsed().as_secs_f64();
        let interpreter = Interpreter::new(&sparse.function);
        let start = Instant::now();
        let values = interpreter.run_named(&at)?;
        let ran = start.elapsed().as_secs_f64();
        sparse.matrix(&values[0]).map_err(DiffError::from)?;
        let pattern = &sparse.pattern;
        table.row(vec![
            case.name.clone(),
            format!("{} x {}", pattern.rows(), pattern.columns()),
            pattern.nonzeros().to_string(),
            sparse.compression.to_string(),
            format!("{made:.3}"),
            format!("{ran:.3}"),
        ]);
        Ok(())
    };
    for n in [1_000, 10_000, 100_000] {
        row(&rosenbrock(n)?, sparse_hessian)?;
    }
    for n in [1_000, 10_000, 100_000] {
        row(&arrow(n)?, sparse_jacobian)?;
    }
    for (cameras, points, observations) in [(10, 200, 1_000), (100, 2_000, 10_000), (1_000, 20_000, 100_000)]
    {
        row(&bundle(cameras, points, observations)?, sparse_jacobian)?;
    }
    Ok(format!("### Sparse derivatives\n\n{table}"))
}

type Derive = fn(&wengert_expr::Function, &[&str], &[(&str, Value)]) -> Result<Sparse, DiffError>;
