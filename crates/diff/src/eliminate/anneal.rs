//! Simulated annealing over orders of vertices, with restarts.
//!
//! A move takes one vertex to another place in the order. What is left once a set of vertices is gone does not depend on
//! their order, so only the prices between the two places change, and a move costs no more than its length: positions are
//! kept at every few places of the order (Naumann and Gottschling, "Simulated annealing for optimal pivot selection in
//! Jacobian accumulation", 2003, is the method; the local evaluation is what makes it fast).

use super::board::{Board, Play};
use super::budget::Clock;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// How many bytes of positions are kept.
const KEPT: usize = 1 << 22;

/// The moves of the first descent; each further one is longer.
const FIRST: u64 = 20_000;

/// An order and its price.
#[derive(Clone, Debug)]
pub(super) struct Best {
    pub(super) order: Vec<u32>,
    pub(super) price: u64,
}

/// The search: from these orders, until the budget is spent or the bound is reached.
pub(super) struct Anneal<'c> {
    pub(super) starts: Vec<Vec<u32>>,
    pub(super) seed: u64,
    pub(super) bound: u64,
    pub(super) clock: &'c mut Clock,
}

impl Play for Anneal<'_> {
    type Result = Option<Best>;

    fn play<B: Board>(self, board: B) -> Option<Best> {
        let Anneal { starts, seed, bound, clock } = self;
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut walks: Vec<Walk<B>> = starts.into_iter().map(|order| Walk::new(&board, order)).collect();
        walks.sort_by_key(|w| w.price);
        let first = walks.first()?;
        let mut best = Best { order: first.order.clone(), price: first.price };
        let most = first.order.len();
        let mut moves = FIRST;
        for round in 0.. {
            if best.price <= bound || most < 2 || clock.is_spent() {
                break;
            }
            // The first descents start from the orders given, later ones from the best or from where the last one ended.
            let walk = match round % 4 {
                0 => 0,
                r => r.min(walks.len() - 1),
            };
            let walk = &mut walks[walk];
            if round % 4 == 0 && round > 0 {
                *walk = Walk::new(&board, best.order.clone());
            }
            walk.descend(&mut random, moves, bound, clock, &mut best);
            if round % 4 == 3 {
                moves = moves.saturating_mul(2);
            }
        }
        Some(best)
    }
}

/// An order, the price of each of its steps, and positions along it.
struct Walk<B> {
    order: Vec<u32>,
    prices: Vec<u64>,
    price: u64,
    /// The position before step `i * stride`.
    positions: Vec<B>,
    stride: usize,
    scratch: B,
    fresh: Vec<u64>,
}

impl<B: Board> Walk<B> {
    fn new(board: &B, order: Vec<u32>) -> Walk<B> {
        let copies = (KEPT / board.bytes().max(1)).clamp(2, order.len().max(2));
        let stride = order.len().div_ceil(copies).max(1);
        let mut walk = Walk {
            prices: vec![0; order.len()],
            price: 0,
            positions: vec![board.clone(); order.len().div_ceil(stride)],
            stride,
            scratch: board.clone(),
            fresh: Vec::new(),
            order,
        };
        let mut now = board.clone();
        for i in 0..walk.order.len() {
            if i % stride == 0 {
                walk.positions[i / stride].clone_from(&now);
            }
            walk.prices[i] = now.eliminate(walk.order[i]);
        }
        walk.price = walk.prices.iter().sum();
        walk
    }

    fn descend(
        &mut self,
        random: &mut ChaCha8Rng,
        moves: u64,
        bound: u64,
        clock: &mut Clock,
        best: &mut Best,
    ) {
        let n = self.order.len();
        let average = self.price as f64 / n as f64;
        let (hot, cold) = (average.max(1.0), 0.15);
        let cooling = (cold / hot).powf(1.0 / moves as f64);
        let mut temperature = hot;
        for step in 0..moves {
            if step % 128 == 0 && (clock.is_spent() || best.price <= bound) {
                return;
            }
            clock.tick();
            let (from, to) = drawn_move(random, n);
            let limit = temperature * -uniform(random).ln();
            if self.try_move(from, to, limit) && self.price < best.price {
                *best = Best { order: self.order.clone(), price: self.price };
            }
            temperature *= cooling;
        }
    }

    /// Moves one vertex if that makes the order dearer by no more than the limit.
    fn try_move(&mut self, from: usize, to: usize, limit: f64) -> bool {
        let (low, high) = (from.min(to), from.max(to));
        let start = low / self.stride;
        self.scratch.clone_from(&self.positions[start]);
        for &v in &self.order[start * self.stride..low] {
            self.scratch.eliminate(v);
        }
        let before: u64 = self.prices[low..=high].iter().sum();
        let most = before as f64 + limit;
        shift(&mut self.order, from, to);
        self.fresh.clear();
        let mut after = 0u64;
        for i in low..=high {
            let price = self.scratch.eliminate(self.order[i]);
            self.fresh.push(price);
            after += price;
            if after as f64 > most {
                shift(&mut self.order, to, from);
                return false;
            }
        }
        self.price = self.price - before + after;
        self.prices[low..=high].copy_from_slice(&self.fresh);
        self.renew(low, high);
        true
    }

    /// The positions after step `low` and up to step `high` are others now.
    fn renew(&mut self, low: usize, high: usize) {
        let (first, last) = (low / self.stride + 1, high / self.stride);
        for i in first..=last {
            let (before, after) = self.positions.split_at_mut(i);
            after[0].clone_from(&before[i - 1]);
            for &v in &self.order[(i - 1) * self.stride..i * self.stride] {
                after[0].eliminate(v);
            }
        }
    }
}

fn shift(order: &mut [u32], from: usize, to: usize) {
    if from < to { order[from..=to].rotate_left(1) } else { order[to..=from].rotate_right(1) }
}

/// Mostly short moves: half of them go at most an eighth of the order.
fn drawn_move(random: &mut ChaCha8Rng, n: usize) -> (usize, usize) {
    let from = below(random, n);
    let reach = match random.next_u32() % 4 {
        0 => n - 1,
        1 => 1,
        _ => (n / 8).clamp(1, n - 1),
    };
    let distance = 1 + below(random, reach);
    let up = random.next_u32() & 1 == 0;
    let to = match (up, from + distance < n, from >= distance) {
        (true, true, _) | (false, true, false) => from + distance,
        (_, _, true) => from - distance,
        (_, false, false) => {
            if from + 1 < n {
                n - 1
            } else {
                0
            }
        }
    };
    (from, to)
}

fn below(random: &mut ChaCha8Rng, n: usize) -> usize {
    ((u64::from(random.next_u32()) * n as u64) >> 32) as usize
}

/// Above 0, up to 1.
fn uniform(random: &mut ChaCha8Rng) -> f64 {
    (f64::from(random.next_u32()) + 1.0) / 4_294_967_296.0
}
