//! Elements left out at random while training.

use super::misfit::{Misfit, allowed};
use super::{Own, Rule};
use serde::{Deserialize, Serialize};
use wengert_expr::Expr;

/// In training each element is 0 with probability `rate` and else divided by `1 - rate`, so that its mean stays; in
/// evaluation all stay as they are (Srivastava et al., 2014).
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dropout {
    /// The share of elements that are left out.
    pub rate: f64,
}

impl Rule for Dropout {
    #[track_caller]
    fn apply<'b>(&self, x: Expr<'b>, own: &mut Own<'_, 'b>) -> Result<Expr<'b>, Misfit> {
        let rate = self.rate;
        allowed((0.0..1.0).contains(&rate), "rate", rate, "at least 0 and less than 1")?;
        Ok(match own.uniform(&x.shape()) {
            Some(drawn) if rate > 0.0 => {
                let kept = drawn.greater_equal(drawn.number(rate));
                kept.select(x * (1.0 / (1.0 - rate)), x.number(0.0))
            }
            _ => x,
        })
    }
}
