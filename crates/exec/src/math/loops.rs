//! The functions over slices, compiled for AVX-512, for AVX2 and for any processor, and chosen when they run.
//!
//! In AVX-512 a function is instantiated with vectors; elsewhere with scalars, whose loops the compiler turns into vector
//! code. What lies beyond a function's range is redone by its reference value.

#![expect(
    unsafe_code,
    reason = "code for processors that may lack its instructions, and vectors loaded from slices"
)]

use super::functions::{OfOne, OfTwo, binary_loop, range, unary_loop};
use super::{Real, reference};
use wengert_expr::{Binary, Unary};

/// A function from each element of a slice to that of another one. Of two lengths the lesser counts.
pub(crate) type Map<T> = fn(&[T], &mut [T]);
/// The same for two slices.
pub(crate) type Zip<T> = fn(&[T], &[T], &mut [T]);

/// The operation over a slice of `f32`; none for what is not from float to float.
pub(crate) fn unary_f32(f: Unary) -> Option<Map<f32>> {
    unary_loop(f)
}

/// The operation over a slice of `f64`.
pub(crate) fn unary_f64(f: Unary) -> Option<Map<f64>> {
    unary_loop(f)
}

/// The operation over two slices of `f32`.
pub(crate) fn binary_f32(f: Binary) -> Option<Zip<f32>> {
    binary_loop(f)
}

/// The operation over two slices of `f64`.
pub(crate) fn binary_f64(f: Binary) -> Option<Zip<f64>> {
    binary_loop(f)
}

/// An operation of one number without vector code.
pub(super) fn each<T: Element>(f: Unary, x: &[T], out: &mut [T]) {
    let Some(f) = reference::unary(f) else { return };
    for (&x, y) in x.iter().zip(out) {
        *y = T::rounded(f(x.into()));
    }
}

/// An operation of two numbers without vector code.
pub(super) fn each_pair<T: Element>(f: Binary, x: &[T], y: &[T], out: &mut [T]) {
    let Some(f) = reference::binary(f) else { return };
    for ((&x, &y), z) in x.iter().zip(y).zip(out) {
        *z = T::rounded(f(x.into(), y.into()));
    }
}

/// Again by the reference value where an argument is out of range.
fn redo<T: Element>(f: Unary, x: &[T], out: &mut [T]) {
    let (Some(limit), Some(reference)) = (range(f), reference::unary(f)) else { return };
    let limit = T::rounded(limit);
    let beyond = |x: T| x > limit || -x > limit;
    // Without a branch, so that the frequent case is one pass of vector code.
    if !x.iter().fold(false, |any, &x| any | beyond(x)) {
        return;
    }
    for (&x, y) in x.iter().zip(out) {
        if beyond(x) {
            *y = T::rounded(reference(x.into()));
        }
    }
}

/// A number that slices are made of.
pub(crate) trait Element: Real + PartialOrd + Into<f64> {
    fn rounded(x: f64) -> Self;
    fn map<F: OfOne>(x: &[Self], out: &mut [Self]);
    fn zip<F: OfTwo>(x: &[Self], y: &[Self], out: &mut [Self]);
}

/// The kinds of processors that code is compiled for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Level {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Portable,
}

