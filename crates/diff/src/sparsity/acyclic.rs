//! Acyclic colouring: neighbours differ, and no cycle has two colours only, so that every two colours together make trees.
//!
//! Coleman, Cai, "The cyclic coloring problem and estimation of sparse Hessian matrices", 1986; Gebremedhin, Tarafdar, Manne,
//! Pothen, 2007. As there, the trees are known while colours are given, in a union-find; here its elements are not edges
//! but a vertex together with a colour around it, so that a hub with few colours around it is passed in few steps.

use super::colouring::{Colouring, NONE};
use super::error::{SparsityError, check_symmetric};
use super::hubs::apart;
use super::lists::{Lists, Seen};
use super::order::{Symmetric, VertexOrder};
use super::pattern::Pattern;
use super::sets::Met;

/// An acyclic colouring of a symmetric pattern; its diagonal says nothing, and a vertex without any place has no colour.
/// Hubs are set apart where that needs fewer colours.
///
/// # Errors
/// If the pattern is not symmetric.
pub fn acyclic(pattern: &Pattern, order: VertexOrder) -> Result<Colouring, SparsityError> {
    check_symmetric(pattern)?;
    Ok(coloured(pattern, order))
}

/// An acyclic colouring of a pattern that is known to be symmetric.
pub(super) fn coloured(pattern: &Pattern, order: VertexOrder) -> Colouring {
    apart(pattern, |pattern, limit| {
        let mut trees = Trees::new(pattern);
        for v in order.of(&mut Symmetric(pattern)) {
            if !pattern.row(v as usize).is_empty() && trees.colour(v) as usize + 1 >= limit {
                return None;
            }
        }
        Some(Colouring::new(&trees.colours))
    })
}

/// An acyclic colouring that grows.
struct Trees<'p> {
    graph: &'p Pattern,
    colours: Vec<u32>,
    /// The colours around each vertex, with the vertex's place in the tree of its own colour and that one.
    seen: Lists<'p, Seen>,
    /// The union-find over places in trees.
    parents: Vec<u32>,
    /// For each tree the last vertex that was found beside it.
    visitors: Vec<u32>,
    /// Colours that the vertex at hand may not have; those that occur around it, and those that occur twice.
    forbidden: Met,
    once: Met,
    twice: Met,
}

impl<'p> Trees<'p> {
    fn new(graph: &'p Pattern) -> Trees<'p> {
        let n = graph.rows();
        let [forbidden, once, twice] = [(); 3].map(|()| Met::new(n + 1));
        let (parents, visitors) = (Vec::new(), Vec::new());
        Trees {
            graph,
            colours: vec![NONE; n],
            seen: Lists::new(graph),
            parents,
            visitors,
            forbidden,
            once,
            twice,
        }
    }

    /// Gives a vertex the least colour that it may have.
    fn colour(&mut self, v: u32) -> u32 {
        self.forbid(v);
        let colour = self.forbidden.least_absent();
        self.colours[v as usize] = colour;
        for &w in self.graph.row(v as usize) {
            let other = self.colours[w as usize];
            if w != v && other != NONE {
                let (a, b) = (self.place(v, other), self.place(w, colour));
                let (a, b) = (root(&mut self.parents, a), root(&mut self.parents, b));
                self.parents[a.max(b) as usize] = a.min(b);
            }
        }
        [&mut self.forbidden, &mut self.once, &mut self.twice].into_iter().for_each(Met::clear);
        colour
    }

    /// Forbids the neighbours' colours, and those that would close a cycle: two neighbours are of one colour, and there is
    /// a path between them of that colour and the one to be given.
    fn forbid(&mut self, v: u32) {
        let row = self.graph.row(v as usize);
        for &w in row.iter().filter(|&&w| w != v) {
            let colour = self.colours[w as usize];
            if colour != NONE {
                self.forbidden.insert(colour);
                if !self.once.insert(colour) {
                    self.twice.insert(colour);
                }
            }
        }
        for &w in row.iter().filter(|&&w| w != v) {
            let colour = self.colours[w as usize];
            if colour == NONE || !self.twice.contains(colour) {
                continue;
            }
            for seen in self.seen.of(w) {
                if self.forbidden.contains(seen.colour) {
                    continue;
                }
                let tree = root(&mut self.parents, seen.mark) as usize;
                if std::mem::replace(&mut self.visitors[tree], v) == v {
                    self.forbidden.insert(seen.colour);
                }
            }
        }
    }

    /// A vertex's place in the tree of its own colour and another.
    fn place(&mut self, v: u32, other: u32) -> u32 {
        let fresh = self.parents.len() as u32;
        match self.seen.see(v, other, fresh) {
            Some(&mut place) => place,
            None => {
                self.parents.push(fresh);
                self.visitors.push(NONE);
                fresh
            }
        }
    }
}

/// The root of a tree; paths are halved on the way.
fn root(parents: &mut [u32], mut at: u32) -> u32 {
    while parents[at as usize] != at {
        let above = parents[parents[at as usize] as usize];
        parents[at as usize] = above;
        at = above;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_needs_two_colours_and_a_cycle_three() {
        let cycle = |n: u32| Pattern::new(n as usize, (0..n).map(move |i| [(i + n - 1) % n, i, (i + 1) % n]));
        let path = Pattern::new(9, (0..9u32).map(|i| i.saturating_sub(1)..(i + 2).min(9)));
        assert_eq!(acyclic(&path, VertexOrder::Natural).unwrap().count(), 2);
        for order in VertexOrder::ALL {
            assert_eq!(acyclic(&cycle(8), order).unwrap().count(), 3, "{order}");
        }
    }

    #[test]
    fn only_a_symmetric_pattern_has_one() {
        assert!(acyclic(&Pattern::new(2, [vec![1], vec![]]), VertexOrder::Natural).is_err());
    }
}
