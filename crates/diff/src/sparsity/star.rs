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

use super::colouring::{Colouring, Forbidden, NONE};
use super::error::{SparsityError, check_symmetric};
use super::lists::{Lists, Seen};
use super::order::{Symmetric, VertexOrder};
use super::pattern::Pattern;

/// A star colouring of a symmetric pattern; its diagonal says nothing, and a vertex without any place has no colour.
///
/// # Errors
/// If the pattern is not symmetric.
pub fn star(pattern: &Pattern, order: VertexOrder) -> Result<Colouring, SparsityError> {
    check_symmetric(pattern)?;
    Ok(coloured(pattern, order))
}

/// A star colouring of a pattern that is known to be symmetric.
pub(super) fn coloured(pattern: &Pattern, order: VertexOrder) -> Colouring {
    let mut stars = Stars::new(pattern, None);
    for v in order.of(&mut Symmetric(pattern)) {
        if !pattern.row(v as usize).is_empty() {
            stars.colour(v);
        }
    }
    Colouring::new(&stars.into_colours())
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
    /// Colours that a further neighbour may not have: there is a hub of that colour around the vertex.
    barred: Lists<'p, u32>,
    forbidden: Forbidden,
    once: Forbidden,
    twice: Forbidden,
}

impl<'p> Stars<'p> {
    /// Nothing coloured yet. Some vertices are neutral only if the graph has two sides.
    pub(super) fn new(graph: &'p Pattern, neutral: Option<&'p [bool]>) -> Stars<'p> {
        let n = graph.rows();
        let [forbidden, once, twice] = [(); 3].map(|()| Forbidden::new(n));
        Stars {
            graph,
            neutral,
            colours: vec![NONE; n],
            seen: Lists::new(graph),
            barred: Lists::new(graph),
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
        let colour = self.forbidden.least(v);
        self.colours[v as usize] = colour;
        for &w in self.graph.row(v as usize) {
            if w == v {
                continue;
            }
            if self.is_neutral(w) {
                self.seen.see(w, colour, v);
            } else if self.colours[w as usize] != NONE {
                self.join(v, w);
            }
        }
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
                self.forbidden.add(v, colour);
            }
            let met = if self.once.has(v, colour) { &mut self.twice } else { &mut self.once };
            met.add(v, colour);
        }
        for &w in row.iter().filter(|&&w| w != v) {
            let colour = self.colours[w as usize];
            let around = self.is_neutral(w) || (colour != NONE && self.twice.has(v, colour));
            if around {
                self.seen.of(w).iter().for_each(|seen| self.forbidden.add(v, seen.colour));
            } else if colour != NONE {
                self.barred.of(w).iter().for_each(|&colour| self.forbidden.add(v, colour));
            }
        }
    }

    /// Puts the edge between two coloured vertices into its star.
    fn join(&mut self, v: u32, w: u32) {
        for (hub, leaf) in [(w, v), (v, w)] {
            let (own, other) = (self.colours[hub as usize], self.colours[leaf as usize]);
            if let Some(only) = self.seen.see(hub, other, leaf) {
                let first = std::mem::replace(only, MANY);
                if first != MANY {
                    self.barred.push(first, own);
                }
                self.barred.push(leaf, own);
            }
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
