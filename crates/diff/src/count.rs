//! Counts that may be astronomically large: exact up to 2^4096, then about a power of two.

use num_bigint::BigUint;
use num_traits::{ToPrimitive, Zero};
use std::fmt;
use std::ops::{Add, Mul, Sub};

/// The number of bits up to which a count is exact.
const EXACT_BITS: u64 = 4096;

/// A non-negative whole number, exact up to 2^4096.
#[derive(Clone, PartialEq, Debug)]
pub enum Count {
    /// Just so many.
    Exact(BigUint),
    /// About two to this power.
    About(f64),
}

impl Count {
    /// None.
    pub fn zero() -> Count {
        Count::Exact(BigUint::zero())
    }

    /// True for none.
    pub fn is_zero(&self) -> bool {
        matches!(self, Count::Exact(n) if n.is_zero())
    }

    /// The logarithm to base 2; minus infinity of none.
    pub fn log2(&self) -> f64 {
        match self {
            Count::About(log) => *log,
            Count::Exact(n) => {
                let shift = n.bits().saturating_sub(64);
                (n >> shift).to_f64().unwrap_or(f64::NAN).log2() + shift as f64
            }
        }
    }

    /// The number, if it is exact and fits.
    pub fn to_u64(&self) -> Option<u64> {
        match self {
            Count::Exact(n) => n.to_u64(),
            Count::About(_) => None,
        }
    }

    fn bounded(n: BigUint) -> Count {
        let count = Count::Exact(n);
        match &count {
            Count::Exact(n) if n.bits() > EXACT_BITS => Count::About(count.log2()),
            Count::Exact(_) | Count::About(_) => count,
        }
    }
}

impl From<u64> for Count {
    fn from(n: u64) -> Count {
        Count::Exact(n.into())
    }
}

impl From<u128> for Count {
    fn from(n: u128) -> Count {
        Count::Exact(n.into())
    }
}

impl Add<&Count> for &Count {
    type Output = Count;
    fn add(self, other: &Count) -> Count {
        match (self, other) {
            (Count::Exact(a), Count::Exact(b)) => Count::bounded(a + b),
            (a, b) => {
                let (greater, less) = (a.log2().max(b.log2()), a.log2().min(b.log2()));
                Count::About(greater + (less - greater).exp2().ln_1p() / std::f64::consts::LN_2)
            }
        }
    }
}

/// Never below none.
impl Sub<&Count> for &Count {
    type Output = Count;
    fn sub(self, other: &Count) -> Count {
        match (self, other) {
            (Count::Exact(a), Count::Exact(b)) => Count::Exact(if a > b { a - b } else { BigUint::zero() }),
            (a, _) => a.clone(),
        }
    }
}

impl Mul<u64> for &Count {
    type Output = Count;
    fn mul(self, factor: u64) -> Count {
        match self {
            Count::Exact(n) => Count::bounded(n * factor),
            Count::About(_) if factor == 0 => Count::zero(),
            Count::About(log) => Count::About(log + (factor as f64).log2()),
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Count::Exact(n) => f.pad(&n.to_string()),
            Count::About(log) => f.pad(&format!("about 2^{log:.0}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_exact_up_to_its_bound_and_then_a_power_of_two() {
        let mut count = Count::from(1u64);
        for _ in 0..4095 {
            count = &count * 2;
        }
        assert!(matches!(count, Count::Exact(_)));
        assert_eq!(count.log2(), 4095.0);
        let beyond = &(&count * 2) + &count;
        assert!(matches!(beyond, Count::About(_)));
        assert!((beyond.log2() - (4096.0 + 0.5f64.ln_1p() / std::f64::consts::LN_2)).abs() < 1e-9);
        assert_eq!((&beyond * 1024).to_string(), "about 2^4107");
    }

    #[test]
    fn subtracts_down_to_none() {
        assert!((&Count::from(2u64) - &Count::from(3u64)).is_zero());
        assert_eq!((&Count::from(5u64) - &Count::from(3u64)).to_u64(), Some(2));
    }
}
