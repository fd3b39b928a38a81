//! Orders that eliminate single edges too: there are more of them than orders of vertices, and some are cheaper.
//!
//! On small scalar graphs a best-first search over positions proves the least price over all orders of edges; a vertex is
//! eliminated by eliminating all its edges on one side, so orders of vertices are among them. On larger ones annealing puts
//! edges into the best order of vertices that is known. Source: Naumann, "Optimal accumulation of Jacobian matrices by
//! elimination methods on the dual computational graph", Mathematical Programming 99 (2004).

use super::bits::Bits;
use super::board::Board;
use super::budget::{Budget, Clock};
use super::problem::Problem;
use super::search::{Found, search};
use super::step::Step;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The most inner vertices for which all orders of edges are searched.
const PROVED: usize = 8;

/// The most positions that are held.
const POSITIONS: usize = 1 << 18;

/// Looks for an order of edges and vertices that is cheaper than the best order of vertices known; `None` if the graph is
/// not of scalars or too large. The bound is over orders of edges, 0 where nothing is known.
pub fn search_edges(problem: &Problem, known: &Found, budget: Budget, seed: u64) -> Option<Found> {
    let board = Bits::new(problem)?;
    let mut clock = Clock::new(budget);
    let (mut steps, mut bound) = (known.order.clone(), 0);
    if problem.inner().len() <= PROVED {
        let mut half = clock.part(2);
        let proof = exact(problem, &board, known.weight, &mut half);
        clock.steps += half.steps;
        bound = proof.bound;
        steps = proof.steps.unwrap_or(steps);
    }
    let mut best = (evaluate(&board, &steps), steps);
    if best.0 > bound && !clock.is_spent() {
        anneal(problem, &board, &mut best, bound, seed, &mut clock);
    }
    let order = performed(problem, &best.1);
    let cost = problem.cost(&order).ok()?;
    let weight = problem.weight(&cost);
    let method = if weight < known.weight { "search over edges" } else { known.method };
    Some(Found {
        order,
        cost,
        weight,
        bound: bound.min(weight),
        optimal: weight <= bound,
        method,
        steps: clock.steps,
        time: clock.elapsed(),
    })
}

/// Looks for the best order with half of the budget among those of vertices, then with the other half among those of edges.
pub fn search_both(problem: &Problem, budget: Budget, seed: u64) -> (Found, Option<Found>) {
    let half = Budget { time: budget.time.map(|t| t / 2), steps: budget.steps.map(|s| s / 2) };
    let best = search(problem, half, seed);
    let edges = search_edges(problem, &best, half, seed);
    (best, edges)
}

/// Takes a step, if it is possible here.
fn take(board: &mut Bits, step: Step) -> u64 {
    match step {
        Step::Vertex(v) if board.is_between(v) => board.eliminate(v),
        Step::Front(u, w) if board.has_edge(u, w) => board.eliminate_edge(u, w, true),
        Step::Back(u, w) if board.has_edge(u, w) => board.eliminate_edge(u, w, false),
        Step::Vertex(_) | Step::Front(..) | Step::Back(..) => 0,
    }
}

fn evaluate(board: &Bits, steps: &[Step]) -> u64 {
    let mut now = board.clone();
    steps.iter().map(|&s| take(&mut now, s)).sum()
}

/// The steps that were possible when their turn came.
fn performed(problem: &Problem, steps: &[Step]) -> Vec<Step> {
    let mut run = problem.run();
    steps.iter().copied().filter(|&s| run.take(s).is_ok()).collect()
}

/// Every edge that can be eliminated, in front or behind.
fn choices(board: &Bits, inner: &[bool]) -> Vec<Step> {
    let mut all = Vec::new();
    for (u, w) in board.edges() {
        if inner[w as usize] {
            all.push(Step::Front(u, w));
        }
        if inner[u as usize] {
            all.push(Step::Back(u, w));
        }
    }
    all
}

fn is_inner(problem: &Problem) -> Vec<bool> {
    let mut inner = vec![false; problem.vertices()];
    problem.inner().into_iter().for_each(|v| inner[v as usize] = true);
    inner
}

struct Proof {
    steps: Option<Vec<Step>>,
    bound: u64,
}

