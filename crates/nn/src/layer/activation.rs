//! An activation function of every element.

use super::misfit::{Misfit, allowed};
use super::{Own, Rule};
use crate::activation::Activation;
use serde::{Deserialize, Serialize};
use wengert_expr::Expr;

/// An activation function of every element.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Activate(pub Activation);

impl Rule for Activate {
    const SINGLE: bool = true;

    #[track_caller]
    fn apply<'b>(&self, x: Expr<'b>, _: &mut Own<'_, 'b>) -> Result<Expr<'b>, Misfit> {
        if let Some(a) = self.0.parameter() {
            allowed(a.is_finite(), "the activation's parameter", a, "a finite number")?;
        }
        Ok(self.0.apply(x))
    }
}
