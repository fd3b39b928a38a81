//! What an order of elimination costs, in one convention, on one linearised graph. Nothing is written anywhere.

use super::convention::Convention;
use super::emit::check_complete;
use super::step::{OrderError, Step};
use super::structures::{Structure, Structures};
use super::web::Web;
use crate::algebra::{ApplyCost, Slot};
use crate::linearize::Linearized;
use rustc_hash::FxHashMap;
use wengert_expr::{Graph, NodeId};

/// What an order costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct OrderCost {
    /// Products of numbers.
    pub products: u64,
    /// Additions of numbers.
    pub sums: u64,
    /// Edges that were not there before.
    pub fill: u64,
    /// The most coefficients that all edges held together at any time.
    pub held: u64,
}

impl OrderCost {
    /// What stands for a cost whose counting was given up.
    pub const UNKNOWN: OrderCost =
        OrderCost { products: u64::MAX, sums: u64::MAX, fill: u64::MAX, held: u64::MAX };

    /// `None` where counting was given up.
    pub fn known(&self) -> Option<&OrderCost> {
        (*self != OrderCost::UNKNOWN).then_some(self)
    }

    /// Products and sums.
    pub fn work(&self) -> ApplyCost {
        ApplyCost { products: self.products, sums: self.sums }
    }
}

/// A linearised graph whose elimination is to be costed: the structure of each map, no coefficients.
#[derive(Clone, Debug)]
pub struct Problem {
    convention: Convention,
    pub(super) web: Web<Structure>,
    pub(super) structures: Structures,
}

impl Problem {
    /// The elimination of this linearised graph; time is linear in its size.
    pub fn new(graph: &Graph, linear: &Linearized, convention: Convention) -> Problem {
        let mut structures = Structures::new(graph, convention);
        let web = Web::new(linear, &mut structures);
        structures.take_spent();
        structures.take_growth(0);
        Problem { convention, web, structures }
    }

    /// What is counted.
    pub fn convention(&self) -> Convention {
        self.convention
    }

    /// The vertices to be eliminated, ascending.
    pub fn inner(&self) -> Vec<u32> {
        self.web.inner().collect()
    }

    /// How many vertices there are, copies of outputs among them.
    pub fn vertices(&self) -> usize {
        self.web.len()
    }

    /// How many edges there are; two operands that are the same node make one.
    pub fn edges(&self) -> usize {
        self.web.links().count()
    }

    /// The node of a vertex.
    pub fn node(&self, v: u32) -> NodeId {
        self.web.node(v)
    }

    /// True if every map is between scalars, so that a vertex costs its edges in times its edges out.
    pub fn is_scalar(&self) -> bool {
        self.web.links().all(|l| self.structures.is_scalar_unit(*l.map).is_some())
    }

    /// What this order costs, the blocks of the Jacobian written out at the end.
    ///
    /// # Errors
    /// An order that eliminates what it cannot, or leaves something.
    pub fn cost(&self, order: &[Step]) -> Result<OrderCost, OrderError> {
        let mut run = self.run();
        for &step in order {
            run.take(step)?;
        }
        run.finish()
    }

    /// As [`cost`](Problem::cost) of an order of vertices; `None` too where it joins so many pairs of edges that counting is
    /// given up: of a chain with a new variable at each node the forward order joins as many as the square of its length.
    pub fn cost_in_time(&self, order: &[u32]) -> Option<OrderCost> {
        let (mut run, mut left) = (self.run(), self.patience());
        for &v in order {
            let (into, out) = run.web.degrees(v);
            left = left.checked_sub(u64::from(into) * u64::from(out))?;
            run.take(Step::Vertex(v)).ok()?;
        }
        run.finish().ok()
    }

    /// How many pairs of edges may be joined before an order is given up.
    pub(super) fn patience(&self) -> u64 {
        const PAIRS: u64 = 1 << 21;
        PAIRS + 8 * self.edges() as u64
    }

    /// The graph as the convention sees it, before anything is eliminated.
    pub fn linearized(&self) -> Linearized<Slot> {
        self.web.map(|&id| self.structures.map(id).clone()).linearized()
    }

    /// The number to be made small: what this order of vertices costs in the convention.
    pub(super) fn weight(&self, cost: &OrderCost) -> u64 {
        self.convention.weight(cost.work())
    }

    /// An elimination from the beginning, step by step.
    pub fn run(&self) -> Run {
        let held = self.web.links().map(|l| self.structures.held(*l.map)).sum();
        let cost = OrderCost { held, ..OrderCost::default() };
        Run { web: self.web.clone(), structures: self.structures.clone(), cost, holding: held }
    }
}

/// An elimination that is costed while it goes on.
#[derive(Clone, Debug)]
pub struct Run {
    web: Web<Structure>,
    structures: Structures,
    cost: OrderCost,
    holding: u64,
}

impl Run {
    /// Takes a step.
    ///
    /// # Errors
    /// A step that is not possible.
    pub fn take(&mut self, step: Step) -> Result<(), OrderError> {
        let via = match step {
            Step::Vertex(v) | Step::Front(_, v) | Step::Back(v, _) => v,
        };
        let before = self.held_at(via);
        self.cost.fill += u64::from(self.web.take(step, &mut self.structures)?);
        // Edges around the vertex go, all others change by products and sums.
        let gone = before.saturating_sub(self.held_at(via));
        self.holding = self.structures.take_growth(self.holding).saturating_sub(gone);
        self.cost.held = self.cost.held.max(self.holding);
        let spent = self.structures.take_spent();
        self.cost.products = self.cost.products.saturating_add(spent.products);
        self.cost.sums = self.cost.sums.saturating_add(spent.sums);
        Ok(())
    }

    /// The coefficients on the edges at a vertex.
    fn held_at(&self, v: u32) -> u64 {
        self.web.around(v).map(|&id| self.structures.held(id)).fold(0, u64::saturating_add)
    }

    /// The graph as it is now.
    pub fn web(&self) -> &Web<Structure> {
        &self.web
    }

    /// What was spent so far.
    pub fn cost(&self) -> OrderCost {
        self.cost
    }

    /// What the whole order costs, the blocks of the Jacobian written out.
    ///
    /// # Errors
    /// When something is left to eliminate.
    pub fn finish(mut self) -> Result<OrderCost, OrderError> {
        check_complete(&self.web)?;
        let mut known = FxHashMap::default();
        for link in self.web.links() {
            let block = *known.entry(*link.map).or_insert_with(|| self.structures.block_cost(*link.map));
            self.cost.products = self.cost.products.saturating_add(block.products);
            self.cost.sums = self.cost.sums.saturating_add(block.sums);
        }
        Ok(self.cost)
    }
}
