//! What a function does when it runs: arithmetic, bytes moved, memory held. Counted from types, before anything runs.

use crate::function::Function;
use crate::op::Op;
use crate::ty::Type;
use std::iter::Sum;
use std::ops::Add;

/// Arithmetic on numbers. A change of sign, a comparison, a choice and a movement are none.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Work {
    /// Products.
    pub products: u64,
    /// Additions and subtractions.
    pub sums: u64,
    /// Quotients and functions like the sine.
    pub calls: u64,
}

impl Work {
    /// Everything together.
    pub fn flops(self) -> u64 {
        self.products.saturating_add(self.sums).saturating_add(self.calls)
    }
}

impl Add for Work {
    type Output = Work;
    fn add(self, other: Work) -> Work {
        Work {
            products: self.products.saturating_add(other.products),
            sums: self.sums.saturating_add(other.sums),
            calls: self.calls.saturating_add(other.calls),
        }
    }
}

impl Sum for Work {
    fn sum<I: Iterator<Item = Work>>(all: I) -> Work {
        all.fold(Work::default(), Add::add)
    }
}

/// What an operation does, from the types of its operands and of its result.
pub type WorkRule = fn(&Op, &[&Type], &Type) -> Work;

/// No arithmetic.
pub(crate) const NOTHING: WorkRule = |_, _, _| Work::default();

/// A product for each element.
pub(crate) const EACH_PRODUCT: WorkRule = |_, _, to| Work { products: size(to), ..Work::default() };

/// An addition for each element.
pub(crate) const EACH_SUM: WorkRule = |_, _, to| Work { sums: size(to), ..Work::default() };

/// A function for each element.
pub(crate) const EACH_CALL: WorkRule = |_, _, to| Work { calls: size(to), ..Work::default() };

/// Elements added up: one addition for each that goes in beyond those that come out.
pub(crate) const FOLDED_SUMS: WorkRule =
    |_, from, to| Work { sums: size(from[0]).saturating_sub(size(to)), ..Work::default() };

/// Elements multiplied: one product for each that goes in beyond those that come out.
pub(crate) const FOLDED_PRODUCTS: WorkRule =
    |_, from, to| Work { products: size(from[0]).saturating_sub(size(to)), ..Work::default() };

/// Elements added to what is there.
pub(crate) const ADDED: WorkRule = |_, from, _| Work { sums: size(from[0]), ..Work::default() };

fn size(ty: &Type) -> u64 {
    ty.shape.elements() as u64
}

/// What a whole function does in one run of the reference schedule: nodes in arena order, each value dropped after its
/// last use.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Workload {
    /// Arithmetic.
    pub work: Work,
    /// Bytes of operands read and of results written.
    pub bytes: u64,
    /// The most bytes of values held at any time.
    pub peak: u64,
    /// Nodes that are computed.
    pub nodes: u64,
}

impl Workload {
    /// Counts a function, without running it; time is linear in its size.
    pub fn of(function: &Function) -> Workload {
        let graph = function.graph();
        let live = function.live();
        let mut uses = vec![0u32; graph.len()];
        for node in graph.nodes().filter(|n| live[n.index()]) {
            graph.operands(node).iter().for_each(|o| uses[o.index()] += 1);
        }
        function.outputs().iter().for_each(|o| uses[o.node.index()] += 1);
        let mut load = Workload::default();
        let mut holding = 0u64;
        for node in graph.nodes().filter(|n| live[n.index()]) {
            let operands = graph.operands(node);
            let types: smallvec::SmallVec<[&Type; 4]> = operands.iter().map(|o| graph.ty(*o)).collect();
            holding = holding.saturating_add(load.step(graph.op(node), &types, graph.ty(node)));
            load.peak = load.peak.max(holding);
            for operand in operands {
                uses[operand.index()] -= 1;
                if uses[operand.index()] == 0 {
                    holding -= graph.ty(*operand).bytes() as u64;
                }
            }
        }
        load
    }

    /// Counts one node, and says how many bytes its value takes.
    pub fn step(&mut self, op: &Op, operands: &[&Type], ty: &Type) -> u64 {
        let written = ty.bytes() as u64;
        self.nodes += 1;
        self.work = self.work + (op.row().work)(op, operands, ty);
        if !operands.is_empty() {
            let read: u64 = operands.iter().map(|t| t.bytes() as u64).sum();
            self.bytes = self.bytes.saturating_add(read).saturating_add(written);
        }
        written
    }
}
