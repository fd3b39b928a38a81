//! Many equal products side by side in memory.

#![expect(unsafe_code, reason = "the caller of Batch::run answers for the memory that the strides reach")]

use super::plan::Plan;
use super::product::Product;
use super::split::Operands;
use crate::pool::Pool;
use std::ops::Range;

/// `count` products; the strides lead from each matrix to that of the next product, in elements, and zero repeats one.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Batch {
    pub(crate) product: Product,
    pub(crate) count: usize,
    pub(crate) a: isize,
    pub(crate) b: isize,
    pub(crate) c: isize,
}

impl Batch {
    /// Runs all of them on the caller's thread.
    ///
    /// # Safety
    /// As for [`Product::run`], for each of the products; and no element of `c` belongs to two of them.
    #[cfg(test)]
    pub(crate) unsafe fn run(&self, a: *const u8, b: *const u8, c: *mut u8) {
        let plan = Plan::new(&self.product);
        unsafe { self.run_range(&plan, 0..self.count, &Operands { a, b, c }) }
    }

    /// Runs them on so many threads of the pool, or on fewer where that is faster. Threads change no bit.
    ///
    /// # Safety
    /// As for [`Batch::run`].
    pub(crate) unsafe fn run_on(&self, pool: &Pool, threads: usize, a: *const u8, b: *const u8, c: *mut u8) {
        const RANGES: usize = 4;
        let (plan, operands) = (Plan::new(&self.product), Operands { a, b, c });
        let few = self.count < RANGES * threads && !self.count.is_multiple_of(threads.max(1));
        if few && plan.cut(threads).is_some() {
            for i in 0..self.count {
                let Operands { a, b, c } = self.place(i, &operands);
                unsafe { plan.run_on(pool, threads, a, b, c) }
            }
            return;
        }
        let step = if plan.is_long(self.count) {
            self.count.div_ceil(RANGES * threads.max(1)).max(1)
        } else {
            self.count.max(1)
        };
        pool.run_with(threads, self.count.div_ceil(step), &|i| {
            let range = step * i..self.count.min(step * (i + 1));
            unsafe { self.run_range(&plan, range, &operands) }
        });
    }

    /// # Safety
    /// As for [`Batch::run`], for the products in the range.
    unsafe fn run_range(&self, plan: &Plan, range: Range<usize>, operands: &Operands) {
        for i in range {
            let Operands { a, b, c } = self.place(i, operands);
            unsafe { plan.run(a, b, c) }
        }
    }

    /// Where product number `i` lies.
    fn place(&self, i: usize, first: &Operands) -> Operands {
        let bytes = |stride: isize| stride * i as isize * self.product.dtype.size() as isize;
        Operands {
            a: first.a.wrapping_offset(bytes(self.a)),
            b: first.b.wrapping_offset(bytes(self.b)),
            c: first.c.wrapping_offset(bytes(self.c)),
        }
    }
}
