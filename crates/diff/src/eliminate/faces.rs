//! Orders that eliminate faces, pairs of edges: every order of edges is one, and some are cheaper.
//!
//! On small scalar graphs a best-first search over positions proves the least price over all orders of faces. On larger
//! ones annealing puts faces into the best order of vertices and edges that is known.

use super::budget::{Budget, Clock};
use super::convention::Convention;
use super::game::{Game, searched};
use super::line::{Face, LineGraph};
use super::problem::{OrderCost, Problem};
use super::search::Found;
use super::step::{OrderError, Step};
use super::web::Algebra;
use crate::algebra::ApplyCost;
use rustc_hash::{FxHashMap, FxHashSet};
use wengert_expr::{LinearMap, NodeId};

/// The most faces for which all orders are searched.
const PROVED: u64 = 40;

/// The most faces of a graph that is looked at.
const LIMIT: u64 = 1 << 14;

/// Looks for an order of faces that is cheaper than the best order of vertices and edges known; `None` if the graph is not
/// of scalars or has too many faces. The bound is over orders of faces.
pub fn search_faces(problem: &Problem, known: &Found, budget: Budget, seed: u64) -> Option<Found<Face>> {
    known.cost.known()?;
    let faces = LineGraph::faces_of(&problem.web);
    if faces > LIMIT || !problem.is_scalar() {
        return None;
    }
    let start = Faces::new(problem);
    let mut clock = Clock::new(budget);
    // Whatever is moved or taken out, the vertices at the end complete the order.
    let rest = problem.inner().into_iter().map(Step::Vertex);
    let moves = known.order.iter().copied().chain(rest).map(Move::Step).collect();
    let (moves, bound) = searched(&start, moves, known.weight, faces <= PROVED, seed, &mut clock);
    let order = performed(start, &moves);
    let cost = problem.cost_of_faces(&order).ok()?;
    let kind = ("face orders", "search over faces");
    Some(known.improved(problem, (order, cost), bound, kind, &clock))
}

impl Problem {
    /// What this order of faces costs, the blocks of the Jacobian written out at the end.
    ///
    /// # Errors
    /// An order that eliminates a face that is not there, or leaves one.
    pub fn cost_of_faces(&self, order: &[Face]) -> Result<OrderCost, OrderError> {
        let mut structures = self.structures.clone();
        let mut line = LineGraph::new(&self.web);
        let holding = |line: &LineGraph<_>, structures: &super::Structures| {
            line.edges().map(|(.., &id)| structures.held(id)).fold(0, u64::saturating_add)
        };
        let mut cost = OrderCost { held: holding(&line, &structures), ..OrderCost::default() };
        let edges = line.numbers();
        for &face in order {
            line.eliminate(face, &mut structures)?;
            cost.held = cost.held.max(holding(&line, &structures));
        }
        line.check_complete()?;
        cost.fill = (line.numbers() - edges) as u64;
        let blocks = line.edges().map(|(.., &id)| structures.block_cost(id)).collect::<Vec<_>>();
        let spent = blocks.into_iter().fold(structures.take_spent(), |sum, block| sum + block);
        Ok(OrderCost { products: spent.products, sums: spent.sums, ..cost })
    }

    /// An order of vertices and edges as one of faces: the same products, one by one.
    ///
    /// # Errors
    /// An order that is not possible.
    pub fn faces_of(&self, order: &[Step]) -> Result<Vec<Face>, OrderError> {
        self.cost(order)?;
        let moves: Vec<Move> = order.iter().map(|&s| Move::Step(s)).collect();
        Ok(performed(Faces::new(self), &moves))
    }
}

/// The single faces that moves eliminate, in their order.
fn performed(mut game: Faces, moves: &[Move]) -> Vec<Face> {
    let mut order = Vec::new();
    for &m in moves {
        game.play(m, |face| order.push(face));
    }
    order
}

/// Faces that go together.
#[derive(Clone, Copy, Debug)]
enum Move {
    /// All that a step of vertices or edges eliminates.
    Step(Step),
    /// All between three vertices.
    Place([u32; 3]),
    /// One.
    Face(Face),
}

/// A position.
#[derive(Clone)]
struct Faces {
    line: LineGraph<Weight>,
    meter: Meter,
}

impl Faces {
    fn new(problem: &Problem) -> Faces {
        let counts_units = problem.convention().counts_units();
        // Any numbers that tell the edges apart (SplitMix64, Steele et al. 2014).
        let mut state = 0u64;
        let mut drawn = || {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ (z >> 31)
        };
        let structures = &problem.structures;
        let line = LineGraph::new(&problem.web).map(|_, &id| Weight {
            is_unit: !counts_units && structures.is_scalar_unit(id) == Some(true),
            value: (u128::from(drawn()) << 64) | u128::from(drawn()),
        });
        Faces { line, meter: Meter { convention: problem.convention(), spent: ApplyCost::default() } }
    }

