//! The machine's limits, measured: arithmetic by a product that stays in the cache, memory by a copy at several sizes.

#![expect(unsafe_code, reason = "products take memory by address")]

use super::profile::median;
use crate::matmul::{Product, Strides};
use crate::pool::Pool;
use std::hint::black_box;
use std::sync::Mutex;
use std::time::Instant;
use wengert_expr::DType;

/// What a machine can do at most.
#[derive(Clone, PartialEq, Debug)]
pub struct Machine {
    /// Threads that took part.
    pub threads: usize,
    /// Multiplications and additions of `f32` a second, in 10^9.
    pub gflops_f32: f64,
    /// The same of `f64`.
    pub gflops_f64: f64,
    /// Bytes read and written in a second, in 10^9, by the size of the working set in bytes, ascending.
    pub gigabytes: Vec<(usize, f64)>,
}

impl Machine {
    /// Measures the machine; takes about a tenth of a second.
    pub fn measured(threads: usize) -> Machine {
        let sizes = [1 << 14, 1 << 18, 1 << 22, 1 << 26];
        Machine {
            threads,
            gflops_f32: product(DType::F32, threads),
            gflops_f64: product(DType::F64, threads),
            gigabytes: sizes.into_iter().map(|bytes| (bytes, copy(bytes, threads))).collect(),
        }
    }

    /// The time that arithmetic or memory takes at least, whichever is longer, in seconds.
    pub fn seconds(&self, flops: u64, bytes: u64, single: bool) -> f64 {
        let peak = if single { self.gflops_f32 } else { self.gflops_f64 };
        let fits = |&&(size, _): &&(usize, f64)| bytes <= size as u64;
        let rate = self.gigabytes.iter().find(fits).or(self.gigabytes.last()).map_or(1.0, |&(_, rate)| rate);
        (flops as f64 * 1e-9 / peak).max(bytes as f64 * 1e-9 / rate)
    }
}

/// The rate of one run, the best of several.
fn best(work: f64, mut run: impl FnMut()) -> f64 {
    run();
    let mut times: Vec<f64> = (0..7)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64()
        })
        .collect();
    median(&mut times);
    work * 1e-9 / times[0].max(1e-9)
}

fn product(dtype: DType, threads: usize) -> f64 {
    const N: usize = 256;
    let strides = Strides::row_major(N);
    let (a, b, c) = (strides, strides, strides);
    let product = Product { dtype, m: N, k: N, n: N, a, b, c, alpha: 1.0, accumulate: false };
    let (x, mut y) = (vec![0u64; N * N], vec![0u64; N * N]);
    let flops = 2.0 * (N * N * N) as f64;
    best(4.0 * flops, || {
        for _ in 0..4 {
            // The arrays hold N * N elements of 8 bytes, all of them zero, which is a float of either width.
            unsafe {
                product.run_on(
                    Pool::global(),
                    threads,
                    x.as_ptr().cast(),
                    x.as_ptr().cast(),
                    y.as_mut_ptr().cast(),
                )
            }
        }
        black_box(&mut y);
    })
}

fn copy(bytes: usize, threads: usize) -> f64 {
    let words = bytes / 16 / threads.max(1);
    let arrays = || Mutex::new((vec![1u64; words], vec![0u64; words]));
    let parts: Vec<_> = (0..threads.max(1)).map(|_| arrays()).collect();
    let times = ((1 << 21) / bytes).max(1);
    best((bytes * times) as f64, || {
        Pool::global().run_with(threads, parts.len(), &|i| {
            if let Ok(mut part) = parts[i].lock() {
                let (from, to) = &mut *part;
                for _ in 0..times {
                    to.copy_from_slice(black_box(from));
                    black_box(&mut *to);
                }
            }
        });
    })
}
