//! The position in which a search plays: a graph partly eliminated, cheap to copy.
//!
//! Scalar graphs are played on rows of bits, all others on a web of structures. Both give the price of a vertex, and what
//! is left once a set of vertices is gone does not depend on the order in which they went (of lazy chains: nearly, which
//! is why the cost of an order that a search returns is counted again).

use super::bits::Bits;
use super::problem::Problem;
use super::structures::{Structure, Structures};
use super::web::{Algebra, Web};
use std::cell::RefCell;
use std::rc::Rc;

/// A position.
pub(super) trait Board: Clone {
    /// What eliminating a vertex would cost now, in the convention.
    fn price(&mut self, v: u32) -> u64;
    /// Eliminates a vertex and says what that cost.
    fn eliminate(&mut self, v: u32) -> u64;
    /// The vertices that share an edge with one.
    fn neighbours(&mut self, v: u32) -> Vec<u32>;
    /// Equal for two vertices only if they are twins: the same neighbours by edges of the same kind. `None` if not known.
    fn likeness(&self, v: u32) -> Option<Vec<u64>>;
    /// How many edges eliminating a vertex would add.
    fn fill(&mut self, v: u32) -> u64;
    /// About how many bytes a copy takes.
    fn bytes(&self) -> usize;
}

/// A board for any graph.
#[derive(Clone)]
pub(super) struct Sheet {
    web: Web<Structure>,
    /// All positions know what one has worked out.
    structures: Rc<RefCell<Structures>>,
    convention: super::Convention,
}

impl Sheet {
    pub(super) fn new(problem: &Problem) -> Sheet {
        Sheet {
            web: problem.web.clone(),
            structures: Rc::new(RefCell::new(problem.structures.clone())),
            convention: problem.convention(),
        }
    }
}

impl Board for Sheet {
    fn price(&mut self, v: u32) -> u64 {
        let (into, out) = self.web.neighbours(v);
        let mut structures = self.structures.borrow_mut();
        for (&u, &w) in into.iter().flat_map(|u| out.iter().map(move |w| (u, w))) {
            if let (Some(first), Some(second)) = (self.web.between(u, v), self.web.between(v, w)) {
                let product = structures.compose(first, second);
                if let Some(there) = self.web.between(u, w) {
                    structures.add(there, &product);
                }
            }
        }
        self.convention.weight(structures.take_spent())
    }

    fn eliminate(&mut self, v: u32) -> u64 {
        let mut structures = self.structures.borrow_mut();
        self.web.eliminate(v, &mut *structures);
        self.convention.weight(structures.take_spent())
    }

    fn neighbours(&mut self, v: u32) -> Vec<u32> {
        let (mut into, out) = self.web.neighbours(v);
        into.extend(out);
        into
    }

    fn likeness(&self, _: u32) -> Option<Vec<u64>> {
        None
    }

    fn fill(&mut self, v: u32) -> u64 {
        let (into, out) = self.web.neighbours(v);
        let pairs = into.iter().flat_map(|&u| out.iter().map(move |&w| (u, w)));
        pairs.filter(|&(u, w)| self.web.between(u, w).is_none()).count() as u64
    }

    fn bytes(&self) -> usize {
        // A web of few hundred edges in its tables.
        self.web.len() * 400
    }
}

/// What to do with the board that fits a problem.
pub(super) trait Play {
    type Result;
    fn play<B: Board>(self, board: B) -> Self::Result;
}

/// Plays on bits if the problem is of scalars and not too large for rows of bits, else on a sheet.
pub(super) fn play<P: Play>(problem: &Problem, play: P) -> P::Result {
    match Bits::new(problem) {
        Some(bits) => play.play(bits),
        None => play.play(Sheet::new(problem)),
    }
}
