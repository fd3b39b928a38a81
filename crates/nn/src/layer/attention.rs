//! Self-attention with several heads.

use super::misfit::{Misfit, allowed};
use super::{Own, Rule, Start};
use serde::{Deserialize, Serialize};
use wengert_expr::{DType, Expr};

/// `softmax(Q K' / sqrt(d)) V` for each head of width `d`, the heads side by side, times `Wo`; `Q`, `K` and `V` are products
/// of the words with `Wq`, `Wk` and `Wv`, each `[width, width]` (Vaswani et al., 2017). Samples are `[words, width]`.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attention {
    /// How many heads share the width.
    pub heads: usize,
    /// Whether a word sees only those before it and itself.
    #[serde(default)]
    pub causal: bool,
}

impl Rule for Attention {
    const WEIGHTED: bool = true;

    #[track_caller]
    fn apply<'b>(&self, x: Expr<'b>, own: &mut Own<'_, 'b>) -> Result<Expr<'b>, Misfit> {
        let shape = x.shape();
        let &[samples, words, width] = &shape[..] else {
            return Err(Misfit::shape("[words, width]", &shape));
        };
        let heads = self.heads;
        let divides = heads > 0 && width.is_multiple_of(heads);
        allowed(divides, "heads", heads, format!("a divisor of the width {width}"))?;
        let [q, k, v] = ["Wq", "Wk", "Wv"].map(|name| {
            let w = own.param(name, &[width, width], Start::Init, x);
            x.matmul(w).reshape_to(&[samples, words, heads, width / heads])
        });
        let wo = own.param("Wo", &[width, width], Start::Init, x);
        let b = x.builder();
        let mut scores = b.einsum("nqhd,nkhd->nhqk", &[q, k]) * (heads as f64 / width as f64).sqrt();
        if self.causal {
            let at = |axis| b.iota([words, words], axis, DType::I64);
            scores = at(1).less_equal(at(0)).select(scores, scores.number(f64::NEG_INFINITY));
        }
        let seen = b.einsum("nhqk,nkhd->nqhd", &[scores.softmax(-1).named("attention"), v]);
        Ok(seen.reshape_to(&shape).matmul(wo))
    }
}
