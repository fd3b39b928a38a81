//! What every order of accumulation costs on one function, side by side in one convention.

use crate::compress::Plan;
use crate::cost::{Costs, ModeCost, costs};
use crate::derive::{check_variables, elements};
use crate::eliminate::{
    Budget, Convention, Face, Found, Heuristic, OrderCost, Problem, heuristics, search_both, search_faces,
};
use crate::error::DiffError;
use crate::linearize::Linearized;
use crate::predict::{Choice, choose_between};
use crate::sparsity::Compression;
use crate::transform::{Open, open, reopened};
use wengert_expr::{Builder, Function};

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
    /// Sweeps along groups of directions; `None` where the pattern is too large to be coloured for a survey.
    pub compressed: Option<Compressed>,
    /// What each mode will do, and which one does least.
    pub choice: Choice,
}

/// Sweeps along the groups of a colouring.
#[derive(Clone, Debug)]
pub struct Compressed {
    /// Rows and columns of the Jacobian.
    pub size: (usize, usize),
    /// Places that can be other than zero.
    pub nonzeros: usize,
    /// The groups.
    pub compression: Compression,
    /// What the sweeps cost.
    pub cost: ModeCost,
}

/// The most elements at both ends for which a survey looks for a colouring.
const COLOURED: u64 = 1 << 20;

/// Counts what every order costs and searches for the best one. Nothing is written.
///
/// Half of the budget goes to orders of vertices, a quarter each to orders of edges and of faces. A budget of zero gives the best of the rules.
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
        .map(|(heuristic, order)| Surveyed { heuristic: *heuristic, cost: problem.cost_in_time(order) })
        .collect();
    let (best, edges) = search_both(&problem, budget, seed);
    let faces = search_faces(&problem, edges.as_ref().unwrap_or(&best), budget.part(4), seed);
    let costs = b.read(|g| costs(g, &linear, variables, outputs, convention));
    let compressed = match variables.saturating_add(outputs) {
        0..=COLOURED => compressed(&b, &at, &costs)?,
        _ => None,
    };
    let choice = choose_between(&at.outputs, &at.wrt)?;
    Ok(Survey { costs, orders, best, edges, faces, compressed, choice })
}

fn compressed<'b>(b: &'b Builder, at: &Open<'b>, costs: &Costs) -> Result<Option<Compressed>, DiffError> {
    let Some(plan) = Plan::jacobian_if_sparse(b, &at.outputs, &at.wrt)? else { return Ok(None) };
    let Plan { pattern, compression, .. } = plan;
    let cost = costs.compressed(compression.column_groups(), compression.row_groups());
    Ok(Some(Compressed {
        size: (pattern.rows(), pattern.columns()),
        nonzeros: pattern.nonzeros(),
        compression,
        cost,
    }))
}
