//! What every order of accumulation costs on one function, side by side in one convention.

use crate::cost::{Costs, costs};
use crate::derive::{check_variables, elements};
use crate::eliminate::{
    Budget, Convention, Found, Heuristic, OrderCost, Problem, heuristics, search_both, steps,
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
}

/// Counts what every order costs and searches for the best one. Nothing is written.
///
/// Half of the budget goes to orders of vertices, half to orders of edges. A budget of zero gives the best of the rules.
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
    let (best, edges) = search_both(&problem, budget, seed);
    let costs = b.read(|g| costs(g, &linear, variables, outputs, convention));
    Ok(Survey { costs, orders, best, edges })
}
