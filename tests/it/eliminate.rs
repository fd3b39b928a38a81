//! Elimination on random graphs: every order gives the same Jacobian, costs what is said, and none is cheaper than what
//! the exact searches prove.

use crate::dag::{Dag, written};
use crate::numeric::Draw;
use crate::random::{Drawn, NAMES, ROUNDING, apart, cases, draw_function, flat, run, scales, stays_finite};
use proptest::prelude::*;
use std::collections::HashMap;
use wengert::diff::algebra::dense;
use wengert::diff::eliminate::{
    Algebra, Budget, Convention, Emitter, Face, Found, LineGraph, Problem, Role, Step, Web, accumulate,
    accumulate_faces, bound, heuristics, search, search_edges, search_faces, steps,
};
use wengert::diff::{Linearized, Mode, jacobian, jacobian_in_order};
use wengert::expr::{Builder, Function, LinearMap, NodeId};

/// Nothing on the edges: an algebra for orders alone.
struct Nothing;

impl Algebra for Nothing {
    type Map = ();
    fn local(&mut self, _: &LinearMap<NodeId>) {}
    fn identity(&mut self, _: NodeId) {}
    fn compose(&mut self, (): &(), (): &()) {}
    fn add(&mut self, (): &(), (): &()) {}
}

fn shuffled(draw: &mut Draw, mut order: Vec<u32>) -> Vec<Step> {
    (1..order.len()).rev().for_each(|i| order.swap(i, draw.below(i + 1)));
    steps(&order)
}

/// Random edges in front and behind, and now and then a vertex, until nothing is left.
fn random_edges(draw: &mut Draw, problem: &Problem) -> Vec<Step> {
    let mut web = problem.run().web().map(|_| ());
    let mut order = Vec::new();
    loop {
        let Some(v) = web.inner().next() else { return order };
        let mut choices: Vec<Step> = Vec::new();
        for l in web.links() {
            choices.extend((web.role(l.to) == Role::Inner).then_some(Step::Front(l.from, l.to)));
            choices.extend((web.role(l.from) == Role::Inner).then_some(Step::Back(l.from, l.to)));
        }
        let step = if draw.below(8) == 0 { Step::Vertex(v) } else { choices[draw.below(choices.len())] };
        web.take(step, &mut Nothing).expect("it was there");
        order.push(step);
    }
}

fn random_faces(draw: &mut Draw, problem: &Problem) -> Vec<Face> {
    let mut line = LineGraph::new(problem.run().web()).map(|_, _| ());
    let mut order = Vec::new();
    loop {
        let faces: Vec<Face> = line.faces().collect();
        if faces.is_empty() {
            return order;
        }
        let face = faces[draw.below(faces.len())];
        line.eliminate(face, &mut Nothing).expect("it was there");
        order.push(face);
    }
}

/// A function's linearised graph in a builder that goes on writing it.
fn linearized(f: &Function) -> (Builder, Linearized) {
    let b = Builder::on(f.graph().clone());
    let variables: Vec<NodeId> = f.inputs().iter().map(|i| i.node).collect();
    let outputs: Vec<NodeId> = f.outputs().iter().map(|o| o.node).collect();
    let linear = Linearized::new(&b, &variables, &outputs).expect("derivatives");
    (b, linear)
}

/// The Jacobian by faces, written out as [`jacobian`] does.
fn by_faces(drawn: &Drawn, order: &[Face]) -> Vec<f64> {
    let (b, linear) = linearized(&drawn.function);
    let maps = accumulate_faces(&b, &linear, order).expect("a complete order");
    for (map, (o, v)) in maps.iter().flatten().zip((0..maps.len()).flat_map(|o| (0..3).map(move |v| (o, v))))
    {
        let elements = |n: NodeId| b.node(n).shape().elements();
        let (f, name) = (&drawn.function, format!("{o} {v}"));
        let whole = elements(f.outputs()[o].node) * elements(f.inputs()[v].node);
        let zero = b.node(f.outputs()[o].node).number(0.0).broadcast_to([whole]);
        match map {
            Some(map) => b.output(name, b.node(dense(&b, map)).reshape(&[-1])),
            None => b.output(name, zero),
        }
    }
    flat(&run(&b.finish().expect("right"), &drawn.at))
}

