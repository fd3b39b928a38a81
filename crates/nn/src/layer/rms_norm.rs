//! Each sample divided by its root mean square along its last axis, then scaled.

use super::misfit::{Misfit, positive};
use super::{Own, Rule, Start};
use serde::{Deserialize, Serialize};
use wengert_expr::Expr;

/// `gamma x / sqrt(mean(x**2) + self.epsilon)` along the last axis (Zhang and Sennrich, 2019).
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RmsNorm {
    /// What keeps the divisor from zero.
    pub epsilon: f64,
}

impl Default for RmsNorm {
    fn default() -> RmsNorm {
        RmsNorm { epsilon: 1e-6 }
    }
}

impl Rule for RmsNorm {
    const WEIGHTED: bool = true;

    #[track_caller]
    fn apply<'b>(&self, x: Expr<'b>, own: &mut Own<'_, 'b>) -> Result<Expr<'b>, Misfit> {
        positive("epsilon", self.epsilon)?;
        let features = own.features(x)?;
        let gamma = own.param("gamma", &[features], Start::Constant(1.0), x);
        let size = x.square().mean_along(&(-1).into(), true);
        Ok(x * (size + self.epsilon).rsqrt() * gamma)
    }
}
