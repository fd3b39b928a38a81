//! The plan of a flattened function: one step, for one element.

use super::lower::{Buffer, Origin};
use super::memory::Memory;
use super::step::{Address, BufferId, Loop, Step};
use super::{Plan, PlanOptions};
use crate::flatten::{Flat, Port, flatten, scalars};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use wengert_expr::{DType, Function};

/// The plan of a function with many nodes, all of them scalars: fusion has nothing to find there, and takes its time.
pub(super) fn of_scalars(function: &Function, options: &PlanOptions) -> Option<Plan> {
    /// Functions with fewer nodes are planned in no time.
    const MANY: usize = 1000;
    if !options.flatten || options.budget.is_some() || function.graph().len() < MANY {
        return None;
    }
    scalars(function).map(|flat| of(function, flat))
}

/// The plan of a function as one program, if that takes less time than these many steps.
pub(super) fn plan(function: &Function, steps: usize, options: &PlanOptions) -> Option<Plan> {
    /// What a step costs beside its work, in nanoseconds: finding its streams, calling its kernel, leaving lanes idle.
    const STEP: f64 = 60.0;
    /// No function with more instructions gets quicker.
    const MOST: usize = 4096;
    if !options.flatten || steps < 2 || crate::flatten::estimate(function) > MOST {
        return None;
    }
    let flat = flatten(function, MOST)?;
    (flat.program.nanoseconds() < STEP * steps as f64).then(|| of(function, flat))
}

fn of(function: &Function, flat: Flat) -> Plan {
    let graph = function.graph();
    let mut buffers: Vec<Buffer> = Vec::new();
    let mut known: FxHashMap<(bool, usize), BufferId> = FxHashMap::default();
    let streams = flat.ports.iter().map(|port| {
        let (written, element) = match port {
            Port::Input(element) => (false, element),
            Port::Output(element) => (true, element),
        };
        let (ty, origin) = match written {
            false => (&function.inputs()[element.array].ty, Origin::Input(element.array)),
            true => (graph.ty(function.outputs()[element.array].node), Origin::Output(element.array)),
        };
        let buffer = *known.entry((written, element.array)).or_insert_with(|| {
            buffers.push(Buffer { ty: ty.clone(), origin });
            BufferId(buffers.len() as u32 - 1)
        });
        let offset = (element.index * DType::size(ty.dtype)) as isize;
        Address { buffer, offset, strides: SmallVec::from_elem(0, 1) }
    });
    let streams: Vec<Address> = streams.collect();
    let live = function.live();
    let step = Loop {
        pieces: vec![0; streams.len()],
        streams,
        program: flat.program,
        extents: SmallVec::from_elem(1, 1),
        fills: Vec::new(),
        nodes: graph.nodes().filter(|n| live[n.index()]).collect(),
        split: None,
    };
    let memory = Memory { offsets: vec![None; buffers.len()], ..Memory::default() };
    Plan { steps: vec![Step::Loop(step)], buffers, memory }
}
