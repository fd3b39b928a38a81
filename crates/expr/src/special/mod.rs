//! Scalar functions on f64 and i64 that the standard library lacks or defines otherwise than NumPy does.
//!
//! Every function is total: it never panics, a NaN argument gives NaN (but see [`hypot`]), and what has no
//! value is NaN, an infinity with the sign of the limit, or `None` for integers.

mod arithmetic;
mod digamma;
mod erf;
mod integer;
mod lgamma;
mod logistic;
mod polygamma;
mod random;

pub use arithmetic::{hypot, maximum, minimum, remainder, round, rsqrt, sign};
pub use digamma::digamma;
pub use erf::{erf, erfc};
pub use integer::{power_i64, remainder_i64};
pub use lgamma::lgamma;
pub use logistic::{sigmoid, softplus};
pub use polygamma::polygamma;
pub use random::random;

/// The Bernoulli numbers B2, B4, ..., B20 (DLMF 24.2).
const BERNOULLI: [f64; 10] = [
    1.0 / 6.0,
    -1.0 / 30.0,
    1.0 / 42.0,
    -1.0 / 30.0,
    5.0 / 66.0,
    -691.0 / 2730.0,
    7.0 / 6.0,
    -3617.0 / 510.0,
    43867.0 / 798.0,
    -174_611.0 / 330.0,
];

#[cfg(test)]
mod testing {
    /// Asserts that `got` is within `tolerance * |want|` of `want`, and equal to it where that is 0 or infinite.
    #[track_caller]
    pub(super) fn assert_relative(what: &str, got: f64, want: f64, tolerance: f64) {
        let close = got == want || (got - want).abs() <= tolerance * want.abs();
        assert!(close && (want.is_finite() || got == want), "{what}: got {got:e}, want {want:e}");
    }
}
