//! Elimination of edges and of faces as one game: moves with a price, until none is left.
//!
//! An order is a row of moves. One that is not possible when its turn comes is passed over, so an order may be varied
//! freely: it stays an order as long as the moves that finish the graph are in it.

use super::best_first::best_first;
use super::budget::Clock;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::hash::Hash;

/// A position.
pub(super) trait Game: Clone {
    /// What can be done.
    type Move: Copy;
    /// Equal for two positions only if what can still happen in them is the same.
    type Key: Hash + Eq;
    /// Makes a move if it is possible here, and says what that cost.
    fn take(&mut self, step: Self::Move) -> u64;
    /// Every move that there is; none at the end.
    fn choices(&self) -> Vec<Self::Move>;
    /// What tells this position from others.
    fn key(&self) -> Self::Key;
    /// What the rest costs at least; a move never lessens it by more than its price.
    fn ahead(&self) -> u64;
    /// A move that means the same at another place of an order.
    fn lasting(&self, step: Self::Move) -> Self::Move;
    /// True for a move without which an order is still complete.
    fn is_extra(step: Self::Move) -> bool;
}

/// What an order costs.
pub(super) fn evaluate<G: Game>(start: &G, order: &[G::Move]) -> u64 {
    let mut now = start.clone();
    order.iter().map(|&m| now.take(m)).sum()
}

/// The best order found from one that is known, and what no order costs less than: by a proof where one is tried, which may
/// take half of the time, then by annealing.
pub(super) fn searched<G: Game>(
    start: &G,
    mut order: Vec<G::Move>,
    known: u64,
    is_provable: bool,
    seed: u64,
    clock: &mut Clock,
) -> (Vec<G::Move>, u64) {
    let mut bound = start.ahead();
    if is_provable {
        let mut half = clock.part(2);
        let proof = best_first(start, known, &mut half);
        clock.steps += half.steps;
        bound = proof.bound;
        order = proof.better.unwrap_or(order);
    }
    let mut best = (evaluate(start, &order), order);
    if best.0 > bound && !clock.is_spent() {
        anneal(start, &mut best, bound, seed, clock);
    }
    (best.1, bound)
}

/// Moves put into an order, taken out of it and moved within it, as simulated annealing; the best is kept.
fn anneal<G: Game>(start: &G, best: &mut (u64, Vec<G::Move>), bound: u64, seed: u64, clock: &mut Clock) {
    const DESCENT: u64 = 20_000;
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
            let Some(order) = varied(start, &now.1, &mut below) else { return };
            let price = evaluate(start, &order);
            let chance = (below(1 << 30) as f64 + 1.0) / f64::from(1u32 << 30);
            if price as f64 <= now.0 as f64 - temperature * chance.ln() {
                now = (price, order);
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
fn varied<G: Game>(
    start: &G,
    order: &[G::Move],
    below: &mut impl FnMut(usize) -> usize,
) -> Option<Vec<G::Move>> {
    if order.is_empty() {
        return None;
    }
    let mut order = order.to_vec();
    let extra: Vec<usize> = (0..order.len()).filter(|&i| G::is_extra(order[i])).collect();
    match below(4) {
        0 => {
            let place = below(order.len());
            let mut there = start.clone();
            order[..place].iter().for_each(|&m| {
                there.take(m);
            });
            let choices = there.choices();
            if !choices.is_empty() {
                order.insert(place, there.lasting(choices[below(choices.len())]));
            }
        }
        1 if !extra.is_empty() => {
            order.remove(extra[below(extra.len())]);
        }
        _ => {
            let step = order.remove(below(order.len()));
            order.insert(below(order.len() + 1), step);
        }
    }
    Some(order)
}
