//! Elementary functions without branches, each written once over [`Real`] numbers.
//!
//! Instantiated with `f32` and `f64` they are scalar functions, which loops over tiles turn into vector code; instantiated
//! with symbols they write the instructions of native code. Both give the same bits.

mod real;

pub(crate) use real::{Bits, Mask, Real};
