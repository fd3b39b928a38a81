//! What every order of accumulation costs on one function, side by side in one convention.

use crate::cost::{Costs, costs};
use crate::derive::{check_variables, elements};
use crate::eliminate::{
    Budget, Convention, Face, Found, Heuristic, OrderCost, Problem, heuristics, search, search_edges,
    search_faces, steps,
};
use crate::error::DiffError;
use crate::linearize::Linearized;
use crate::transform::{open, reopened};
use wengert_expr::Function;

/// An order of elimination that a rule gives, and its cost.
#[derive(Clone, Copy, Debug)]
pub struct Surveyed {
    /// The rule.
    pub heuristic: Heuristic,
    /// What its order costs; `None` where it was given up, since too many edges came into being.
    pub cost: Option<OrderCost>,
}

/// What every order costs.
#[derive(Clone, Debug)]
pub struct Survey {
    /// The sweeps and the path sum.
    pub costs: Costs,
    /// Elimination in the orders that rules give.
    pub orders: Vec<Surveyed>,
    /// The best order of vertices that was found.
    pub best: Found,
    /// The best order of edges that was found; `None` on graphs of arrays and on large ones.
    pub edges: Option<Found>,
    /// The best order of faces that was found; `None` on graphs of arrays and on large ones.
    pub faces: Option<Found<Face>>,
}

/// Counts what every order costs and searches for the best one. Nothing is written.
///
/// A third of the budget each goes to orders of vertices, of edges and of faces. A budget of zero gives the best of the rules.
///
/// # Errors
/// Unknown variables, variables or outputs that are not floats, an operation without a derivative.
pub fn survey(
    f: &Function,
    wrt: &[&str],
    convention: Convention,
    budget: Budget,
    seed: u64,
) -> Result<Survey, DiffError> {
    let b = reopened(f);
    let at = open(&b, f, wrt)?;
    check_variables(&at.outputs, &at.wrt)?;
    let linear = Linearized::between(&at.outputs, &at.wrt)?.ok_or(DiffError::NoVariable)?;
    let (variables, outputs) = (elements(&at.wrt), elements(&at.outputs));
    let problem = b.read(|g| Problem::new(g, &linear, convention));
    let tried = heuristics(&problem);
    let orders = tried
        .iter()
        .map(|(heuristic, order)| Surveyed { heuristic: *heuristic, cost: problem.cost(&steps(order)).ok() })
        .collect();
    let third = Budget { time: budget.time.map(|t| t / 3), steps: budget.steps.map(|s| s / 3) };
    let best = search(&problem, third, seed);
    let edges = search_edges(&problem, &best, third, seed);
    let faces = search_faces(&problem, edges.as_ref().unwrap_or(&best), third, seed);
    let costs = b.read(|g| costs(g, &linear, variables, outputs, convention));
    Ok(Survey { costs, orders, best, edges, faces })
}
