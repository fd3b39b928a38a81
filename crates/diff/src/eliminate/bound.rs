//! What no order of vertices can be cheaper than.
//!
//! When a vertex is eliminated, the vertices before it separate it from the variables: every path from a variable runs
//! through one of them. So there are at least as many as in the smallest set that separates them, and likewise behind it.
//! The products of these two cuts, summed over all vertices, bound every order (Griewank and Naumann, "Accumulating
//! Jacobians as chained sparse matrix products", 2003). Where units are free, only paths whose edge at the vertex is no
//! unit are cut: the edges that stand for them are no units either.

use super::problem::Problem;
use std::collections::VecDeque;

/// The most vertices for which cuts are computed.
const LIMIT: usize = 2048;

/// For each vertex what its elimination costs at least, in any order; zeros where nothing is known.
pub(super) fn least_prices(problem: &Problem) -> Vec<u64> {
    let n = problem.vertices();
    let mut prices = vec![0; n];
    if !problem.is_scalar() {
        return prices;
    }
    let units = problem.convention().counts_units();
    if n > LIMIT {
        if units {
            problem.inner().into_iter().for_each(|v| prices[v as usize] = 1);
        }
        return prices;
    }
    let counts = |l: &super::web::Link<'_, super::Structure>| {
        units || problem.structures.is_scalar_unit(*l.map) == Some(false)
    };
    let edges: Vec<(u32, u32, bool)> = problem.web.links().map(|l| (l.from, l.to, counts(&l))).collect();
    let up = Network::new(n, edges.iter().map(|&(from, to, c)| (to, from, c)));
    let down = Network::new(n, edges.into_iter());
    for v in problem.inner() {
        prices[v as usize] = down.cut(v) * up.cut(v);
    }
    prices
}

/// What every order of vertices costs at least.
pub fn bound(problem: &Problem) -> u64 {
    least_prices(problem).into_iter().sum()
}

/// Vertices of capacity one.
struct Network {
    next: Vec<Vec<(u32, bool)>>,
}

impl Network {
    fn new(n: usize, edges: impl Iterator<Item = (u32, u32, bool)>) -> Network {
        let mut next = vec![Vec::new(); n];
        edges.for_each(|(from, to, counts)| next[from as usize].push((to, counts)));
        Network { next }
    }

    /// The size of the smallest set of vertices, other than `v`, through which all paths run from `v`, along an edge that
    /// counts, to a vertex without successors. By disjoint paths (Menger), each found in time linear in the graph.
    fn cut(&self, v: u32) -> u64 {
        let n = self.next.len();
        // The path through each vertex: which vertex follows and which precedes it there.
        let mut follows: Vec<Option<u32>> = vec![None; n];
        let mut precedes: Vec<Option<u32>> = vec![None; n];
        let mut paths = 0;
        while let Some(end) = self.augment(v, &mut follows, &mut precedes) {
            follows[end as usize] = Some(end);
            paths += 1;
        }
        paths
    }

    /// One more path, found by a breadth-first search in the residual graph of split vertices.
    fn augment(&self, v: u32, follows: &mut [Option<u32>], precedes: &mut [Option<u32>]) -> Option<u32> {
        let n = self.next.len();
        // A state is a vertex entered (0) or left (1); each remembers the state before it.
        let mut before: Vec<Option<(u32, u8)>> = vec![None; 2 * n];
        let at = |u: u32, side: u8| 2 * u as usize + side as usize;
        let mut queue = VecDeque::new();
        for &(u, counts) in &self.next[v as usize] {
            if counts && precedes[u as usize] != Some(v) && before[at(u, 0)].is_none() {
                before[at(u, 0)] = Some((v, 1));
                queue.push_back((u, 0u8));
            }
        }
        while let Some((u, side)) = queue.pop_front() {
            let used = follows[u as usize].is_some();
            let mut visit = |to: (u32, u8), queue: &mut VecDeque<(u32, u8)>| {
                if before[at(to.0, to.1)].is_none() {
                    before[at(to.0, to.1)] = Some((u, side));
                    queue.push_back(to);
                }
            };
            match (side, used) {
                // Entered and free: through it, to its end or on.
                (0, false) => {
                    if self.next[u as usize].is_empty() {
                        return Some(self.retrace(v, u, &before, follows, precedes));
                    }
                    visit((u, 1), &mut queue);
                }
                // Entered and on a path: only back along that path.
                (0, true) => {
                    if let Some(p) = precedes[u as usize].filter(|&p| p != v) {
                        visit((p, 1), &mut queue);
                    }
                }
                (_, used) => {
                    if used {
                        visit((u, 0), &mut queue);
                    }
                    for &(w, _) in &self.next[u as usize] {
                        if follows[u as usize] != Some(w) {
                            visit((w, 0), &mut queue);
                        }
                    }
                }
            }
        }
        None
    }

    /// Puts the path that the search found into the tables.
    fn retrace(
        &self,
        v: u32,
        end: u32,
        before: &[Option<(u32, u8)>],
        follows: &mut [Option<u32>],
        precedes: &mut [Option<u32>],
    ) -> u32 {
        let mut states = vec![(end, 0u8)];
        while let Some(&(u, side)) = states.last() {
            match before[2 * u as usize + side as usize] {
                Some(previous) if previous.0 != v => states.push(previous),
                _ => break,
            }
        }
        states.reverse();
        // Edges walked backwards leave their paths first, then those walked forwards join.
        let steps: Vec<((u32, u8), (u32, u8))> = states.windows(2).map(|w| (w[0], w[1])).collect();
        for &((u, a), (w, b)) in &steps {
            if (a, b) == (0, 1) && u != w {
                follows[w as usize] = None;
                precedes[u as usize] = None;
            }
        }
        for &((u, a), (w, b)) in &steps {
            if (a, b) == (1, 0) && u != w {
                follows[u as usize] = Some(w);
                precedes[w as usize] = Some(u);
            }
        }
        precedes[states[0].0 as usize] = Some(v);
        end
    }
}