/// More products than this are left out: they are right too, but slow.
const WORK: u64 = 3_000_000;

fn check_orders(seed: u64, size: usize) -> Result<(), TestCaseError> {
    let drawn = draw_function(seed, size, 2);
    let f = &drawn.function;
    let reverse = flat(&run(&jacobian(f, &NAMES, Mode::Reverse).expect("derivatives"), &drawn.at));
    let greatest = scales(&drawn).into_iter().fold(1e-3, f64::max);
    // An infinite slope times the zero of an empty sum is NaN in one order and left out in another.
    let tame = reverse.iter().all(|x| x.is_finite() && x.abs() <= 1e8);
    if !tame || !greatest.is_finite() || !stays_finite(&drawn) {
        return Ok(());
    }
    let scales = vec![greatest; reverse.len()];
    let (b, linear) = linearized(f);
    let problem = b.read(|g| Problem::new(g, &linear, Convention::Flops));
    let mut draw = Draw::new(seed ^ 11);
    let mut orders: Vec<(String, Vec<Step>)> =
        heuristics(&problem).iter().map(|(h, order)| (h.name().to_owned(), steps(order))).collect();
    let found = search(&problem, Budget::steps(300), seed);
    orders.push(("search".into(), found.order));
    for _ in 0..2 {
        orders.push(("random vertices".into(), shuffled(&mut draw, problem.inner())));
        orders.push(("random edges".into(), random_edges(&mut draw, &problem)));
    }
    for (name, order) in orders {
        let cost = problem.cost(&order).expect("a complete order");
        if cost.products > WORK {
            continue;
        }
        let jacobian = jacobian_in_order(f, &NAMES, &order).expect("derivatives");
        let gap = apart(&flat(&run(&jacobian, &drawn.at)), &reverse, &scales);
        prop_assert!(gap < ROUNDING, "seed {seed} size {size}: {name} is {gap} apart: {order:?}");
    }
    let faces = random_faces(&mut draw, &problem);
    if problem.cost_of_faces(&faces).expect("a complete order").products <= WORK {
        let gap = apart(&by_faces(&drawn, &faces), &reverse, &scales);
        prop_assert!(gap < ROUNDING, "seed {seed} size {size}: random faces are {gap} apart: {faces:?}");
    }
    Ok(())
}

/// What is proved is what trying everything finds; the bound is below it.
fn check_vertices(seed: u64) -> Result<(), TestCaseError> {
    let mut draw = Draw::new(seed);
    let most = if draw.below(8) == 0 { 7 } else { 5 };
    let dag = Dag::random(&mut draw, most, true);
    let inner: Vec<usize> = dag.inner().collect();
    for convention in Convention::ALL {
        let problem = dag.problem(convention);
        let best = dag.matrix(convention).best_vertices(&inner);
        let found = search(&problem, Budget::default(), seed);
        prop_assert_eq!(found.weight, best, "{} {:?}", convention, dag);
        prop_assert!(found.optimal && found.bound == best && bound(&problem) <= best, "{convention} {dag:?}");
        let order = shuffled(&mut draw, problem.inner());
        let mut matrix = dag.matrix(convention);
        let plain: u64 = order.iter().map(|&s| matrix.take(s)).sum();
        let cost = problem.cost(&order).expect("all vertices");
        prop_assert_eq!(convention.weight(cost.work()), plain, "{} {:?} {:?}", convention, dag, order);
    }
    Ok(())
}

fn check_edges(seed: u64) -> Result<(), TestCaseError> {
    let mut draw = Draw::new(seed);
    let dag = Dag::random(&mut draw, 3, true);
    for convention in Convention::ALL {
        let problem = dag.problem(convention);
        let vertices = search(&problem, Budget::default(), seed);
        let edges = search_edges(&problem, &vertices, Budget::steps(400_000), seed).expect("scalars");
        prop_assert!(edges.weight <= vertices.weight && edges.bound <= edges.weight, "{convention} {dag:?}");
        if dag.edges.len() <= 9 {
            let best = dag.matrix(convention).best_edges(&dag.inner(), &mut HashMap::new());
            prop_assert!(edges.optimal, "{convention} {dag:?}");
            prop_assert_eq!(edges.weight, best, "{} {:?}", convention, dag);
        }
        let faces = search_faces(&problem, &edges, Budget::steps(2_000), seed).expect("scalars");
        prop_assert!(faces.weight <= edges.weight && faces.bound <= faces.weight, "{convention} {dag:?}");
        let again = problem.faces_of(&edges.order).and_then(|f| problem.cost_of_faces(&f));
        let again = again.expect("an order of edges is one of faces");
        prop_assert_eq!(convention.weight(again.work()), edges.weight, "{} {:?}", convention, dag);
    }
    Ok(())
}

