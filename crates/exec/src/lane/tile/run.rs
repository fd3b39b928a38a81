//! The walk over tiles.

#![expect(unsafe_code, reason = "streams and tiles are given by address")]

use super::fold;
use super::lanes::{Args, LANES, TILE};
use super::memory::Block;
use super::plan::{Plan, Site, Step};
use crate::lane::{Access, Cursor, Stream};

/// A program's streams and working memory.
///
/// Its functions are sound if the streams are as [`Kernel::run`](crate::lane::Kernel::run) asks for, and the working memory has
/// the room that the plan takes.
pub(super) struct Run<'a> {
    pub(super) streams: &'a [Stream],
    pub(super) cursors: &'a [Cursor],
    pub(super) scratch: *mut u8,
}

/// A part of the rows and of their elements.
#[derive(Clone, Copy, Debug)]
struct Part {
    row: usize,
    rows: usize,
    start: usize,
    count: usize,
    /// Whether it holds the first elements of its rows, and the last ones.
    first: bool,
    last: bool,
}

impl Part {
    fn len(&self) -> usize {
        self.rows * self.count
    }
}

impl Run<'_> {
    /// Runs rows one by one.
    pub(super) unsafe fn parts(&self, plan: &Plan, rows: usize, count: usize) {
        let part = Part { row: 0, rows: 1, start: 0, count, first: true, last: true };
        // SAFETY: the caller's.
        unsafe {
            self.steps(&plan.once, &part);
            for row in 0..rows {
                self.steps(&plan.row, &Part { row, ..part });
                for start in (0..count).step_by(TILE) {
                    let end = count.min(start + TILE);
                    let (first, last) = (start == 0, end == count);
                    self.steps(&plan.tile, &Part { row, rows: 1, start, count: end - start, first, last });
                }
            }
        }
    }

    /// Runs rows without elements: they still fold into theirs.
    pub(super) unsafe fn empty(&self, plan: &Plan, rows: usize) {
        let part = Part { row: 0, rows, start: 0, count: 0, first: true, last: true };
        for step in plan.tile.iter().filter(|step| matches!(step, Step::Reduce { .. })) {
            // SAFETY: the caller's.
            unsafe { self.step(step, &part) }
        }
    }

    /// Runs several rows at a time.
    pub(super) unsafe fn packed(&self, plan: &Plan, rows: usize, count: usize) {
        // So many rows make whole chunks, which need no copies.
        let whole = LANES >> count.trailing_zeros().min(LANES.trailing_zeros());
        let fit = TILE / count;
        let fit = if fit > whole { fit - fit % whole } else { fit };
        let part = Part { row: 0, rows: 1, start: 0, count, first: true, last: true };
        // SAFETY: the caller's.
        unsafe {
            self.steps(&plan.once, &part);
            for row in (0..rows).step_by(fit) {
                self.steps(&plan.tile, &Part { row, rows: fit.min(rows - row), ..part });
            }
        }
    }

    unsafe fn steps(&self, steps: &[Step], part: &Part) {
        for step in steps {
            // SAFETY: the caller's.
            unsafe { self.step(step, part) }
        }
    }

    #[inline]
    unsafe fn step(&self, step: &Step, part: &Part) {
        // SAFETY: the caller's; sites are apart as the plan says.
        unsafe {
            match step {
                Step::Constant { bits, out } => self.constant(*bits, out),
                Step::Load { stream, out } => self.load(*stream, out, part),
                Step::Compute { function, operands, arity, out } => {
                    let mut args = Args {
                        operands: [std::ptr::null(); 3],
                        steps: [0; 3],
                        out: self.place(out, part),
                        count: if out.step == 0 { LANES } else { part.len() },
                    };
                    for (i, operand) in operands.iter().enumerate().take(*arity) {
                        args.operands[i] = self.place(operand, part);
                        args.steps[i] = operand.step;
                    }
                    function.call(&args);
                }
                Step::Store { value, stream } => self.store(value, *stream, part),
                Step::Accumulate { fold, value, stream } => {
                    let args = self.accumulated(value, *stream, part);
                    if self.due(value, *stream, part) {
                        fold(&args);
                    }
                }
                Step::Reduce { fold, value, stream, state, identity } => {
                    let out = Block { count: part.count, ..self.block(*stream, &Part { start: 0, ..*part }) };
                    fold(&fold::Args {
                        value: self.place(value, part),
                        row: part.count * value.step,
                        step: value.step,
                        out,
                        state: self.scratch.add(*state),
                        first: part.first,
                        last: part.last,
                        identity: *identity,
                    });
                }
            }
        }
    }

    /// A part of a stream.
    #[inline]
    fn block(&self, stream: u32, part: &Part) -> Block {
        let Cursor { pointer, row, step } = self.cursors[stream as usize];
        let pointer = pointer.wrapping_offset(part.row as isize * row + part.start as isize * step);
        Block { pointer, row, step, rows: part.rows, count: part.count }
    }

    /// Where a value lies, if that is in a stream.
    #[inline]
    fn in_place(&self, site: &Site, part: &Part) -> Option<*mut u8> {
        let block = self.block(site.stream?, part);
        (part.len().is_multiple_of(LANES) && block.flat(site.size)).then_some(block.pointer)
    }

    #[inline]
    unsafe fn place(&self, site: &Site, part: &Part) -> *mut u8 {
        // SAFETY: slots lie in the working memory.
        self.in_place(site, part).unwrap_or_else(|| unsafe { self.scratch.add(site.slot) })
    }

    unsafe fn constant(&self, bits: u64, out: &Site) {
        // SAFETY: a slot has room for a chunk.
        unsafe {
            let slot = self.scratch.add(out.slot);
            match out.size {
                1 => slot.cast::<[u8; LANES]>().write_unaligned([u8::from(bits != 0); LANES]),
                4 => slot.cast::<[u32; LANES]>().write_unaligned([bits as u32; LANES]),
                _ => slot.cast::<[u64; LANES]>().write_unaligned([bits; LANES]),
            }
        }
    }

    /// A uniform value is loaded once a row, and a store of one is done once: so that tiles do not see each other's.
    unsafe fn load(&self, stream: u32, out: &Site, part: &Part) {
        let block = self.block(stream, part);
        // SAFETY: the caller's.
        unsafe {
            let slot = self.scratch.add(out.slot);
            if out.step == 0 && part.first {
                Block { rows: 1, count: LANES, step: 0, ..block }.gather(out.size, slot);
            } else if out.step != 0 && self.in_place(out, part).is_none() {
                block.gather(out.size, slot);
            }
        }
    }

    /// Whether a part writes to the stream: the last element of a row is what is left in a uniform one, and of a uniform value
    /// the first one is it.
    fn due(&self, value: &Site, stream: u32, part: &Part) -> bool {
        self.streams[stream as usize].access != Access::Uniform
            || if value.step == 0 { part.first } else { part.last }
    }

    /// What of the value goes where: rows of it, and elements from row to row.
    fn written(&self, value: &Site, stream: u32, part: &Part) -> (Block, usize, usize) {
        let block = self.block(stream, part);
        let row = part.count * value.step;
        if self.streams[stream as usize].access == Access::Uniform {
            let block = self.block(stream, &Part { start: 0, ..*part });
            (Block { count: 1, ..block }, (part.count - 1) * value.step, row)
        } else {
            (block, 0, row)
        }
    }

    unsafe fn store(&self, value: &Site, stream: u32, part: &Part) {
        // SAFETY: the caller's.
        unsafe {
            let place = self.place(value, part);
            let (block, skipped, row) = self.written(value, stream, part);
            if self.streams[stream as usize].access != Access::Uniform {
                let there = value.stream == Some(stream) && self.in_place(value, part).is_some();
                if !there {
                    block.scatter(value.size, place, value.step == 0);
                }
            } else if self.due(value, stream, part) {
                for r in 0..part.rows {
                    let element = place.add((skipped + r * row) * value.size);
                    let to = block.pointer.offset(r as isize * block.row);
                    to.copy_from(element, value.size);
                }
            }
        }
    }

    unsafe fn accumulated(&self, value: &Site, stream: u32, part: &Part) -> fold::Args {
        let (out, skipped, row) = self.written(value, stream, part);
        // SAFETY: the caller's: a part that is run has elements.
        let value_at = unsafe { self.place(value, part).add(skipped * value.size) };
        fold::Args {
            value: value_at,
            row,
            step: value.step,
            out,
            state: std::ptr::null_mut(),
            first: true,
            last: true,
            identity: 0,
        }
    }
}
