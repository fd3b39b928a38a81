//! Passes together: order, switches, limits, long chains.

use super::{Level, Options, PassError, Pipeline};
use crate::evaluate;
use std::f64::consts::LN_2;
use std::time::Instant;
use wengert_expr::text::{Options as Parsing, parse, print};
use wengert_expr::{Builder, DType, Expr, Function, Range, Type, Value};

fn program(text: &str) -> Function {
    parse(text, &Parsing::default()).expect("a program")
}

fn optimized(text: &str, options: &Options) -> String {
    let (f, report) = Pipeline::standard().run(&program(text), options).expect("known names");
    assert!(report.settled);
    print(&f).expect("no custom maps")
}

fn chain(n: usize, step: impl for<'b> Fn(Expr<'b>, Expr<'b>, usize) -> Expr<'b>) -> Function {
    let b = Builder::new();
    let x = b.input("x", Type::scalar(DType::F64));
    b.output("y", (0..n).fold(x, |y, i| step(y, x, i)));
    b.finish().expect("a chain")
}

#[test]
fn names_of_what_stays_and_all_inputs_stay() {
    let text = optimized(
        "input x: f64[2], unused: i64\np = x * 1\nq = -(-sin(p))\noutput q, r = q",
        &Options::default(),
    );
    assert_eq!(text, "input x: f64[2]\ninput unused: i64\nq = sin(x)\noutput q\noutput r = q\n");
}

#[test]
fn exact_rules_keep_signed_zeros_and_nan() {
    let text = "y = x * 0 + (z + 0) - (w - w)";
    let kept = optimized(text, &Options::default());
    assert_eq!(kept, print(&program(text)).expect("no custom maps"));
    assert_eq!(
        optimized("output y = x * 0 + (z + 0) - (w - w)", &Options::relaxed()),
        "input x: f64\ninput z: f64\ninput w: f64\noutput y = z\n"
    );
}

#[test]
fn rules_are_switched_by_name_in_order() {
    let with = |rules: &[&str], level| Options {
        level,
        rules: rules.iter().map(|&r| r.to_owned()).collect(),
        ..Options::default()
    };
    let text = "output y = (x + 0) * 1";
    assert!(optimized(text, &with(&["-algebra"], Level::Relaxed)).contains("* 1"));
    assert!(optimized(text, &with(&["add-zero"], Level::Exact)).ends_with("output y = x\n"));
    assert!(optimized(text, &with(&["-all", "add-zero"], Level::Exact)).contains("x * 1.0"));
    let unknown = Pipeline::standard().run(&program(text), &with(&["ad-zero"], Level::Exact));
    let near = Some("add-zero".to_owned());
    assert_eq!(unknown.err(), Some(PassError::Unknown { name: "ad-zero".to_owned(), near }));
}

#[test]
fn a_limit_counts_applications_over_the_whole_run() {
    let f = program("output y = -(-(x * 1)) + where(true, z / 1, w)");
    let (_, all) = Pipeline::standard().run(&f, &Options::default()).expect("known names");
    assert!(all.fired >= 4 && all.settled);
    let mut texts = Vec::new();
    for limit in 0..=all.fired {
        let options = Options { stop_after: Some(limit), verify: true, explain: true, ..Options::default() };
        let (g, report) = Pipeline::standard().run(&f, &options).expect("valid functions");
        assert_eq!((report.fired, report.firings.len()), (limit, limit));
        texts.push(print(&g).expect("no custom maps"));
    }
    assert!(texts.windows(2).all(|w| w[0] != w[1]), "{texts:?}");
}

#[test]
fn constants_stay_small() {
    for text in [
        "input x: f64[1000, 1000]\ny = x + sin(arange(1000))",
        "input x: f64[1000, 1000]\ny = x * sin(broadcast_to(2, (1000, 1000)))",
        "input x: f64[1000, 1000]\ny = x * reshape(cumsum(broadcast_to(2, (1000000,))), (1000, 1000))",
    ] {
        let (f, _) = Pipeline::standard().run(&program(text), &Options::relaxed()).expect("known names");
        let printed = print(&f).expect("no custom maps");
        assert!(printed.len() < 300, "{printed}");
    }
}

