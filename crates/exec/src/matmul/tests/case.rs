//! A product with its matrices, and what it is to give: three loops in `f64`.

#![expect(unsafe_code, reason = "products take pointers into vectors that the tests make large enough")]

use super::super::level::Level;
use super::super::plan::Plan;
use super::super::{Product, Strides};
use proptest::prelude::*;
use wengert_expr::DType;

/// A matrix somewhere in a vector: its strides, where its first element lies, and how long the vector is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    pub(super) strides: Strides,
    start: usize,
    pub(super) len: usize,
}

impl Layout {
    pub(super) fn new(strides: Strides, rows: usize, columns: usize) -> Layout {
        let corners = [(0, 0), (rows, 0), (0, columns), (rows, columns)]
            .map(|(i, j)| strides.at(i.saturating_sub(1), j.saturating_sub(1)));
        let (low, high) =
            (corners.iter().min().copied().unwrap_or(0), corners.iter().max().copied().unwrap_or(0));
        Layout { strides, start: -low as usize, len: (high - low) as usize + 1 }
    }

    pub(super) fn place(&self, i: usize, j: usize) -> usize {
        (self.start as isize + self.strides.at(i, j)) as usize
    }
}

/// Numbers that products are made of, in tests.
pub(super) trait Number: Copy + PartialEq + std::fmt::Debug + 'static {
    const DTYPE: DType;
    fn from_i64(x: i64) -> Self;
    fn f64(self) -> f64;
}

impl Number for f32 {
    const DTYPE: DType = DType::F32;
    fn from_i64(x: i64) -> f32 {
        x as f32 / 64.0
    }
    fn f64(self) -> f64 {
        f64::from(self)
    }
}

impl Number for f64 {
    const DTYPE: DType = DType::F64;
    fn from_i64(x: i64) -> f64 {
        x as f64 / 64.0
    }
    fn f64(self) -> f64 {
        self
    }
}

impl Number for i64 {
    const DTYPE: DType = DType::I64;
    fn from_i64(x: i64) -> i64 {
        x
    }
    fn f64(self) -> f64 {
        self as f64
    }
}

/// Numbers between -1 and 1 in steps of 1/64, so that short sums are exact.
pub(super) fn numbers<T: Number>(len: usize, seed: u64) -> Vec<T> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..len)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            T::from_i64((state >> 57) as i64 - 64)
        })
        .collect()
}

/// A product with vectors that hold its matrices.
#[derive(Clone, Debug)]
pub(super) struct Case<T> {
    pub(super) product: Product,
    pub(super) layouts: [Layout; 3],
    pub(super) a: Vec<T>,
    pub(super) b: Vec<T>,
    pub(super) c: Vec<T>,
}

impl<T: Number> Case<T> {
    pub(super) fn new(extents: [usize; 3], strides: [Strides; 3], alpha: f64, accumulate: bool) -> Case<T> {
        let [m, k, n] = extents;
        let [a, b, c] = strides;
        let layouts = [Layout::new(a, m, k), Layout::new(b, k, n), Layout::new(c, m, n)];
        let product = Product { dtype: T::DTYPE, m, k, n, a, b, c, alpha, accumulate };
        let numbers = |i: usize| numbers(layouts[i].len, i as u64 + 1);
        Case { product, layouts, a: numbers(0), b: numbers(1), c: numbers(2) }
    }

    pub(super) fn pointers(&mut self) -> (*const u8, *const u8, *mut u8) {
        let [a, b, c] = self.layouts;
        (
            self.a[a.start..].as_ptr().cast(),
            self.b[b.start..].as_ptr().cast(),
            self.c[c.start..].as_mut_ptr().cast(),
        )
    }

    pub(super) fn run(&mut self) {
        let (a, b, c) = self.pointers();
        unsafe { self.product.run(a, b, c) }
    }

    /// The vector under `c` after a run at a level, with what was between the strides.
    pub(super) fn at_level(&self, level: Level) -> Vec<T> {
        let mut case = self.clone();
        let (a, b, c) = case.pointers();
        unsafe { Plan::at_level(&self.product, level).run(a, b, c) }
        case.c
    }

