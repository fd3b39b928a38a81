//! A linearised graph on its way to the Jacobian: some steps of an order taken, every product and sum a node of the graph.
//!
//! Always holds: the order is complete and possible, and at most all of it is taken.

use crate::linearized::Linearization;
use wengert_diff::DiffError;
use wengert_diff::eliminate::{Convention, Emitter, OrderCost, OrderError, Problem, Step, Web};
use wengert_expr::{Builder, Function, LinearMap, NodeId};

/// A function and its linearised graph after some steps of elimination.
#[derive(Clone, Debug)]
pub struct Elimination {
    pub(crate) function: Function,
    pub(crate) web: Web<LinearMap<NodeId>>,
    /// The edges before the first step.
    pub(crate) before: Vec<(u32, u32)>,
    /// How many vertices came from the linearised graph; the others are copies.
    pub(crate) originals: usize,
    pub(crate) order: Vec<Step>,
    pub(crate) taken: Vec<Taken>,
    pub(crate) spent: OrderCost,
    pub(crate) total: OrderCost,
    pub(crate) convention: Convention,
}

/// A step that was taken: how many edges entered and left what it eliminated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub(crate) step: Step,
    pub(crate) degrees: (u32, u32),
}

impl Elimination {
    /// Takes the first `steps` steps of an order, or all of them, and counts them in this convention.
    ///
    /// # Errors
    /// An order that eliminates what it cannot or leaves something, more steps than it has.
    pub fn new(
        linearization: &Linearization,
        order: &[Step],
        steps: Option<usize>,
        convention: Convention,
    ) -> Result<Elimination, DiffError> {
        let Linearization { function, linearized } = linearization;
        let problem = Problem::new(function.graph(), linearized, convention);
        let total = problem.cost(order)?;
        let (asked, count) = (steps.unwrap_or(order.len()), order.len());
        let first = order.get(..asked).ok_or(OrderError::Beyond { asked, count })?;
        let b = Builder::on(function.graph().clone());
        let mut emitter = Emitter::new(&b);
        let mut web = Web::new(linearized, &mut emitter);
        let before = web.links().map(|l| (l.from, l.to)).collect();
        let mut run = problem.run();
        let mut taken = Vec::with_capacity(asked);
        for &step in first {
            taken.push(Taken { step, degrees: degrees(&web, step) });
            run.take(step)?;
            web.take(step, &mut emitter)?;
        }
        let spent = if asked == count { total } else { run.cost() };
        let graph = b.finish()?.into_graph();
        Ok(Elimination {
            function: Function::new(graph, function.outputs().to_vec()),
            web,
            before,
            originals: linearized.graph.node_count(),
            order: order.to_vec(),
            taken,
            spent,
            total,
            convention,
        })
    }

    /// The function, the coefficients of every step added to its graph.
    pub fn function(&self) -> &Function {
        &self.function
    }

    /// The graph that is left.
    pub fn web(&self) -> &Web<LinearMap<NodeId>> {
        &self.web
    }

    /// What the steps cost that were taken; with the last one, writing out the blocks of the Jacobian too.
    pub fn spent(&self) -> OrderCost {
        self.spent
    }

    /// What the whole order costs.
    pub fn total(&self) -> OrderCost {
        self.total
    }

    /// The nodes that the maps multiply by: computed, their values can stand on the edges.
    pub fn coefficients(&self) -> Vec<NodeId> {
        self.web.links().filter_map(|l| crate::linearized::coefficient(l.map)).collect()
    }

    /// The step that comes next; none after the last.
    pub(crate) fn next(&self) -> Option<Step> {
        self.order.get(self.taken.len()).copied()
    }
}

/// How many pairs of edges a step joins, as edges in and edges out. The step must be possible.
pub(crate) fn degrees(web: &Web<LinearMap<NodeId>>, step: Step) -> (u32, u32) {
    match step {
        Step::Vertex(v) => web.degrees(v),
        Step::Front(_, to) => (1, web.degrees(to).1),
        Step::Back(from, _) => (web.degrees(from).0, 1),
    }
}
