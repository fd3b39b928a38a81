//! Sparse derivatives on functions whose pattern is known: nothing is missed, and nothing is there that need not be.

use crate::numeric::worst_relative;
use crate::random::{Drawn, NAMES, run};
use proptest::prelude::*;
use wengert::diff::eliminate::{Budget, Convention};
use wengert::diff::sparsity::{Blocks, Ends, Pattern};
use wengert::diff::{
    DiffError, HessianMethod, Linearized, Mode, choose, choose_hessian, hessian_by, jacobian, sparse_hessian,
    sparse_jacobian, survey,
};
use wengert::exec::evaluate;
use wengert::expr::text::{Options, parse};
use wengert::expr::{Builder, Function, NodeId, Value};
use wengert_benches::sparse::{arrow, bundle, rosenbrock};
use wengert_benches::tasks::Task;

fn program(text: &str) -> Function {
    parse(text, &Options::default()).unwrap_or_else(|e| panic!("{}", e.render("test")))
}

/// The pattern of the Jacobian by `x`, row by row.
fn rows(text: &str) -> Vec<Vec<u32>> {
    let sparse = sparse_jacobian(&program(text), &["x"], &[]).expect("derivatives");
    (0..sparse.pattern.rows()).map(|i| sparse.pattern.row(i).to_vec()).collect()
}

#[test]
fn patterns_have_no_place_too_many() {
    for (text, expected) in [
        ("input x: f64[3]\n2 * x", vec![vec![0], vec![1], vec![2]]),
        ("input x: f64[3]\nx[::-1] * x", vec![vec![0, 2], vec![1], vec![0, 2]]),
        ("input x: f64[4]\nx[1:] - x[:-1]", vec![vec![0, 1], vec![1, 2], vec![2, 3]]),
        ("input x: f64[3]\ncumsum(x)", vec![vec![0], vec![0, 1], vec![0, 1, 2]]),
        ("input x: f64[3]\nx[0] * x[1:]", vec![vec![0, 1], vec![0, 2]]),
        ("input x: f64[3]\nconcatenate([x[:1]**2, x[1:]])", vec![vec![0], vec![1], vec![2]]),
        ("input x: f64[2, 2]\nsum(x, axis=1)", vec![vec![0, 1], vec![2, 3]]),
        ("input x: f64[2, 2]\nx.T", vec![vec![0], vec![2], vec![1], vec![3]]),
        ("input x: f64[3]\ntake(x, [2, 0, 2], axis=0)", vec![vec![2], vec![0], vec![2]]),
        ("input x: f64[2]\n[[1, 2], [3, 4]] @ x", vec![vec![0, 1], vec![0, 1]]),
        ("input x: f64[2]\n[[0, 2], [3, 0]] @ x**2", vec![vec![1], vec![0]]),
        ("input x: f64[2, 2]\nx @ [[0, 2], [3, 0]]", vec![vec![1], vec![0], vec![3], vec![2]]),
        ("input x: f64[2]\neye(2) @ x", vec![vec![0], vec![1]]),
        ("input x: f64[3]\n0 * x + stop_gradient(x)", vec![vec![0], vec![1], vec![2]]),
        ("input x: f64[3]\nones([2])", vec![vec![], vec![]]),
    ] {
        assert_eq!(rows(text), expected, "{text}");
    }
}

#[test]
fn positions_may_be_inputs() {
    let f = program("input x: f64[3]\ninput i: i64[2]\ntake(x, i, axis=0)**2");
    let known = sparse_jacobian(&f, &["x"], &[("i", Value::from(vec![2i64, 0]))]).expect("derivatives");
    assert_eq!((known.pattern.row(0), known.pattern.row(1)), (&[2][..], &[0][..]));
    let unknown = sparse_jacobian(&f, &["x"], &[]).expect("derivatives");
    assert_eq!(unknown.pattern, Pattern::dense(2, 3));
    let at = [("x", Value::from(vec![1.0, 2.0, 3.0])), ("i", Value::from(vec![2i64, 0]))];
    let values = evaluate(&known.function, &at).expect("values");
    assert_eq!(values[0].to_f64s(), [6.0, 2.0]);
    let values = evaluate(&unknown.function, &at).expect("values");
    assert_eq!(values[0].to_f64s(), [0.0, 0.0, 6.0, 2.0, 0.0, 0.0]);
}

