//! Elimination on graphs with known numbers: the published tasks, networks whose derivatives have structure, hubs, and
//! input that is wrong.

use crate::program::{texts, wengert};
use std::time::{Duration, Instant};
use wengert::diff::eliminate::{
    Budget, Convention, Heuristic, OrderError, Problem, Step, heuristics, order, search, search_edges,
    search_faces, steps,
};
use wengert::diff::{DiffError, Linearized, Mode, cost_in, jacobian, jacobian_in_order, survey};
use wengert::exec::evaluate;
use wengert::expr::text::{Options, parse};
use wengert::expr::{Builder, DType, Function, NodeId, Type, Value};
use wengert_benches::tasks::Task;

fn program(text: &str) -> Function {
    parse(text, &Options::default()).unwrap_or_else(|e| panic!("{}", e.render("test")))
}

fn problem(f: &Function, wrt: &[&str], convention: Convention) -> Problem {
    let b = Builder::on(f.graph().clone());
    let variables: Vec<NodeId> = wrt.iter().map(|w| f.graph().input(w).expect("an input").node).collect();
    let outputs: Vec<NodeId> = f.outputs().iter().map(|o| o.node).collect();
    let linear = Linearized::new(&b, &variables, &outputs).expect("derivatives");
    b.read(|g| Problem::new(g, &linear, convention))
}

