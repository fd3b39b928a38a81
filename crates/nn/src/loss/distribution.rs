//! Entropies and divergences of discrete distributions along the last axis, in nats.
//!
//! A class of probability 0 adds nothing of its own. From logits everything is finite for logits of any size.

use wengert_expr::Expr;

/// `H(p) = -sum p log p`.
#[track_caller]
pub fn entropy(p: Expr<'_>) -> Expr<'_> {
    -p.xlogy(p).sum(-1)
}

/// `-sum p log q`: the entropy of `p` and its divergence from `q` together; infinite where `q` rules out what `p` does not.
#[track_caller]
pub fn cross_entropy<'b>(p: Expr<'b>, q: Expr<'b>) -> Expr<'b> {
    -p.xlogy(q).sum(-1)
}

/// `KL(p, q) = sum p log(p/q)` (Kullback and Leibler, 1951). For learning, `p` is the data's distribution and `q` the
/// model's: `H(p)` does not depend on the model, so this and [`cross_entropy`] have the same gradients and minima.
#[track_caller]
pub fn kl_divergence<'b>(p: Expr<'b>, q: Expr<'b>) -> Expr<'b> {
    p.kl_divergence(q)
}

/// The entropy of `softmax(logits)`.
#[track_caller]
pub fn entropy_of_logits(logits: Expr<'_>) -> Expr<'_> {
    -(logits.softmax(-1) * logits.log_softmax(-1)).sum(-1)
}

/// The divergence of `softmax(p)` from `softmax(q)`.
#[track_caller]
pub fn kl_divergence_of_logits<'b>(p: Expr<'b>, q: Expr<'b>) -> Expr<'b> {
    (p.softmax(-1) * (p.log_softmax(-1) - q.log_softmax(-1))).sum(-1)
}
