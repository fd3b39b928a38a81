//! Star colouring: neighbours differ, and no path of four vertices has two colours only, so that every two colours
//! together make stars.
//!
//! Coleman, Moré, "Estimation of sparse Hessian matrices and graph coloring problems", 1984; Gebremedhin, Tarafdar, Manne,
//! Pothen, "New acyclic and star coloring algorithms with application to computing Hessians", SIAM J. Sci. Comput. 2007. As
//! there, the stars are known while colours are given. Here a vertex keeps the colours of its neighbours, not its
//! neighbours: a hub with few colours around it is passed in few steps, whatever its degree.
//!
//! With two sides (a row is a neighbour of a column where the matrix has a place) the two have colours of their own, and
//! a vertex may be kept without a colour: then all its neighbours differ.

use super::colouring::{Colouring, NONE};
use super::error::{SparsityError, check_symmetric};
use super::hubs::apart;
use super::lists::{Lists, Seen};
use super::order::{Symmetric, VertexOrder};
use super::pattern::Pattern;
use super::sets::{Met, Set};

/// A star colouring of a symmetric pattern; its diagonal says nothing, and a vertex without any place has no colour.
/// Hubs are set apart where that needs fewer colours.
///
/// # Errors
/// If the pattern is not symmetric.
pub fn star(pattern: &Pattern, order: VertexOrder) -> Result<Colouring, SparsityError> {
    check_symmetric(pattern)?;
    Ok(coloured(pattern, order))
}

/// A star colouring of a pattern that is known to be symmetric.
pub(super) fn coloured(pattern: &Pattern, order: VertexOrder) -> Colouring {
    apart(pattern, |pattern, limit| {
        let mut stars = Stars::new(pattern, None);
        for v in order.of(&mut Symmetric(pattern)) {
            if !pattern.row(v as usize).is_empty() && stars.colour(v) as usize + 1 >= limit {
                return None;
            }
        }
        Some(Colouring::new(&stars.into_colours()))
    })
}

/// A neighbour's colour occurs more than once around a vertex: the vertex is the hub of a star.
const MANY: u32 = u32::MAX;

/// A star colouring that grows.
pub(super) struct Stars<'p> {
    graph: &'p Pattern,
    /// Vertices that get no colour, where there are two sides.
    neutral: Option<&'p [bool]>,
    colours: Vec<u32>,
    /// The colours around each vertex, with the only neighbour of that colour or [`MANY`].
    seen: Lists<'p, Seen>,
    seen_sets: LongLists,
    /// Colours that a further neighbour may not have: there is a hub of that colour around the vertex.
    barred: Lists<'p, u32>,
    barred_sets: LongLists,
    /// Colours that the vertex at hand may not have; those that occur around it, and those that occur twice.
    forbidden: Met,
    once: Met,
    twice: Met,
}

