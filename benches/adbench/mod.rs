//! Problems of ADBench, the benchmark of automatic differentiation by Microsoft: Gaussian mixtures, bundle adjustment.
//!
//! `data/adbench/README.md` names the source and the licence of the inputs that travel with this package.

mod bundle;
mod gmm;
mod numbers;

pub use bundle::Bundle;
pub use gmm::{Gmm, Wishart};

use wengert_expr::{Expr, Range};

/// `count` entries of the last axis, from `start` on.
fn part(e: Expr<'_>, start: usize, count: usize) -> Expr<'_> {
    let mut ranges: Vec<Range> = e.shape().iter().map(|&n| Range::all(n)).collect();
    if let Some(last) = ranges.last_mut() {
        *last = Range { start, count, step: 1 };
    }
    e.slice(&ranges)
}