impl Level {
    /// The best one for this processor. The standard library keeps what it found.
    #[cfg(target_arch = "x86_64")]
    fn detected() -> Level {
        let has_avx512 = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl");
        let has_fma = is_x86_feature_detected!("fma");
        if has_avx512 && has_fma {
            Level::Avx512
        } else if is_x86_feature_detected!("avx2") && has_fma {
            Level::Avx2
        } else {
            Level::Portable
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn detected() -> Level {
        Level::Portable
    }

    #[cfg(not(test))]
    fn best() -> Level {
        Level::detected()
    }

    /// The one that a test asked for.
    #[cfg(test)]
    fn best() -> Level {
        FORCED.get().unwrap_or_else(Level::detected)
    }

    /// All that this processor can run.
    #[cfg(test)]
    pub(super) fn available() -> &'static [Level] {
        match Level::detected() {
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => &[Level::Avx512, Level::Avx2, Level::Portable],
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => &[Level::Avx2, Level::Portable],
            Level::Portable => &[Level::Portable],
        }
    }
}

#[cfg(test)]
thread_local! {
    static FORCED: std::cell::Cell<Option<Level>> = const { std::cell::Cell::new(None) };
}

/// Runs something with code for this kind of processor, which must be available.
#[cfg(test)]
pub(super) fn forcing<T>(level: Level, run: impl FnOnce() -> T) -> T {
    FORCED.set(Some(level));
    let result = run();
    FORCED.set(None);
    result
}

#[inline(always)]
fn map<T: Element, F: OfOne>(x: &[T], out: &mut [T]) {
    for (&x, y) in x.iter().zip(out) {
        *y = F::at(x);
    }
}

#[inline(always)]
fn zip<T: Element, F: OfTwo>(x: &[T], y: &[T], out: &mut [T]) {
    for ((&x, &y), z) in x.iter().zip(y).zip(out) {
        *z = F::at(x, y);
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn map_avx2<T: Element, F: OfOne>(x: &[T], out: &mut [T]) {
    map::<T, F>(x, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn zip_avx2<T: Element, F: OfTwo>(x: &[T], y: &[T], out: &mut [T]) {
    zip::<T, F>(x, y, out);
}

/// Calls `step` with the start and the number of elements of each step: full ones, for which the number is a constant and
/// masks fall away, and what is left.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn in_steps(count: usize, lanes: usize, mut step: impl FnMut(usize, usize)) {
    let mut i = 0;
    while count - i >= lanes {
        step(i, lanes);
        i += lanes;
    }
    if i < count {
        step(i, count - i);
    }
}

macro_rules! element {
    ($element:ident, $map:ident, $zip:ident, $vector:path, $lanes:literal, $mask:ty, $load:ident, $store:ident) => {
        impl Element for $element {
            #[inline(always)]
            fn rounded(x: f64) -> Self {
                x as $element
            }

            fn map<F: OfOne>(x: &[Self], out: &mut [Self]) {
                match Level::best() {
                    // Sound: the processor has the instructions.
                    #[cfg(target_arch = "x86_64")]
                    Level::Avx512 => unsafe { $map::<F>(x, out) },
                    #[cfg(target_arch = "x86_64")]
                    Level::Avx2 => unsafe { map_avx2::<$element, F>(x, out) },
                    Level::Portable => map::<$element, F>(x, out),
                }
                redo(F::OPERATION, x, out);
            }

            fn zip<F: OfTwo>(x: &[Self], y: &[Self], out: &mut [Self]) {
                match Level::best() {
                    // Sound: the processor has the instructions.
                    #[cfg(target_arch = "x86_64")]
                    Level::Avx512 => unsafe { $zip::<F>(x, y, out) },
                    #[cfg(target_arch = "x86_64")]
                    Level::Avx2 => unsafe { zip_avx2::<$element, F>(x, y, out) },
                    Level::Portable => zip::<$element, F>(x, y, out),
                }
            }
        }

        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx512f,avx512dq,avx512bw,avx512vl,fma")]
        fn $map<F: OfOne>(x: &[$element], out: &mut [$element]) {
            use std::arch::x86_64::{$load, $store};
            let (x, out, count) = (x.as_ptr(), out.as_mut_ptr(), x.len().min(out.len()));
            in_steps(count, $lanes, |i, lanes| {
                let mask = <$mask>::MAX >> ($lanes - lanes);
                // Sound: the elements from `i` on, as many as the mask has bits, lie in both slices.
                unsafe {
                    let y = F::at($vector($load(mask, x.add(i))));
                    $store(out.add(i), mask, y.0);
                }
            });
        }

        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx512f,avx512dq,avx512bw,avx512vl,fma")]
        fn $zip<F: OfTwo>(x: &[$element], y: &[$element], out: &mut [$element]) {
            use std::arch::x86_64::{$load, $store};
            let count = x.len().min(y.len()).min(out.len());
            let (x, y, out) = (x.as_ptr(), y.as_ptr(), out.as_mut_ptr());
            in_steps(count, $lanes, |i, lanes| {
                let mask = <$mask>::MAX >> ($lanes - lanes);
                // Sound: the elements from `i` on, as many as the mask has bits, lie in all three slices.
                unsafe {
                    let z = F::at($vector($load(mask, x.add(i))), $vector($load(mask, y.add(i))));
                    $store(out.add(i), mask, z.0);
                }
            });
        }
    };
}

element!(
    f32,
    map_f32x16,
    zip_f32x16,
    super::avx512::F32x16,
    16,
    u16,
    _mm512_maskz_loadu_ps,
    _mm512_mask_storeu_ps
);
element!(
    f64,
    map_f64x8,
    zip_f64x8,
    super::avx512::F64x8,
    8,
    u8,
    _mm512_maskz_loadu_pd,
    _mm512_mask_storeu_pd
);