    /// What element `(i, j)` is to be, in `f64`, and the sum of the magnitudes that went into it.
    fn expected(&self, before: &[T], i: usize, j: usize) -> (f64, f64) {
        let [a, b, c] = self.layouts;
        let terms = (0..self.product.k).map(|l| self.a[a.place(i, l)].f64() * self.b[b.place(l, j)].f64());
        let start = if self.product.accumulate { before[c.place(i, j)].f64() } else { 0.0 };
        let alpha = self.product.alpha;
        let sum = terms.clone().sum::<f64>();
        (
            start + if self.product.k == 0 { 0.0 } else { alpha * sum },
            start.abs() + terms.map(|t| (alpha * t).abs()).sum::<f64>(),
        )
    }

    /// Runs it at every level and holds every element of the vector under `c` against three loops; those between the strides
    /// stay.
    pub(super) fn check(&self) -> Result<(), TestCaseError> {
        Level::all().into_iter().try_for_each(|level| self.check_found(&self.at_level(level)))
    }

    fn check_found(&self, found: &[T]) -> Result<(), TestCaseError> {
        let (m, n) = (self.product.m, self.product.n);
        let mut written = vec![false; found.len()];
        for i in 0..m {
            for j in 0..n {
                let place = self.layouts[2].place(i, j);
                written[place] = true;
                let (expected, magnitude) = self.expected(&self.c, i, j);
                let tolerance = magnitude * if T::DTYPE == DType::F32 { 1e-5 } else { 1e-13 };
                let found = found[place].f64();
                let near = (found - expected).abs() <= tolerance;
                prop_assert!(near, "({i}, {j}): {found}, not {expected}: {:?}", self.product);
            }
        }
        for (place, &written) in written.iter().enumerate() {
            let same = found[place] == self.c[place];
            prop_assert!(written || same, "written between the strides: {:?}", self.product);
        }
        Ok(())
    }
}

/// Strides of a matrix that is read: row- or column-major, with gaps, backwards, or repeated.
pub(super) fn read(rows: usize, columns: usize, kind: usize, gap: usize) -> Strides {
    let (r, c) = (rows.max(1) as isize, columns.max(1) as isize);
    let g = gap as isize;
    match kind {
        0 => Strides::new(c, 1),
        1 => Strides::new(1, r),
        2 => Strides::new(c + g, 1),
        3 => Strides::new(1, r + g),
        4 => Strides::new((g + 1) * c, g + 1),
        5 => Strides::new(g + 1, (g + 1) * r),
        6 => Strides::new(-c, 1),
        7 => Strides::new(1, -r),
        8 => Strides::new(c, -1),
        9 => Strides::new(0, 1),
        10 => Strides::new(1, 0),
        11 => Strides::new(-1, r),
        _ => Strides::new(0, 0),
    }
}

/// How many kinds [`read`] knows, and how many of them, the first, a matrix may have that is written.
pub(super) const READ: usize = 13;
pub(super) const WRITTEN: usize = 9;

pub(super) fn extent() -> impl Strategy<Value = usize> {
    prop_oneof![2 => 0..4_usize, 4 => 1..20_usize, 2 => 20..70_usize, 1 => 95..140_usize]
}

pub(super) fn arguments() -> impl Strategy<Value = ([usize; 3], [usize; 3], usize, f64, bool)> {
    (
        [extent(), extent(), extent()],
        [0..READ, 0..READ, 0..WRITTEN],
        0..4_usize,
        prop_oneof![Just(1.0), Just(-0.25), Just(2.0), Just(0.0)],
        any::<bool>(),
    )
}

pub(super) fn case<T: Number>(
    (extents, kinds, gap, alpha, accumulate): ([usize; 3], [usize; 3], usize, f64, bool),
) -> Case<T> {
    let [m, k, n] = extents;
    let strides = [read(m, k, kinds[0], gap), read(k, n, kinds[1], gap), read(m, n, kinds[2], gap)];
    Case::new(extents, strides, alpha, accumulate)
}
