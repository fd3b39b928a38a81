//! What a plan is made of: steps over buffers.

use super::split::Split;
use crate::lane::Program;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use wengert_expr::{DType, NodeId, Op, Place, Reduction, Type};

/// A run of memory that holds one value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(crate) struct BufferId(pub(crate) u32);

/// Elements of a buffer: from an offset, at a stride along each axis of a step's space. In bytes.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Address {
    pub(crate) buffer: BufferId,
    pub(crate) offset: isize,
    pub(crate) strides: SmallVec<[isize; 4]>,
}

/// A step.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Step {
    Loop(Loop),
    Product(Product),
    Routine(Routine),
    Reference(Reference),
}

/// A lane program over all elements of a space.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Loop {
    pub(crate) program: Program,
    /// Where each stream of the program lies.
    pub(crate) streams: Vec<Address>,
    /// The extents of the space, outermost first; the last one is that of a row.
    pub(crate) extents: SmallVec<[usize; 4]>,
    /// What is set to the identity of a fold before the loop.
    pub(crate) fills: Vec<Fill>,
    /// The nodes that it computes.
    pub(crate) nodes: Vec<NodeId>,
    /// How it is cut into pieces that may run at the same time.
    pub(crate) split: Option<Split>,
    /// For each stream, bytes from one piece's part of it to the next, beyond what the strides say.
    pub(crate) pieces: Vec<isize>,
}

/// A buffer whose elements all get one value.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Fill {
    pub(crate) buffer: BufferId,
    pub(crate) elements: usize,
    pub(crate) dtype: DType,
    /// The fold of which it gets the identity.
    pub(crate) fold: Reduction,
}

/// A matrix that a product reads or writes. Strides in elements.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Matrix {
    pub(crate) buffer: BufferId,
    /// In elements.
    pub(crate) offset: isize,
    pub(crate) rows: isize,
    pub(crate) columns: isize,
}

/// What a product multiplies by.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Factor {
    /// A number.
    Constant(f64),
    /// The one element of a buffer, or its negative.
    Of { buffer: BufferId, offset: isize, negative: bool },
}

/// `c = factor * a @ b`, or `c += ...`, for every entry of batch axes.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Product {
    pub(crate) dtype: DType,
    /// Rows of `a`, columns of `a`, columns of `b`.
    pub(crate) extents: [usize; 3],
    pub(crate) a: Matrix,
    pub(crate) b: Matrix,
    pub(crate) c: Matrix,
    pub(crate) factor: Factor,
    pub(crate) accumulate: bool,
    /// Batch axes: the extent, and the strides of `a`, `b` and `c`, in elements.
    pub(crate) batch: SmallVec<[(usize, [isize; 3]); 1]>,
    pub(crate) node: NodeId,
}

/// An operation with a routine of its own, on dense row-major operands.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Routine {
    pub(crate) op: Op,
    pub(crate) operands: SmallVec<[(BufferId, Type); 2]>,
    pub(crate) to: (BufferId, Type),
    pub(crate) node: NodeId,
    pub(crate) place: Place,
}

/// An operation by its row's reference value, on dense row-major operands.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Reference(pub(crate) Routine);

impl Step {
    /// The buffers that it reads, each as often as it does.
    pub(crate) fn reads(&self) -> SmallVec<[BufferId; 4]> {
        match self {
            Step::Loop(l) => l.reads().collect(),
            Step::Product(p) => {
                let factor = match p.factor {
                    Factor::Of { buffer, .. } => Some(buffer),
                    Factor::Constant(_) => None,
                };
                let old = p.accumulate.then_some(p.c.buffer);
                [p.a.buffer, p.b.buffer].into_iter().chain(factor).chain(old).collect()
            }
            Step::Routine(r) | Step::Reference(Reference(r)) => r.operands.iter().map(|(b, _)| *b).collect(),
        }
    }

    /// The buffers that it writes.
    pub(crate) fn writes(&self) -> SmallVec<[BufferId; 2]> {
        match self {
            Step::Loop(l) => l.writes().collect(),
            Step::Product(p) => SmallVec::from_elem(p.c.buffer, 1),
            Step::Routine(r) | Step::Reference(Reference(r)) => SmallVec::from_elem(r.to.0, 1),
        }
    }

    /// Reads and writes other buffers instead of some.
    pub(crate) fn rename(&mut self, names: &FxHashMap<BufferId, BufferId>) {
        let rename = |b: &mut BufferId| *b = names.get(b).copied().unwrap_or(*b);
        match self {
            Step::Loop(l) => {
                l.streams.iter_mut().for_each(|s| rename(&mut s.buffer));
                l.fills.iter_mut().for_each(|f| rename(&mut f.buffer));
            }
            Step::Product(p) => {
                [&mut p.a, &mut p.b, &mut p.c].into_iter().for_each(|m| rename(&mut m.buffer));
                if let Factor::Of { buffer, .. } = &mut p.factor {
                    rename(buffer);
                }
            }
            Step::Routine(r) | Step::Reference(Reference(r)) => {
                r.operands.iter_mut().for_each(|(b, _)| rename(b));
                rename(&mut r.to.0);
            }
        }
    }

    /// About how much arithmetic it does: instructions on elements, and multiplications with their additions.
    pub(crate) fn work(&self) -> u64 {
        let elements = match self {
            Step::Loop(l) => l.elements().saturating_mul(l.program.insts.len()),
            Step::Product(p) => return p.work(),
            Step::Routine(r) | Step::Reference(Reference(r)) => r.to.1.shape.elements(),
        };
        elements as u64
    }

    /// The nodes that it computes.
    pub(crate) fn nodes(&self) -> &[NodeId] {
        match self {
            Step::Loop(l) => &l.nodes,
            Step::Product(p) => std::slice::from_ref(&p.node),
            Step::Routine(r) | Step::Reference(Reference(r)) => std::slice::from_ref(&r.node),
        }
    }
}

impl Product {
    /// Multiplications, each with its addition.
    pub(crate) fn work(&self) -> u64 {
        let batch = self.batch.iter().map(|(n, _)| n);
        self.extents.iter().chain(batch).fold(1u64, |work, &n| work.saturating_mul(n as u64))
    }
}

impl Loop {
    /// How many elements its space has.
    pub(crate) fn elements(&self) -> usize {
        self.extents.iter().product()
    }

    fn reads(&self) -> impl Iterator<Item = BufferId> {
        self.of(|op| {
            matches!(op, crate::lane::Op::Load | crate::lane::Op::Accumulate(_) | crate::lane::Op::Reduce(_))
        })
    }

    fn writes(&self) -> impl Iterator<Item = BufferId> {
        self.of(|op| !matches!(op, crate::lane::Op::Load))
    }

    fn of(&self, kind: impl Fn(crate::lane::Op) -> bool) -> impl Iterator<Item = BufferId> {
        let streams = self.program.insts.iter().filter(move |i| kind(i.op)).filter_map(|i| i.stream());
        streams.map(|s| self.streams[s].buffer)
    }
}
