//! A program as groups of like instructions, with where their operands and results lie.
//!
//! Always holds: every place is within the working memory, and holds a value of the right dtype that was written before.

use super::fused::{Fused, Run, fused};
use super::layout::{Fate, Layout, ONE, size};
use super::order::{Form, Kind, Scheduler};
use super::sums::{Sums, Term};
use crate::lane::tile::{Fold, accumulate, check, reduce};
use crate::lane::{Access, Function, Isa, Op, Program, identity};
use std::ops::Range;

/// Where an operand's values are: from the place on, each a step from the one before; or in the array at the place, where a list
/// of the code says.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Source {
    /// In bytes from the start of the working memory.
    pub(super) place: usize,
    pub(super) list: Option<usize>,
    /// In elements: 1, or 0 where all are one value.
    pub(super) step: usize,
    pub(super) size: usize,
}

/// How a group is computed.
#[derive(Clone, Debug)]
pub(super) enum Call {
    /// By one loop.
    Fused(Fused),
    /// By fetching operands for tiles of the function.
    Tiles(Function),
}

/// Like instructions that are ready together. Their results are neighbours.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) call: Call,
    pub(super) count: usize,
    pub(super) out: usize,
    pub(super) size: usize,
    pub(super) sources: [Source; 3],
    pub(super) arity: usize,
    /// Of sums, how many have how many terms.
    pub(super) runs: Range<usize>,
}

/// A value that is read from a stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load {
    pub(super) stream: u32,
    pub(super) place: usize,
    pub(super) size: usize,
}

/// A value that is written to a stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct Write {
    pub(super) stream: u32,
    pub(super) place: usize,
    pub(super) size: usize,
    /// How it is folded into what is there, and what folds start with.
    pub(super) fold: Option<(Fold, u64)>,
}

/// A part of the program: first it reads from streams, then it computes, then it writes to streams.
#[derive(Clone, Debug)]
pub(super) struct Window {
    pub(super) loads: Range<usize>,
    pub(super) groups: Range<usize>,
    pub(super) writes: Range<usize>,
}

/// A program ready to run.
#[derive(Debug, Default)]
pub(super) struct Code {
    pub(super) streams: usize,
    pub(super) windows: Vec<Window>,
    pub(super) loads: Vec<Load>,
    pub(super) groups: Vec<Group>,
    pub(super) writes: Vec<Write>,
    pub(super) runs: Vec<Run>,
    /// Numbers of cells in their arrays.
    pub(super) lists: Vec<u32>,
    /// The bytes of constants, and where they belong.
    pub(super) constants: Vec<(usize, Vec<u8>)>,
    pub(super) scratch: usize,
}

impl Code {
    /// Groups the instructions of a program, in windows of so many.
    pub(super) fn new(program: &Program, isa: Isa, window: usize) -> Code {
        check(program);
        assert!(
            program.streams.iter().all(|s| s.access == Access::Uniform),
            "a scalar program's streams are uniform"
        );
        let cuts = cuts(program, window);
        let facts = Facts::new(program, &cuts);
        let sums = Sums::new(program, &facts.uses, |i| facts.window[i]);
        let code = Code { streams: program.streams.len(), ..Code::default() };
        let layout = Layout::new(program, &cuts, |i| facts.fate(program, &sums, i));
        let mut writer = Writer { program, isa, facts: &facts, sums: &sums, layout, code };
        let mut scheduler = Scheduler::new(program, &sums);
        for cut in cuts.windows(2) {
            writer.window(&mut scheduler, cut[0]..cut[1]);
        }
        writer.finish()
    }

    /// How many instructions the groups hold.
    pub(super) fn instructions(&self) -> usize {
        self.groups.iter().map(|g| g.count).sum()
    }
}

