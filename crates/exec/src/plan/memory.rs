//! Which memory each buffer gets: one arena for everything temporary, and values written where those they replace lay.

use super::arena::{self, Life};
use super::lower::{Lowered, Origin};
use super::step::{BufferId, Loop, Step};
use crate::lane::Op;

/// Where every buffer lies.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Memory {
    /// For each buffer that is in the arena, its offset.
    pub(crate) offsets: Vec<Option<usize>>,
    /// Bytes of the arena.
    pub(crate) bytes: usize,
    /// The least that any layout of these steps could do with.
    pub(crate) bound: usize,
    /// How many values are written over one that they replace.
    pub(crate) in_place: usize,
    /// How much arithmetic is done once more to stay within a budget, as [`Step::work`] counts.
    pub(crate) recomputed: u64,
}

/// Plans the memory of temporary buffers.
pub(crate) fn plan(lowered: &Lowered, in_place: bool) -> Memory {
    let count = lowered.buffers.len();
    let mut first = vec![u32::MAX; count];
    let mut last = vec![0u32; count];
    for (t, step) in lowered.steps.iter().enumerate() {
        for b in step.reads().iter().chain(&step.writes()) {
            first[b.0 as usize] = first[b.0 as usize].min(t as u32);
            last[b.0 as usize] = t as u32;
        }
    }
    let temporary = |b: BufferId| matches!(lowered.buffers[b.0 as usize].origin, Origin::Temporary);
    // The buffer whose memory each one uses.
    let mut hosts: Vec<u32> = (0..count as u32).collect();
    let mut shared = 0;
    if in_place {
        for (t, step) in lowered.steps.iter().enumerate() {
            let Step::Loop(l) = step else { continue };
            let mut taken = Vec::new();
            for (to, from) in replacements(l) {
                let (to, from) = (to.0 as usize, from.0 as usize);
                let host = hosts[from] as usize;
                let dies = last[host] == t as u32 && last[from] == t as u32;
                let fits = lowered.buffers[to].ty.bytes() == lowered.buffers[host].ty.bytes();
                let alone = temporary(BufferId(to as u32)) && temporary(BufferId(host as u32));
                if alone
                    && dies
                    && fits
                    && first[to] == t as u32
                    && !taken.contains(&host)
                    && hosts[to] == to as u32
                {
                    hosts[to] = host as u32;
                    last[host] = last[to];
                    taken.push(host);
                    shared += 1;
                }
            }
        }
    }
    let owners: Vec<usize> = (0..count)
        .filter(|&b| temporary(BufferId(b as u32)) && hosts[b] == b as u32 && first[b] != u32::MAX)
        .collect();
    let lives: Vec<Life> = owners
        .iter()
        .map(|&b| Life { bytes: lowered.buffers[b].ty.bytes(), first: first[b], last: last[b] })
        .collect();
    let layout = arena::layout(&lives);
    let mut offsets = vec![None; count];
    for (&b, &offset) in owners.iter().zip(&layout.offsets) {
        offsets[b] = Some(offset);
    }
    for b in 0..count {
        offsets[b] = offsets[hosts[b] as usize];
    }
    Memory { offsets, bytes: layout.bytes, bound: arena::bound(&lives), in_place: shared, recomputed: 0 }
}

/// Pairs of a stored buffer and a loaded one that lie alike, element for element, where the loop reads all that it loads
/// from the second before it stores.
pub(super) fn replacements(l: &Loop) -> Vec<(BufferId, BufferId)> {
    let insts = &l.program.insts;
    let last_load = insts.iter().rposition(|i| i.op == Op::Load).unwrap_or(0);
    let stores = insts.iter().enumerate().filter(|(at, i)| i.op == Op::Store && *at > last_load);
    let mut pairs = Vec::new();
    for (_, store) in stores {
        let to = store.args[1] as usize;
        let address = &l.streams[to];
        for load in insts.iter().filter(|i| i.op == Op::Load) {
            let from = load.args[0] as usize;
            let other = &l.streams[from];
            let same = |s: &super::step::Address| {
                s.buffer != other.buffer || (s.offset == address.offset && s.strides == address.strides)
            };
            let sizes = l.program.streams[to].dtype.size() == l.program.streams[from].dtype.size();
            if sizes && address.buffer != other.buffer && l.streams.iter().all(same) {
                pairs.push((address.buffer, other.buffer));
            }
        }
    }
    pairs
}