/// Where no two products coincide, the graph grows by exactly what was predicted, in any order.
fn check_emission(seed: u64, units: bool) -> Result<(), TestCaseError> {
    let mut draw = Draw::new(seed);
    let dag = Dag::random(&mut draw, 6, units);
    let problem = dag.problem(Convention::Flops);
    let compare = |b: &Builder, cost: wengert::diff::eliminate::OrderCost| -> Result<(), TestCaseError> {
        let (products, sums) = written(b);
        prop_assert!(products <= cost.products && sums <= cost.sums, "{dag:?}: {products} {sums} {cost:?}");
        prop_assert!(
            units || (products, sums) == (cost.products, cost.sums),
            "{products} {sums} {cost:?} {dag:?}"
        );
        Ok(())
    };
    for order in [shuffled(&mut draw, problem.inner()), random_edges(&mut draw, &problem)] {
        let b = Builder::new();
        accumulate(&b, &dag.linearized(&b), &order).expect("a complete order");
        compare(&b, problem.cost(&order).expect("a complete order"))?;
    }
    let faces = random_faces(&mut draw, &problem);
    let b = Builder::new();
    accumulate_faces(&b, &dag.linearized(&b), &faces).expect("a complete order");
    compare(&b, problem.cost_of_faces(&faces).expect("a complete order"))
}

/// Of a program of scalars, coefficients that coincide are shared: never more is written than predicted.
fn check_program(seed: u64, size: usize) -> Result<(), TestCaseError> {
    let drawn = draw_function(seed, size, 2);
    let (b, linear) = linearized(&drawn.function);
    let scalars = b.read(|g| Problem::new(g, &linear, Convention::FreeUnits));
    if !scalars.is_scalar() {
        return Ok(());
    }
    let order = shuffled(&mut Draw::new(seed), scalars.inner());
    let cost = scalars.cost(&order).expect("all vertices");
    // Two operands that are the same node make one edge: their sum is part of the graph.
    Web::new(&linear, &mut Emitter::new(&b));
    let before = written(&b);
    accumulate(&b, &linear, &order).expect("all vertices");
    let after = written(&b);
    prop_assert!(
        after.0 - before.0 <= cost.products && after.1 - before.1 <= cost.sums,
        "seed {seed} {size}"
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn all_orders_give_the_same_jacobian(seed: u64, size in 1usize..16) {
        check_orders(seed, size)?;
    }

    #[test]
    fn vertex_orders_are_proved_right(seed: u64) {
        check_vertices(seed)?;
    }

    #[test]
    fn edge_and_face_orders_are_proved_right(seed: u64) {
        check_edges(seed)?;
    }

    #[test]
    fn what_is_written_is_what_was_predicted(seed: u64) {
        check_emission(seed, false)?;
        check_emission(seed, true)?;
    }

    #[test]
    fn programs_write_no_more_than_predicted(seed: u64, size in 1usize..16) {
        check_program(seed, size)?;
    }
}

/// Twice the same order of a search, by steps.
#[test]
fn a_seed_and_a_number_of_steps_give_the_same_order() {
    let mut draw = Draw::new(5);
    let dag = Dag::random(&mut draw, 12, true);
    let problem = dag.problem(Convention::FreeUnits);
    let all = || {
        let vertices = search(&problem, Budget::steps(500), 3);
        let edges = search_edges(&problem, &vertices, Budget::steps(500), 3).expect("scalars");
        let faces: Found<Face> = search_faces(&problem, &edges, Budget::steps(500), 3).expect("scalars");
        (vertices.order, edges.order, faces.order)
    };
    assert_eq!(all(), all());
}
