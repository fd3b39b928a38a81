//! Which way a product is computed: chosen once from its extents and strides, never from addresses or threads.

#![expect(
    unsafe_code,
    reason = "hands the pointers that the caller of Product::run answers for to the loops"
)]

use super::direct::{Direct, clear};
use super::level::Level;
use super::library;
use super::outer::Outer;
use super::product::Product;
use super::scalar::Scalar;
use super::split::Operands;
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

impl Plan {
    pub(crate) fn new(product: &Product) -> Plan {
        Plan::at_level(product, Level::detect())
    }

    /// A plan for a processor of this level, at most the present one's.
    pub(super) fn at_level(product: &Product, level: Level) -> Plan {
        let straight = tidy(product);
        let told = [(straight, false), (straight.transposed(), true)];
        let plan = |way, (product, swapped): (Product, bool)| Plan { product, swapped, way, level };
        let library = library::takes(&straight, level);
        if straight.m == 0 || straight.n == 0 || (straight.k == 0 && straight.accumulate) {
            return plan(Way::Nothing, told[0]);
        }
        if straight.k == 0 {
            return plan(Way::Clear, told[0]);
        }
        if straight.work() > DIRECT {
            if let Some(&this) = told.iter().find(|(p, _)| is_vector(p, library)) {
                return plan(Way::Vector, this);
            }
            if let Some(&this) = told.iter().find(|(p, _)| is_outer(p, library)) {
                return plan(Way::Outer, this);
            }
            if library && (straight.m, straight.n) != (1, 1) {
                return plan(Way::Library, told[0]);
            }
        }
        let rows = straight.b.column == 1 || straight.a.row != 1;
        plan(Way::Direct, told[usize::from(!rows)])
    }

    /// # Safety
    /// As for [`Product::run`].
    #[inline]
    pub(crate) unsafe fn run(&self, a: *const u8, b: *const u8, c: *mut u8) {
        if let (Way::Library, Some(cut)) = (self.way, library::fixed(&self.product)) {
            return unsafe { self.run_pieces(cut, &Operands { a, b, c }) };
        }
        let (a, b) = if self.swapped { (b, a) } else { (a, b) };
        unsafe {
            match self.product.dtype {
                DType::F32 => self.go::<f32>(a.cast(), b.cast(), c.cast()),
                DType::F64 => self.go::<f64>(a.cast(), b.cast(), c.cast()),
                DType::I64 => self.go::<i64>(a.cast(), b.cast(), c.cast()),
                DType::Bool => unreachable!("the type rule admits no product of truth values"),
            }
        }
    }

    /// # Safety
    /// As for [`Product::run`], the factors in the order of `self.product`.
    #[inline]
    unsafe fn go<T: Scalar>(&self, a: *const T, b: *const T, c: *mut T) {
        let product = &self.product;
        unsafe {
            match self.way {
                Way::Nothing => {}
                Way::Clear => clear(product, c),
                Way::Direct => self.level.run(Direct { product, a, b, c }),
                Way::Vector => self.level.run(MatVec { product, a, x: b, y: c }),
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

/// Below so many multiplications the library's own preparations take longer than three loops.
const DIRECT: usize = 64;

/// True if the loops for a matrix times a column are the best: the library copies a matrix whose rows are contiguous
/// before it reads it, and one whose columns are contiguous it reads in an order that defeats large caches.
fn is_vector(p: &Product, library: bool) -> bool {
    const DEEP: usize = 16;
    const LARGE: usize = 1 << 21;
    let large = p.k >= 4 * DEEP && p.m * p.k * p.dtype.size() > LARGE;
    let rows = p.a.column == 1 && (p.k >= DEEP || !library);
    let columns = p.a.row == 1 && (large || !library);
    p.n == 1 && (rows || columns)
}

/// True if the loops for a column times a row are the best.
fn is_outer(p: &Product, library: bool) -> bool {
    const WIDE: usize = 16;
    p.k == 1 && p.c.column == 1 && (p.n >= WIDE || !library)
}
