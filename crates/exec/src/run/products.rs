//! A matrix product made ready: the library's description of it, led over batch axes.

#![expect(unsafe_code, reason = "products take memory by address; the plan says what lies where")]

use super::frame::Frame;
use crate::matmul::{self, Strides};
use crate::plan::{Factor, Matrix, Product};
use crate::pool::Pool;
use wengert_expr::DType;

impl Product {
    pub(crate) fn run(&self, frame: &Frame) {
        let size = self.dtype.size() as isize;
        let at = |m: &Matrix| frame.base(m.buffer).wrapping_offset(m.offset * size);
        let strides = |m: &Matrix| Strides::new(m.rows, m.columns);
        let [m, k, n] = self.extents;
        let product = matmul::Product {
            dtype: self.dtype,
            m,
            k,
            n,
            a: strides(&self.a),
            b: strides(&self.b),
            c: strides(&self.c),
            alpha: self.factor(frame),
            accumulate: self.accumulate,
        };
        let matrices = [at(&self.a), at(&self.b), at(&self.c)];
        let (count, [a, b, c]) = self.batch.last().copied().unwrap_or((1, [0; 3]));
        let batch = matmul::Batch { product, count, a, b, c };
        let outer = &self.batch[..self.batch.len().saturating_sub(1)];
        let total: usize = outer.iter().map(|(n, _)| n).product();
        for mut flat in 0..total {
            let mut here = matrices;
            for (extent, steps) in outer.iter().rev() {
                let position = (flat % extent) as isize;
                flat /= extent;
                for (pointer, step) in here.iter_mut().zip(steps) {
                    *pointer = pointer.wrapping_offset(step * position * size);
                }
            }
            // The plan gives each matrix a buffer that holds it, and the result's is apart from both factors'.
            unsafe { batch.run_on(Pool::global(), frame.workers.len(), here[0], here[1], here[2]) }
        }
    }

    fn factor(&self, frame: &Frame) -> f64 {
        match self.factor {
            Factor::Constant(x) => x,
            Factor::Of { buffer, offset, negative } => {
                let pointer = frame.base(buffer).wrapping_offset(offset * self.dtype.size() as isize);
                // The buffer holds a number of the product's dtype there.
                let x = unsafe {
                    match self.dtype {
                        DType::F32 => f64::from(pointer.cast::<f32>().read()),
                        _ => pointer.cast::<f64>().read(),
                    }
                };
                if negative { -x } else { x }
            }
        }
    }
}
