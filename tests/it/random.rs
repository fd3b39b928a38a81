//! Random graphs over all operations: every mode agrees with every other and with finite differences.
//!
//! A graph is drawn from a seed and a size, so a failure shrinks to a small one; a seed that ever failed stays in
//! `SEEDS`. `WENGERT_GRAPHS=10000` runs as many.

use crate::numeric::{Draw, agreed_differences};
use crate::sparsity::check_pattern;
use proptest::prelude::*;
use wengert::diff::{
    DiffError, HessianMethod, Linearized, Mode, Tangent, grad, hessian, hessian_by, jacobian, jvp, reverse,
    value_and_jacobian, vjp,
};
use wengert::exec::{Interpreter, evaluate};
use wengert::expr::text::{Options, parse, print};
use wengert::expr::{
    Binary, Builder, DType, Expr, Function, Kind, NodeId, Range, Reduction, Scale, Type, Unary, Value,
    Window, isomorphic, verify,
};

/// Seeds and sizes of graphs that once failed.
const SEEDS: &[(u64, usize)] = &[
    (8939844022646547116, 20),
    (10135818582544005218, 8),
    (17009031018190115724, 20),
    (3787311209467752512, 11),
];

pub(crate) const NAMES: [&str; 3] = ["x", "y", "z"];

/// A random function and a point to look at it.
pub(crate) struct Drawn {
    pub(crate) function: Function,
    pub(crate) at: Vec<(&'static str, Value)>,
    /// Nothing in it has a kink, so differences mean something everywhere.
    pub(crate) smooth: bool,
}

/// Into the interval where an operation is tame, and not to its very ends: a sigmoid that is 1 but for its rounding would
/// come to a whole number but for its rounding, where steps are.
fn squashed<'b>(x: Expr<'b>, (low, high): (f64, f64)) -> Expr<'b> {
    let width = high - low;
    x.sigmoid() * (0.97 * width) + (low + 0.01 * width)
}

fn is_smooth(row_kinks: &str) -> bool {
    row_kinks.is_empty()
        || row_kinks.starts_with("infinite")
        || row_kinks.starts_with("d/da")
        || row_kinks.contains("(0, 0)")
}

pub(crate) fn draw_function(seed: u64, size: usize, outputs: usize) -> Drawn {
    let mut draw = Draw::new(seed);
    let b = Builder::new();
    let mut smooth = true;
    let mut at = Vec::new();
    let mut pool: Vec<Expr<'_>> = NAMES
        .into_iter()
        .map(|name| {
            let shape: Vec<usize> = (0..draw.below(3)).map(|_| 1 + draw.below(3)).collect();
            let ty = Type::new(DType::F64, &shape[..]);
            let data: Vec<f64> = (0..ty.shape.elements()).map(|_| draw.between(-2.0, 2.0)).collect();
            at.push((name, Value::from_f64s(&ty, &data)));
            b.input(name, ty)
        })
        .collect();
    for _ in 0..size {
        let x = pool[pool.len() - 1 - draw.below(pool.len().min(6))];
        let y = pool[draw.below(pool.len())];
        let (node, kept) = draw_node(&mut draw, &b, x, y);
        smooth &= kept;
        // An operation that does not fit its operands is left out, as a user would have to.
        if let Ok(node) = b.attempt(node)
            && node.shape().elements() <= 60
        {
            pool.push(node);
        }
    }
    for i in 0..outputs {
        let e = pool[pool.len() - 1 - i.min(pool.len() - 1)];
        // Every input and the newest nodes have a say.
        let all = pool.iter().rev().take(4).fold(e.number(0.0), |sum, p| sum + p.sum(..).sin());
        b.output(format!("f{i}"), if outputs == 1 { all } else { e.atan() + all * 0.1 });
    }
    Drawn { function: b.finish().expect("only fitting nodes were kept"), at, smooth }
}

type Node<'b> = Box<dyn FnOnce() -> Expr<'b> + 'b>;

