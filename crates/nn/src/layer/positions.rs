//! A vector for each position, added to what stands there.

use super::{Misfit, Own, Rule, Start};
use serde::{Deserialize, Serialize};
use wengert_expr::Expr;

/// `x + P` with a learned `P` of shape `[words, width]`: without it, attention cannot tell orders apart.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Positions {}

impl Rule for Positions {
    const WEIGHTED: bool = true;

    #[track_caller]
    fn apply<'b>(&self, x: Expr<'b>, own: &mut Own<'_, 'b>) -> Result<Expr<'b>, Misfit> {
        let shape = x.shape();
        let &[_, words, width] = &shape[..] else {
            return Err(Misfit::shape("[words, width]", &shape));
        };
        let spread = Start::Normal(1.0 / (width as f64).sqrt());
        Ok(x + own.param("P", &[words, width], spread, x))
    }
}
