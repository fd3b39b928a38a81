//! From a function to steps over buffers: fusion, lowering, memory.
//!
//! Every node gets a [`form`]; nodes that one loop computes form a [`cluster`]; a cluster becomes [`step`]s over buffers;
//! long loops are [`split`]; temporary buffers get their [`memory`].

mod arena;
mod cluster;
mod form;
mod lower;
mod memory;
mod nest;
mod product;
mod split;
mod step;
mod view;

pub(crate) use cluster::Limits;
pub(crate) use lower::{Buffer, Origin};
pub(crate) use memory::Memory;
pub(crate) use split::Split;
pub(crate) use step::{Address, BufferId, Factor, Fill, Loop, Matrix, Product, Reference, Routine, Step};

use wengert_expr::Function;

/// A function's steps and the memory that they work in.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
    pub(crate) buffers: Vec<Buffer>,
    pub(crate) memory: Memory,
}

impl Plan {
    /// The plan of a function.
    pub(crate) fn new(function: &Function, limits: Limits, in_place: bool) -> Plan {
        let forms = form::Forms::new(function);
        let clusters = cluster::clusters(function, &forms, limits);
        let mut lowered = lower::lower(function, &forms, &clusters);
        split::split(&mut lowered);
        let memory = memory::plan(&lowered, in_place);
        Plan { steps: lowered.steps, buffers: lowered.buffers, memory }
    }
}