/// One node to try, and whether it is smooth.
fn draw_node<'b>(draw: &mut Draw, b: &'b Builder, x: Expr<'b>, y: Expr<'b>) -> (Node<'b>, bool) {
    let rank = x.rank() as i64;
    let axis = draw.below(x.rank().max(1)) as i64;
    match draw.below(26) {
        0..=5 => {
            let op = Unary::ALL[draw.below(Unary::ALL.len())];
            let row = op.row();
            let domain = row.domain.first().copied().unwrap_or((-2.0, 2.0));
            let smooth = is_smooth(row.kinks);
            (
                Box::new(move || {
                    let value = squashed(x, domain).unary(op);
                    if value.dtype().is_float() { value } else { value.cast(DType::F64) * x }
                }),
                smooth,
            )
        }
        6..=10 => {
            let op = Binary::ALL[draw.below(Binary::ALL.len())];
            let row = op.row();
            let tame =
                matches!(op, Binary::Add | Binary::Sub | Binary::Mul | Binary::Maximum | Binary::Minimum);
            if matches!(op, Binary::And | Binary::Or | Binary::Xor) {
                return (
                    Box::new(move || x.greater(y).binary(op, y.greater(x.number(0.5))).select(x, y * 2.0)),
                    false,
                );
            }
            let domain = |i: usize| row.domain.get(i).copied().unwrap_or((-2.0, 2.0));
            (
                Box::new(move || {
                    if tame {
                        x.binary(op, y)
                    } else {
                        squashed(x, domain(0)).binary(op, squashed(y, domain(1)))
                    }
                }),
                is_smooth(row.kinks),
            )
        }
        11 => (Box::new(move || x.greater(y).select(x * y, y.sin())), false),
        12 => {
            let reduction = Reduction::ALL[draw.below(4)];
            let along = if draw.coin() { wengert::expr::Along::All } else { axis.into() };
            let keep = draw.coin();
            (Box::new(move || x.reduce_along(reduction, &along, keep)), is_smooth(reduction.row().kinks))
        }
        13 => (Box::new(move || x.matmul(y)), true),
        14 => (Box::new(move || x.dot(y.t())), true),
        15 => (Box::new(move || x.outer(y)), true),
        16 => (Box::new(move || x.t().reshape(&[-1]).flip(..)), true),
        17 => {
            let n = x.shape().first().copied().unwrap_or(1) as f64;
            if n == 0.0 {
                return (Box::new(move || x), true);
            }
            let indices: Vec<i64> = (0..3)
                .map(|_| (draw.between(0.0, 1.0) * n) as i64 - if draw.coin() { n as i64 } else { 0 })
                .collect();
            (Box::new(move || x.take(b.constant(indices), 0)), true)
        }
        18 => {
            let reverse = draw.coin();
            (Box::new(move || x.cumsum(axis, reverse)), true)
        }
        19 => {
            let shape = x.shape();
            let ranges: Vec<Range> = shape
                .iter()
                .map(|&n| Range { start: n / 3, count: (n - n / 3).div_ceil(2), step: 2 })
                .collect();
            let paddings: Vec<(i64, i64, usize)> = shape.iter().map(|_| (1, -1, 1)).collect();
            if draw.coin() {
                (Box::new(move || x.slice(&ranges)), true)
            } else {
                (Box::new(move || x.pad(&paddings)), true)
            }
        }
        20 => (Box::new(move || x.concatenate(&[y, x], axis)), true),
        21 => {
            let window = Window { axis: axis as u8, size: 2, stride: 1, dilation: 1 };
            (Box::new(move || x.patches(&[window])), true)
        }
        22 => (Box::new(move || x.softmax(if rank > 0 { -1 } else { 0 })), true),
        23 => (Box::new(move || (x * 3.0).clip(-1.0, 1.0).stop_gradient() + x.logsumexp(..)), false),
        24 => {
            let n = x.shape().first().copied().unwrap_or(1);
            let indices: Vec<i64> = (0..n).map(|_| draw.below(n) as i64).collect();
            (Box::new(move || x.scatter_add(b.constant(indices), x * y, 0)), true)
        }
        _ => (Box::new(move || x.cast(DType::F64) + y.norm(..)), true),
    }
}

pub(crate) fn run(f: &Function, at: &[(&str, Value)]) -> Vec<Value> {
    evaluate(f, at).expect("indices lie inside")
}

