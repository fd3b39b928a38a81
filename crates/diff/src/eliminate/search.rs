//! The best order of vertices that a budget finds, and how far from the best of all it can be.

use super::anneal::{Anneal, Best};
use super::board::play;
use super::bound::least_prices;
use super::budget::{Budget, Clock};
use super::exact::{self, Exact};
use super::heuristic::{Heuristic, order};
use super::problem::{OrderCost, Problem};
use super::step::Step;
use std::time::Duration;

/// The most vertices for which a proof is tried.
const PROVED: usize = 40;

/// Above so many vertices only the rules that go by degrees are tried.
const LARGE: usize = 2048;

/// What a search found: an order of steps, or of faces.
#[derive(Clone, Debug)]
pub struct Found<S = Step> {
    /// The order.
    pub order: Vec<S>,
    /// What it costs; [`OrderCost::UNKNOWN`] where every order was given up, since too many edges come into being.
    pub cost: OrderCost,
    /// The same as one number, in the convention.
    pub weight: u64,
    /// No order of this kind costs less than this, in the convention.
    pub bound: u64,
    /// Whether that is the weight: the order is the best of all of its kind.
    pub optimal: bool,
    /// The kind: vertex orders, edge orders or face orders.
    pub over: &'static str,
    /// The rule that found it, or that it was searched for.
    pub method: &'static str,
    /// How many moves and sets were looked at.
    pub steps: u64,
    /// How long it took.
    pub time: Duration,
}

impl<S> Found<S> {
    /// In words: optimal, or how far from the bound.
    pub fn verdict(&self) -> String {
        match (self.optimal, self.bound) {
            _ if self.cost.known().is_none() => "given up: too many edges come into being".to_owned(),
            (true, _) => format!("optimal over {}", self.over),
            (false, 0) => "no bound above 0 known".to_owned(),
            (false, bound) => {
                format!("within {:.2} of the bound {bound}", self.weight as f64 / bound as f64)
            }
        }
    }
}

impl Found {
    /// What a finer search found that started from this: the kind of its orders, and how it is called where it gained.
    pub(super) fn improved<S>(
        &self,
        problem: &Problem,
        (order, cost): (Vec<S>, OrderCost),
        bound: u64,
        (over, name): (&'static str, &'static str),
        clock: &Clock,
    ) -> Found<S> {
        let weight = problem.weight(&cost);
        Found {
            order,
            cost,
            weight,
            bound: bound.min(weight),
            optimal: weight <= bound,
            over,
            method: if weight < self.weight { name } else { self.method },
            steps: clock.steps,
            time: clock.elapsed(),
        }
    }
}

/// Every heuristic's order that is worth its time on a problem of this size.
pub fn heuristics(problem: &Problem) -> Vec<(Heuristic, Vec<u32>)> {
    let large = problem.inner().len() > LARGE;
    let worth = |h: &Heuristic| !(large && matches!(h, Heuristic::MinimalFill | Heuristic::LookAhead));
    Heuristic::ALL.into_iter().filter(worth).map(|h| (h, order(problem, h))).collect()
}

/// Looks for the best order of vertices.
///
/// The heuristics first, then annealing from their orders, on up to 40 vertices also a search that ends with a proof. A
/// budget of zero gives the best of the heuristics. On a graph of arrays maps are priced by their structure.
pub fn search(problem: &Problem, budget: Budget, seed: u64) -> Found {
    let mut clock = Clock::new(budget);
    let tried = heuristics(problem);
    search_from(problem, &tried, seed, &mut clock)
}

fn search_from(problem: &Problem, tried: &[(Heuristic, Vec<u32>)], seed: u64, clock: &mut Clock) -> Found {
    let least = least_prices(problem);
    let bound: u64 = least.iter().sum();
    let greedy: Vec<(&'static str, &Vec<u32>, OrderCost)> =
        tried.iter().filter_map(|(h, order)| Some((h.name(), order, problem.cost_in_time(order)?))).collect();
    let Some((name, order, cost)) = greedy.iter().min_by_key(|(.., cost)| problem.weight(cost)) else {
        // Forward order is always possible.
        let forward = (Heuristic::Forward.name(), steps(&problem.inner()), OrderCost::UNKNOWN);
        return found(problem, forward, bound, false, clock);
    };
    let mut best = (*name, steps(order), *cost);
    let mut proved = bound;
    let inner = problem.inner();
    let mut proof = inner.len() <= 1;
    if proof {
        proved = problem.weight(&best.2);
    }
    if problem.weight(&best.2) > bound && !proof && !clock.is_spent() {
        let starts: Vec<Vec<u32>> = greedy.iter().map(|(_, order, _)| (*order).clone()).collect();
        let small = inner.len() <= PROVED.min(exact::LIMIT);
        let blocks = blocks(problem, &best);
        if small {
            let mut part = clock.part(3);
            let known = problem.weight(&best.2).saturating_sub(blocks);
            let exact = Exact { inner, least, known, clock: &mut part };
            let ended = play(problem, exact);
            consider(problem, &mut best, ended.better);
            clock.steps += part.steps;
            let closed = problem.is_scalar() || problem.structures.is_closed();
            proved = proved.max(if closed { ended.bound.saturating_add(blocks) } else { 0 });
            proof = problem.weight(&best.2) <= proved;
        }
        if !proof {
            let starts = std::iter::once(vertices(&best.1)).chain(starts).collect();
            consider(problem, &mut best, play(problem, Anneal { starts, seed: seed ^ 1, bound, clock }));
        }
    }
    found(problem, best, proved, proof, clock)
}

type Candidate = (&'static str, Vec<Step>, OrderCost);

/// What writing out the blocks costs, the same after every order.
fn blocks(problem: &Problem, best: &Candidate) -> u64 {
    let mut run = problem.run();
    for &step in &best.1 {
        if run.take(step).is_err() {
            return 0;
        }
    }
    let before = problem.weight(&run.cost());
    problem.weight(&best.2).saturating_sub(before)
}

/// Takes what a search found if it is better, counted again.
fn consider(problem: &Problem, best: &mut Candidate, found: Option<Best>) {
    let Some(found) = found else { return };
    let order = steps(&found.order);
    if let Ok(cost) = problem.cost(&order)
        && problem.weight(&cost) < problem.weight(&best.2)
    {
        *best = ("search", order, cost);
    }
}

fn found(problem: &Problem, best: Candidate, bound: u64, proof: bool, clock: &Clock) -> Found {
    let (method, order, cost) = best;
    let weight = problem.weight(&cost);
    Found {
        order,
        cost,
        weight,
        bound: bound.min(weight),
        optimal: proof || weight <= bound,
        over: "vertex orders",
        method,
        steps: clock.steps,
        time: clock.elapsed(),
    }
}

/// An order of vertices as steps.
pub fn steps(order: &[u32]) -> Vec<Step> {
    order.iter().map(|&v| Step::Vertex(v)).collect()
}

fn vertices(order: &[Step]) -> Vec<u32> {
    order
        .iter()
        .filter_map(|s| match s {
            Step::Vertex(v) => Some(*v),
            Step::Front(..) | Step::Back(..) => None,
        })
        .collect()
}
