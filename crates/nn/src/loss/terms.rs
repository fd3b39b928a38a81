//! The terms of losses that are more than a line.

use std::f64::consts::PI;
use wengert_expr::Expr;

/// `e**2 / 2` where `|e| <= delta`, else `delta*(|e| - delta/2)`.
#[track_caller]
pub(super) fn huber(error: Expr<'_>, delta: f64) -> Expr<'_> {
    let size = error.abs();
    let line = (size - 0.5 * delta) * delta;
    size.less_equal(size.number(delta)).select(error.square() * 0.5, line)
}

/// The negative logarithm of the normal density of targets, for a variance that is positive.
#[track_caller]
pub(super) fn gaussian<'b>(mean: Expr<'b>, variance: Expr<'b>, targets: Expr<'b>) -> Expr<'b> {
    ((targets - mean).square() / variance + variance.log() + (2.0 * PI).ln()) * 0.5
}

/// The cross-entropy of each sample with `(1 - share)*onehot(class) + share/classes`.
#[track_caller]
pub(super) fn smoothed<'b>(logits: Expr<'b>, classes: Expr<'b>, share: f64) -> Expr<'b> {
    let even = logits.logsumexp(-1) - logits.mean(-1);
    logits.softmax_cross_entropies(classes) * (1.0 - share) + even * share
}