/// True if no node of the gradient overflows. Where one does, modes may differ: infinity times zero is NaN only in the
/// order that multiplies them.
pub(crate) fn stays_finite(drawn: &Drawn) -> bool {
    let gradient = value_and_jacobian(&drawn.function, &NAMES, Mode::Reverse).expect("derivatives");
    let mut finite = true;
    let watch = |_, v: &Value| finite &= v.to_f64s().iter().all(|x| x.is_finite());
    Interpreter::new(&gradient).run_watched(&drawn.at, watch).expect("values");
    finite
}

/// All elements of all values.
pub(crate) fn flat(values: &[Value]) -> Vec<f64> {
    values.iter().flat_map(Value::to_f64s).collect()
}

/// For each element of the gradient the sum of the absolute products along all paths to all outputs: what rounding
/// is relative to.
pub(crate) fn scales(drawn: &Drawn) -> Vec<f64> {
    let f = &drawn.function;
    let b = Builder::on(f.graph().clone());
    let variables: Vec<NodeId> = f.inputs().iter().map(|i| i.node).collect();
    let outputs: Vec<NodeId> = f.outputs().iter().map(|o| o.node).collect();
    let mut linear = Linearized::new(&b, &variables, &outputs).expect("derivatives");
    for map in linear.graph.edge_weights_mut() {
        if let Kind::Labelled(l) = &mut map.kind {
            l.scale = match l.scale {
                Scale::By(c) => Scale::By(b.node(c).abs().id()),
                Scale::One | Scale::MinusOne => Scale::One,
            };
        }
    }
    for (input, t) in
        f.inputs().iter().zip(reverse(&b, &linear, &vec![Some(Tangent::one()); outputs.len()], None))
    {
        let x = b.node(input.node);
        b.output(&*input.name, t.map_or(x * 0.0, |t| t.settled(x, &x.ty())));
    }
    flat(&run(&b.finish().expect("sums of absolute products"), &drawn.at))
}

/// How far two gradients are apart, in units of the scale of each element.
pub(crate) fn apart(a: &[f64], b: &[f64], scales: &[f64]) -> f64 {
    let gap = |((x, y), s): ((&f64, &f64), &f64)| if x == y { 0.0 } else { (x - y).abs() / s };
    a.iter().zip(b).zip(scales).map(gap).fold(0.0, |m, g| if g.is_nan() { f64::INFINITY } else { m.max(g) })
}

/// A few hundred roundings of a sum of absolute products.
pub(crate) const ROUNDING: f64 = 1e-13;

fn check_gradient(seed: u64, size: usize) -> Result<(), TestCaseError> {
    let drawn = draw_function(seed, size, 1);
    let f = &drawn.function;
    prop_assert!(verify(f).is_empty(), "seed {seed} size {size}: {:?}", verify(f));
    let gradient = |mode| grad(f, &NAMES, mode);
    let r = flat(&run(&gradient(Mode::Reverse).expect("derivatives"), &drawn.at));
    if r.iter().any(|x| !x.is_finite()) || !stays_finite(&drawn) {
        return Ok(());
    }
    let scales = scales(&drawn);
    let g = flat(&run(&gradient(Mode::Forward).expect("derivatives"), &drawn.at));
    let gap = apart(&r, &g, &scales);
    prop_assert!(gap < ROUNDING, "seed {seed} size {size}: forward and reverse are {gap} apart: {g:?} {r:?}");
    match gradient(Mode::Paths) {
        Err(DiffError::TooManyPaths { .. }) => {}
        Err(error) => prop_assert!(false, "seed {seed} size {size}: {error}"),
        Ok(paths) if paths.graph().len() < 40_000 => {
            let p = flat(&run(&paths, &drawn.at));
            let gap = apart(&r, &p, &scales);
            let text = || print(f).unwrap_or_default();
            prop_assert!(
                gap < ROUNDING,
                "seed {seed} size {size}: the path sum is {gap} apart: {p:?} {r:?}\n{}",
                text()
            );
        }
        Ok(_) => {}
    }
    if drawn.smooth
        && let Some(differences) = agreed_differences(f, &drawn.at)
    {
        let greatest = scales.iter().fold(1e-3f64, |m, s| m.max(*s));
        let gap = apart(&r, &differences, &vec![greatest; r.len()]);
        prop_assert!(
            gap < 1e-5,
            "seed {seed} size {size}: differences are {gap} apart: {differences:?} {r:?}"
        );
    }
    Ok(())
}

