//! Which way a product is computed: chosen once from its extents and strides, never from addresses or threads.

#![expect(
    unsafe_code,
    reason = "hands the pointers that the caller of Product::run answers for to the loops"
)]

use super::direct::{Direct, clear};
use super::level::Level;
use super::library;
use super::outer::Outer;
use super::product::{Product, Strides};
use super::scalar::Scalar;
use super::vector::MatVec;
use wengert_expr::DType;

/// How.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Way {
    /// There is no element to write.
    Nothing,
    /// Nothing is added to zero.
    Clear,
    /// Three loops.
    Direct,
    /// A matrix, whose rows or columns are contiguous, times one column.
    Vector,
    /// One column times one row, onto contiguous rows.
    Outer,
    /// The library.
    Library,
}

/// A product, perhaps told from the other side, and the way to compute it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Plan {
    pub(crate) product: Product,
    /// The product is the transposed one, so its factors have changed places.
    pub(crate) swapped: bool,
    pub(crate) way: Way,
    pub(crate) level: Level,
}

/// Below so many multiplications the library's own preparations take longer than three loops.
const DIRECT: usize = 128;

impl Plan {
    pub(crate) fn new(product: &Product) -> Plan {
        let level = Level::detect();
        let straight = tidy(product);
        let way = way(&straight, level);
        // A single row is a single column, and contiguous columns are contiguous rows, from the other side.
        let swapped = match way {
            Way::Vector => straight.n != 1,
            Way::Outer => straight.c.column != 1,
            Way::Direct => straight.b.column != 1 && straight.a.row == 1,
            Way::Nothing | Way::Clear | Way::Library => false,
        };
        let product = if swapped { straight.transposed() } else { straight };
        Plan { product, swapped, way, level }
    }

    /// # Safety
    /// As for [`Product::run`].
    #[inline]
    pub(crate) unsafe fn run(&self, a: *const u8, b: *const u8, c: *mut u8) {
        let (a, b) = if self.swapped { (b, a) } else { (a, b) };
        unsafe {
            match self.product.dtype {
                DType::F32 => self.go::<f32, 16>(a.cast(), b.cast(), c.cast()),
                DType::F64 => self.go::<f64, 8>(a.cast(), b.cast(), c.cast()),
                DType::I64 => self.go::<i64, 8>(a.cast(), b.cast(), c.cast()),
                DType::Bool => unreachable!("the type rule admits no product of truth values"),
            }
        }
    }

    /// # Safety
    /// As for [`Product::run`], the factors in the order of `self.product`; `L` numbers fill 64 bytes.
    #[inline]
    unsafe fn go<T: Scalar, const L: usize>(&self, a: *const T, b: *const T, c: *mut T) {
        let product = &self.product;
        unsafe {
            match self.way {
                Way::Nothing => {}
                Way::Clear => clear(product, c),
                Way::Direct => self.level.run(Direct { product, a, b, c }),
                Way::Vector => self.level.run(MatVec::<T, L> { product, a, x: b, y: c }),
                Way::Outer => self.level.run(Outer { product, a, b, c }),
                Way::Library => library::run(product, self.level, a.cast(), b.cast(), c.cast()),
            }
        }
    }
}

/// The product with strides that nobody takes set to what makes its layouts plain.
fn tidy(product: &Product) -> Product {
    let mut p = *product;
    if p.m == 1 {
        p.a.row = p.k as isize;
        p.c.row = if p.c.column == 1 { p.n as isize } else { 1 };
    }
    if p.n == 1 {
        p.b.column = if p.b.row == 1 { p.k as isize } else { 1 };
        p.c.column = if p.c.row == 1 { p.m as isize } else { 1 };
    }
    if p.k == 1 {
        p.a.column = if p.a.row == 1 { p.m as isize } else { 1 };
        p.b.row = p.n as isize;
    }
    p
}

fn way(p: &Product, level: Level) -> Way {
    let contiguous = |s: Strides| s.row == 1 || s.column == 1;
    if p.m == 0 || p.n == 0 {
        Way::Nothing
    } else if p.k == 0 {
        if p.accumulate { Way::Nothing } else { Way::Clear }
    } else if p.work() <= DIRECT || (p.m == 1 && p.n == 1 && !contiguous(p.a) && !contiguous(p.b)) {
        Way::Direct
    } else if (p.n == 1 && contiguous(p.a)) || (p.m == 1 && contiguous(p.b)) {
        Way::Vector
    } else if p.k == 1 && contiguous(p.c) {
        Way::Outer
    } else if library::takes(p, level) {
        Way::Library
    } else {
        Way::Direct
    }
}
