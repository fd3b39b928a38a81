//! Whole derivatives in forward and in reverse mode on the reference interpreter, from n inputs to one output, from one
//! to n and from n to n, and of the digits model. The counted costs are printed before anything is timed.
#![allow(
    missing_docs,
    clippy::print_stdout,
    reason = "criterion's macros; counts are printed beside the times"
)]

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::Duration;
use wengert_benches::{Case, Error, Prepared, digits, synthetic};
use wengert_diff::Mode;

const SIZES: [usize; 3] = [8, 32, 128];
const BATCH: usize = 32;

fn time(c: &mut Criterion, group: &str, name: &str, work: &Prepared) {
    let mut group = c.benchmark_group(group);
    group.sample_size(10).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
    let id = BenchmarkId::from_parameter(name);
    group.bench_function(id, |b| b.iter(|| black_box(work.run().expect("a value"))));
}

fn synthetic_cases() -> Result<Vec<Case>, Error> {
    let families = SIZES.map(|n| {
        [
            synthetic::product(n),
            synthetic::chebyshev(n),
            synthetic::broyden(n),
            synthetic::layers(n, 1),
            synthetic::layers(1, n),
            synthetic::layers(n, n),
        ]
    });
    families.into_iter().flatten().collect()
}

fn modes(c: &mut Criterion) {
    let cases = synthetic_cases().expect("synthetic functions");
    let model = digits(BATCH).expect("the digits model");
    let mut all = cases.clone();
    all.push(model.clone());
    println!("{}", Case::cost_table(&all).expect("costs"));
    for case in &cases {
        for mode in [Mode::Forward, Mode::Reverse] {
            time(c, &case.name, mode.name(), &case.jacobian(mode).expect("a derivative"));
        }
    }
    // Forward mode would need as many of its passes as the model has parameters.
    time(c, &model.name, "loss", &model.primal());
    time(c, &model.name, "one forward pass", &model.forward_pass().expect("a derivative"));
    time(c, &model.name, "reverse gradient", &model.jacobian(Mode::Reverse).expect("a derivative"));
}

criterion_group!(benches, modes);
criterion_main!(benches);
