//! The least price of all orders of a game, proved: best-first search over its positions (A*: Hart, Nilsson and Raphael
//! 1968).
//!
//! Positions are not kept, only how each was reached: the way to one that is expanded is the cheapest and final, since
//! what is still ahead never falls by more than a move costs, so it can be played again.

use super::budget::Clock;
use super::game::Game;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The most positions that are remembered.
const POSITIONS: usize = 1 << 19;

/// How the search ended.
pub(super) struct Proof<M> {
    /// An order of the least price, if one was found that is better than the one known.
    pub(super) better: Option<Vec<M>>,
    /// No order is cheaper than this.
    pub(super) bound: u64,
}

/// How a position was reached.
struct Reached<M> {
    spent: u64,
    by: Option<(u32, M)>,
}

/// The search, given the price of an order that is known.
pub(super) fn best_first<G: Game>(start: &G, known: u64, clock: &mut Clock) -> Proof<G::Move> {
    let mut reached: Vec<Reached<G::Move>> = vec![Reached { spent: 0, by: None }];
    let mut ids: FxHashMap<G::Key, u32> = FxHashMap::default();
    ids.insert(start.key(), 0);
    let mut queue = BinaryHeap::from([(Reverse(start.ahead()), 0u64, 0u32)]);
    while let Some((Reverse(total), spent, id)) = queue.pop() {
        if spent > reached[id as usize].spent {
            continue;
        }
        if total >= known {
            return Proof { better: None, bound: known };
        }
        let way = way(&reached, id);
        let mut now = start.clone();
        way.iter().for_each(|&m| {
            now.take(m);
        });
        let choices = now.choices();
        if choices.is_empty() {
            return Proof { better: Some(way), bound: spent };
        }
        if clock.is_spent() || reached.len() > POSITIONS {
            return Proof { better: None, bound: total };
        }
        for step in choices {
            clock.tick();
            let mut next = now.clone();
            let spent = spent + next.take(step);
            let total = spent + next.ahead();
            if total >= known {
                continue;
            }
            let fresh = reached.len() as u32;
            let to = *ids.entry(next.key()).or_insert(fresh);
            if to == fresh {
                reached.push(Reached { spent: u64::MAX, by: None });
            }
            if spent < reached[to as usize].spent {
                reached[to as usize] = Reached { spent, by: Some((id, step)) };
                queue.push((Reverse(total), spent, to));
            }
        }
    }
    Proof { better: None, bound: known }
}

fn way<M: Copy>(reached: &[Reached<M>], end: u32) -> Vec<M> {
    let mut way = Vec::new();
    let mut at = end;
    while let Some((before, step)) = reached[at as usize].by {
        way.push(step);
        at = before;
    }
    way.reverse();
    way
}