fn check_jacobian(seed: u64, size: usize) -> Result<(), TestCaseError> {
    let drawn = draw_function(seed, size, 2);
    let f = &drawn.function;
    let all = |mode| flat(&run(&jacobian(f, &NAMES, mode).expect("derivatives"), &drawn.at));
    let (forward, reverse) = (all(Mode::Forward), all(Mode::Reverse));
    if reverse.iter().any(|x| !x.is_finite() || x.abs() > 1e8) || !stays_finite(&drawn) {
        return Ok(());
    }
    let greatest = scales(&drawn).into_iter().fold(1e-3, f64::max);
    let gap = apart(&forward, &reverse, &vec![greatest; reverse.len()]);
    prop_assert!(
        !greatest.is_finite() || gap < ROUNDING,
        "seed {seed} size {size}: Jacobians are {gap} apart"
    );
    for mode in [Mode::Cross, Mode::Compressed] {
        let gap = apart(&all(mode), &reverse, &vec![greatest; reverse.len()]);
        prop_assert!(
            !greatest.is_finite() || gap < ROUNDING,
            "seed {seed} size {size}: mode {mode} is {gap} apart"
        );
    }
    check_pattern(&drawn, 1, seed, size)?;
    check_pattern(&drawn, 6, seed, size)?;
    let mut draw = Draw::new(seed ^ 7);
    let tangents: Vec<Value> = drawn.at.iter().map(|(_, v)| draw.like(v)).collect();
    let cotangents: Vec<Value> = run(f, &drawn.at).iter().map(|v| draw.like(v)).collect();
    let directed = |d: wengert::diff::Directional, with: &[Value]| {
        let mut at = drawn.at.clone();
        let names: Vec<&'static str> = d.directions.iter().map(|n| &*n.clone().leak()).collect();
        at.extend(names.into_iter().zip(with.iter().cloned()));
        flat(&run(&d.function, &at))
    };
    let pushed = directed(jvp(f, &NAMES).expect("derivatives"), &tangents);
    let pulled = directed(vjp(f, &NAMES).expect("derivatives"), &cotangents);
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let (left, right) = (dot(&pushed, &flat(&cotangents)), dot(&flat(&tangents), &pulled));
    let scale = pushed.iter().chain(&pulled).fold(greatest.max(1.0), |m, x| m.max(x.abs()));
    prop_assert!(
        !scale.is_finite() || (left - right).abs() < 1e-12 * scale,
        "seed {seed} size {size}: {left} and {right}"
    );
    Ok(())
}

fn check_hessian(seed: u64, size: usize) -> Result<(), TestCaseError> {
    let drawn = draw_function(seed, size, 1);
    let blocks = hessian(&drawn.function, &NAMES, Mode::Auto).expect("derivatives");
    let blocks = run(&blocks, &drawn.at);
    let sizes: Vec<usize> = drawn.at.iter().map(|(_, v)| v.len()).collect();
    let scale = flat(&blocks).iter().fold(1.0f64, |m, x| m.max(x.abs()));
    if !scale.is_finite() || scale > 1e8 || flat(&blocks).iter().any(|x| x.is_nan()) {
        return Ok(());
    }
    let compressed = hessian(&drawn.function, &NAMES, Mode::Compressed).expect("derivatives");
    let gap = apart(&flat(&run(&compressed, &drawn.at)), &flat(&blocks), &vec![scale; flat(&blocks).len()]);
    prop_assert!(gap < 1e-10, "seed {seed} size {size}: the compressed Hessian is {gap} apart");
    let pushed = hessian_by(&drawn.function, &NAMES, HessianMethod::EdgePushing).expect("derivatives");
    // Arcs may be large where what is pushed through them cancels: a softmax does not see a shift.
    let mut largest = 0.0f64;
    let watch = |_, v: &Value| largest = v.to_f64s().iter().fold(largest, |m, x| m.max(x.abs()));
    let pushed = Interpreter::new(&pushed).run_watched(&drawn.at, watch).expect("values");
    let tolerance = 1e-10 * scale + ROUNDING * largest;
    for (k, (a, b)) in blocks.iter().zip(&pushed).enumerate() {
        prop_assert!(a.ty() == b.ty(), "seed {seed} size {size}: block {k} is {} by edge pushing", b.ty());
        let worst = a.to_f64s().iter().zip(b.to_f64s()).fold(0.0f64, |m, (a, b)| m.max((a - b).abs()));
        prop_assert!(worst <= tolerance, "seed {seed} size {size}: edge pushing differs: {a} {b}");
    }
    for (i, j) in (0..3).flat_map(|i| (0..3).map(move |j| (i, j))) {
        let (a, b) = (blocks[3 * i + j].to_f64s(), blocks[3 * j + i].to_f64s());
        for (k, x) in a.iter().enumerate() {
            let mirrored = b[k % sizes[j] * sizes[i] + k / sizes[j]];
            prop_assert!(
                (x - mirrored).abs() < 1e-10 * scale,
                "seed {seed} size {size}: not symmetric: {x} {mirrored}"
            );
        }
    }
    Ok(())
}

