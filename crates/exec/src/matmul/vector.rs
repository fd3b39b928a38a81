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

/// `y = alpha a x`, where the rows of `a`, or else its columns, are contiguous; `L` numbers fill 64 bytes.
pub(crate) struct MatVec<'p, T, const L: usize> {
    pub(crate) product: &'p Product,
    pub(crate) a: *const T,
    pub(crate) x: *const T,
    pub(crate) y: *mut T,
}

impl<T: Scalar, const L: usize> Loops for MatVec<'_, T, L> {
    #[inline(always)]
    fn run<const FUSED: bool>(self) {
        if self.product.a.column == 1 { self.by_rows::<FUSED>() } else { self.by_columns::<FUSED>() }
    }
}

impl<T: Scalar, const L: usize> MatVec<'_, T, L> {
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
            for (r, sums) in several::<FUSED, T, L>(rows, x).into_iter().enumerate() {
                put(ROWS * i + r, sums);
            }
        }
        for i in ROWS * blocks..p.m {
            put(i, single::<FUSED, T, L>(row(i), x));
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

/// The sum of products of each row with `x`.
#[inline(always)]
fn several<const FUSED: bool, T: Scalar, const L: usize>(rows: [&[T]; ROWS], x: &[T]) -> [T; ROWS] {
    let (whole, rest) = x.as_chunks::<L>();
    let chunks: [&[[T; L]]; ROWS] = from_fn(|r| &rows[r].as_chunks::<L>().0[..whole.len()]);
    let mut sums = [[T::ZERO; L]; ROWS];
    for (i, x) in whole.iter().enumerate() {
        for r in 0..ROWS {
            for l in 0..L {
                sums[r][l] = chunks[r][i][l].mul_add::<FUSED>(x[l], sums[r][l]);
            }
        }
    }
    from_fn(|r| total(with_rest::<FUSED, T, L>(sums[r], &rows[r][whole.len() * L..], rest)))
}

/// The sum of products of one row with `x`, in several chains that hide the latency of each.
#[inline(always)]
fn single<const FUSED: bool, T: Scalar, const L: usize>(row: &[T], x: &[T]) -> T {
    const CHAINS: usize = 4;
    let (row_whole, row_rest) = row.as_chunks::<L>();
    let (whole, rest) = x.as_chunks::<L>();
    let (row_groups, row_others) = row_whole.as_chunks::<CHAINS>();
    let (groups, others) = whole.as_chunks::<CHAINS>();
    let mut sums = [[T::ZERO; L]; CHAINS];
    for (row, x) in row_groups.iter().zip(groups) {
        for chain in 0..CHAINS {
            for l in 0..L {
                sums[chain][l] = row[chain][l].mul_add::<FUSED>(x[chain][l], sums[chain][l]);
            }
        }
    }
    for (row, x) in row_others.iter().zip(others) {
        for l in 0..L {
            sums[0][l] = row[l].mul_add::<FUSED>(x[l], sums[0][l]);
        }
    }
    let sums = from_fn(|l| sums[0][l].plus(sums[1][l]).plus(sums[2][l].plus(sums[3][l])));
    total(with_rest::<FUSED, T, L>(sums, row_rest, rest))
}

/// The sums with the last few products added.
#[inline(always)]
fn with_rest<const FUSED: bool, T: Scalar, const L: usize>(mut sums: [T; L], row: &[T], x: &[T]) -> [T; L] {
    for ((sum, &a), &x) in sums.iter_mut().zip(row).zip(x) {
        *sum = a.mul_add::<FUSED>(x, *sum);
    }
    sums
}

/// The sum of all, by halves.
#[inline(always)]
fn total<T: Scalar, const L: usize>(mut sums: [T; L]) -> T {
    let mut half = L / 2;
    while half > 0 {
        for l in 0..half {
            sums[l] = sums[l].plus(sums[l + half]);
        }
        half /= 2;
    }
    sums[0]
}
