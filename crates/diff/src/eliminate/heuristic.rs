//! Orders that are found without a search.

use super::board::{Board, Play, play};
use super::problem::Problem;
use super::web::{Algebra, Web};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt;

/// A rule by which the next vertex is chosen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Heuristic {
    /// From the inputs up.
    Forward,
    /// From the outputs down.
    Reverse,
    /// The cheapest one, of equals the lowest number (Griewank and Reese 1991, after Markowitz).
    MarkowitzLow,
    /// The cheapest one, of equals the highest number.
    MarkowitzHigh,
    /// The one that adds the fewest edges, of equals the cheapest.
    MinimalFill,
    /// The one after which it and its neighbours cost least together, of the eight cheapest.
    LookAhead,
}

impl Heuristic {
    /// Every heuristic.
    pub const ALL: [Heuristic; 6] = [
        Heuristic::Forward,
        Heuristic::Reverse,
        Heuristic::MarkowitzLow,
        Heuristic::MarkowitzHigh,
        Heuristic::MinimalFill,
        Heuristic::LookAhead,
    ];

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Heuristic::Forward => "forward-order",
            Heuristic::Reverse => "reverse-order",
            Heuristic::MarkowitzLow => "markowitz-low",
            Heuristic::MarkowitzHigh => "markowitz-high",
            Heuristic::MinimalFill => "minimal-fill",
            Heuristic::LookAhead => "look-ahead",
        }
    }
}

impl fmt::Display for Heuristic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Above so many vertices the greedy rules go by degrees from a heap, not by prices from a scan.
const SCANNED: usize = 2048;

/// The vertices in the order that a heuristic gives.
///
/// Time: linear for forward and reverse. The greedy rules scan all vertices for each step up to 2048 of them; beyond,
/// all of them take the vertex whose degrees have the least product from a heap.
pub fn order(problem: &Problem, heuristic: Heuristic) -> Vec<u32> {
    let inner = problem.inner();
    match heuristic {
        Heuristic::Forward => inner,
        Heuristic::Reverse => inner.into_iter().rev().collect(),
        _ if inner.len() > SCANNED || (inner.len() > SHEET && !problem.is_scalar()) => {
            by_degrees(problem, heuristic)
        }
        Heuristic::MarkowitzLow
        | Heuristic::MarkowitzHigh
        | Heuristic::MinimalFill
        | Heuristic::LookAhead => play(problem, Greedy { inner, heuristic }),
    }
}

/// The most inner vertices of a graph of arrays that are scanned.
const SHEET: usize = 256;

struct Greedy {
    inner: Vec<u32>,
    heuristic: Heuristic,
}

impl Play for Greedy {
    type Result = Vec<u32>;

    fn play<B: Board>(self, mut board: B) -> Vec<u32> {
        let Greedy { inner: mut left, heuristic } = self;
        let mut order = Vec::with_capacity(left.len());
        // A vertex changes its price only when a neighbour goes.
        let most = left.iter().max().map_or(0, |&v| v as usize + 1);
        let mut scores: Vec<Option<(u64, u64)>> = vec![None; most];
        while !left.is_empty() {
            for &v in &left {
                if scores[v as usize].is_none() {
                    scores[v as usize] = Some(score(&mut board, heuristic, v));
                }
            }
            let key = |&v: &u32| {
                let tie = if heuristic == Heuristic::MarkowitzHigh { u32::MAX - v } else { v };
                (scores[v as usize], tie)
            };
            let next = match heuristic {
                Heuristic::LookAhead => looked_ahead(&board, &left, &scores),
                _ => left.iter().copied().min_by_key(key),
            };
            let Some(v) = next else { break };
            let near = board.neighbours(v);
            board.eliminate(v);
            for u in near.iter().flat_map(|&u| reach(&mut board, heuristic, u)) {
                if let Some(score) = scores.get_mut(u as usize) {
                    *score = None;
                }
            }
            left.retain(|&u| u != v);
            order.push(v);
        }
        order
    }
}

/// Whose score changes when a neighbour of this vertex goes.
fn reach<B: Board>(board: &mut B, heuristic: Heuristic, u: u32) -> Vec<u32> {
    let mut all = if heuristic == Heuristic::MinimalFill { board.neighbours(u) } else { Vec::new() };
    all.push(u);
    all
}

fn score<B: Board>(board: &mut B, heuristic: Heuristic, v: u32) -> (u64, u64) {
    let price = board.price(v);
    match heuristic {
        Heuristic::MinimalFill => (board.fill(v), price),
        _ => (price, 0),
    }
}

fn looked_ahead<B: Board>(board: &B, left: &[u32], scores: &[Option<(u64, u64)>]) -> Option<u32> {
    const CANDIDATES: usize = 8;
    let mut cheapest = left.to_vec();
    let price = |v: u32| scores.get(v as usize).copied().flatten().map_or(0, |s| s.0);
    cheapest.sort_by_key(|&v| (price(v), v));
    cheapest.truncate(CANDIDATES);
    let total = |v: &u32| {
        let mut after = board.clone();
        let near = after.neighbours(*v);
        let cost = after.eliminate(*v) as i128;
        let changes = near
            .iter()
            .filter(|u| left.contains(u))
            .map(|&u| i128::from(after.price(u)) - i128::from(price(u)));
        cost + changes.sum::<i128>()
    };
    cheapest.into_iter().min_by_key(|v| (total(v), *v))
}

/// The vertex of least edges in times edges out, from a heap; entries that are out of date are skipped.
fn by_degrees(problem: &Problem, heuristic: Heuristic) -> Vec<u32> {
    let mut web = problem.web.map(|_| ());
    let key = |web: &Web<()>, v: u32| {
        let (i, o) = web.degrees(v);
        let tie = if heuristic == Heuristic::MarkowitzHigh { u32::MAX - v } else { v };
        Reverse((u64::from(i) * u64::from(o), tie, v))
    };
    let mut heap: BinaryHeap<_> = web.inner().map(|v| key(&web, v)).collect();
    let mut order = Vec::with_capacity(heap.len());
    let mut patience = problem.patience();
    while let Some(entry) = heap.pop() {
        let v = entry.0.2;
        if !web.is_left(v) || entry != key(&web, v) {
            continue;
        }
        match patience.checked_sub(entry.0.0) {
            Some(left) => patience = left,
            // Nobody will count this order to its end.
            None => {
                order.extend(web.inner());
                break;
            }
        }
        let (into, out) = web.neighbours(v);
        web.eliminate(v, &mut Counted);
        order.push(v);
        for u in into.into_iter().chain(out).filter(|&u| web.is_left(u)) {
            heap.push(key(&web, u));
        }
    }
    order
}

/// Nothing on the edges: only degrees matter.
struct Counted;

impl Algebra for Counted {
    type Map = ();
    fn local(&mut self, _: &wengert_expr::LinearMap<wengert_expr::NodeId>) {}
    fn identity(&mut self, _: wengert_expr::NodeId) {}
    fn compose(&mut self, (): &(), (): &()) {}
    fn add(&mut self, (): &(), (): &()) {}
}
