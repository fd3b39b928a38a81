//! ADBench's Gaussian mixtures and bundle adjustment on the reference interpreter: the function, then its derivative
//! in forward and in reverse mode. The counted costs are printed before anything is timed.
#![allow(
    missing_docs,
    clippy::print_stdout,
    reason = "criterion's macros; counts are printed beside the times"
)]

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::Duration;
use wengert_benches::adbench::{Bundle, Gmm};
use wengert_benches::{Case, Error, Prepared};
use wengert_diff::Mode;

fn time(c: &mut Criterion, group: &str, name: &str, work: &Prepared) {
    let mut group = c.benchmark_group(group);
    group.sample_size(10).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
    let id = BenchmarkId::from_parameter(name);
    group.bench_function(id, |b| b.iter(|| black_box(work.run().expect("a value"))));
}

fn mixtures(c: &mut Criterion) -> Result<(), Error> {
    let [small, large] = [Gmm::D2_K5, Gmm::D10_K5].map(|text| Gmm::parse(text)?.case());
    let (small, large) = (small?, large?);
    println!("{}", Case::cost_table(&[small.clone(), large.clone()])?);
    for case in [&small, &large] {
        time(c, &case.name, "objective", &case.primal());
        time(c, &case.name, "one forward pass", &case.forward_pass()?);
        time(c, &case.name, "reverse gradient", &case.jacobian(Mode::Reverse)?);
    }
    // The large one's 330 directions at once would be arrays of gigabytes.
    time(c, &small.name, "forward gradient", &small.jacobian(Mode::Forward)?);
    Ok(())
}

fn bundle(c: &mut Criterion) -> Result<(), Error> {
    let ba1 = Bundle::parse(Bundle::BA1)?;
    let (one, residuals, loss) = (ba1.observation()?, ba1.residuals()?, ba1.loss()?);
    println!("{}", Case::cost_table(&[one.clone(), loss.clone()])?);
    for mode in [Mode::Forward, Mode::Reverse] {
        time(c, &one.name, mode.name(), &one.jacobian(mode)?);
    }
    time(c, "BA1, all observations", "residuals", &residuals.primal());
    time(c, "BA1, all observations", "blocks forward", &ba1.forward_blocks()?.primal());
    time(c, "BA1, all observations", "blocks reverse", &ba1.reverse_blocks()?.primal());
    time(c, "BA1, all observations", "gradient reverse", &loss.jacobian(Mode::Reverse)?);
    Ok(())
}

fn adbench(c: &mut Criterion) {
    mixtures(c).expect("Gaussian mixtures");
    bundle(c).expect("bundle adjustment");
}

criterion_group!(benches, adbench);
criterion_main!(benches);
