//! Large products by a library: private-gemm-x86 on x86-64, gemm on other processors.
//!
//! The first sums over the depth in one order, in steps of 512, for every element, whatever the extents. The second chooses
//! its order by the extents; there a large product is always computed in the same pieces, on one thread or several.

#![expect(unsafe_code, reason = "the libraries take pointers")]

use super::level::Level;
use super::product::Product;
use super::split::Cut;
use wengert_expr::DType;

/// True if the library computes this product.
pub(crate) fn takes(p: &Product, level: Level) -> bool {
    let instructions = !cfg!(target_arch = "x86_64") || level != Level::Portable;
    instructions && matches!(p.dtype, DType::F32 | DType::F64)
}

/// True if the library gives the same bits in pieces of any extents.
pub(super) const ANY_PIECES: bool = cfg!(target_arch = "x86_64");

/// The pieces in which the product is always to be computed, if the library asks for that.
pub(super) fn fixed(p: &Product) -> Option<Cut> {
    if ANY_PIECES { None } else { pieces(p) }
}

/// Pieces that do not depend on the number of threads; each is in turn cut along its other side.
pub(super) fn pieces(p: &Product) -> Option<Cut> {
    const STEP: usize = 128;
    let cut = if p.n >= p.m { Cut::Columns(STEP) } else { Cut::Rows(STEP) };
    (p.m.max(p.n) >= 2 * STEP).then_some(cut)
}

/// # Safety
/// As for [`Product::run`]; the product is one that the library takes.
#[cfg(target_arch = "x86_64")]
pub(crate) unsafe fn run(p: &Product, level: Level, a: *const (), b: *const (), c: *mut ()) {
    use private_gemm_x86::{Accum, DType as Type, DstKind, IType, InstrSet, gemm};
    use std::ptr::null;

    let single = p.alpha as f32;
    let (dtype, alpha): (Type, *const ()) = match p.dtype {
        DType::F32 => (Type::F32, (&raw const single).cast()),
        DType::F64 => (Type::F64, (&raw const p.alpha).cast()),
        DType::I64 | DType::Bool => unreachable!("the library takes floating-point numbers only"),
    };
    let instructions = if level == Level::Avx512 { InstrSet::Avx512 } else { InstrSet::Avx256 };
    let accumulate = if p.accumulate { Accum::Add } else { Accum::Replace };
    const CONJUGATE: bool = false;
    const THREADS: usize = 1;
    unsafe {
        gemm(
            dtype,
            IType::U64,
            instructions,
            p.m,
            p.n,
            p.k,
            c,
            p.c.row,
            p.c.column,
            null(),
            null(),
            DstKind::Full,
            accumulate,
            a,
            p.a.row,
            p.a.column,
            CONJUGATE,
            null(),
            0,
            b,
            p.b.row,
            p.b.column,
            CONJUGATE,
            alpha,
            THREADS,
        );
    }
}

/// # Safety
/// As for [`Product::run`]; the product is one that the library takes.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) unsafe fn run(p: &Product, _: Level, a: *const (), b: *const (), c: *mut ()) {
    unsafe {
        match p.dtype {
            DType::F32 => generic::<f32>(p, 1.0, p.alpha as f32, a.cast(), b.cast(), c.cast()),
            DType::F64 => generic::<f64>(p, 1.0, p.alpha, a.cast(), b.cast(), c.cast()),
            DType::I64 | DType::Bool => unreachable!("the library takes floating-point numbers only"),
        }
    }
}

#[cfg(not(target_arch = "x86_64"))]
unsafe fn generic<T: 'static>(p: &Product, one: T, alpha: T, a: *const T, b: *const T, c: *mut T) {
    const CONJUGATE: bool = false;
    unsafe {
        gemm::gemm(
            p.m,
            p.n,
            p.k,
            c,
            p.c.column,
            p.c.row,
            p.accumulate,
            a,
            p.a.column,
            p.a.row,
            b,
            p.b.column,
            p.b.row,
            one,
            alpha,
            CONJUGATE,
            CONJUGATE,
            CONJUGATE,
            gemm::Parallelism::None,
        );
    }
}
