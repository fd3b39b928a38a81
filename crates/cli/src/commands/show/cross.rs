//! The stage `cross`: the linearised graph after some steps of elimination.

use super::{Format, ShowArgs, lines, values};
use crate::failure::Failure;
use crate::program::Program;
use wengert::diff::eliminate::{Found, Problem, Step, search_both};
use wengert::expr::{Function, NodeId, Output};
use wengert::render::{Elimination, Linearization, Options, eliminated};

/// The most steps of an order that are written out.
const STEPS: usize = 24;

pub(super) fn cross(program: &Program, linear: &Linearization, args: &ShowArgs) -> Result<String, Failure> {
    let (order, method) = match &args.order.order {
        Some(order) => (order.clone(), "given".to_owned()),
        None => best(linear, args),
    };
    let elimination = Elimination::new(linear, &order, args.steps, args.search.convention)
        .map_err(|error| program.placed()(error))?;
    let computed = with_outputs(elimination.function(), elimination.coefficients());
    let all = args.all || args.format == Format::Text;
    let values = values(program, &computed)?;
    let mut scene = eliminated(&elimination, &Options { values, all, ..Options::default() });
    scene.notes.insert(1, format!("order {}, {method}", listed(&order)));
    Ok(match args.format {
        Format::Dot => scene.to_dot(),
        Format::Text => lines(&scene),
    })
}

/// The cheapest order found, of vertices or of edges, and what is known about it.
fn best(linear: &Linearization, args: &ShowArgs) -> (Vec<Step>, String) {
    let problem = Problem::new(linear.function.graph(), &linear.linearized, args.search.convention);
    let (vertices, edges) = search_both(&problem, args.search.budget, args.search.seed);
    match edges.filter(|found| found.weight < vertices.weight) {
        Some(Found { order, method, .. }) => {
            (order, format!("found by {method}; orders of vertices alone take {}", vertices.weight))
        }
        None => {
            let said = format!("found by {}, {}", vertices.method, vertices.verdict());
            (vertices.order, said)
        }
    }
}

/// The steps with commas between them.
fn listed(order: &[Step]) -> String {
    let shown: Vec<String> = order.iter().take(STEPS).map(Step::to_string).collect();
    let more = if order.len() > STEPS { ",…" } else { "" };
    if order.is_empty() { "of no steps".to_owned() } else { shown.join(",") + more }
}

/// A function with some of its nodes as further outputs, so that they are computed.
pub(super) fn with_outputs(function: &Function, nodes: Vec<NodeId>) -> Function {
    let further = nodes.into_iter().map(|node| Output { name: None, node });
    Function::new(function.graph().clone(), function.outputs().iter().cloned().chain(further).collect())
}