/// Where windows start and end: after so many instructions, and before a load that follows a store.
fn cuts(program: &Program, window: usize) -> Vec<usize> {
    let mut cuts = vec![0];
    let (mut start, mut written) = (0, false);
    for (i, inst) in program.insts.iter().enumerate() {
        if i - start == window || (inst.op == Op::Load && written) {
            cuts.push(i);
            (start, written) = (i, false);
        }
        written |= !inst.defines();
    }
    cuts.push(program.insts.len());
    cuts
}

/// What is known about the instructions of a program.
struct Facts {
    /// How many operands each value is.
    uses: Vec<u32>,
    window: Vec<u32>,
    /// Whether a value is read in a later window.
    kept: Vec<bool>,
}

impl Facts {
    fn new(program: &Program, cuts: &[usize]) -> Facts {
        let n = program.insts.len();
        let mut facts = Facts { uses: vec![0; n], window: vec![0; n], kept: vec![false; n] };
        for (w, cut) in cuts.windows(2).enumerate() {
            facts.window[cut[0]..cut[1]].fill(w as u32);
            for i in cut[0]..cut[1] {
                for &o in program.insts[i].operands() {
                    facts.uses[o as usize] += 1;
                    facts.kept[o as usize] |= (o as usize) < cut[0];
                }
            }
        }
        facts
    }

    fn fate(&self, program: &Program, sums: &Sums, i: usize) -> Fate {
        let inst = &program.insts[i];
        if inst.op == Op::Constant || !inst.defines() || sums.absorbed(i) {
            Fate::None
        } else if self.kept[i] {
            Fate::Kept
        } else {
            Fate::Own
        }
    }
}

struct Writer<'a> {
    program: &'a Program,
    isa: Isa,
    facts: &'a Facts,
    sums: &'a Sums,
    layout: Layout,
    code: Code,
}

const TYPED: &str = "a program's instructions fit their operands";

