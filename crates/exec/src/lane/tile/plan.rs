//! How a program runs over tiles: which steps are done once, once a row and once a tile, and where values lie.
//!
//! Always holds: a value lies in a slot of its own from its step to its last use; or in a stream's memory, if nothing is
//! written there meanwhile but by the value's own step or its last use. Whole chunks of it can be read and written.

use super::analysis::{Analysis, Fact, Level};
use super::fold::{Fold, accumulate, reduce};
use super::functions::Function;
use super::isa::Isa;
use super::slots::{CHUNK, Slots, tile};
use crate::lane::{Inst, Op, Program, identity};
use wengert_expr::DType;

/// Where a value lies.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Site {
    /// In bytes from the start of the working memory.
    pub(super) slot: usize,
    /// The stream in whose memory it lies instead, where elements are neighbours and the tile is made of whole chunks.
    pub(super) stream: Option<u32>,
    /// 1, or 0 for a uniform value: one chunk of equal elements.
    pub(super) step: usize,
    /// The bytes of an element.
    pub(super) size: usize,
}

impl Site {
    fn bytes(&self) -> usize {
        if self.step == 0 { CHUNK } else { tile(self.size) }
    }
}

/// What is done to a tile.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Constant { bits: u64, out: Site },
    Load { stream: u32, out: Site },
    Compute { function: Function, operands: [Site; 3], arity: usize, out: Site },
    Store { value: Site, stream: u32 },
    Accumulate { fold: Fold, value: Site, stream: u32 },
    Reduce { fold: Fold, value: Site, stream: u32, state: usize, identity: u64 },
}

/// Steps in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    pub(super) once: Vec<Step>,
    pub(super) row: Vec<Step>,
    pub(super) tile: Vec<Step>,
    /// Bytes of working memory.
    pub(super) scratch: usize,
}

/// The bytes of an element.
pub(super) fn size(dtype: DType) -> usize {
    match dtype {
        DType::Bool => 1,
        DType::F32 => 4,
        DType::I64 | DType::F64 => 8,
    }
}

impl Plan {
    /// Plans tiles that are parts of a row; or, if `packed`, several rows.
    ///
    /// # Panics
    /// If an instruction has operands that its operation is not for: what makes programs checks types.
    pub(super) fn new(program: &Program, isa: Isa, packed: bool) -> Plan {
        let facts = Analysis { program, packed }.facts(isa);
        let sites = vec![Site::default(); facts.len()];
        let mut placing = Placing { program, facts, isa, sites, slots: Slots::default() };
        Plan {
            once: placing.steps(Level::Once),
            row: placing.steps(Level::Row),
            tile: placing.steps(Level::Tile),
            scratch: placing.slots.total(),
        }
    }
}

struct Placing<'a> {
    program: &'a Program,
    facts: Vec<Fact>,
    isa: Isa,
    sites: Vec<Site>,
    slots: Slots,
}

impl Placing<'_> {
    fn steps(&mut self, level: Level) -> Vec<Step> {
        let insts = self.program.insts.iter().enumerate();
        let mut steps = Vec::new();
        for (i, inst) in insts {
            if self.facts[i].level == level {
                steps.push(self.step(i, inst));
            }
        }
        steps
    }

    fn step(&mut self, i: usize, inst: &Inst) -> Step {
        const TYPED: &str = "a program's instructions fit their operands";
        let program = self.program;
        let value = || self.sites[inst.args[0] as usize];
        match inst.op {
            Op::Constant => {
                let bits = program.constants[inst.args[0] as usize];
                Step::Constant { bits, out: self.define(i, inst) }
            }
            Op::Load => Step::Load { stream: inst.args[0], out: self.define(i, inst) },
            Op::Store => {
                let step = Step::Store { value: value(), stream: inst.args[1] };
                self.release(i, inst);
                step
            }
            Op::Accumulate(fold) => {
                let fold = accumulate(self.isa, fold, inst.dtype).expect(TYPED);
                let step = Step::Accumulate { fold, value: value(), stream: inst.args[1] };
                self.release(i, inst);
                step
            }
            Op::Reduce(by) => {
                let fold = reduce(self.isa, by, inst.dtype, program.accumulators()).expect(TYPED);
                let (value, identity) = (value(), identity(by, inst.dtype));
                let state = self.slots.fresh(64 * 8);
                self.release(i, inst);
                Step::Reduce { fold, value, stream: inst.args[1], state, identity }
            }
            Op::Unary(_)
            | Op::Polygamma
            | Op::Binary(_)
            | Op::Compare(_)
            | Op::Select
            | Op::Cast
            | Op::MulAdd => {
                let function = self.facts[i].function.clone().expect(TYPED);
                let mut operands = [Site::default(); 3];
                for (site, &o) in operands.iter_mut().zip(inst.operands()) {
                    *site = self.sites[o as usize];
                }
                let overwrites = function.overwrites();
                if overwrites {
                    self.release(i, inst);
                }
                let out = self.define(i, inst);
                if !overwrites {
                    self.release(i, inst);
                }
                Step::Compute { function, operands, arity: inst.operands().len(), out }
            }
        }
    }

    /// Room for what the instruction defines.
    fn define(&mut self, i: usize, inst: &Inst) -> Site {
        let fact = &self.facts[i];
        let step = usize::from(!fact.uniform);
        let mut site = Site { slot: 0, stream: fact.stream, step, size: size(inst.dtype) };
        // What is kept for later tiles must not lie where earlier steps of those write.
        let kept = fact.uniform && fact.level == Level::Tile;
        site.slot = if kept { self.slots.fresh(site.bytes()) } else { self.slots.take(site.bytes()) };
        self.sites[i] = site;
        if fact.last == Some(i) {
            self.slots.give(site.slot, site.bytes());
        }
        site
    }

    /// Gives back the room of operands that are not needed any more.
    fn release(&mut self, i: usize, inst: &Inst) {
        let operands = inst.operands();
        for (k, &o) in operands.iter().enumerate() {
            if self.facts[o as usize].last == Some(i) && !operands[..k].contains(&o) {
                let site = self.sites[o as usize];
                self.slots.give(site.slot, site.bytes());
            }
        }
    }
}
