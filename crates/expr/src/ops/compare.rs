//! Comparisons of two elements. A NaN compares with nothing: only `!=` is true of it.

use super::elementwise::binary;
use crate::row::{Kernel, Row};
use std::cmp::Ordering;

const fn comparison(name: &'static str, f: fn(Option<Ordering>) -> bool) -> Row {
    binary(name, Kernel::Compare(f), &[|c| c.zero(), |c| c.zero()])
}

super::family! {
    /// Comparisons of two elements.
    Comparison {
        /// `a == b`.
        Equal => comparison("equal", |o| o == Some(Ordering::Equal)),
        /// `a != b`.
        NotEqual => comparison("not_equal", |o| o != Some(Ordering::Equal)),
        /// `a < b`.
        Less => comparison("less", |o| o == Some(Ordering::Less)),
        /// `a <= b`.
        LessEqual => comparison("less_equal", |o| matches!(o, Some(Ordering::Less | Ordering::Equal))),
        /// `a > b`.
        Greater => comparison("greater", |o| o == Some(Ordering::Greater)),
        /// `a >= b`.
        GreaterEqual => comparison("greater_equal", |o| matches!(o, Some(Ordering::Greater | Ordering::Equal))),
    }
}
