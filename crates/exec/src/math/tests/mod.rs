//! How accurate the functions are, and how fast.
//!
//! `f32` is held against the reference values in `f64`, on a sample of all exponents or, if asked, on all 2**32 inputs; `f64`
//! against 320 bits of the `astro-float` crate, on points by chance and on those where functions are hard. Both print a table
//! of the worst errors in units in the last place (ulp) and of nanoseconds for each element of a slice of 4096:
//!
//!     WENGERT_EXHAUSTIVE=1 cargo test --release -p wengert-exec --lib math::tests::narrow -- --nocapture
//!     WENGERT_POINTS=20000 cargo test --release -p wengert-exec --lib math::tests::wide -- --nocapture
//!
//! `WENGERT_FUNCTION=exp` in front takes that function only.

mod agreement;
mod exact;
mod narrow;
mod pairs;
mod wide;

use super::loops::{Level, forcing};
use std::hint::black_box;
use std::time::Instant;
use wengert_expr::Unary;

/// The error that every function keeps, in units in the last place.
const BOUND: f64 = 2.0;

/// The worst error so far, and the argument that has it.
#[derive(Clone, Copy, Debug, Default)]
struct Worst {
    ulp: f64,
    at: f64,
}

impl Worst {
    fn note(&mut self, ulp: f64, at: f64) {
        if ulp.is_nan() || ulp > self.ulp {
            // Not a number is worse than any.
            *self = Worst { ulp: if ulp.is_nan() { f64::INFINITY } else { ulp }, at };
        }
    }

    fn or(self, other: Worst) -> Worst {
        if other.ulp > self.ulp { other } else { self }
    }
}

/// A floating-point format.
#[derive(Clone, Copy)]
struct Format {
    /// Bits of the significand.
    precision: i32,
    least: i32,
    greatest: i32,
}

const NARROW: Format = Format { precision: 24, least: -126, greatest: 127 };
const WIDE: Format = Format { precision: 53, least: -1022, greatest: 1023 };

impl Format {
    /// One unit in the last place of numbers of this exponent, as an exponent.
    fn ulp(self, exponent: i32) -> i32 {
        exponent.clamp(self.least, self.greatest) - self.precision + 1
    }
}

/// The functions that have a body without branches and are not left out by `WENGERT_FUNCTION`.
fn functions() -> impl Iterator<Item = Unary> {
    let only = std::env::var("WENGERT_FUNCTION").ok();
    Unary::ALL.iter().copied().filter(move |f| {
        super::unary::<f32>(*f, 0.5).is_some() && only.as_ref().is_none_or(|name| name == f.row().name)
    })
}

/// Nanoseconds for each element of a slice, the least of many runs, with the code for each kind of processor that this is.
fn nanoseconds<T: Copy>(run: impl Fn(&[T], &mut [T]), x: T) -> Vec<(Level, f64)> {
    let x = vec![x; 4096];
    let mut out = x.clone();
    let mut once = || {
        let start = Instant::now();
        run(black_box(&x), black_box(&mut out));
        start.elapsed().as_nanos() as f64 / 4096.0
    };
    let mut least = || (0..300).map(|_| once()).fold(f64::INFINITY, f64::min);
    Level::available().iter().map(|&level| (level, forcing(level, &mut least))).collect()
}

/// A generator of pseudo-random bits (splitmix64; Steele, Lea and Flood 2014).
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Between 0 and 1.
    fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Writes a line of the table.
fn report(name: &str, worst: Worst, nanoseconds: Vec<(Level, f64)>) {
    let times: String = nanoseconds.iter().map(|(level, ns)| format!("  {level:?} {ns:.2} ns")).collect();
    println!("{name:>12} {:6.3} ulp at {:<24e}{times}", worst.ulp, worst.at);
}
