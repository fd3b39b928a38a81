//! Deep and wide graphs: nothing recurses over depth, nothing is quadratic, nothing needs a large stack.

use std::time::{Duration, Instant};
use wengert::diff::eliminate::{Budget, Convention, Heuristic};
use wengert::diff::{Mode, cost, grad, sparse_jacobian, survey};
use wengert::exec::evaluate;
use wengert::expr::text::{Options, parse, print};
use wengert::expr::{Builder, DType, Expr, Function, Type, Value, fingerprint, verify};

/// Runs on a thread with half a megabyte of stack.
fn on_small_stack(f: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(512 << 10).spawn(f).expect("a thread");
    thread.join().expect("no overflow and no failed assertion");
}

fn chain(n: usize, step: impl for<'b> Fn(Expr<'b>, Expr<'b>) -> Expr<'b>) -> Function {
    let b = Builder::new();
    let x = b.input("x", Type::scalar(DType::F64));
    b.output("y", (0..n).fold(x, |y, _| step(y, x)));
    b.finish().expect("a chain")
}

#[test]
fn a_chain_of_a_million_nodes_is_an_ordinary_input() {
    on_small_stack(|| {
        let f = chain(1_000_000, |y, _| y.sin());
        assert_eq!(f.live_count(), 1_000_001);
        assert!(verify(&f).is_empty());
        let costs = cost(&f, &["x"]).expect("scalars");
        assert_eq!(costs.paths.to_u64(), Some(1));
        assert_eq!(costs.reverse.products.to_u64(), Some(1_000_000));
        let g = grad(&f, &["x"], Mode::Reverse).expect("scalars");
        let value = evaluate(&g, &[("x", Value::scalar(1.0))]).expect("values")[0].item().expect("a scalar");
        assert!((value - 3.969172e-9).abs() < 1e-14, "{value}");
        drop(g);
        fingerprint(&f);
        let text = print(&f).expect("no custom maps");
        assert_eq!(text.lines().count(), 1_000_002);
    });
}

#[test]
fn a_chain_with_a_variable_at_each_node_is_surveyed_in_time() {
    const N: usize = 20_000;
    let b = Builder::new();
    let names: Vec<String> = (0..N).map(|i| format!("x{i}")).collect();
    let x: Vec<Expr> = names.iter().map(|n| b.input(n.as_str(), Type::scalar(DType::F64))).collect();
    b.output("y", x.windows(2).fold(x[0], |y, w| y + w[0] * w[1]));
    let f = b.finish().expect("scalars");
    let wrt: Vec<&str> = names.iter().map(String::as_str).collect();
    let start = Instant::now();
    let s = survey(&f, &wrt, Convention::FreeUnits, Budget::steps(0), 0).expect("scalars");
    let cost_of = |h| s.orders.iter().find(|o| o.heuristic == h).expect("a row").cost;
    // From the inputs up the edges are as many as the square of the length: nobody waits for that.
    assert!(cost_of(Heuristic::Forward).is_none());
    assert_eq!(cost_of(Heuristic::Reverse).map(|c| c.products), Some(0));
    assert!(s.best.optimal && s.best.cost.known().is_some());
    let pattern = sparse_jacobian(&f, &wrt, &[]).expect("scalars").pattern;
    assert_eq!((pattern.columns(), pattern.nonzeros()), (N, N));
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

#[test]
fn where_every_order_is_given_up_the_survey_says_so() {
    const N: usize = 1500;
    let b = Builder::new();
    let names: Vec<String> = (0..N).map(|i| format!("x{i}")).collect();
    let x: Vec<Expr> = names.iter().map(|n| b.input(n.as_str(), Type::scalar(DType::F64))).collect();
    // As many outputs as variables on both sides of a long chain: the Jacobian alone has millions of edges.
    let y = x.iter().fold(x[0], |y, x| (y * *x).sin());
    (0..N).fold(y, |y, i| {
        let next = (y * f64::from(i as u32)).sin();
        b.output(format!("y{i}"), next);
        next
    });
    let f = b.finish().expect("scalars");
    let wrt: Vec<&str> = names.iter().map(String::as_str).collect();
    let s = survey(&f, &wrt, Convention::Flops, Budget::steps(0), 0).expect("scalars");
    assert!(s.orders.iter().all(|o| o.cost.is_none()) && s.best.cost.known().is_none());
    assert!(!s.best.optimal && s.best.verdict().starts_with("given up"));
}

#[test]
fn a_long_text_parses_on_a_small_stack() {
    on_small_stack(|| {
        let f = chain(100_000, |y, x| y * x);
        let again =
            parse(&print(&f).expect("no custom maps"), &Options::default()).expect("printed texts are right");
        assert_eq!(fingerprint(&f), fingerprint(&again));
    });
}

#[test]
fn two_to_the_200_paths_are_counted_and_differentiated() {
    let f = chain(200, |y, _| y + y);
    let costs = cost(&f, &["x"]).expect("scalars");
    assert_eq!(costs.paths.to_string(), "1606938044258990275541962092341162602522202993782792835301376");
    let g = evaluate(&grad(&f, &["x"], Mode::Reverse).expect("scalars"), &[("x", Value::scalar(1.0))])
        .expect("values");
    assert_eq!(g[0].item(), Some(200f64.exp2()));
    assert_eq!(
        cost(&chain(10_000, |y, _| y + y), &["x"]).expect("scalars").paths.to_string(),
        "about 2^10000"
    );
    assert!(grad(&f, &["x"], Mode::Paths).is_err());
}

#[test]
fn an_input_that_feeds_a_hundred_thousand_nodes_is_no_hub_of_trouble() {
    let f = chain(100_000, |y, x| y * 0.5 + x);
    let g = grad(&f, &["x"], Mode::Reverse).expect("scalars");
    assert_eq!(evaluate(&g, &[("x", Value::scalar(1.0))]).expect("values")[0].item(), Some(2.0));
    assert_eq!(cost(&f, &["x"]).expect("scalars").paths.to_u64(), Some(100_001));
}