impl<'p> Stars<'p> {
    /// Nothing coloured yet. Some vertices are neutral only if the graph has two sides.
    pub(super) fn new(graph: &'p Pattern, neutral: Option<&'p [bool]>) -> Stars<'p> {
        let n = graph.rows();
        let [forbidden, once, twice] = [(); 3].map(|()| Met::new(n + 1));
        Stars {
            graph,
            neutral,
            colours: vec![NONE; n],
            seen: Lists::new(graph),
            seen_sets: LongLists::new(n),
            barred: Lists::new(graph),
            barred_sets: LongLists::new(n),
            forbidden,
            once,
            twice,
        }
    }

    /// The colours, [`NONE`] where there is none.
    pub(super) fn into_colours(self) -> Vec<u32> {
        self.colours
    }

    fn is_neutral(&self, v: u32) -> bool {
        self.neutral.is_some_and(|neutral| neutral[v as usize])
    }

    /// Gives a vertex the least colour that it may have.
    pub(super) fn colour(&mut self, v: u32) -> u32 {
        self.forbid(v);
        let colour = self.forbidden.least_absent();
        self.colours[v as usize] = colour;
        for &w in self.graph.row(v as usize).iter().filter(|&&w| w != v) {
            if self.is_neutral(w) {
                self.see(w, v);
            } else if self.colours[w as usize] != NONE {
                self.join(v, w);
            }
        }
        [&mut self.forbidden, &mut self.once, &mut self.twice].into_iter().for_each(Met::clear);
        colour
    }

    fn forbid(&mut self, v: u32) {
        let row = self.graph.row(v as usize);
        for &w in row.iter().filter(|&&w| w != v) {
            let colour = self.colours[w as usize];
            if colour == NONE {
                continue;
            }
            if self.neutral.is_none() {
                self.forbidden.insert(colour);
            }
            if !self.once.insert(colour) {
                self.twice.insert(colour);
            }
        }
        for &w in row.iter().filter(|&&w| w != v) {
            let colour = self.colours[w as usize];
            if self.is_neutral(w) || (colour != NONE && self.twice.contains(colour)) {
                match self.seen_sets.of(w) {
                    Some(set) => self.forbidden.unite(set),
                    None => self.seen.of(w).iter().for_each(|seen| _ = self.forbidden.insert(seen.colour)),
                }
            } else if colour != NONE {
                match self.barred_sets.of(w) {
                    Some(set) => self.forbidden.unite(set),
                    None => self.barred.of(w).iter().for_each(|&colour| _ = self.forbidden.insert(colour)),
                }
            }
        }
    }

    /// Notes a vertex around another. What was the only one of its colour there, or [`MANY`], if there was one.
    fn see(&mut self, at: u32, around: u32) -> Option<u32> {
        let colour = self.colours[around as usize];
        if let Some(only) = self.seen.see(at, colour, around) {
            return Some(std::mem::replace(only, MANY));
        }
        self.seen_sets.add(at, colour, self.seen.of(at).iter().map(|seen| seen.colour));
        None
    }

    /// Keeps a colour from further neighbours of a vertex.
    fn bar(&mut self, v: u32, colour: u32) {
        self.barred.push(v, colour);
        self.barred_sets.add(v, colour, self.barred.of(v).iter().copied());
    }

    /// Puts the edge between two coloured vertices into its star.
    fn join(&mut self, v: u32, w: u32) {
        for (hub, leaf) in [(w, v), (v, w)] {
            let own = self.colours[hub as usize];
            if let Some(first) = self.see(hub, leaf) {
                if first != MANY {
                    self.bar(first, own);
                }
                self.bar(leaf, own);
            }
        }
    }
}

/// The lists of colours that are long, as sets.
struct LongLists {
    /// For each vertex with a long list its number among the sets.
    numbers: Vec<u32>,
    sets: Vec<Set>,
}

impl LongLists {
    /// So many colours are a long list.
    const LONG: usize = 64;

    fn new(vertices: usize) -> LongLists {
        LongLists { numbers: vec![NONE; vertices], sets: Vec::new() }
    }

    fn of(&self, v: u32) -> Option<&Set> {
        self.sets.get(self.numbers[v as usize] as usize)
    }

    /// Notes a colour that a vertex's list has got.
    fn add(&mut self, v: u32, colour: u32, list: impl ExactSizeIterator<Item = u32>) {
        let number = &mut self.numbers[v as usize];
        if let Some(set) = self.sets.get_mut(*number as usize) {
            set.insert(colour);
        } else if list.len() >= LongLists::LONG {
            *number = self.sets.len() as u32;
            let mut set = Set::default();
            list.for_each(|colour| set.insert(colour));
            self.sets.push(set);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tridiagonal(n: u32) -> Pattern {
        Pattern::new(n as usize, (0..n).map(|i| i.saturating_sub(1)..(i + 2).min(n)))
    }

    #[test]
    fn a_path_needs_three_colours_and_a_star_two() {
        for order in VertexOrder::ALL {
            assert!(star(&tridiagonal(50), order).unwrap().count() <= 3, "{order}");
            let arrow =
                Pattern::new(50, (0..50).map(|i| if i == 0 { (0..50).collect() } else { vec![0, i] }));
            assert_eq!(star(&arrow, order).unwrap().count(), 2, "{order}");
        }
    }

    #[test]
    fn only_a_symmetric_pattern_has_one() {
        let error = star(&Pattern::dense(2, 3), VertexOrder::Natural).unwrap_err();
        assert_eq!(error.to_string(), "a pattern of 2 rows and 3 columns is not symmetric");
    }
}