fn task(t: &Task) -> (Function, Problem) {
    let f = t.function(false).expect("a task");
    let names: Vec<String> = f.inputs().iter().map(|i| i.name.clone()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let p = problem(&f, &names, Convention::Alphagrad);
    (f, p)
}

#[test]
fn rules_cost_what_is_published() {
    for t in Task::ALL {
        let (f, p) = task(t);
        // Of two tasks only the counts are published, not the graphs.
        if t.edges > 0 {
            assert_eq!((p.inner().len(), p.edges()), (t.inner, t.edges), "{}", t.name);
        }
        let published = [
            (Heuristic::Forward, t.published.forward),
            (Heuristic::Reverse, t.published.reverse),
            (Heuristic::MarkowitzLow, t.published.markowitz_low),
            (Heuristic::MarkowitzHigh, t.published.markowitz_high),
        ];
        for (h, expected) in published {
            let cost = p.cost(&steps(&order(&p, h))).expect("all vertices");
            assert_eq!(cost.products, expected.unwrap_or(cost.products), "{} {h}", t.name);
        }
        let names: Vec<&str> = f.inputs().iter().map(|i| i.name.as_str()).collect();
        let costs = cost_in(&f, &names, Convention::Alphagrad).expect("scalars");
        let exact = |c: &wengert::diff::Count| c.to_u64();
        assert!(t.published.paths.is_none_or(|n| exact(&costs.paths) == Some(n)), "{}", t.name);
        let products = exact(&costs.path_sum.products);
        assert!(t.published.path_products.is_none_or(|n| products == Some(n)), "{} {products:?}", t.name);
    }
}

#[test]
fn small_tasks_have_their_optimum_and_large_ones_what_is_known() {
    for t in Task::ALL.iter().filter(|t| t.edges > 0) {
        let (_, p) = task(t);
        let found = search(&p, Budget::steps(150_000), 0);
        if let Some(optimum) = t.published.optimum {
            assert!(found.optimal, "{}: {} {}", t.name, found.weight, found.bound);
            assert_eq!(found.weight, optimum, "{}", t.name);
        }
        if let Some(known) = t.published.known {
            assert!(found.weight <= known, "{}: {} {known}", t.name, found.weight);
        }
        if let Some(by_edges) = t.published.by_edges {
            let edges = search_edges(&p, &found, Budget::default(), 0).expect("scalars");
            assert!(edges.optimal && edges.weight == by_edges, "{}: {}", t.name, edges.weight);
            let faces = search_faces(&p, &edges, Budget::default(), 0).expect("scalars");
            assert!(faces.optimal && faces.weight == by_edges, "{}: {}", t.name, faces.weight);
        }
    }
}

const NETWORK: &str =
    "input x: f64[8, 64]; input W: f64[64, 64]; input b: f64[64]; input V: f64[64, 10]; input c: f64[10]
input t: f64[8, 10]
h = tanh(x @ W + b)
y = h @ V + c";

fn held(p: &Problem, h: Heuristic) -> u64 {
    p.cost(&steps(&order(p, h))).expect("all vertices").held
}

/// A map after a product with a matrix keeps the structure of both: nothing is as large as outputs times parameters.
#[test]
fn a_network_holds_few_coefficients() {
    let all = ["W", "b", "V", "c"];
    for (end, wrt, reverse, forward) in [
        ("output y", &all[..], 11_264, 39_040),
        ("output y", &["x"], 9_216, 33_408),
        ("output softmax_cross_entropy(y, t)", &all[..], 4_810, 133_569),
        ("output softmax_cross_entropy(y, t)", &["x"], 5_496, 33_577),
    ] {
        let p = problem(&program(&format!("{NETWORK}\n{end}")), wrt, Convention::FreeUnits);
        assert_eq!(held(&p, Heuristic::Reverse), reverse, "{end} {wrt:?}");
        assert_eq!(held(&p, Heuristic::Forward), forward, "{end} {wrt:?}");
    }
}

/// Each row's softmax depends on that row alone, by a diagonal and a product of rank one: in every order both stay what
/// they are, and nothing is held of each pair of elements.
#[test]
fn rank_one_stays_in_factors() {
    let norm = "d = x - mean(x, axis=-1, keepdims=true)
        output d / sqrt(mean(d*d, axis=-1, keepdims=true) + 1e-5)";
    for (text, most) in
        [("output softmax(x, axis=-1)", 4), ("output tanh(softmax(x, axis=-1))", 6), (norm, 10)]
    {
        let p = problem(&program(&format!("input x: f64[20, 50]\n{text}")), &["x"], Convention::FreeUnits);
        for (h, order) in heuristics(&p) {
            let held = p.cost(&steps(&order)).expect("all vertices").held;
            assert!(held <= most * 20 * 50, "{text} {h}: {held}");
        }
    }
}

/// What all rules and a search without a budget cost stays linear in a degree of 10^5.
#[test]
fn a_hub_costs_no_more_than_its_edges() {
    const N: usize = 100_000;
    let start = Instant::now();
    let b = Builder::new();
    let x = b.input("x", Type::scalar(DType::F64));
    let s = x.sin();
    let fan: Vec<NodeId> = (0..N).map(|i| (s * (i as f64 + 2.0)).id()).collect();
    let linear = Linearized::new(&b, &[x.id()], &fan).expect("derivatives");
    let p = b.read(|g| Problem::new(g, &linear, Convention::FreeUnits));
    let found = search(&p, Budget::steps(0), 0);
    assert_eq!((found.cost.products, found.cost.fill), (N as u64, N as u64));
    let b = Builder::new();
    let x = b.input("x", Type::scalar(DType::F64));
    let sum = (0..N).fold(x, |sum, i| sum + x * (i as f64 + 2.0));
    let linear = Linearized::new(&b, &[x.id()], &[sum.id()]).expect("derivatives");
    let p = b.read(|g| Problem::new(g, &linear, Convention::FreeUnits));
    let found = search(&p, Budget::steps(0), 0);
    assert_eq!((found.cost.products, found.cost.sums), (0, N as u64));
    // Quadratic work would be minutes; the machine may be busy.
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
}

fn jacobian_of(text: &str, wrt: &[&str], order: &[Step]) -> Result<Vec<Value>, DiffError> {
    let f = program(text);
    let at: Vec<(&str, Value)> =
        f.inputs().iter().zip([0.5, 1.5, 2.5]).map(|(i, x)| (i.name.as_str(), Value::scalar(x))).collect();
    Ok(evaluate(&jacobian_in_order(&f, wrt, order)?, &at).expect("values"))
}

#[test]
fn wrong_orders_are_told_apart() {
    // Vertices: x 0, y 1, sin 2, product 3, cos 4, exp 5.
    let text = "input x, y; a = sin(x); b = a * y; output c = cos(b); output d = exp(b)";
    let wrong = |order: &[Step]| match jacobian_of(text, &["x", "y"], order) {
        Err(DiffError::Order(error)) => error,
        other => panic!("{other:?}"),
    };
    use Step::{Back, Front, Vertex};
    assert!(jacobian_of(text, &["x", "y"], &[Vertex(2), Vertex(3)]).is_ok());
    assert!(jacobian_of(text, &["x", "y"], &[Front(2, 3), Vertex(2), Back(3, 4), Vertex(3)]).is_ok());
    assert_eq!(wrong(&[]), OrderError::Missing { vertex: 2, left: 2 });
    assert_eq!(wrong(&[Vertex(3)]), OrderError::Missing { vertex: 2, left: 1 });
    assert_eq!(wrong(&[Vertex(2), Vertex(2)]), OrderError::Repeated { vertex: 2 });
    assert_eq!(wrong(&[Vertex(0)]), OrderError::End { vertex: 0 });
    assert_eq!(wrong(&[Vertex(4)]), OrderError::End { vertex: 4 });
    assert_eq!(wrong(&[Vertex(99)]), OrderError::Unknown { vertex: 99, count: 6 });
    assert_eq!(wrong(&[Vertex(u32::MAX)]), OrderError::Unknown { vertex: u32::MAX, count: 6 });
    assert_eq!(wrong(&[Front(0, 3)]), OrderError::NoEdge { from: 0, to: 3 });
    assert_eq!(wrong(&[Front(3, 4)]), OrderError::End { vertex: 4 });
    assert_eq!(wrong(&[Back(0, 2)]), OrderError::End { vertex: 0 });
    assert_eq!(wrong(&[Front(7, u32::MAX)]), OrderError::NoEdge { from: 7, to: u32::MAX });
}

#[test]
fn graphs_with_nothing_to_eliminate_are_right() {
    let numbers = |values: Vec<Value>| -> Vec<f64> { values.iter().flat_map(Value::to_f64s).collect() };
    for (text, wrt, expected) in [
        ("input x; output x", vec!["x"], vec![1.0]),
        ("input x, y; output x; output y", vec!["x", "y"], vec![1.0, 0.0, 0.0, 1.0]),
        ("input x, y; output a = sin(y) * 0 + 3", vec!["x"], vec![0.0]),
        ("input x, y; output x; output p = x * y; output q = x * y", vec!["x"], vec![1.0, 1.5, 1.5]),
        (
            "input x; a = 2 * x; b = 3 * a; c = 4 * b; output a; output b; output c",
            vec!["x"],
            vec![2.0, 6.0, 24.0],
        ),
    ] {
        let f = program(text);
        let at: Vec<(&str, Value)> =
            f.inputs().iter().zip([0.5, 1.5]).map(|(i, x)| (i.name.as_str(), Value::scalar(x))).collect();
        for mode in [Mode::Cross, Mode::Reverse, Mode::Forward] {
            let got = evaluate(&jacobian(&f, &wrt, mode).expect("scalars"), &at).expect("values");
            assert_eq!(numbers(got), expected, "{text} {mode}");
        }
        for budget in [Budget::steps(0), Budget::time(Duration::ZERO), Budget::default()] {
            for convention in Convention::ALL {
                let s = survey(&f, &wrt, convention, budget, 0).expect("scalars");
                assert!(s.best.bound <= s.best.weight, "{text} {convention}");
            }
        }
    }
    let nothing =
        survey(&program("output 1.0"), &[], Convention::Flops, Budget::steps(9), 0).expect("no work");
    assert_eq!((nothing.best.weight, nothing.best.optimal), (0, true));
}

#[test]
fn constants_that_are_no_numbers_stay_what_they_are() {
    let f = program("input x, y; a = nan * x; b = inf * y; c = sin(a) + b; output c; output d = c * x");
    let at = [("x", Value::scalar(1.0)), ("y", Value::scalar(2.0))];
    let numbers = |mode| -> Vec<String> {
        let got = evaluate(&jacobian(&f, &["x", "y"], mode).expect("scalars"), &at).expect("values");
        got.iter().flat_map(Value::to_f64s).map(|x| x.to_string()).collect()
    };
    assert_eq!(numbers(Mode::Cross), numbers(Mode::Reverse));
    assert_eq!(numbers(Mode::Cross), ["NaN", "inf", "NaN", "inf"]);
}

#[test]
fn a_budget_of_zero_tries_rules_only() {
    let output = wengert(&["cost", "-", "--budget", "0", "--json"], "output e = (a + b) * (b + 1)");
    let (stdout, stderr) = texts(&output);
    assert!(output.status.success() && stderr.is_empty(), "{stderr}");
    let json: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    let modes = &json["modes"];
    for name in ["best", "best-edges", "best-faces", "forward-order", "markowitz-low"] {
        assert!(modes[name]["products"].is_u64(), "{name}: {stdout}");
    }
}

#[test]
fn blocks_of_names_with_a_slash_have_names_of_their_own() {
    let f = program("input b; input `a/b`; output `x/a` = b; output x = 2 * `a/b`");
    let g = jacobian(&f, &["b", "a/b"], Mode::Auto).expect("scalars");
    let names: Vec<String> = (0..4).map(|i| g.output_name(i)).collect();
    assert_eq!(names, ["`x/a`/b", "`x/a`/`a/b`", "x/b", "x/`a/b`"]);
}

/// What is searched on rows of bits is what the maps then cost: an order of edges is never dearer than the one it began from.
#[test]
fn edges_never_cost_more_than_vertices() {
    for t in Task::ALL {
        for convention in Convention::ALL {
            let f = t.function(convention.sharing().unwrap_or(true)).expect("a task");
            let names: Vec<&str> = f.inputs().iter().map(|i| i.name.as_str()).collect();
            let p = problem(&f, &names, convention);
            let vertices = search(&p, Budget::steps(2_000), 0);
            let edges = search_edges(&p, &vertices, Budget::steps(2_000), 0).expect("scalars");
            assert!(edges.weight <= vertices.weight, "{} {convention}", t.name);
        }
    }
}
