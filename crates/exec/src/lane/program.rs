//! A straight-line program in static single assignment, and the streams of elements that it reads and writes.
//!
//! Always holds: instruction `i` defines value `i` (none for `Store`, `Accumulate`, `Reduce`), operands are older, and
//! instructions run in their order: a store may change what a later load of the same memory sees.

use wengert_expr::{Binary, Comparison, DType, Reduction, Unary};

/// What an instruction does. Elementwise operations mean what their rows say.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Op {
    /// The constant whose bits are entry `args[0]` of the table.
    Constant,
    /// The element of stream `args[0]`.
    Load,
    /// Of `args[0]`.
    Unary(Unary),
    /// The derivative of order `args[1]` of the digamma function at `args[0]`.
    Polygamma,
    /// Of `args[0]` and `args[1]`.
    Binary(Binary),
    /// Of `args[0]` and `args[1]`, giving a truth value.
    Compare(Comparison),
    /// `args[1]` where `args[0]` is true, else `args[2]`.
    Select,
    /// `args[0]` in the instruction's dtype.
    Cast,
    /// `args[0] * args[1] + args[2]`, rounded once. Only relaxed compilation makes it.
    MulAdd,
    /// Puts `args[0]` into the element of stream `args[1]`.
    Store,
    /// Folds `args[0]` into the element of stream `args[1]`: `out = fold(out, value)`, element by element.
    Accumulate(Reduction),
    /// Folds `args[0]` over a row's elements, and the result into the row's one element of stream `args[1]`.
    Reduce(Reduction),
}

/// One instruction. Its dtype is that of what it defines; of what it stores or folds, if it defines nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Inst {
    pub(crate) op: Op,
    pub(crate) dtype: DType,
    pub(crate) args: [u32; 3],
}

impl Inst {
    /// The values that it reads.
    pub(crate) fn operands(&self) -> &[u32] {
        let count = match self.op {
            Op::Constant | Op::Load => 0,
            Op::Unary(_) | Op::Polygamma | Op::Cast | Op::Store | Op::Accumulate(_) | Op::Reduce(_) => 1,
            Op::Binary(_) | Op::Compare(_) => 2,
            Op::Select | Op::MulAdd => 3,
        };
        &self.args[..count]
    }

    /// The stream that it reads or writes.
    pub(crate) fn stream(&self) -> Option<usize> {
        match self.op {
            Op::Load => Some(self.args[0] as usize),
            Op::Store | Op::Accumulate(_) | Op::Reduce(_) => Some(self.args[1] as usize),
            _ => None,
        }
    }

    /// True if it defines a value.
    pub(crate) fn defines(&self) -> bool {
        !matches!(self.op, Op::Store | Op::Accumulate(_) | Op::Reduce(_))
    }
}

/// How a stream moves from one element of a row to the next.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Access {
    /// One element for the whole row.
    Uniform,
    /// Neighbours in memory.
    Contiguous,
    /// Any distance, the cursor's `step`.
    Strided,
}

/// Elements in memory: truth values are bytes 0 and 1, everything else lies in its own size and is aligned to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Stream {
    pub(crate) dtype: DType,
    pub(crate) access: Access,
}

/// A program.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Program {
    pub(crate) insts: Vec<Inst>,
    /// The bits of each constant; an `f32` in the low half, a truth value as 0 or 1.
    pub(crate) constants: Vec<u64>,
    pub(crate) streams: Vec<Stream>,
}

impl Program {
    /// How many elements fill 64 bytes: 8 if a value or stream has 64 bits, else 16.
    pub(crate) fn lanes(&self) -> usize {
        let wide = |d: DType| matches!(d, DType::F64 | DType::I64);
        let any = self.insts.iter().any(|i| wide(i.dtype)) || self.streams.iter().any(|s| wide(s.dtype));
        if any { 8 } else { 16 }
    }

    /// How many partial results a `Reduce` keeps: element `i` of a row goes to number `i % accumulators`. They start as the
    /// fold's identity and are folded in halves, number `j` with number `j + half`. More than one vector of them hides the
    /// latency of an addition where a program does little else.
    pub(crate) fn accumulators(&self) -> usize {
        const SHORT: usize = 6;
        let busy = self.insts.iter().filter(|i| !matches!(i.op, Op::Constant | Op::Load)).count();
        self.lanes() * if busy <= SHORT { 4 } else { 1 }
    }

    /// The streams from which and to which elements go, and their dtype, if the program does nothing but move them.
    pub(crate) fn moves(&self) -> Option<(usize, usize, DType)> {
        let [load, store] = &*self.insts else { return None };
        let only = load.op == Op::Load && store.op == Op::Store;
        only.then_some((load.stream()?, store.stream()?, load.dtype))
    }

    /// Adds an instruction and returns the number of its value.
    pub(crate) fn push(&mut self, op: Op, dtype: DType, args: &[u32]) -> u32 {
        let mut all = [0; 3];
        all[..args.len()].copy_from_slice(args);
        self.insts.push(Inst { op, dtype, args: all });
        self.insts.len() as u32 - 1
    }

    /// Adds a constant.
    pub(crate) fn constant(&mut self, dtype: DType, bits: u64) -> u32 {
        let entry = self.constants.iter().position(|&c| c == bits).unwrap_or_else(|| {
            self.constants.push(bits);
            self.constants.len() - 1
        });
        self.push(Op::Constant, dtype, &[entry as u32])
    }

    /// Adds a stream.
    pub(crate) fn stream(&mut self, dtype: DType, access: Access) -> u32 {
        self.streams.push(Stream { dtype, access });
        self.streams.len() as u32 - 1
    }
}