/// The value of a scalar program after relaxed passes.
fn value(text: &str) -> f64 {
    let (f, report) = Pipeline::standard().run(&program(text), &Options::relaxed()).expect("known names");
    assert!(report.settled);
    let x = Value::from(vec![1000.0, 0.0, -1000.0]);
    let inputs = [("x", x), ("t", Value::from(vec![0.0, 0.0, 1.0]))];
    evaluate(&f, &inputs).expect("values")[0].item().expect("a scalar")
}

#[test]
fn losses_written_plainly_do_not_overflow() {
    let declared = "input x: f64[3], t: f64[3]\n";
    for (text, want) in [
        ("p = exp(x) / sum(exp(x)); output y = -sum(t * log(p))", 2000.0),
        ("output y = log(sum(exp(x))) - sum(t * x)", 2000.0),
        ("s = 1 / (1 + exp(-x)); output y = -sum(t * log(s) + (1 - t) * log(1 - s))", 2000.0 + LN_2),
        ("s = 1 / (1 + exp(-x)); output y = -sum(t * log(s) + (1 - t) * log(1 + (-s)))", 2000.0 + LN_2),
        ("output y = sum(t * log(t)) + 1", 1.0),
        ("output y = sum(sqrt((x * 1e200)**2 + t**2)) / 1e200", 2000.0),
    ] {
        let found = value(&format!("{declared}{text}"));
        assert!((found - want).abs() < 1e-9, "{text}: {found}");
    }
}

#[test]
fn graphs_without_sharing_stay_so() {
    let b = Builder::without_sharing();
    let x = b.input("x", Type::scalar(DType::F64));
    b.output("y", (1.0 * x).sin() + (x * 1.0).sin());
    let options = Options { verify: true, ..Options::default() };
    let (f, _) = Pipeline::standard().run(&b.finish().expect("a graph"), &options).expect("valid functions");
    assert_eq!(
        print(&f).expect("no custom maps"),
        "#! no-share\ninput x: f64\nv0 = sin(x)\nv1 = sin(x)\nv2 = v0 + v1\noutput y = v2\n"
    );
}

#[test]
fn wide_graphs_take_linear_time() {
    const N: usize = 20_000;
    let b = Builder::new();
    let x = b.input("x", Type::new(DType::F64, [N]));
    let entries: Vec<Expr<'_>> = (0..N as i64).map(|i| x.entry(0, i).expand_dims(0)).collect();
    let pads = entries.iter().enumerate().map(|(i, e)| e.sin().pad(&[(i as i64, (N - 1 - i) as i64, 0)]));
    b.output("sum", pads.take(300).fold(x, |sum, e| sum + e));
    b.output(
        "nested",
        entries.iter().fold(x, |all, e| e.concatenate(&[all], 0)).slice(&[Range {
            start: 9,
            count: 2,
            step: 1,
        }]),
    );
    let all = entries[0].concatenate(&entries[1..], 0);
    b.output("slices", (0..N as i64).fold(x.entry(0, 0), |sum, i| sum + all.entry(0, i).exp()));
    let start = Instant::now();
    let (_, report) =
        Pipeline::standard().run(&b.finish().expect("a graph"), &Options::relaxed()).expect("known names");
    println!(
        "wide: {} fired, {} nodes became {}, {:?}",
        report.fired,
        report.nodes_before,
        report.nodes_after,
        start.elapsed()
    );
    assert!(report.settled);
}

#[test]
fn chains_of_a_million_nodes_take_linear_time() {
    let small = std::thread::Builder::new().stack_size(512 << 10).spawn(move || {
        for (name, f) in [
            ("nothing fires", chain(1_000_000, |y, _, _| y.sin())),
            ("negations in pairs", chain(1_000_000, |y, _, _| -y)),
            (
                "something everywhere",
                chain(1_000_000, |y, x, i| match i % 4 {
                    0 => -y,
                    1 => y * 1.0,
                    2 => y - x,
                    _ => y.sin(),
                }),
            ),
            ("negations pushed up", chain(1_000_000, |y, x, i| if i % 2 == 0 { y * x } else { -y })),
        ] {
            let start = Instant::now();
            let (g, report) = Pipeline::standard().run(&f, &Options::default()).expect("known names");
            println!(
                "{name}: {} fired, {} nodes became {}, {:?}",
                report.fired,
                report.nodes_before,
                report.nodes_after,
                start.elapsed()
            );
            assert!(report.settled, "{name}");
            assert!(g.live_count() <= 1_000_001);
        }
    });
    small.expect("a thread").join().expect("no overflow of the stack");
}
