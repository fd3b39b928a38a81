//! The best order of vertices with a proof: best-first search over the sets of vertices that are gone.
//!
//! What is left does not depend on the order in which a set went, so the sets are the positions (dynamic programming over
//! subsets); the least prices of the vertices that are left bound what is still to come, and never overestimate, so the
//! first time the full set is taken from the queue its price is the least (A*: Hart, Nilsson, Raphael 1968). Vertices with
//! the same neighbours on both sides are twins: they may as well go in the order of their numbers.

use super::anneal::Best;
use super::board::{Board, Play};
use super::budget::Clock;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The most vertices of a set.
pub(super) const LIMIT: usize = 128;

/// The most sets that are held.
const SETS: usize = 1 << 21;

/// How the search ended.
pub(super) struct Proof {
    /// An order of the least price, if one was found that is better than the one known.
    pub(super) better: Option<Best>,
    /// No order is cheaper than this.
    pub(super) bound: u64,
}

/// The search, given an order that is known.
pub(super) struct Exact<'c> {
    pub(super) inner: Vec<u32>,
    pub(super) least: Vec<u64>,
    pub(super) known: u64,
    pub(super) clock: &'c mut Clock,
}

type Set = u128;

impl Play for Exact<'_> {
    type Result = Proof;

    fn play<B: Board>(self, board: B) -> Proof {
        let Exact { inner, least, known, clock } = self;
        let all: Set = if inner.len() >= 128 { Set::MAX } else { (1 << inner.len()) - 1 };
        let ahead: u64 = inner.iter().map(|&v| least[v as usize]).sum();
        let mut reached: FxHashMap<Set, (u64, u8)> = FxHashMap::default();
        let mut queue = BinaryHeap::new();
        reached.insert(0, (0, 0));
        queue.push((Reverse(ahead), 0u32, 0 as Set));
        while let Some((Reverse(total), _, set)) = queue.pop() {
            let (spent, _) = reached[&set];
            if total >= known {
                return Proof { better: None, bound: known };
            }
            if set == all {
                return Proof { better: Some(retraced(&inner, &reached, all)), bound: total };
            }
            let rest: u64 = total - spent;
            if rest != left(&inner, &least, set) {
                continue; // A cheaper way to this set was found since.
            }
            if clock.is_spent() || reached.len() > SETS {
                return Proof { better: None, bound: total };
            }
            clock.tick();
            let mut now = board.clone();
            members(set).for_each(|i| {
                now.eliminate(inner[i]);
            });
            let candidates: Vec<usize> = members(all & !set).collect();
            let mut seen: Vec<Vec<u64>> = Vec::new();
            for i in candidates {
                if let Some(likeness) = now.likeness(inner[i]) {
                    if seen.contains(&likeness) {
                        continue;
                    }
                    seen.push(likeness);
                }
                let price = now.price(inner[i]);
                let (next, spent) = (set | 1 << i, spent + price);
                let total = spent + rest - least[inner[i] as usize];
                let known_way = reached.get(&next).is_some_and(|&(before, _)| before <= spent);
                if total < known && !known_way {
                    reached.insert(next, (spent, i as u8));
                    queue.push((Reverse(total), next.count_ones(), next));
                }
            }
        }
        Proof { better: None, bound: known }
    }
}

fn left(inner: &[u32], least: &[u64], gone: Set) -> u64 {
    inner.iter().enumerate().filter(|(i, _)| gone >> i & 1 == 0).map(|(_, &v)| least[v as usize]).sum()
}

fn members(set: Set) -> impl Iterator<Item = usize> {
    let mut rest = set;
    std::iter::from_fn(move || {
        (rest != 0).then(|| {
            let i = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            i
        })
    })
}

fn retraced(inner: &[u32], reached: &FxHashMap<Set, (u64, u8)>, all: Set) -> Best {
    let price = reached[&all].0;
    let (mut set, mut order) = (all, Vec::new());
    while set != 0 {
        let last = reached[&set].1;
        order.push(inner[last as usize]);
        set &= !(1 << last);
    }
    order.reverse();
    Best { order, price }
}
