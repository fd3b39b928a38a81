//! A dense layer: `h = x W + b`, a sample in each row of `x`.

use super::misfit::{Misfit, units};
use super::{Own, Rule, Start};
use serde::{Deserialize, Serialize};
use wengert_expr::Expr;

/// `x W + b` along the last axis, with `W` of shape `[inputs, units]` and `b` of `[units]`.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dense {
    /// How many numbers come out.
    pub units: usize,
}

impl Rule for Dense {
    const WEIGHTED: bool = true;

    #[track_caller]
    fn apply<'b>(&self, x: Expr<'b>, own: &mut Own<'_, 'b>) -> Result<Expr<'b>, Misfit> {
        units("units", self.units)?;
        let inputs = own.features(x)?;
        let w = own.param("W", &[inputs, self.units], Start::Init, x);
        let b = own.param("b", &[self.units], Start::Constant(0.0), x);
        Ok(x.matmul(w) + b)
    }
}
