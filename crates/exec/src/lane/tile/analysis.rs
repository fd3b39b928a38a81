//! What must be known of a program's values before they are placed: which are uniform, how often each is made, how long it is
//! needed, and whether it may lie in a stream's memory.

use super::functions::Function;
use super::isa::Isa;
use crate::lane::{Access, Inst, Op, Program};

/// How often a step is done.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Level {
    Once,
    Row,
    Tile,
}

/// What is known about an instruction and its value.
#[derive(Clone, Debug)]
pub(super) struct Fact {
    /// Whether its elements are all equal.
    pub(super) uniform: bool,
    pub(super) level: Level,
    /// The last instruction that reads it, itself if none does; none if it is kept: for steps of another level, or, if it is
    /// uniform but loaded after a store, for later tiles of the row.
    pub(super) last: Option<usize>,
    /// The stream in whose memory it may lie.
    pub(super) stream: Option<u32>,
    /// What computes it.
    pub(super) function: Option<Function>,
}

/// A program seen as tiles of a row; or, if `packed`, of several rows, where what is uniform in a row is not in a tile.
pub(super) struct Analysis<'a> {
    pub(super) program: &'a Program,
    pub(super) packed: bool,
}

impl Analysis<'_> {
    /// The facts of every instruction.
    pub(super) fn facts(&self, isa: Isa) -> Vec<Fact> {
        let insts = &self.program.insts;
        let mut facts: Vec<Fact> = Vec::with_capacity(insts.len());
        let mut written = false;
        for inst in insts {
            let (uniform, level) = self.kind(inst, &facts, written);
            let function =
                inst.operands().first().and_then(|&o| Function::of(inst, insts[o as usize].dtype, isa));
            facts.push(Fact { uniform, level, last: None, stream: None, function });
            written |= !inst.defines();
        }
        self.lifetimes(&mut facts);
        self.stored_at_once(&mut facts);
        self.read_in_place(&mut facts);
        facts
    }

    /// Whether a value is uniform, and how often it is made: not before a store that it might see.
    fn kind(&self, inst: &Inst, facts: &[Fact], written: bool) -> (bool, Level) {
        match inst.op {
            Op::Constant => (true, Level::Once),
            Op::Load => {
                let uniform = !self.packed && self.access(inst.args[0]) == Access::Uniform;
                (uniform, if uniform && !written { Level::Row } else { Level::Tile })
            }
            Op::Store | Op::Accumulate(_) | Op::Reduce(_) => (false, Level::Tile),
            Op::Unary(_)
            | Op::Polygamma
            | Op::Binary(_)
            | Op::Compare(_)
            | Op::Select
            | Op::Cast
            | Op::MulAdd => {
                let operands = || inst.operands().iter().map(|&o| &facts[o as usize]);
                let level = operands().map(|f| f.level).max().unwrap_or(Level::Once);
                (operands().all(|f| f.uniform), level)
            }
        }
    }

    fn access(&self, stream: u32) -> Access {
        self.program.streams[stream as usize].access
    }

    fn lifetimes(&self, facts: &mut [Fact]) {
        let mut kept = vec![false; facts.len()];
        for (i, inst) in self.program.insts.iter().enumerate() {
            facts[i].last = Some(i);
            for o in inst.operands().iter().map(|&o| o as usize) {
                kept[o] |= facts[o].level != facts[i].level;
                kept[o] |= facts[o].uniform && facts[o].level == Level::Tile;
                facts[o].last = Some(i).filter(|_| !kept[o]);
            }
        }
    }

    /// Values that can be computed right into the stream that they are stored to: nothing is loaded or written in between,
    /// and nothing else is ever written there.
    fn stored_at_once(&self, facts: &mut [Fact]) {
        let insts = &self.program.insts;
        let mut writes = vec![0; self.program.streams.len()];
        for inst in insts.iter().filter(|inst| !inst.defines()) {
            writes[inst.args[1] as usize] += 1;
        }
        // The last instruction so far that loads or writes.
        let mut touched = None;
        for (i, inst) in insts.iter().enumerate() {
            let (value, stream) = (inst.args[0] as usize, inst.args[1]);
            if inst.op == Op::Store {
                let fact = &mut facts[value];
                let computed = fact.function.is_some() && !fact.uniform;
                let quiet = touched.is_none_or(|t| t < value);
                if computed && quiet && writes[stream as usize] == 1 && self.access(stream) != Access::Uniform
                {
                    fact.stream = Some(stream);
                }
            }
            if inst.op == Op::Load || !inst.defines() {
                touched = Some(i);
            }
        }
    }

    /// Values that can be read where they were loaded from: nothing is written before they are last read. What is written by
    /// their last reader itself comes chunk by chunk after what is read.
    fn read_in_place(&self, facts: &mut [Fact]) {
        let insts = &self.program.insts;
        let writes = |i: usize| !insts[i].defines() || facts[i].stream.is_some();
        let mut before = vec![0; insts.len() + 1];
        for i in 0..insts.len() {
            before[i + 1] = before[i] + usize::from(writes(i));
        }
        for (i, inst) in insts.iter().enumerate().filter(|(_, inst)| inst.op == Op::Load) {
            let Some(last) = facts[i].last.filter(|_| self.access(inst.args[0]) != Access::Uniform) else {
                continue;
            };
            let chunks = facts[last].function.as_ref().is_none_or(Function::overwrites);
            let end = if chunks { last } else { last + 1 };
            if before[end] == before[i] {
                facts[i].stream = Some(inst.args[0]);
            }
        }
    }
}
