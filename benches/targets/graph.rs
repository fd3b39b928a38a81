//! What a graph costs for each node: to build, to linearise and differentiate in reverse, to cost, and to drop.
#![allow(missing_docs, reason = "criterion's macros")]

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::Duration;
use wengert_benches::synthetic::Long;
use wengert_diff::eliminate::Convention;
use wengert_diff::{derive, gradient};
use wengert_expr::Builder;

/// Every size of the chain; of the others the one that shows whether a hub is slower a node than a ladder.
const CASES: [(Long, usize); 5] = [
    (Long::Chain, 10_000),
    (Long::Chain, 100_000),
    (Long::Chain, 1_000_000),
    (Long::Ladder, 200_000),
    (Long::Hub, 200_000),
];

fn graph(c: &mut Criterion) {
    for (family, nodes) in CASES {
        let mut group = c.benchmark_group(format!("graph of {nodes} nodes"));
        group
            .sample_size(10)
            .warm_up_time(Duration::from_millis(200))
            .measurement_time(Duration::from_secs(2));
        group.throughput(Throughput::Elements(nodes as u64));
        let written = || {
            let b = Builder::new();
            family.write(&b, nodes);
            b
        };
        group.bench_function(BenchmarkId::new("build", family.name()), |b| b.iter_with_large_drop(written));
        group.bench_function(BenchmarkId::new("build and reverse", family.name()), |b| {
            b.iter_with_large_drop(|| {
                let builder = Builder::new();
                let (x, y) = family.write(&builder, nodes);
                black_box(gradient(y, &[x]).expect("a derivative"));
                builder
            });
        });
        group.bench_function(BenchmarkId::new("build and cost", family.name()), |b| {
            b.iter_with_large_drop(|| {
                let builder = Builder::new();
                let (x, y) = family.write(&builder, nodes);
                black_box(derive::cost(&[y], &[x], Convention::default()).expect("a derivative"));
                builder
            });
        });
        group.bench_function(BenchmarkId::new("drop", family.name()), |b| {
            b.iter_batched(written, drop, BatchSize::PerIteration);
        });
    }
}

criterion_group!(benches, graph);
criterion_main!(benches);
