//! A product over several threads.
//!
//! What always holds: rows or columns of the result are split, never the sums over the depth, and at such places that each
//! element comes from the same sequence of operations as in one piece. So threads change no bit.

#![expect(unsafe_code, reason = "the caller of Product::run answers for the memory that the strides reach")]

use super::library;
use super::plan::{Plan, Way};
use super::product::Product;
use super::vector;
use crate::pool::Pool;
use std::ops::Range;

/// The operands of a product, for threads to share: they write to distinct elements, and only read the rest.
#[derive(Clone, Copy)]
pub(super) struct Operands {
    pub(super) a: *const u8,
    pub(super) b: *const u8,
    pub(super) c: *mut u8,
}

// Sound: whoever makes one answers for what is behind the pointers, as the caller of `Product::run` does.
unsafe impl Sync for Operands {}

/// Rows or columns of the result that are neighbours, of each part but the last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Cut {
    Rows(usize),
    Columns(usize),
}

impl Plan {
    /// Runs it on so many threads of the pool, or on fewer where that is faster.
    ///
    /// # Safety
    /// As for [`Product::run`].
    pub(crate) unsafe fn run_on(&self, pool: &Pool, threads: usize, a: *const u8, b: *const u8, c: *mut u8) {
        match self.cut(threads) {
            Some(cut) => unsafe { self.run_cut(cut, pool, threads, Operands { a, b, c }) },
            None => unsafe { self.run(a, b, c) },
        }
    }

    /// # Safety
    /// As for [`Product::run`].
    pub(super) unsafe fn run_cut(&self, cut: Cut, pool: &Pool, threads: usize, operands: Operands) {
        pool.run_with(threads, self.count(cut), &|i| unsafe { self.run_piece(cut, i, &operands) });
    }

    /// Runs piece after piece on the caller's thread.
    ///
    /// # Safety
    /// As for [`Product::run`].
    pub(super) unsafe fn run_pieces(&self, cut: Cut, operands: &Operands) {
        (0..self.count(cut)).for_each(|i| unsafe { self.run_piece(cut, i, operands) });
    }

    /// How many pieces there are.
    fn count(&self, cut: Cut) -> usize {
        match cut {
            Cut::Rows(step) => self.product.m.div_ceil(step),
            Cut::Columns(step) => self.product.n.div_ceil(step),
        }
    }

    /// # Safety
    /// As for [`Product::run`].
    unsafe fn run_piece(&self, cut: Cut, i: usize, operands: &Operands) {
        let range = match cut {
            Cut::Rows(step) => step * i..self.product.m.min(step * (i + 1)),
            Cut::Columns(step) => step * i..self.product.n.min(step * (i + 1)),
        };
        let (part, Operands { a, b, c }) = self.part(cut, range, operands);
        unsafe { part.run(a, b, c) }
    }

    /// The rows or columns of a range, as a product of their own that goes the same way, and its operands.
    fn part(&self, cut: Cut, range: Range<usize>, whole: &Operands) -> (Plan, Operands) {
        let mut p = self.product;
        let bytes = |elements: isize| elements * p.dtype.size() as isize;
        let (of_a, of_b, of_c) = match cut {
            Cut::Rows(_) => (bytes(p.a.at(range.start, 0)), 0, bytes(p.c.at(range.start, 0))),
            Cut::Columns(_) => (0, bytes(p.b.at(0, range.start)), bytes(p.c.at(0, range.start))),
        };
        match cut {
            Cut::Rows(_) => p.m = range.len(),
            Cut::Columns(_) => p.n = range.len(),
        }
        let (of_first, of_second) = if self.swapped { (of_b, of_a) } else { (of_a, of_b) };
        let operands = Operands {
            a: whole.a.wrapping_offset(of_first),
            b: whole.b.wrapping_offset(of_second),
            c: whole.c.wrapping_offset(of_c),
        };
        (Plan { product: p, ..*self }, operands)
    }

    /// How to cut it for so many threads, if it is worth it.
    pub(super) fn cut(&self, threads: usize) -> Option<Cut> {
        if threads > 1 && self.is_long(1) { self.pieces(threads) } else { None }
    }

    /// How to cut it for so many threads, if it can be.
    pub(super) fn pieces(&self, threads: usize) -> Option<Cut> {
        let p = &self.product;
        let share = |extent: usize, unit: usize| extent.div_ceil(threads.max(1)).next_multiple_of(unit);
        let cut = match self.way {
            Way::Nothing | Way::Clear => return None,
            Way::Vector => Cut::Rows(share(p.m, if p.a.column == 1 { vector::ROWS } else { line(p) })),
            Way::Outer | Way::Direct => Cut::Rows(share(p.m, 1)),
            Way::Library if library::ANY_PIECES => cut_library(p, share),
            Way::Library => return library::fixed(p),
        };
        let is_cut = match cut {
            Cut::Rows(step) => step < p.m,
            Cut::Columns(step) => step < p.n,
        };
        is_cut.then_some(cut)
    }

    /// True if so many of it take so long that a part is worth another thread.
    pub(super) fn is_long(&self, count: usize) -> bool {
        self.product.work().saturating_mul(count) >= self.least_work()
    }

    /// Fewer multiplications take a few microseconds.
    fn least_work(&self) -> usize {
        match self.way {
            Way::Nothing | Way::Clear => usize::MAX,
            Way::Direct => 1 << 15,
            Way::Vector | Way::Outer => 1 << 16,
            Way::Library => 1 << 18,
        }
    }
}

/// Elements of two cache lines.
fn line(p: &Product) -> usize {
    128 / p.dtype.size()
}

/// The library copies the factor whose rows run along the neighbours of `c`. A cut across those rows shares the copying among
/// the threads; a cut across the others, at multiples of its register block, makes each thread copy the whole.
fn cut_library(p: &Product, share: impl Fn(usize, usize) -> usize) -> Cut {
    const BLOCK: usize = 8;
    /// Multiplications that take as long as to copy an element.
    const COPY: usize = 16;
    let rows_are_neighbours = p.c.row.unsigned_abs() <= p.c.column.unsigned_abs();
    let (copied, other) = if rows_are_neighbours { (p.m, p.n) } else { (p.n, p.m) };
    let (shared, whole) = (share(copied, line(p)), share(other, BLOCK));
    let cost = |copied: usize, other: usize| copied * (other + COPY);
    let cuts_copied = cost(shared.min(copied), other) <= cost(copied, whole.min(other));
    match (cuts_copied, rows_are_neighbours) {
        (true, true) => Cut::Rows(shared),
        (true, false) => Cut::Columns(shared),
        (false, true) => Cut::Columns(whole),
        (false, false) => Cut::Rows(whole),
    }
}