    /// Eliminates what a move stands for, as long as there is any.
    fn play(&mut self, m: Move, mut seen: impl FnMut(Face)) -> u64 {
        loop {
            let faces = match m {
                Move::Step(step) => self.line.faces_of_step(step),
                Move::Place(place) => self.line.faces_at(place),
                Move::Face(face) => Vec::from_iter(self.line.has(face).then_some(face)),
            };
            if faces.is_empty() {
                return self.meter.convention.weight(std::mem::take(&mut self.meter.spent));
            }
            for face in faces {
                if self.line.eliminate(face, &mut self.meter).is_ok() {
                    seen(face);
                }
            }
        }
    }
}

impl Game for Faces {
    type Move = Move;
    type Key = u128;

    fn take(&mut self, m: Move) -> u64 {
        self.play(m, |_| ())
    }

    fn choices(&self) -> Vec<Move> {
        self.line.faces().map(Move::Face).collect()
    }

    /// Each edge is a sum of products of the edges there were: its value at a random point stands for it (Schwartz 1980),
    /// so two positions of one key are the same but for a chance of about 2^-50.
    fn key(&self) -> u128 {
        let number = |i: u32| self.line.at(i).map_or(0, |(.., w)| w.value);
        self.line.faces().fold(0, |key: u128, face| {
            let pair = mixed(number(face.first)).wrapping_add(number(face.second));
            key.wrapping_add(mixed(pair))
        })
    }

    /// As for orders of edges: one product for each pair of a source and a sink that is joined by a path of two edges or
    /// more of which the first and the last are no units.
    fn ahead(&self) -> u64 {
        let counts = |i: u32| self.line.at(i).is_some_and(|(.., w)| !w.is_unit);
        let mut from: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
        for (i, u, ..) in self.line.edges() {
            if self.line.beside(i, false).is_empty() && counts(i) {
                from.entry(u).or_default().push(i);
            }
        }
        let mut pairs: FxHashSet<(u32, u32)> = FxHashSet::default();
        for (x, mut queue) in from {
            let mut seen: FxHashSet<u32> = FxHashSet::default();
            while let Some(i) = queue.pop() {
                for &j in self.line.beside(i, true).iter().filter(|&&j| seen.insert(j)) {
                    match self.line.at(j) {
                        Some((_, y, w)) if self.line.beside(j, true).is_empty() => {
                            pairs.extend((!w.is_unit).then_some((x, y)));
                        }
                        _ => queue.push(j),
                    }
                }
            }
        }
        pairs.len() as u64
    }

    fn lasting(&self, m: Move) -> Move {
        match m {
            Move::Face(face) => self.line.place(face).map_or(m, Move::Place),
            Move::Step(_) | Move::Place(_) => m,
        }
    }

    fn is_extra(m: Move) -> bool {
        !matches!(m, Move::Step(Step::Vertex(_)))
    }
}

fn mixed(x: u128) -> u128 {
    let x = (x ^ (x >> 67)).wrapping_mul(0x2d35_8dcc_aa6c_78a5_8bb8_4b93_962e_acc9);
    let x = (x ^ (x >> 59)).wrapping_mul(0xd6e8_feb8_6659_fd93_c2b2_ae3d_27d4_eb4f);
    x ^ (x >> 64)
}

/// What stands on an edge while a search plays.
#[derive(Clone, Copy, Debug)]
struct Weight {
    is_unit: bool,
    value: u128,
}

/// Counts products and sums.
#[derive(Clone, Debug)]
struct Meter {
    convention: Convention,
    spent: ApplyCost,
}

impl Algebra for Meter {
    type Map = Weight;

    fn local(&mut self, _: &LinearMap<NodeId>) -> Weight {
        Weight { is_unit: false, value: 0 }
    }

    fn identity(&mut self, _: NodeId) -> Weight {
        Weight { is_unit: true, value: 1 }
    }

    fn compose(&mut self, first: &Weight, second: &Weight) -> Weight {
        self.spent.products += u64::from(!first.is_unit && !second.is_unit);
        Weight { is_unit: first.is_unit && second.is_unit, value: first.value.wrapping_mul(second.value) }
    }

    fn add(&mut self, left: &Weight, right: &Weight) -> Weight {
        self.spent.sums += 1;
        Weight { is_unit: false, value: left.value.wrapping_add(right.value) }
    }
}
