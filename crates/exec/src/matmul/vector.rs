//! A matrix times a vector, which costs the reading of the matrix and nothing else if it is read in the order it lies in.
//!
//! Each element of the result comes from the same sequence of operations wherever its row stands among [`ROWS`] others,
//! so a split at multiples of [`ROWS`] changes no bit.

#![expect(unsafe_code, reason = "the caller of Product::run answers for the memory that the strides reach")]

use super::level::Loops;
use super::product::Product;
use super::scalar::Scalar;
use std::array::from_fn;
use std::slice::from_raw_parts;

/// Rows that share the reading of the vector.
pub(crate) const ROWS: usize = 4;
/// Columns that share the reading and writing of the sums.
const COLUMNS: usize = 8;
/// Elements of a vector gathered, or of sums kept, in the nearest cache.
const CHUNK: usize = 1024;

/// `y = alpha a x`, where the rows of `a`, or else its columns, are contiguous.
pub(crate) struct MatVec<'p, T> {
    pub(crate) product: &'p Product,
    pub(crate) a: *const T,
    pub(crate) x: *const T,
    pub(crate) y: *mut T,
}

impl<T: Scalar> Loops for MatVec<'_, T> {
    #[inline(always)]
    fn run<const FUSED: bool>(self) {
        if self.product.a.column == 1 { self.by_rows::<FUSED>() } else { self.by_columns::<FUSED>() }
    }
}

impl<T: Scalar> MatVec<'_, T> {
    #[inline(always)]
    fn by_rows<const FUSED: bool>(&self) {
        let p = self.product;
        // Sound, here and below: the strides reach every element inside the extents, and `y` shares no memory.
        if p.b.row == 1 {
            let x = unsafe { from_raw_parts(self.x, p.k) };
            return self.rows::<FUSED>(0, x, p.accumulate);
        }
        let mut gathered = [T::ZERO; CHUNK];
        for start in (0..p.k).step_by(CHUNK) {
            let x = &mut gathered[..CHUNK.min(p.k - start)];
            for (l, x) in x.iter_mut().enumerate() {
                *x = unsafe { *self.x.offset(p.b.at(start + l, 0)) };
            }
            self.rows::<FUSED>(start, x, p.accumulate || start > 0);
        }
    }

    /// All rows, from column `start` on, times `x`.
    #[inline(always)]
    fn rows<const FUSED: bool>(&self, start: usize, x: &[T], accumulate: bool) {
        let p = self.product;
        let row = |i: usize| unsafe { from_raw_parts(self.a.offset(p.a.at(i, start)), x.len()) };
        let put = |i: usize, sum: T| unsafe {
            T::from_f64(p.alpha).put::<FUSED>(sum, self.y.offset(p.c.at(i, 0)), accumulate)
        };
        let blocks = p.m / ROWS;
        for i in 0..blocks {
            let rows: [&[T]; ROWS] = from_fn(|r| row(ROWS * i + r));
            for (r, sums) in several::<FUSED, T>(rows, x).into_iter().enumerate() {
                put(ROWS * i + r, sums);
            }
        }
        for i in ROWS * blocks..p.m {
            put(i, single::<FUSED, T>(row(i), x));
        }
    }

    #[inline(always)]
    fn by_columns<const FUSED: bool>(&self) {
        let (p, alpha) = (self.product, T::from_f64(self.product.alpha));
        let mut buffer = [T::ZERO; CHUNK];
        for start in (0..p.m).step_by(CHUNK) {
            let sums = &mut buffer[..CHUNK.min(p.m - start)];
            sums.fill(T::ZERO);
            let blocks = p.k / COLUMNS;
            for l in 0..blocks {
                self.columns::<FUSED, COLUMNS>(start, COLUMNS * l, sums);
            }
            for l in COLUMNS * blocks..p.k {
                self.columns::<FUSED, 1>(start, l, sums);
            }
            for (i, &sum) in sums.iter().enumerate() {
                unsafe { alpha.put::<FUSED>(sum, self.y.offset(p.c.at(start + i, 0)), p.accumulate) }
            }
        }
    }

    /// Adds `C` columns from number `l` on, each times its element of `x`, to the sums of the rows from `start` on.
    #[inline(always)]
    fn columns<const FUSED: bool, const C: usize>(&self, start: usize, l: usize, sums: &mut [T]) {
        let p = self.product;
        let columns: [&[T]; C] =
            from_fn(|c| unsafe { from_raw_parts(self.a.offset(p.a.at(start, l + c)), sums.len()) });
        let x: [T; C] = from_fn(|c| unsafe { *self.x.offset(p.b.at(l + c, 0)) });
        for (i, sum) in sums.iter_mut().enumerate() {
            for c in 0..C {
                *sum = columns[c][i].mul_add::<FUSED>(x[c], *sum);
            }
        }
    }
}

