//! Many equal products side by side in memory.

#![expect(unsafe_code, reason = "the caller of Batch::run answers for the memory that the strides reach")]

use super::plan::Plan;
use super::product::Product;

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
    pub(crate) unsafe fn run(&self, a: *const u8, b: *const u8, c: *mut u8) {
        let plan = Plan::new(&self.product);
        for i in 0..self.count {
            let (a, b, c) = self.place(i, a, b, c);
            unsafe { plan.run(a, b, c) }
        }
    }

    /// Where product number `i` lies.
    fn place(&self, i: usize, a: *const u8, b: *const u8, c: *mut u8) -> (*const u8, *const u8, *mut u8) {
        let bytes = |stride: isize| stride * i as isize * self.product.dtype.size() as isize;
        (a.wrapping_offset(bytes(self.a)), b.wrapping_offset(bytes(self.b)), c.wrapping_offset(bytes(self.c)))
    }
}
