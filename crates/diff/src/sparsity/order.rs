//! In which order a greedy colouring takes the vertices of a graph.
//!
//! Always holds: an order names every vertex once, and the same graph gets the same order. Greedy colourings that take the
//! vertices smallest last need no more than one colour beyond the greatest least degree of a subgraph.

use super::pattern::Pattern;
use std::fmt;

/// An order of the vertices.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum VertexOrder {
    /// As they are numbered.
    Natural,
    /// Those with the most neighbours first (Welsh, Powell 1967).
    LargestFirst,
    /// Last is one that has the fewest neighbours, before it one that has the fewest among the rest, and so on (Matula,
    /// Beck 1983).
    SmallestLast,
    /// Next is one that has the most neighbours among those before it (Coleman, Moré 1983).
    IncidenceDegree,
}

impl VertexOrder {
    /// Every order.
    pub const ALL: [VertexOrder; 4] = [
        VertexOrder::Natural,
        VertexOrder::LargestFirst,
        VertexOrder::SmallestLast,
        VertexOrder::IncidenceDegree,
    ];

    /// The vertices of a graph in this order.
    pub(super) fn of(self, graph: &mut impl Neighbours) -> Vec<u32> {
        match self {
            VertexOrder::Natural => (0..graph.vertices() as u32).collect(),
            VertexOrder::LargestFirst => largest_first(graph).0,
            VertexOrder::SmallestLast => smallest_last(graph),
            VertexOrder::IncidenceDegree => incidence_degree(graph),
        }
    }
}

impl fmt::Display for VertexOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            VertexOrder::Natural => "natural",
            VertexOrder::LargestFirst => "largest first",
            VertexOrder::SmallestLast => "smallest last",
            VertexOrder::IncidenceDegree => "incidence degree",
        })
    }
}

/// The smallest of what the orders give, and its order; the earliest order where several are alike. No more are tried once
/// one is as small as `bound`, below which none can be.
pub fn fewest<T>(
    bound: usize,
    size: impl Fn(&T) -> usize,
    mut make: impl FnMut(VertexOrder) -> T,
) -> (T, VertexOrder) {
    let mut best = (make(VertexOrder::Natural), VertexOrder::Natural);
    for order in VertexOrder::ALL.into_iter().skip(1) {
        if size(&best.0) <= bound {
            break;
        }
        let other = make(order);
        if size(&other) < size(&best.0) {
            best = (other, order);
        }
    }
    best
}

/// A graph of which only the neighbours of a vertex are asked.
pub(super) trait Neighbours {
    fn vertices(&self) -> usize;

    /// Every neighbour of a vertex, once; not the vertex.
    fn visit(&mut self, v: u32, each: impl FnMut(u32));
}

/// A symmetric pattern as a graph: its diagonal says nothing.
pub(super) struct Symmetric<'p>(pub(super) &'p Pattern);

impl Neighbours for Symmetric<'_> {
    fn vertices(&self) -> usize {
        self.0.rows()
    }

    fn visit(&mut self, v: u32, each: impl FnMut(u32)) {
        self.0.row(v as usize).iter().copied().filter(|&w| w != v).for_each(each);
    }
}

/// The most steps through pairs of columns that an order is worth.
const PAIRS: usize = 1 << 27;

/// The columns of a pattern, neighbours if they meet in a row; the pairs are walked, never stored.
///
/// Where that were too much walking the longest rows are left out: an order is a matter of taste, not of truth.
pub(super) struct Columns<'p> {
    pattern: &'p Pattern,
    transpose: &'p Pattern,
    /// Longer rows are left out.
    longest: usize,
    seen: Vec<u32>,
    visits: u32,
}

impl<'p> Columns<'p> {
    pub(super) fn new(pattern: &'p Pattern, transpose: &'p Pattern) -> Columns<'p> {
        let mut lengths: Vec<usize> = (0..pattern.rows()).map(|i| pattern.row(i).len()).collect();
        lengths.sort_unstable();
        let (mut pairs, mut longest) = (0usize, 0);
        for same in lengths.chunk_by(|a, b| a == b) {
            pairs = pairs.saturating_add(same.len().saturating_mul(same[0] * same[0]));
            if pairs <= PAIRS {
                longest = same[0];
            }
        }
        Columns { pattern, transpose, longest, seen: vec![0; pattern.columns()], visits: 0 }
    }
}

impl Neighbours for Columns<'_> {
    fn vertices(&self) -> usize {
        self.pattern.columns()
    }

    fn visit(&mut self, v: u32, mut each: impl FnMut(u32)) {
        if self.visits == u32::MAX {
            self.seen.fill(0);
            self.visits = 0;
        }
        self.visits += 1;
        self.seen[v as usize] = self.visits;
        for &i in self.transpose.row(v as usize) {
            let row = self.pattern.row(i as usize);
            if row.len() > self.longest {
                continue;
            }
            for &u in row {
                if self.seen[u as usize] != self.visits {
                    self.seen[u as usize] = self.visits;
                    each(u);
                }
            }
        }
    }
}

