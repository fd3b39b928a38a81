//! The order of steps: any that keeps what they mean, and one that keeps little alive.
//!
//! Of the steps that are ready, the one that frees most memory, or takes least, goes first (list scheduling). A parameter
//! that is replaced must be read by everybody before it is: such pairs are edges, and where an edge would close a
//! circle, the pair is given up.

use super::lower::{Lowered, Origin};
use super::step::BufferId;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Two buffers that are to share one memory: what is replaced, and what replaces it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Replaced {
    pub(crate) old: BufferId,
    pub(crate) new: BufferId,
}

/// Puts steps in order, and returns which replacements hold.
pub(crate) fn schedule(lowered: &mut Lowered, wanted: &[Replaced]) -> Vec<Replaced> {
    let mut kept = wanted.to_vec();
    let order = ordered(lowered, &kept).or_else(|| {
        // One of them closes a circle: the others are tried one by one.
        kept.clear();
        let mut order = ordered(lowered, &kept);
        for &pair in wanted {
            kept.push(pair);
            match ordered(lowered, &kept) {
                Some(better) => order = Some(better),
                None => drop(kept.pop()),
            }
        }
        order
    });
    if let Some(order) = order {
        let mut steps: Vec<_> = std::mem::take(&mut lowered.steps).into_iter().map(Some).collect();
        lowered.steps = order.into_iter().filter_map(|i| steps[i as usize].take()).collect();
    }
    kept
}

/// Steps looked at when the next one is chosen.
const WINDOW: usize = 24;

fn ordered(lowered: &Lowered, replaced: &[Replaced]) -> Option<Vec<u32>> {
    let count = lowered.steps.len();
    let edges = Edges::new(lowered, replaced);
    let mut waiting = vec![0u32; count];
    edges.to.iter().for_each(|&t| waiting[t as usize] += 1);
    let mut tally = Tally::new(lowered);
    let mut ready: BTreeSet<u32> = (0..count as u32).filter(|&i| waiting[i as usize] == 0).collect();
    let mut order = Vec::with_capacity(count);
    while let Some(&next) = ready.iter().take(WINDOW).min_by_key(|&&i| (tally.change(i as usize), i)) {
        ready.remove(&next);
        tally.run(next as usize);
        order.push(next);
        for &after in edges.after(next as usize) {
            waiting[after as usize] -= 1;
            if waiting[after as usize] == 0 {
                ready.insert(after);
            }
        }
    }
    (order.len() == count).then_some(order)
}

/// What must go after what.
struct Edges {
    starts: Vec<u32>,
    to: Vec<u32>,
}

impl Edges {
    fn new(lowered: &Lowered, replaced: &[Replaced]) -> Edges {
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        let mut writer: Vec<Option<u32>> = vec![None; lowered.buffers.len()];
        let mut readers: Vec<Vec<u32>> = vec![Vec::new(); lowered.buffers.len()];
        let mut first_writer: FxHashMap<BufferId, u32> = FxHashMap::default();
        for (i, step) in lowered.steps.iter().enumerate() {
            let i = i as u32;
            for b in step.reads() {
                pairs.extend(writer[b.0 as usize].map(|w| (w, i)));
                readers[b.0 as usize].push(i);
            }
            for b in step.writes() {
                pairs.extend(writer[b.0 as usize].map(|w| (w, i)));
                // Readers of constants and inputs have no writer after them.
                pairs.extend(readers[b.0 as usize].drain(..).map(|r| (r, i)));
                writer[b.0 as usize] = Some(i);
                first_writer.entry(b).or_insert(i);
            }
        }
        for pair in replaced {
            let Some(&w) = first_writer.get(&pair.new) else { continue };
            // Nobody writes what is replaced, so all its readers are still listed.
            pairs.extend(readers[pair.old.0 as usize].iter().map(|&r| (r, w)));
        }
        pairs.retain(|(a, b)| a != b);
        pairs.sort_unstable();
        pairs.dedup();
        let mut starts = vec![0; lowered.steps.len() + 1];
        pairs.iter().for_each(|(a, _)| starts[*a as usize + 1] += 1);
        (1..starts.len()).for_each(|i| starts[i] += starts[i - 1]);
        Edges { starts, to: pairs.into_iter().map(|(_, b)| b).collect() }
    }

    fn after(&self, step: usize) -> &[u32] {
        &self.to[self.starts[step] as usize..self.starts[step + 1] as usize]
    }
}

/// What each step adds to the memory in use.
struct Tally<'l> {
    lowered: &'l Lowered,
    /// Steps that still need each buffer.
    needed: Vec<u32>,
    begun: Vec<bool>,
}

impl<'l> Tally<'l> {
    fn new(lowered: &'l Lowered) -> Tally<'l> {
        let mut needed = vec![0; lowered.buffers.len()];
        for step in &lowered.steps {
            touched(step).into_iter().for_each(|b| needed[b.0 as usize] += 1);
        }
        Tally { lowered, needed, begun: vec![false; lowered.buffers.len()] }
    }

    fn change(&self, step: usize) -> isize {
        let bytes = |b: &BufferId| {
            let buffer = &self.lowered.buffers[b.0 as usize];
            if !matches!(buffer.origin, Origin::Temporary) {
                return 0;
            }
            let size = buffer.ty.bytes() as isize;
            let (begins, ends) = (!self.begun[b.0 as usize], self.needed[b.0 as usize] == 1);
            isize::from(begins) * size - isize::from(ends) * size
        };
        touched(&self.lowered.steps[step]).iter().map(bytes).sum()
    }

    fn run(&mut self, step: usize) {
        for b in touched(&self.lowered.steps[step]) {
            self.begun[b.0 as usize] = true;
            self.needed[b.0 as usize] -= 1;
        }
    }
}

/// The buffers of a step, each once.
fn touched(step: &super::step::Step) -> smallvec::SmallVec<[BufferId; 8]> {
    let mut all: smallvec::SmallVec<[BufferId; 8]> = step.reads().into_iter().chain(step.writes()).collect();
    all.sort_unstable();
    all.dedup();
    all
}