#[test]
fn blocks_keep_their_structure() {
    let f = program(
        "input W: f64[50, 40]; input x: f64[1000, 40]; input b: f64[50]
        output tanh(x @ W.T + b)",
    );
    let b = Builder::on(f.graph().clone());
    let nodes = |names: &[&str]| -> Vec<NodeId> {
        names.iter().map(|n| f.graph().input(n).expect("an input").node).collect()
    };
    let (variables, outputs) = (nodes(&["W", "x", "b"]), [f.outputs()[0].node]);
    let linear = Linearized::new(&b, &variables, &outputs).expect("derivatives");
    b.read(|g| {
        let ends = Ends { outputs: &outputs, variables: &variables };
        let blocks = Blocks::new(g, &linear, ends, &[]).expect("structures");
        // 50,000 outputs by 42,050 variables: nothing of it is written out.
        let shown = [0, 1, 2].map(|v| blocks.shape(0, v).expect("a dependence").to_string());
        assert_eq!(
            shown,
            ["block diagonal of 50 blocks", "block diagonal of 1000 blocks", "block diagonal of 50 blocks"]
        );
    });
}

#[test]
fn few_directions_tell_a_large_derivative() {
    for n in [100, 5_000] {
        let case = rosenbrock(n).expect("a function");
        let sparse = sparse_hessian(&case.function, &["x"], &[]).expect("derivatives");
        assert_eq!((sparse.pattern.nonzeros(), sparse.compression.groups()), (3 * n - 2, 3));
        let case = arrow(n).expect("a function");
        let sparse = sparse_jacobian(&case.function, &["x"], &[]).expect("derivatives");
        assert_eq!(sparse.pattern.nonzeros(), 3 * n - 2);
        assert!(sparse.compression.groups() <= 4, "{}", sparse.compression);
    }
}

/// Each of an observation's two coordinates depends on all but one of its 15 local variables, and its weight's residual on
/// the weight. The number of directions does not depend on the number of observations, and the values are those of reverse mode.
#[test]
fn bundle_adjustment_needs_a_direction_for_each_local_variable() {
    let groups = [(3, 5, 20), (20, 50, 400)].map(|(cameras, points, observations)| {
        let case = bundle(cameras, points, observations).expect("a function");
        let wrt: Vec<&str> = case.wrt.iter().map(String::as_str).collect();
        let names = case.function.inputs().iter().map(|i| i.name.as_str());
        let at: Vec<(&str, Value)> = names.zip(case.values.iter().cloned()).collect();
        let sparse = sparse_jacobian(&case.function, &wrt, &at).expect("derivatives");
        assert_eq!(sparse.pattern.nonzeros(), 29 * observations);
        if observations < 100 {
            let values = evaluate(&sparse.function, &at).expect("values");
            let matrix = sparse.matrix(&values[0]).expect("a value for each place").to_dense();
            let dense = jacobian(&case.function, &wrt, Mode::Reverse).expect("derivatives");
            let blocks = evaluate(&dense, &at).expect("values");
            let (mut row, mut blocks) = (0, blocks.iter());
            for rows in [2 * observations, observations] {
                let mut column = 0;
                for columns in [11 * cameras, 3 * points, observations] {
                    let block = blocks.next().expect("a block").to_f64s();
                    for (k, x) in block.iter().enumerate() {
                        let y = matrix[[row + k / columns, column + k % columns]];
                        assert!((x - y).abs() <= 1e-12 * x.abs().max(1.0), "{x} {y}");
                    }
                    column += columns;
                }
                row += rows;
            }
        }
        sparse.compression.groups()
    });
    // A camera's 11, a point's 3 and a weight, of which the two coordinates of the principal point share a direction.
    assert_eq!(groups, [14, 14]);
}

#[test]
fn all_modes_agree_on_the_tasks() {
    for task in Task::ALL.iter().filter(|t| !t.point.is_empty()) {
        let f = task.function(true).expect("a task");
        let names: Vec<&str> = f.inputs().iter().map(|i| i.name.as_str()).collect();
        let at: Vec<(&str, Value)> = names.iter().copied().zip(task.values()).collect();
        let run = |mode| -> Vec<f64> {
            let derivative = jacobian(&f, &names, mode).expect("derivatives");
            evaluate(&derivative, &at).expect("values").iter().flat_map(Value::to_f64s).collect()
        };
        let reverse = run(Mode::Reverse);
        for mode in [Mode::Forward, Mode::Cross, Mode::Compressed, Mode::Paths, Mode::Auto] {
            let worst = worst_relative(&run(mode), &reverse);
            assert!(worst < 1e-12, "{} in mode {mode}: {worst}", task.name);
        }
    }
}