/// A position that was met, its least price so far, and the step that led to it from another.
type Position = (Bits, u64, Option<(usize, Step)>);

/// Dijkstra's search over positions, given the price of an order that is known.
fn exact(problem: &Problem, board: &Bits, known: u64, clock: &mut Clock) -> Proof {
    let inner = is_inner(problem);
    let mut positions: Vec<Position> = vec![(board.clone(), 0, None)];
    let mut ids: FxHashMap<Vec<u64>, usize> = FxHashMap::default();
    ids.insert(board.key(), 0);
    let mut queue = BinaryHeap::from([Reverse((0, 0))]);
    while let Some(Reverse((spent, id))) = queue.pop() {
        if spent > positions[id].1 {
            continue;
        }
        if spent >= known {
            return Proof { steps: None, bound: known };
        }
        let choices = choices(&positions[id].0, &inner);
        if choices.is_empty() {
            return Proof { steps: Some(retraced(&positions, id)), bound: spent };
        }
        if clock.is_spent() || positions.len() > POSITIONS {
            return Proof { steps: None, bound: spent };
        }
        for step in choices {
            clock.tick();
            let mut next = positions[id].0.clone();
            let spent = spent + take(&mut next, step);
            let fresh = positions.len();
            let to = *ids.entry(next.key()).or_insert(fresh);
            if to == fresh {
                positions.push((next, u64::MAX, None));
            }
            if spent < positions[to].1 {
                positions[to] = (positions[to].0.clone(), spent, Some((id, step)));
                queue.push(Reverse((spent, to)));
            }
        }
    }
    Proof { steps: None, bound: known }
}

fn retraced(positions: &[Position], end: usize) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut at = end;
    while let Some((before, step)) = positions[at].2 {
        steps.push(step);
        at = before;
    }
    steps.reverse();
    steps
}

/// Edges put into an order, taken out of it, and steps moved.
fn anneal(
    problem: &Problem,
    board: &Bits,
    best: &mut (u64, Vec<Step>),
    bound: u64,
    seed: u64,
    clock: &mut Clock,
) {
    const DESCENT: u64 = 20_000;
    let inner = is_inner(problem);
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut below = move |n: usize| ((u64::from(random.next_u32()) * n.max(1) as u64) >> 32) as usize;
    let mut moves = DESCENT;
    loop {
        let mut now = best.clone();
        let hot = (now.0 as f64 / now.1.len().max(1) as f64).max(1.0);
        let cooling = (0.1 / hot).powf(1.0 / moves as f64);
        let mut temperature = hot;
        for _ in 0..moves {
            if clock.is_spent() || best.0 <= bound {
                return;
            }
            clock.tick();
            let Some(steps) = varied(&now.1, board, &inner, &mut below) else { return };
            let price = evaluate(board, &steps);
            let chance = (below(1 << 30) as f64 + 1.0) / f64::from(1u32 << 30);
            if price as f64 <= now.0 as f64 - temperature * chance.ln() {
                now = (price, steps);
                if now.0 < best.0 {
                    *best = now.clone();
                }
            }
            temperature *= cooling;
        }
        moves = moves.saturating_mul(2);
    }
}

/// An order that differs in one place; `None` if there is nothing to vary.
fn varied(
    steps: &[Step],
    board: &Bits,
    inner: &[bool],
    below: &mut impl FnMut(usize) -> usize,
) -> Option<Vec<Step>> {
    if steps.is_empty() {
        return None;
    }
    let mut steps = steps.to_vec();
    let edges: Vec<usize> = (0..steps.len()).filter(|&i| !matches!(steps[i], Step::Vertex(_))).collect();
    match below(4) {
        0 => {
            let place = below(steps.len());
            let mut there = board.clone();
            steps[..place].iter().for_each(|&s| {
                take(&mut there, s);
            });
            let choices = choices(&there, inner);
            if !choices.is_empty() {
                steps.insert(place, choices[below(choices.len())]);
            }
        }
        1 if !edges.is_empty() => {
            steps.remove(edges[below(edges.len())]);
        }
        _ => {
            let step = steps.remove(below(steps.len()));
            steps.insert(below(steps.len() + 1), step);
        }
    }
    Some(steps)
}
