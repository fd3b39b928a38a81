//! Loops cut into pieces that may run at the same time.
//!
//! Always holds: the pieces depend on the loop alone, never on the number of threads; a fold along the axis that is cut
//! keeps one partial result for each piece, and they are folded in their order. So results are the same, bit for bit, for
//! any number of threads, and long sums lose less.

use super::lower::{Buffer, Lowered, Origin};
use super::step::{Address, BufferId, Fill, Loop, Step};
use crate::lane::{Access, Op, Program};
use smallvec::SmallVec;
use wengert_expr::{Reduction, Type};

/// How a loop is cut.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Split {
    /// The axis of the loop's extents.
    pub(crate) axis: usize,
    /// How much of the axis one piece has; the last one may have less.
    pub(crate) size: usize,
}

/// Loops with less arithmetic than this stay whole: some tens of microseconds.
const WORTH: usize = 400_000;

/// Elements of one piece.
const PIECE: usize = 16 * 1024;

/// A piece that is cut out of what a kernel runs over has so many elements along the axis.
const THIN: usize = 16;

/// A partial result must be this much smaller than what is folded into it.
const SHRINKS: usize = 8;

/// Cuts every loop that is worth it.
pub(crate) fn split(lowered: &mut Lowered) {
    let steps = std::mem::take(&mut lowered.steps);
    for step in steps {
        match step {
            Step::Loop(mut l) => {
                let combined = cut(&mut l, &mut lowered.buffers);
                lowered.steps.push(Step::Loop(l));
                lowered.steps.extend(combined.into_iter().map(Step::Loop));
            }
            other => lowered.steps.push(other),
        }
    }
}

/// Cuts a loop; the loops that put partial results together.
fn cut(l: &mut Loop, buffers: &mut Vec<Buffer>) -> Vec<Loop> {
    let elements = l.elements();
    if elements.saturating_mul(l.program.insts.len()) < WORTH {
        return Vec::new();
    }
    let folds = folds(&l.program);
    let rank = l.extents.len();
    let still = |axis: usize| folds.iter().any(|&(s, _)| l.streams[s].strides[axis] == 0);
    let longest =
        |axes: &mut dyn Iterator<Item = usize>| axes.max_by_key(|&a| (l.extents[a], usize::MAX - a));
    let long = |&a: &usize| l.extents[a] >= 8;
    // A kernel runs over the last two axes: they stay whole if another one can be cut, or are cut into thick pieces.
    let inner = rank.saturating_sub(2);
    let size = |axis: usize| (PIECE * l.extents[axis] / elements).max(1);
    let thick = |&a: &usize| size(a) >= THIN || a < inner;
    // The longest axis of those along which no fold stands still, unless there is none.
    let free = |axes: usize| longest(&mut (0..axes).filter(|a| long(a) && !still(*a) && thick(a)));
    let found = free(inner).or_else(|| free(rank)).or_else(|| longest(&mut (0..rank)));
    let Some(axis) = found else { return Vec::new() };
    let size = if still(axis) || axis < inner { size(axis) } else { size(axis).max(THIN) };
    let pieces = l.extents[axis].div_ceil(size);
    if pieces < 2 {
        return Vec::new();
    }
    let partial: Vec<(usize, Reduction)> =
        folds.into_iter().filter(|&(s, _)| l.streams[s].strides[axis] == 0).collect();
    let fits = |&(s, _): &(usize, Reduction)| {
        let fill = l.fills.iter().find(|f| f.buffer == l.streams[s].buffer);
        fill.is_some_and(|f| f.elements * pieces * SHRINKS <= elements)
    };
    if !partial.iter().all(fits) {
        return Vec::new();
    }
    l.split = Some(Split { axis, size });
    partial.into_iter().map(|(stream, fold)| set_apart(l, stream, fold, pieces, buffers)).collect()
}

/// Gives a folded stream a partial result for each piece.
fn set_apart(l: &mut Loop, stream: usize, fold: Reduction, pieces: usize, buffers: &mut Vec<Buffer>) -> Loop {
    let target = l.streams[stream].buffer;
    let fill = l.fills.iter_mut().find(|f| f.buffer == target).expect("a fold's target is filled");
    let (elements, dtype) = (fill.elements, fill.dtype);
    buffers.push(Buffer { ty: Type::new(dtype, [pieces, elements]), origin: Origin::Temporary });
    let partial = BufferId(buffers.len() as u32 - 1);
    let whole = Fill { buffer: target, ..*fill };
    *fill = Fill { buffer: partial, elements: elements * pieces, ..whole };
    l.streams[stream].buffer = partial;
    let size = dtype.size() as isize;
    l.pieces[stream] = elements as isize * size;
    let mut program = Program::default();
    let from = program.stream(dtype, if elements == 1 { Access::Uniform } else { Access::Contiguous });
    let to = program.stream(dtype, if elements == 1 { Access::Uniform } else { Access::Contiguous });
    let value = program.push(Op::Load, dtype, &[from]);
    program.push(Op::Accumulate(fold), dtype, &[value, to]);
    let step = if elements == 1 { 0 } else { size };
    let address = |buffer, row| Address { buffer, offset: 0, strides: SmallVec::from_slice(&[row, step]) };
    Loop {
        program,
        streams: vec![address(partial, elements as isize * size), address(target, 0)],
        extents: SmallVec::from_slice(&[pieces, elements]),
        fills: vec![whole],
        nodes: l.nodes.clone(),
        split: None,
        pieces: vec![0, 0],
    }
}

/// The streams that a program folds into.
fn folds(program: &Program) -> Vec<(usize, Reduction)> {
    let fold = |i: &crate::lane::Inst| match i.op {
        Op::Accumulate(fold) | Op::Reduce(fold) => Some((i.args[1] as usize, fold)),
        _ => None,
    };
    program.insts.iter().filter_map(fold).collect()
}
