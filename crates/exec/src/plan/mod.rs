//! From a function to steps over buffers: fusion, lowering, memory.
//!
//! Every node gets a [`form`]; nodes that one loop computes form a [`cluster`]; a cluster becomes [`step`]s over buffers;
//! long loops are [`split`]; temporary buffers get their [`memory`].

mod arena;
mod carry;
mod cluster;
mod flat;
mod form;
mod layout;
mod lower;
mod memory;
mod nest;
mod print;
mod product;
mod remat;
mod schedule;
mod split;
mod step;
mod update;
mod view;

pub(crate) use cluster::Limits;
pub(crate) use lower::{Buffer, Origin};
pub(crate) use memory::Memory;
pub(crate) use print::Printed;
pub(crate) use step::{BufferId, Factor, Fill, Loop, Matrix, Product, Reference, Routine, Step};

use crate::scalar::LONG;
use wengert_expr::Function;

/// A function's steps and the memory that they work in.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
    pub(crate) buffers: Vec<Buffer>,
    pub(crate) memory: Memory,
}

/// How a plan is made.
#[derive(Clone, Debug, Default)]
pub(crate) struct PlanOptions {
    pub(crate) limits: Limits,
    /// Whether values may take the place of those that they replace.
    pub(crate) in_place: bool,
    /// Inputs, each with the output that replaces it in the same memory.
    pub(crate) carried: Vec<(usize, usize)>,
    /// Whether products that are added may round once.
    pub(crate) contract: bool,
    /// Whether a function of small arrays may become one program for single elements.
    pub(crate) flatten: bool,
    /// The most bytes of temporary memory.
    pub(crate) budget: Option<usize>,
}

impl Plan {
    /// The plan of a function; where no plan fits into the budget, the least memory that one was found to need.
    pub(crate) fn new(function: &Function, options: &PlanOptions) -> Result<Plan, usize> {
        let mut plan = match flat::of_scalars(function, options) {
            Some(plan) => plan,
            None => Plan::of_loops(function, options)?,
        };
        if options.contract {
            plan.contract();
        }
        Ok(plan)
    }

    /// As [`Plan::new`], from loops over clusters of nodes.
    fn of_loops(function: &Function, options: &PlanOptions) -> Result<Plan, usize> {
        let forms = form::Forms::new(function);
        let clusters = cluster::clusters(function, &forms, options.limits);
        let mut lowered = lower::lower(function, &forms, &clusters);
        split::split(&mut lowered);
        let replaced = carry::carry(&mut lowered, &options.carried);
        let remat::Fitted { lowered, memory } =
            remat::fit(lowered, &replaced, options.budget.unwrap_or(usize::MAX), options.in_place)?;
        let same = |a: BufferId, b: BufferId| {
            let shared =
                memory.offsets[a.0 as usize].is_some_and(|o| memory.offsets[b.0 as usize] == Some(o));
            shared || replaced.iter().any(|p| p.old == a && p.new == b)
        };
        let mut steps = lowered.steps;
        steps.retain(|step| !carry::is_idle(step, same));
        let flat = flat::plan(function, steps.len(), options);
        Ok(flat.unwrap_or(Plan { steps, buffers: lowered.buffers, memory }))
    }

    fn contract(&mut self) {
        for step in &mut self.steps {
            // Groups of long programs sum up products better as they are.
            if let Step::Loop(l) = step
                && l.program.insts.len() < LONG
            {
                l.program = l.program.contracted();
            }
        }
    }
}