/// Derivatives to order 3 along a direction, from a series and by differentiating again and again.
fn check_series(seed: u64, size: usize) -> Result<(), TestCaseError> {
    const ORDER: usize = 3;
    let drawn = draw_function(seed, size, 1);
    let f = crate::taylor::both_ways(&drawn.function, ORDER, &mut Draw::new(seed ^ 3));
    let mut finite = true;
    let watch = |_, v: &Value| finite &= v.to_f64s().iter().all(|x| x.abs() < 1e8);
    let values = flat(&Interpreter::new(&f).run_watched(&drawn.at, watch).expect("values"));
    let (series, again) = values.split_at(ORDER + 1);
    let scale = values.iter().fold(1.0f64, |m, x| m.max(x.abs()));
    let worst = series.iter().zip(again).fold(0.0f64, |m, (a, b)| m.max((a - b).abs()));
    prop_assert!(
        !finite || worst < 1e-9 * scale,
        "seed {seed} size {size}: {worst} apart: {series:?} {again:?}"
    );
    Ok(())
}

fn check_round_trip(seed: u64, size: usize) -> Result<(), TestCaseError> {
    let drawn = draw_function(seed, size, 2);
    let gradient = jacobian(&drawn.function, &NAMES, Mode::Reverse).expect("derivatives");
    for f in [&drawn.function, &gradient] {
        let text = print(f).expect("no custom maps");
        match parse(&text, &Options::default()) {
            Ok(again) => {
                prop_assert!(isomorphic(f, &again), "seed {seed} size {size}: not the same:\n{text}")
            }
            Err(error) => prop_assert!(false, "seed {seed} size {size}: {error}\n{text}"),
        }
    }
    Ok(())
}

pub(crate) fn cases() -> u32 {
    std::env::var("WENGERT_GRAPHS").ok().and_then(|n| n.parse().ok()).unwrap_or(150)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn gradients_agree_in_all_modes(seed: u64, size in 1usize..24) {
        check_gradient(seed, size)?;
    }

    #[test]
    fn jacobians_agree_and_transposes_are_adjoint(seed: u64, size in 1usize..20) {
        check_jacobian(seed, size)?;
    }

    #[test]
    fn hessians_are_symmetric(seed: u64, size in 1usize..12) {
        check_hessian(seed, size)?;
    }

    #[test]
    fn series_agree_with_differentiating_again(seed: u64, size in 1usize..12) {
        check_series(seed, size)?;
    }

    #[test]
    fn texts_parse_back_to_the_same_function(seed: u64, size in 1usize..24) {
        check_round_trip(seed, size)?;
    }
}

#[test]
fn graphs_that_once_failed_hold() {
    for &(seed, size) in SEEDS {
        check_gradient(seed, size).expect("a mended case");
        check_jacobian(seed, size).expect("a mended case");
        check_hessian(seed, size).expect("a mended case");
        check_round_trip(seed, size).expect("a mended case");
    }
}
