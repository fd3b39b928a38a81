//! Three loops: for products too small for the library, for integers, and for what the library does not take.

#![expect(unsafe_code, reason = "the caller of Product::run answers for the memory that the strides reach")]

use super::level::Loops;
use super::product::Product;
use super::scalar::Scalar;

/// A product with its operands.
pub(crate) struct Direct<'p, T> {
    pub(crate) product: &'p Product,
    pub(crate) a: *const T,
    pub(crate) b: *const T,
    pub(crate) c: *mut T,
}

/// So many sums are carried side by side along a row.
const PANEL: usize = 64;
/// Shorter rows are not worth a panel.
const SHORT: usize = 8;

impl<T: Scalar> Loops for Direct<'_, T> {
    #[inline(always)]
    fn run<const FUSED: bool>(self) {
        let panels = self.product.b.column == 1 && self.product.n >= SHORT;
        for i in 0..self.product.m {
            if panels { self.row_in_panels::<FUSED>(i) } else { self.row::<FUSED>(i) }
        }
    }
}

impl<T: Scalar> Direct<'_, T> {
    /// One row of `c`.
    #[inline(always)]
    fn row<const FUSED: bool>(&self, i: usize) {
        let mut j = 0;
        while j + 4 <= self.product.n {
            self.elements::<FUSED, 4>(i, j);
            j += 4;
        }
        while j + 2 <= self.product.n {
            self.elements::<FUSED, 2>(i, j);
            j += 2;
        }
        if j < self.product.n {
            self.elements::<FUSED, 1>(i, j);
        }
    }

    /// `N` neighbours in a row of `c`, whose sums grow side by side.
    #[inline(always)]
    fn elements<const FUSED: bool, const N: usize>(&self, i: usize, j: usize) {
        let (p, alpha) = (self.product, T::from_f64(self.product.alpha));
        let mut sums = [T::ZERO; N];
        // Sound: the strides reach every element inside the extents.
        unsafe {
            for l in 0..p.k {
                let x = *self.a.offset(p.a.at(i, l));
                for (r, sum) in sums.iter_mut().enumerate() {
                    *sum = x.mul_add::<FUSED>(*self.b.offset(p.b.at(l, j + r)), *sum);
                }
            }
            for (r, &sum) in sums.iter().enumerate() {
                alpha.put::<FUSED>(sum, self.c.offset(p.c.at(i, j + r)), p.accumulate);
            }
        }
    }

    /// One row of `c`, where rows of `b` are contiguous.
    #[inline(always)]
    fn row_in_panels<const FUSED: bool>(&self, i: usize) {
        let (p, alpha) = (self.product, T::from_f64(self.product.alpha));
        for start in (0..p.n).step_by(PANEL) {
            let width = PANEL.min(p.n - start);
            let mut sums = [T::ZERO; PANEL];
            // Sound: as above, and the `width` elements from `start` on are neighbours in each row of `b`.
            unsafe {
                for l in 0..p.k {
                    let x = *self.a.offset(p.a.at(i, l));
                    let row = std::slice::from_raw_parts(self.b.offset(p.b.at(l, start)), width);
                    for (sum, &y) in sums.iter_mut().zip(row) {
                        *sum = x.mul_add::<FUSED>(y, *sum);
                    }
                }
                for (j, &sum) in sums[..width].iter().enumerate() {
                    alpha.put::<FUSED>(sum, self.c.offset(p.c.at(i, start + j)), p.accumulate);
                }
            }
        }
    }
}

/// Zeros everywhere.
///
/// # Safety
/// `c` can be written as the product says.
pub(crate) unsafe fn clear<T: Scalar>(p: &Product, c: *mut T) {
    for i in 0..p.m {
        for j in 0..p.n {
            unsafe { c.offset(p.c.at(i, j)).write(T::ZERO) }
        }
    }
}
