//! A matrix product as plain data: extents, strides, scale, and whether it adds to what is there.

#![expect(unsafe_code, reason = "the caller of Product::run answers for the memory that the strides reach")]

use super::plan::Plan;
use crate::pool::Pool;
use wengert_expr::DType;

/// How far apart neighbours lie, in elements: from one row to the next, and from one column to the next. Zero repeats.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Strides {
    pub(crate) row: isize,
    pub(crate) column: isize,
}

impl Strides {
    pub(crate) fn new(row: isize, column: isize) -> Strides {
        Strides { row, column }
    }

    /// Rows one after another.
    pub(crate) fn row_major(columns: usize) -> Strides {
        Strides { row: columns as isize, column: 1 }
    }

    pub(crate) fn transposed(self) -> Strides {
        Strides { row: self.column, column: self.row }
    }

    /// The distance of an element from the first one.
    pub(crate) fn at(self, row: usize, column: usize) -> isize {
        self.row * row as isize + self.column * column as isize
    }
}

/// `c = alpha a b`, or `c += alpha a b` if it accumulates, where `a` has `m` rows and `k` columns and `b` has `k` rows and
/// `n` columns. Integers wrap, and take the whole part of `alpha`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Product {
    pub(crate) dtype: DType,
    pub(crate) m: usize,
    pub(crate) k: usize,
    pub(crate) n: usize,
    pub(crate) a: Strides,
    pub(crate) b: Strides,
    pub(crate) c: Strides,
    pub(crate) alpha: f64,
    pub(crate) accumulate: bool,
}

impl Product {
    /// Multiplications, each with its addition.
    pub(crate) fn work(&self) -> usize {
        self.m.saturating_mul(self.k).saturating_mul(self.n)
    }

    /// The same product told from the other side: `c' = alpha b' a'`.
    pub(crate) fn transposed(&self) -> Product {
        Product {
            m: self.n,
            n: self.m,
            a: self.b.transposed(),
            b: self.a.transposed(),
            c: self.c.transposed(),
            ..*self
        }
    }

    /// Runs it on the caller's thread.
    ///
    /// # Safety
    /// `a`, `b` and `c` point to the first elements of matrices of these extents and strides, aligned to their type, and the
    /// elements of `c` are distinct, writable and none of those of `a` and `b`. Without accumulation `c` may be uninitialised.
    #[cfg(test)]
    pub(crate) unsafe fn run(&self, a: *const u8, b: *const u8, c: *mut u8) {
        unsafe { Plan::new(self).run(a, b, c) }
    }

    /// Runs it on so many threads of the pool, or on fewer where that is faster. Threads change no bit.
    ///
    /// # Safety
    /// As for [`Product::run`].
    pub(crate) unsafe fn run_on(&self, pool: &Pool, threads: usize, a: *const u8, b: *const u8, c: *mut u8) {
        unsafe { Plan::new(self).run_on(pool, threads, a, b, c) }
    }
}
