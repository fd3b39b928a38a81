//! Elementary functions without branches, each written once over [`Real`] numbers.
//!
//! Instantiated with `f32` and `f64` they are scalar functions, which loops over tiles turn into vector code; instantiated
//! with symbols they write the instructions of native code. All give the same bits, NaN payloads aside.
//!
//! Always holds: at most 2 units in the last place from the exact value, and NaN, infinities, zeros with their signs,
//! subnormals and overflow as in the reference values. `tests/mod.rs` says which commands show it, for all 2**32 `f32` inputs
//! too; `minimax.py` prints the coefficients.

#[cfg(target_arch = "x86_64")]
mod avx512;
mod error;
mod exp;
mod functions;
mod hyperbolic;
mod inverse;
mod log;
mod logistic;
mod loops;
mod native;
mod polynomial;
mod power;
mod real;
pub(crate) mod reference;
mod simple;
#[cfg(test)]
mod tests;
mod trigonometric;

pub(crate) use functions::{binary, range, unary};
pub(crate) use loops::{binary_f32, binary_f64, unary_f32, unary_f64};
pub(crate) use real::{Bits, Mask, Real};
