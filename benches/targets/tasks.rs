//! Whole Jacobians of the published tasks by every order, on the reference interpreter; what each does is printed before
//! anything is timed. `cargo run --release -p wengert-benches --example factorisation` makes the tables of the counts.
#![allow(
    missing_docs,
    clippy::print_stdout,
    reason = "criterion's macros; counts are printed beside the times"
)]

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::Duration;
use wengert_benches::sparse::{arrow, rosenbrock};
use wengert_benches::tasks::Task;
use wengert_benches::{Case, Table};
use wengert_diff::eliminate::{Budget, Convention, Problem, search};
use wengert_diff::{Linearized, Mode, sparse_hessian, sparse_jacobian, value_and_jacobian};
use wengert_exec::Interpreter;
use wengert_expr::{Builder, Expr, Value, Workload};

const MODES: [Mode; 4] = [Mode::Forward, Mode::Reverse, Mode::Cross, Mode::Compressed];

fn cases() -> Vec<Case> {
    let case = |task: &Task| Case::new(task.name, task.function(true).expect("a task"), task.values());
    Task::ALL.iter().map(case).collect()
}

fn jacobians(c: &mut Criterion) {
    let mut table = Table::new(&["task", "mode", "products", "sums", "calls", "nodes"]);
    for case in cases() {
        let wrt: Vec<&str> = case.wrt.iter().map(String::as_str).collect();
        let mut group = c.benchmark_group(&case.name);
        group
            .sample_size(20)
            .warm_up_time(Duration::from_millis(100))
            .measurement_time(Duration::from_millis(500));
        for mode in MODES {
            let Workload { work, nodes, .. } =
                Workload::of(&value_and_jacobian(&case.function, &wrt, mode).expect("a derivative"));
            let counts = [work.products, work.sums, work.calls, nodes].map(|n| n.to_string());
            table.row([case.name.clone(), mode.to_string()].into_iter().chain(counts).collect());
            let prepared = case.jacobian(mode).expect("a derivative");
            let id = BenchmarkId::from_parameter(mode);
            group.bench_function(id, |b| b.iter(|| black_box(prepared.run().expect("values"))));
        }
    }
    println!("{table}");
}

/// A thousand steps of the search for an order of vertices.
fn searches(c: &mut Criterion) {
    let mut group = c.benchmark_group("search, 1000 steps");
    for task in &Task::ALL[..3] {
        let f = task.function(false).expect("a task");
        let b = Builder::on(f.graph().clone());
        let nodes = |ids: Vec<_>| -> Vec<Expr<'_>> { ids.into_iter().map(|n| b.node(n)).collect() };
        let variables = nodes(f.inputs().iter().map(|i| i.node).collect());
        let outputs = nodes(f.outputs().iter().map(|o| o.node).collect());
        let linear = Linearized::between(&outputs, &variables).expect("derivatives").expect("a graph");
        let problem = b.read(|g| Problem::new(g, &linear, Convention::Alphagrad));
        group.bench_function(task.name, |b| b.iter(|| black_box(search(&problem, Budget::steps(1000), 0))));
    }
}

fn sparse(c: &mut Criterion) {
    let mut group = c.benchmark_group("sparse, 10000 variables");
    group.sample_size(10);
    let tridiagonal = rosenbrock(10_000).expect("a function");
    let arrow = arrow(10_000).expect("a function");
    group.bench_function("tridiagonal Hessian: pattern, colouring, graph", |b| {
        b.iter(|| black_box(sparse_hessian(&tridiagonal.function, &["x"], &[]).expect("a derivative")));
    });
    group.bench_function("arrow: pattern, colouring, graph", |b| {
        b.iter(|| black_box(sparse_jacobian(&arrow.function, &["x"], &[]).expect("a derivative")));
    });
    let hessian = sparse_hessian(&tridiagonal.function, &["x"], &[]).expect("a derivative");
    let run = Interpreter::new(&hessian.function);
    let values: &[Value] = &tridiagonal.values;
    group.bench_function("tridiagonal Hessian: run", |b| {
        b.iter(|| black_box(run.run(values).expect("values")))
    });
}

criterion_group!(benches, jacobians, searches, sparse);
criterion_main!(benches);