/// Numbers side by side: what fills one or two vectors of any processor.
const LANES: usize = 8;
/// Rows of `LANES` sums, in a chain each, that hide the latency of one row's additions.
const CHAINS: usize = 4;

/// The sum of products of each row with `x`.
#[inline(always)]
fn several<const FUSED: bool, T: Scalar>(rows: [&[T]; ROWS], x: &[T]) -> [T; ROWS] {
    let (whole, rest) = x.as_chunks::<LANES>();
    let chunks: [&[[T; LANES]]; ROWS] = from_fn(|r| &rows[r].as_chunks::<LANES>().0[..whole.len()]);
    let (mut even, mut odd) = ([[T::ZERO; LANES]; ROWS], [[T::ZERO; LANES]; ROWS]);
    let pairs = whole.len() / 2;
    for i in 0..pairs {
        for r in 0..ROWS {
            even[r] = lanes::<FUSED, T>(&chunks[r][2 * i], &whole[2 * i], even[r]);
            odd[r] = lanes::<FUSED, T>(&chunks[r][2 * i + 1], &whole[2 * i + 1], odd[r]);
        }
    }
    if whole.len() > 2 * pairs {
        for r in 0..ROWS {
            even[r] = lanes::<FUSED, T>(&chunks[r][2 * pairs], &whole[2 * pairs], even[r]);
        }
    }
    let mut last = [T::ZERO; ROWS];
    let tails: [&[T]; ROWS] = from_fn(|r| &rows[r][x.len() - rest.len()..]);
    for (l, &x) in rest.iter().enumerate() {
        for r in 0..ROWS {
            last[r] = tails[r][l].mul_add::<FUSED>(x, last[r]);
        }
    }
    from_fn(|r| total(from_fn(|l| even[r][l].plus(odd[r][l]))).plus(last[r]))
}

/// The sum of products of one row with `x`, in several chains.
#[inline(always)]
fn single<const FUSED: bool, T: Scalar>(row: &[T], x: &[T]) -> T {
    let ((a, a_rest), (x, x_rest)) = (row.as_chunks::<LANES>(), x.as_chunks::<LANES>());
    let ((a, a_few), (x, x_few)) = (a.as_chunks::<CHAINS>(), x.as_chunks::<CHAINS>());
    let mut sums = [[T::ZERO; LANES]; CHAINS];
    for (a, x) in a.iter().zip(x) {
        for chain in 0..CHAINS {
            sums[chain] = lanes::<FUSED, T>(&a[chain], &x[chain], sums[chain]);
        }
    }
    for (a, x) in a_few.iter().zip(x_few) {
        sums[0] = lanes::<FUSED, T>(a, x, sums[0]);
    }
    let sum = total(from_fn(|l| sums[0][l].plus(sums[1][l]).plus(sums[2][l].plus(sums[3][l]))));
    let last = a_rest.iter().zip(x_rest).fold(T::ZERO, |sum, (&a, &x)| a.mul_add::<FUSED>(x, sum));
    sum.plus(last)
}

#[inline(always)]
fn lanes<const FUSED: bool, T: Scalar>(a: &[T; LANES], x: &[T; LANES], sums: [T; LANES]) -> [T; LANES] {
    from_fn(|l| a[l].mul_add::<FUSED>(x[l], sums[l]))
}

/// The sum of all, by halves.
#[inline(always)]
fn total<T: Scalar>(s: [T; LANES]) -> T {
    let s: [T; 4] = from_fn(|l| s[l].plus(s[l + 4]));
    s[0].plus(s[2]).plus(s[1].plus(s[3]))
}