impl Writer<'_> {
    fn window(&mut self, scheduler: &mut Scheduler<'_>, insts: Range<usize>) {
        self.layout.begin();
        let starts = (self.code.loads.len(), self.code.groups.len(), self.code.writes.len());
        for i in insts.clone().filter(|&i| self.program.insts[i].op == Op::Load) {
            self.load(i);
        }
        let (mut own, mut kept) = (Vec::new(), Vec::new());
        scheduler.window(insts.start, insts.end, |kind, group| {
            own.clear();
            kept.clear();
            for &i in group {
                if self.facts.kept[i as usize] { kept.push(i) } else { own.push(i) }
            }
            self.group(kind, &mut own, false);
            self.group(kind, &mut kept, true);
        });
        for i in insts.filter(|&i| !self.program.insts[i].defines()) {
            self.write(i);
        }
        self.code.windows.push(Window {
            loads: starts.0..self.code.loads.len(),
            groups: starts.1..self.code.groups.len(),
            writes: starts.2..self.code.writes.len(),
        });
    }

    fn load(&mut self, i: usize) {
        let inst = &self.program.insts[i];
        self.layout.take(i, inst.dtype, self.facts.kept[i]);
        let place = self.layout.place(i, inst.dtype);
        self.code.loads.push(Load { stream: inst.args[0], place, size: size(inst.dtype) });
    }

    fn write(&mut self, i: usize) {
        let inst = &self.program.insts[i];
        let fold = match inst.op {
            Op::Accumulate(by) => Some((accumulate(self.isa, by, inst.dtype).expect(TYPED), 0)),
            Op::Reduce(by) => {
                let width = self.program.accumulators();
                Some((reduce(self.isa, by, inst.dtype, width).expect(TYPED), identity(by, inst.dtype)))
            }
            _ => None,
        };
        let place = self.layout.place(inst.args[0] as usize, inst.dtype);
        self.code.writes.push(Write { stream: inst.args[1], place, size: size(inst.dtype), fold });
    }

    fn group(&mut self, kind: Kind, insts: &mut [u32], kept: bool) {
        let Some(&first) = insts.first() else { return };
        let inst = self.program.insts[first as usize];
        let mut sources = [Source::default(); 3];
        let mut arity = inst.operands().len();
        let start = self.code.runs.len();
        if kind.form == Form::One {
            for (p, source) in sources.iter_mut().enumerate().take(arity) {
                *source = self.operand(insts, p);
            }
        } else {
            sources[0] = self.terms(insts, kind);
            arity = 1;
        }
        for &i in &*insts {
            self.layout.take(i as usize, kind.dtype, kept);
        }
        let call = match fused(kind, sources.map(|s| s.list.is_some())) {
            Some(fused) => Call::Fused(fused),
            None => Call::Tiles(Function::of(&inst, kind.from, self.isa).expect(TYPED)),
        };
        let out = self.layout.place(insts[0] as usize, kind.dtype);
        let (size, runs) = (size(kind.dtype), start..self.code.runs.len());
        self.code.groups.push(Group { call, count: insts.len(), out, size, sources, arity, runs });
    }

    /// Where operand `p` of each instruction is.
    fn operand(&mut self, insts: &[u32], p: usize) -> Source {
        let of = |i: u32| self.program.insts[i as usize].args[p] as usize;
        let first = of(insts[0]);
        let dtype = self.program.insts[first].dtype;
        let list = self.code.lists.len();
        self.code.lists.extend(insts.iter().map(|&i| self.layout.cells[of(i)]));
        let cells = &self.code.lists[list..];
        let stepped = |step: u32| cells.iter().zip(0..).all(|(&c, i)| c == cells[0].wrapping_add(i * step));
        let Some(step) = [1, 0].into_iter().find(|&step| stepped(step)) else {
            return Source { place: self.layout.start(dtype), list: Some(list), step: 0, size: size(dtype) };
        };
        self.code.lists.truncate(list);
        Source { place: self.layout.place(first, dtype), list: None, step: step as usize, size: size(dtype) }
    }

    /// Puts sums with as many terms side by side, and lists where their terms are.
    fn terms(&mut self, insts: &mut [u32], kind: Kind) -> Source {
        let list = self.code.lists.len();
        let terms = |i: &u32| self.sums.terms(*i as usize);
        insts.sort_by_key(terms);
        for run in insts.chunk_by(|i, j| terms(i) == terms(j)) {
            let (sums, terms) = (run.len() as u32, self.sums.terms(run[0] as usize));
            self.code.runs.push(Run { sums, terms });
            match kind.form {
                Form::One | Form::Sum => self.values(run, terms as usize),
                Form::Products => self.products(run, terms as usize),
            }
        }
        Source { place: self.layout.start(kind.dtype), list: Some(list), step: 0, size: size(kind.dtype) }
    }

    fn values(&mut self, run: &[u32], terms: usize) {
        let list = self.code.lists.len();
        self.code.lists.resize(list + run.len() * terms, 0);
        for (s, &i) in run.iter().enumerate() {
            let mut at = list + run.len() * terms + s;
            self.sums.each_term(self.program, i as usize, |term| {
                at -= run.len();
                if let Term::Value(o) = term {
                    self.code.lists[at] = self.layout.cells[o as usize];
                }
            });
        }
    }

    /// A value is a product of itself and one: just the same bits.
    fn products(&mut self, run: &[u32], terms: usize) {
        let list = self.code.lists.len();
        self.code.lists.resize(list + run.len() * terms * 2, 0);
        for (s, &i) in run.iter().enumerate() {
            let mut at = list + run.len() * terms * 2 + s;
            self.sums.each_term(self.program, i as usize, |term| {
                at -= 2 * run.len();
                let (a, b) = match term {
                    Term::Value(o) => (self.layout.cells[o as usize], ONE),
                    Term::Product(a, b) => (self.layout.cells[a as usize], self.layout.cells[b as usize]),
                };
                self.code.lists[at] = a;
                self.code.lists[at + run.len()] = b;
            });
        }
    }

    fn finish(self) -> Code {
        Code { constants: self.layout.constants, scratch: self.layout.total, ..self.code }
    }
}