#[test]
fn all_methods_make_the_same_hessian() {
    let f = program(
        "input x: f64[5]
        sum((x[1:] - x[:-1]**2)**2) + exp(x[0] * x[4]) + sum(softmax(x) * sin(x))",
    );
    let at = [("x", Value::from(vec![0.3, -0.2, 0.5, 1.1, 0.7]))];
    let run = |method| evaluate(&hessian_by(&f, &["x"], method).expect("derivatives"), &at).expect("values");
    let expected = run(HessianMethod::ForwardOverReverse)[0].to_f64s();
    for method in HessianMethod::ALL {
        let worst = worst_relative(&run(method)[0].to_f64s(), &expected);
        assert!(worst < 1e-10, "{method}: {worst}");
    }
}

#[test]
fn what_cannot_be_sparse_is_said() {
    let f = program("input x: f64[20000]\ninput y: f64[20000]\nx * sum(y)");
    let error = sparse_jacobian(&f, &["x", "y"], &[]).expect_err("400,020,000 places");
    assert!(matches!(error, DiffError::TooManyPlaces { .. }), "{error}");
    let f = program("input x: f64[0]\noutput x * 2");
    let sparse = sparse_jacobian(&f, &["x"], &[]).expect("derivatives");
    assert_eq!((sparse.pattern.rows(), sparse.pattern.nonzeros(), sparse.compression.groups()), (0, 0, 0));
    let values = evaluate(&sparse.function, &[("x", Value::zeros(&f.inputs()[0].ty))]).expect("values");
    assert!(values[0].is_empty());
}

/// A pattern may only leave out zeros, also that of so many variables that it is followed from the outputs: each as often.
pub(crate) fn check_pattern(
    drawn: &Drawn,
    times: usize,
    seed: u64,
    size: usize,
) -> Result<(), TestCaseError> {
    let names = NAMES.repeat(times);
    let sparse = sparse_jacobian(&drawn.function, &names, &[]).expect("derivatives");
    let blocks = run(&jacobian(&drawn.function, &NAMES, Mode::Reverse).expect("derivatives"), &drawn.at);
    let blocks: Vec<&Value> =
        blocks.chunks(NAMES.len()).flat_map(|row| row.iter().cycle().take(names.len())).collect();
    let variables: Vec<usize> = drawn.at.iter().map(|(_, v)| v.len()).collect::<Vec<_>>().repeat(times);
    let (mut row, mut blocks) = (0, blocks.iter());
    while row < sparse.pattern.rows() {
        let mut column = 0;
        let mut rows = 0;
        for &n in &variables {
            let block = blocks.next().expect("a block for each output and variable").to_f64s();
            rows = block.len() / n;
            for (i, x) in block.iter().enumerate().filter(|(_, x)| **x != 0.0) {
                let (r, c) = (row + i / n, column + i % n);
                prop_assert!(
                    sparse.pattern.contains(r, c),
                    "seed {seed} size {size}: {x} at ({r}, {c}) is missed"
                );
            }
            column += n;
        }
        row += rows;
    }
    Ok(())
}

/// A derivative too dense for a colouring is no reason for mode auto or a survey to fail.
#[test]
fn dense_derivatives_are_chosen_without_a_colouring() {
    let f = program("input x: f64[20000]\ninput y: f64[20000]\nx * sum(y)");
    let choice = choose(&f, &["x", "y"]).expect("a choice");
    assert!(choice.predictions.iter().all(|p| p.mode != Mode::Compressed), "{}", choice.reason());
    let survey = survey(&f, &["x", "y"], Convention::FreeUnits, Budget::steps(0), 0).expect("a survey");
    assert!(survey.compressed.is_none());
    let f = program("input x: f64[8000]\nx * sum(x)");
    let choice = choose(&f, &["x"]).expect("a choice");
    assert!(choice.predictions.iter().all(|p| p.mode != Mode::Compressed), "{}", choice.reason());
    let f = program("input x: f64[20000]\nsum(x)**2");
    let choice = choose_hessian(&f, &["x"]).expect("a choice");
    assert!(choice.predictions.iter().all(|p| p.mode != HessianMethod::Compressed));
}
