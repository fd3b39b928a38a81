//! A column times a row: every element of the result is one product, so only the writing costs.

#![expect(unsafe_code, reason = "the caller of Product::run answers for the memory that the strides reach")]

use super::level::Loops;
use super::product::Product;
use super::scalar::Scalar;

/// A product of depth one with its operands; rows of `c` are contiguous.
pub(crate) struct Outer<'p, T> {
    pub(crate) product: &'p Product,
    pub(crate) a: *const T,
    pub(crate) b: *const T,
    pub(crate) c: *mut T,
}

impl<T: Scalar> Loops for Outer<'_, T> {
    #[inline(always)]
    fn run<const FUSED: bool>(self) {
        let (p, alpha) = (self.product, T::from_f64(self.product.alpha));
        for i in 0..p.m {
            // Sound: the strides reach every element inside the extents, and neither factor shares memory with `c`.
            let (x, row) = unsafe { (*self.a.offset(p.a.at(i, 0)), self.c.offset(p.c.at(i, 0))) };
            if p.b.column == 1 {
                let y = unsafe { std::slice::from_raw_parts(self.b, p.n) };
                for (j, &y) in y.iter().enumerate() {
                    unsafe { alpha.put::<FUSED>(x.times(y), row.add(j), p.accumulate) }
                }
            } else {
                for j in 0..p.n {
                    unsafe {
                        let y = *self.b.offset(p.b.at(0, j));
                        alpha.put::<FUSED>(x.times(y), row.add(j), p.accumulate);
                    }
                }
            }
        }
    }
}
