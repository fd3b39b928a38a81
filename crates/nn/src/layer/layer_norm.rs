//! Each sample brought to mean 0 and deviation 1 along its last axis, then scaled and shifted.

use super::misfit::{Misfit, positive};
use super::{Own, Rule, Start};
use serde::{Deserialize, Serialize};
use wengert_expr::Expr;

/// `gamma (x - mean) / sqrt(variance + self.epsilon) + beta` along the last axis (Ba, Kiros and Hinton, 2016).
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LayerNorm {
    /// What keeps the divisor from zero.
    pub epsilon: f64,
}

impl Default for LayerNorm {
    fn default() -> LayerNorm {
        LayerNorm { epsilon: 1e-5 }
    }
}

impl Rule for LayerNorm {
    const WEIGHTED: bool = true;

    #[track_caller]
    fn apply<'b>(&self, x: Expr<'b>, own: &mut Own<'_, 'b>) -> Result<Expr<'b>, Misfit> {
        positive("epsilon", self.epsilon)?;
        let features = own.features(x)?;
        let gamma = own.param("gamma", &[features], Start::Constant(1.0), x);
        let beta = own.param("beta", &[features], Start::Constant(0.0), x);
        let centred = x - x.mean_along(&(-1).into(), true);
        let variance = centred.square().mean_along(&(-1).into(), true);
        Ok(centred * (variance + self.epsilon).rsqrt() * gamma + beta)
    }
}
