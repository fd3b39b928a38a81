//! The order of a window's instructions: those that are ready and alike together, first the kind that most waits for.
//!
//! That is the kind of the instruction with the longest way to the end (Hu's rule); what nothing waits for gathers meanwhile.
//!
//! A program is cut into windows, so that what an instruction reads was mostly written not long before and is still in the
//! cache; within one the order is free.

use super::sums::Sums;
use crate::lane::{Op, Program};
use rustc_hash::FxHashMap;
use wengert_expr::DType;

/// Instructions of a window, unless told otherwise.
pub(super) const WINDOW: usize = 1 << 16;

/// What instructions of a group have in common.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Kind {
    pub(super) op: Op,
    pub(super) dtype: DType,
    /// The first operand's.
    pub(super) from: DType,
    pub(super) form: Form,
    /// The order of a polygamma function.
    pub(super) order: u32,
}

/// What a group's instructions stand for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Form {
    /// Just what they are.
    One,
    /// Sums of two or more values, not all of as many.
    Sum,
    /// Sums some of whose terms are products.
    Products,
}

/// Numbers of kinds.
#[derive(Debug, Default)]
pub(super) struct Kinds {
    pub(super) all: Vec<Kind>,
    numbers: FxHashMap<Kind, u32>,
}

impl Kinds {
    fn number(&mut self, kind: Kind) -> u32 {
        *self.numbers.entry(kind).or_insert_with(|| {
            self.all.push(kind);
            self.all.len() as u32 - 1
        })
    }
}

/// Where the instructions of a program stand.
#[derive(Debug)]
pub(super) struct Scheduler<'a> {
    pub(super) program: &'a Program,
    pub(super) sums: &'a Sums,
    pub(super) kinds: Kinds,
    /// Instructions that are ready, by their kind, and the height of the highest one of each.
    ready: Vec<Vec<u32>>,
    highest: Vec<u32>,
    /// For instructions of the window: their kind, how many operands are not ready, and where their readers are listed.
    kind: Vec<u32>,
    pending: Vec<u32>,
    starts: Vec<u32>,
    readers: Vec<u32>,
    /// The number of instructions on the longest way to one that nobody of the window reads.
    height: Vec<u32>,
}

impl<'a> Scheduler<'a> {
    pub(super) fn new(program: &'a Program, sums: &'a Sums) -> Scheduler<'a> {
        Scheduler {
            program,
            sums,
            kinds: Kinds::default(),
            ready: Vec::new(),
            highest: Vec::new(),
            height: Vec::new(),
            kind: Vec::new(),
            pending: Vec::new(),
            starts: Vec::new(),
            readers: Vec::new(),
        }
    }

    /// True if the instruction computes something in a group.
    fn computes(&self, i: usize) -> bool {
        let inst = &self.program.insts[i];
        !matches!(inst.op, Op::Constant | Op::Load) && inst.defines() && !self.sums.absorbed(i)
    }

    fn kind_of(&mut self, i: usize) -> u32 {
        let inst = self.program.insts[i];
        let from = self.program.insts[inst.args[0] as usize].dtype;
        let order = if inst.op == Op::Polygamma { inst.args[1] } else { 0 };
        let form = match (self.sums.terms(i), self.sums.products(i)) {
            (0, _) => Form::One,
            (_, false) => Form::Sum,
            (_, true) => Form::Products,
        };
        self.kinds.number(Kind { op: inst.op, dtype: inst.dtype, from, form, order })
    }

    /// Orders the instructions from `start` to `end` and calls with each group: its kind, and its instructions.
    pub(super) fn window(&mut self, start: usize, end: usize, mut each: impl FnMut(Kind, &[u32])) {
        self.link(start, end);
        let mut group = Vec::new();
        loop {
            let next = (0..self.ready.len()).max_by_key(|&k| (self.highest[k], self.ready[k].len()));
            let Some(kind) = next.filter(|&k| !self.ready[k].is_empty()) else { return };
            group.clear();
            group.append(&mut self.ready[kind]);
            self.highest[kind] = 0;
            each(self.kinds.all[kind], &group);
            for &i in &group {
                let at = i as usize - start;
                for reader in self.starts[at]..self.starts[at + 1] {
                    let reader = self.readers[reader as usize];
                    let pending = &mut self.pending[reader as usize];
                    *pending -= 1;
                    if *pending == 0 {
                        self.make_ready(start, reader as usize);
                    }
                }
            }
        }
    }

    fn make_ready(&mut self, start: usize, at: usize) {
        let kind = self.kind[at] as usize;
        self.ready[kind].push((start + at) as u32);
        self.highest[kind] = self.highest[kind].max(self.height[at]);
    }

    /// Finds the readers of each instruction of the window, and which ones are ready.
    fn link(&mut self, start: usize, end: usize) {
        let (program, sums) = (self.program, self.sums);
        let len = end - start;
        for list in [&mut self.kind, &mut self.pending, &mut self.starts, &mut self.height] {
            list.clear();
            list.resize(len + 1, 0);
        }
        for i in start..end {
            if !self.computes(i) {
                continue;
            }
            self.kind[i - start] = self.kind_of(i);
            sums.each_operand(program, i, |o| {
                let o = o as usize;
                if o >= start && self.computes(o) {
                    self.starts[o - start] += 1;
                    self.pending[i - start] += 1;
                }
            });
        }
        self.ready.resize_with(self.kinds.all.len(), Vec::new);
        self.highest.resize(self.kinds.all.len(), 0);
        let mut total = 0;
        for start in &mut self.starts {
            total += *start;
            *start = total;
        }
        self.readers.clear();
        self.readers.resize(total as usize, 0);
        for i in (start..end).rev() {
            if !self.computes(i) {
                continue;
            }
            self.height[i - start] += 1;
            let height = self.height[i - start];
            sums.each_operand(program, i, |o| {
                let o = o as usize;
                if o >= start && self.computes(o) {
                    self.starts[o - start] -= 1;
                    self.readers[self.starts[o - start] as usize] = (i - start) as u32;
                    self.height[o - start] = self.height[o - start].max(height);
                }
            });
        }
        for i in start..end {
            if self.computes(i) && self.pending[i - start] == 0 {
                self.make_ready(start, i - start);
            }
        }
    }
}