/// The vertices by falling degree, and their degrees.
fn largest_first(graph: &mut impl Neighbours) -> (Vec<u32>, Vec<u32>) {
    let mut degrees = vec![0; graph.vertices()];
    for (v, degree) in degrees.iter_mut().enumerate() {
        graph.visit(v as u32, |_| *degree += 1);
    }
    let mut order: Vec<u32> = (0..degrees.len() as u32).collect();
    order.sort_by_key(|&v| std::cmp::Reverse(degrees[v as usize]));
    (order, degrees)
}

fn smallest_last(graph: &mut impl Neighbours) -> Vec<u32> {
    let (mut order, degrees) = largest_first(graph);
    let mut buckets = Buckets::new(degrees);
    (0..order.len() as u32).rev().for_each(|v| buckets.insert(v));
    let mut least = 0;
    for place in (0..order.len()).rev() {
        while buckets.heads[least] == NONE {
            least += 1;
        }
        let v = buckets.heads[least];
        buckets.remove(v);
        order[place] = v;
        graph.visit(v, |u| {
            if buckets.holds(u) {
                let key = buckets.keys[u as usize] - 1;
                buckets.change(u, key);
                least = least.min(key as usize);
            }
        });
    }
    order
}

fn incidence_degree(graph: &mut impl Neighbours) -> Vec<u32> {
    let (mut order, _) = largest_first(graph);
    let mut buckets = Buckets::new(vec![0; order.len()]);
    order.iter().rev().for_each(|&v| buckets.insert(v));
    let mut most = 0;
    for next in &mut order {
        while buckets.heads[most] == NONE {
            most -= 1;
        }
        *next = buckets.heads[most];
        buckets.remove(*next);
        graph.visit(*next, |u| {
            if buckets.holds(u) {
                let key = buckets.keys[u as usize] + 1;
                buckets.change(u, key);
                most = most.max(key as usize);
            }
        });
    }
    order
}

const NONE: u32 = u32::MAX;

/// Vertices in a doubly linked list for each key, so that a change of a key takes a fixed number of steps.
struct Buckets {
    keys: Vec<u32>,
    heads: Vec<u32>,
    next: Vec<u32>,
    previous: Vec<u32>,
    held: Vec<bool>,
}

impl Buckets {
    fn new(keys: Vec<u32>) -> Buckets {
        let n = keys.len();
        Buckets {
            keys,
            heads: vec![NONE; n + 1],
            next: vec![NONE; n],
            previous: vec![NONE; n],
            held: vec![false; n],
        }
    }

    fn holds(&self, v: u32) -> bool {
        self.held[v as usize]
    }

    fn insert(&mut self, v: u32) {
        let head = &mut self.heads[self.keys[v as usize] as usize];
        let after = std::mem::replace(head, v);
        (self.next[v as usize], self.previous[v as usize]) = (after, NONE);
        if after != NONE {
            self.previous[after as usize] = v;
        }
        self.held[v as usize] = true;
    }

    fn remove(&mut self, v: u32) {
        let (before, after) = (self.previous[v as usize], self.next[v as usize]);
        match before {
            NONE => self.heads[self.keys[v as usize] as usize] = after,
            _ => self.next[before as usize] = after,
        }
        if after != NONE {
            self.previous[after as usize] = before;
        }
        self.held[v as usize] = false;
    }

    fn change(&mut self, v: u32, key: u32) {
        self.remove(v);
        self.keys[v as usize] = key;
        self.insert(v);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A path 0 - 2 - 3 - 1 with a leaf 4 at 2.
    fn tree() -> Pattern {
        Pattern::new(5, [vec![2], vec![3], vec![0, 3, 4], vec![1, 2], vec![2]])
    }

    #[test]
    fn every_order_names_every_vertex_once() {
        for order in VertexOrder::ALL {
            let mut vertices = order.of(&mut Symmetric(&tree()));
            vertices.sort_unstable();
            assert_eq!(vertices, [0, 1, 2, 3, 4], "{order}");
        }
    }

    #[test]
    fn orders_follow_their_rules() {
        let tree = tree();
        let of = |order: VertexOrder| order.of(&mut Symmetric(&tree));
        assert_eq!(of(VertexOrder::LargestFirst), [2, 3, 0, 1, 4]);
        assert_eq!(of(VertexOrder::IncidenceDegree)[0], 2);
        let last = of(VertexOrder::SmallestLast);
        let place = |v: u32| last.iter().position(|&u| u == v);
        assert!(place(2) < place(0) || place(2) < place(4));
    }

    #[test]
    fn the_earliest_of_the_smallest_is_kept() {
        let sizes = |order: VertexOrder| [7, 5, 5, 6][order as usize];
        assert_eq!(fewest(1, |&size| size, sizes), (5, VertexOrder::LargestFirst));
        let mut tried = 0;
        let found = fewest(
            7,
            |&size| size,
            |order| {
                tried += 1;
                sizes(order)
            },
        );
        assert_eq!((found, tried), ((7, VertexOrder::Natural), 1));
    }

    #[test]
    fn columns_meet_in_rows() {
        let pattern = Pattern::new(4, [vec![0, 1, 2], vec![1, 2], vec![3]]);
        let transpose = pattern.transpose();
        let mut columns = Columns::new(&pattern, &transpose);
        let mut met = Vec::new();
        columns.visit(1, |u| met.push(u));
        assert_eq!(met, [0, 2]);
        assert_eq!(VertexOrder::LargestFirst.of(&mut columns), [0, 1, 2, 3]);
    }
}
