//! State that one run leaves to the next: an output that takes the memory of the input it replaces.
//!
//! Where a step would read the old value after, or otherwise than element by element while, the new one is written, the
//! new value gets memory of its own and is copied when everything else is done.

use super::lower::{Buffer, Lowered, Origin};
use super::memory::replacements;
use super::nest::Nest;
use super::schedule::{Replaced, schedule};
use super::step::{BufferId, Loop, Step};
use super::view::row_major;
use crate::lane::Op;
use rustc_hash::FxHashMap;

/// Orders the steps so that each output of a pair may replace the input, and copies those that may not at the end.
pub(super) fn carry(lowered: &mut Lowered, pairs: &[(usize, usize)]) -> Vec<Replaced> {
    let wanted = wanted(lowered, pairs);
    let safe: Vec<Replaced> = wanted.iter().copied().filter(|p| is_safe(lowered, *p)).collect();
    let kept = schedule(lowered, &safe);
    for pair in wanted.into_iter().filter(|p| !kept.contains(p)) {
        copy_last(lowered, pair);
    }
    kept
}

fn wanted(lowered: &Lowered, pairs: &[(usize, usize)]) -> Vec<Replaced> {
    let mut inputs = FxHashMap::default();
    let mut outputs = FxHashMap::default();
    for (i, buffer) in lowered.buffers.iter().enumerate() {
        match buffer.origin {
            Origin::Input(at) => drop(inputs.insert(at, BufferId(i as u32))),
            Origin::Output(at) => drop(outputs.insert(at, BufferId(i as u32))),
            Origin::Constant(_) | Origin::Temporary => {}
        }
    }
    let pair = |&(i, o): &(usize, usize)| Some(Replaced { old: *inputs.get(&i)?, new: *outputs.get(&o)? });
    pairs.iter().filter_map(pair).collect()
}

fn is_safe(lowered: &Lowered, pair: Replaced) -> bool {
    lowered.steps.iter().all(|step| {
        let both = step.reads().contains(&pair.old) && step.writes().contains(&pair.new);
        match step {
            _ if !both => true,
            Step::Loop(l) => element_by_element(l, pair),
            Step::Product(_) | Step::Routine(_) | Step::Reference(_) => false,
        }
    })
}

/// True if the loop reads the old value only where it then writes the new one, and all of it before.
fn element_by_element(l: &Loop, pair: Replaced) -> bool {
    let folded = |op: Op| matches!(op, Op::Accumulate(_) | Op::Reduce(_));
    let onto = |s: Option<usize>| s.is_some_and(|s| l.streams[s].buffer == pair.new);
    if l.program.insts.iter().any(|i| folded(i.op) && onto(i.stream())) {
        return false;
    }
    replacements(l).contains(&(pair.new, pair.old))
}

/// Gives the new value memory of its own, and copies it when all else is done.
fn copy_last(lowered: &mut Lowered, pair: Replaced) {
    let buffer = &mut lowered.buffers[pair.new.0 as usize];
    let (ty, origin) = (buffer.ty.clone(), std::mem::replace(&mut buffer.origin, Origin::Temporary));
    lowered.buffers.push(Buffer { ty: ty.clone(), origin });
    let last = BufferId(lowered.buffers.len() as u32 - 1);
    let mut nest = Nest::new(&ty.shape);
    let strides = row_major(&ty.shape);
    let (from, to) = (nest.stream(pair.new, ty.dtype, 0, &strides), nest.stream(last, ty.dtype, 0, &strides));
    let value = nest.program.push(Op::Load, ty.dtype, &[from]);
    nest.program.push(Op::Store, ty.dtype, &[value, to]);
    lowered.steps.push(Step::Loop(nest.finish(Vec::new())));
}

/// True for a loop that only copies what lies where it is copied to.
pub(super) fn is_idle(step: &Step, same: impl Fn(BufferId, BufferId) -> bool) -> bool {
    let Step::Loop(l) = step else { return false };
    let copies =
        l.program.insts.len() == 2 && l.program.insts[0].op == Op::Load && l.program.insts[1].op == Op::Store;
    copies && {
        let (from, to) = (&l.streams[0], &l.streams[1]);
        same(from.buffer, to.buffer) && from.offset == to.offset && from.strides == to.strides
    }
}
