//! A fused loop made ready: its kernel, and how the kernel is led over the space.

#![expect(unsafe_code, reason = "kernels take memory by address; the plan says what lies where")]

use super::frame::{Bases, Frame, Worker};
use crate::lane::{Cursor, Kernel, identity};
use crate::plan::{Fill, Loop};
use crate::pool::Pool;
use std::sync::{Arc, PoisonError};
use wengert_expr::DType;

/// A loop with its kernel.
#[derive(Debug)]
pub(crate) struct LoopCode {
    pub(crate) plan: Loop,
    pub(crate) kernel: Arc<dyn Kernel>,
}

/// A part of a loop: the extents of its space, and how far its streams are from those of the whole.
struct Piece {
    axis: usize,
    start: usize,
    extent: usize,
    number: usize,
}

impl LoopCode {
    pub(crate) fn run(&self, frame: &mut Frame) {
        self.plan.fills.iter().for_each(|fill| set(fill, frame));
        if self.plan.elements() == 0 {
            return;
        }
        let Some(split) = self.plan.split else {
            let (bases, worker) = frame.own();
            let whole = Piece { axis: 0, start: 0, extent: self.plan.extents[0], number: 0 };
            return self.piece(&whole, bases, worker);
        };
        let extent = self.plan.extents[split.axis];
        let pieces = extent.div_ceil(split.size);
        let piece = |number: usize| {
            let start = number * split.size;
            Piece { axis: split.axis, start, extent: split.size.min(extent - start), number }
        };
        let threads = frame.workers.len().min(pieces);
        if threads == 1 {
            let (bases, worker) = frame.own();
            return (0..pieces).for_each(|number| self.piece(&piece(number), bases, worker));
        }
        let (bases, workers) = (&frame.bases, &frame.workers);
        Pool::global().run_with(threads, threads, &|thread| {
            let mut worker = workers[thread].lock().unwrap_or_else(PoisonError::into_inner);
            // Neighbouring pieces on one thread: they share cache lines and pages.
            let share = thread * pieces / threads..(thread + 1) * pieces / threads;
            share.for_each(|number| self.piece(&piece(number), bases, &mut worker));
        });
    }

    fn piece(&self, piece: &Piece, bases: &Bases, worker: &mut Worker) {
        let Worker { cursors, scratch } = worker;
        let scratch = scratch.bytes();
        let inner = self.plan.extents.len() - 1;
        let extent = |axis: usize| if axis == piece.axis { piece.extent } else { self.plan.extents[axis] };
        let (rows, count) = (if inner > 0 { extent(inner - 1) } else { 1 }, extent(inner));
        cursors.clear();
        cursors.extend(self.plan.streams.iter().zip(&self.plan.pieces).map(|(s, apart)| {
            let shift = s.strides[piece.axis] * piece.start as isize + apart * piece.number as isize;
            let pointer = bases.of(s.buffer).wrapping_offset(s.offset + shift);
            let row = if inner > 0 { s.strides[inner - 1] } else { 0 };
            Cursor { pointer, row, step: s.strides[inner] }
        }));
        let outer = inner.saturating_sub(1);
        let mut at = [0usize; MAX_AXES];
        loop {
            // Addresses lie inside their buffers, which are as large as the plan says and apart from one another, or alike
            // where the plan lets a value take another's place; frames are exclusive.
            unsafe { self.kernel.run(cursors, rows, count, scratch) }
            // The next position of the axes outside rows, the last one first.
            let Some(axis) = (0..outer).rev().find(|&a| at[a] + 1 < extent(a)) else { return };
            at[axis] += 1;
            for (cursor, s) in cursors.iter_mut().zip(&self.plan.streams) {
                cursor.pointer = cursor.pointer.wrapping_offset(s.strides[axis]);
                let passed = at.iter().zip(&s.strides).take(outer).skip(axis + 1);
                let back: isize = passed.map(|(&position, stride)| position as isize * stride).sum();
                cursor.pointer = cursor.pointer.wrapping_offset(-back);
            }
            at[axis + 1..outer].fill(0);
        }
    }
}

/// As many axes as a graph's arrays may have.
const MAX_AXES: usize = wengert_expr::MAX_RANK + 1;

/// Sets a buffer to the identity of its fold.
fn set(fill: &Fill, frame: &Frame) {
    let bits = identity(fill.fold, fill.dtype);
    let pointer = frame.base(fill.buffer);
    // The buffer is the frame's own or the caller's, and has so many elements.
    unsafe {
        match fill.dtype {
            DType::Bool => std::slice::from_raw_parts_mut(pointer, fill.elements).fill(bits as u8),
            DType::F32 => {
                std::slice::from_raw_parts_mut(pointer.cast::<u32>(), fill.elements).fill(bits as u32)
            }
            DType::I64 | DType::F64 => {
                std::slice::from_raw_parts_mut(pointer.cast::<u64>(), fill.elements).fill(bits);
            }
        }
    }
}
