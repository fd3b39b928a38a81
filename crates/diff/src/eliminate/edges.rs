//! Orders that eliminate single edges too: there are more of them than orders of vertices, and some are cheaper.
//!
//! On small scalar graphs a best-first search over positions proves the least price over all orders of edges; a vertex is
//! eliminated by eliminating all its edges on one side, so orders of vertices are among them. On larger ones annealing puts
//! edges into the best order of vertices that is known. Source: Naumann, "Optimal accumulation of Jacobian matrices by
//! elimination methods on the dual computational graph", Mathematical Programming 99 (2004).

use super::bits::Bits;
use super::board::Board;
use super::budget::{Budget, Clock};
use super::game::{Game, searched};
use super::problem::Problem;
use super::search::{Found, search};
use super::step::Step;

/// The most inner vertices for which all orders of edges are searched.
const PROVED: usize = 8;

/// Looks for an order of edges and vertices that is cheaper than the best order of vertices known; `None` if the graph is
/// not of scalars or too large, or no order is known. The bound is over orders of edges.
pub fn search_edges(problem: &Problem, known: &Found, budget: Budget, seed: u64) -> Option<Found> {
    known.cost.known()?;
    let inner = is_inner(problem);
    let start = Edges { bits: Bits::new(problem)?, inner: &inner };
    let mut clock = Clock::new(budget);
    // Whatever is moved or taken out, the vertices at the end complete the order.
    let rest = problem.inner().into_iter().map(Step::Vertex);
    let steps = known.order.iter().copied().chain(rest).collect();
    let is_provable = problem.inner().len() <= PROVED;
    let (steps, bound) = searched(&start, steps, known.weight, is_provable, seed, &mut clock);
    let order = performed(problem, &steps);
    let cost = problem.cost(&order).ok()?;
    let kind = ("edge orders", "search over edges");
    Some(known.improved(problem, (order, cost), bound, kind, &clock))
}

/// Looks for the best order with half of the budget among those of vertices, then with a quarter among those of edges.
pub fn search_both(problem: &Problem, budget: Budget, seed: u64) -> (Found, Option<Found>) {
    let best = search(problem, budget.part(2), seed);
    let edges = search_edges(problem, &best, budget.part(4), seed);
    (best, edges)
}

/// The steps that were possible when their turn came.
fn performed(problem: &Problem, steps: &[Step]) -> Vec<Step> {
    let mut run = problem.run();
    steps.iter().copied().filter(|&s| run.take(s).is_ok()).collect()
}

fn is_inner(problem: &Problem) -> Vec<bool> {
    let mut inner = vec![false; problem.vertices()];
    problem.inner().into_iter().for_each(|v| inner[v as usize] = true);
    inner
}

/// A position.
#[derive(Clone)]
struct Edges<'p> {
    bits: Bits,
    inner: &'p [bool],
}

impl Game for Edges<'_> {
    type Move = Step;
    type Key = Vec<u64>;

    fn take(&mut self, step: Step) -> u64 {
        match step {
            Step::Vertex(v) if self.bits.is_between(v) => self.bits.eliminate(v),
            Step::Front(u, w) if self.bits.has_edge(u, w) => self.bits.eliminate_edge(u, w, true),
            Step::Back(u, w) if self.bits.has_edge(u, w) => self.bits.eliminate_edge(u, w, false),
            Step::Vertex(_) | Step::Front(..) | Step::Back(..) => 0,
        }
    }

    /// Every edge that can be eliminated, in front or behind.
    fn choices(&self) -> Vec<Step> {
        let mut all = Vec::new();
        for (u, w) in self.bits.edges() {
            if self.inner[w as usize] {
                all.push(Step::Front(u, w));
            }
            if self.inner[u as usize] {
                all.push(Step::Back(u, w));
            }
        }
        all
    }

    fn key(&self) -> Vec<u64> {
        self.bits.key()
    }

    /// One product for each pair of a source and a sink that a path through a vertex joins: only a product between the two
    /// can be the last of such paths, and no product is between two pairs. It is free only if one of its edges is a unit,
    /// which none becomes that starts or ends with an edge that is not.
    fn ahead(&self) -> u64 {
        self.bits.joined(self.inner)
    }

    fn lasting(&self, step: Step) -> Step {
        step
    }

    fn is_extra(step: Step) -> bool {
        !matches!(step, Step::Vertex(_))
    }
}
