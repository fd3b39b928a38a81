//! Layers whose output is added to their input.

use super::{Layer, Misfit, Own, Rule};
use serde::{Deserialize, Serialize};
use wengert_expr::Expr;

/// `x + f(x)`, where `f` is these layers one after another (He et al., 2016); they keep the shape of the samples.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Residual(pub Vec<Layer>);

impl Rule for Residual {
    #[track_caller]
    fn apply<'b>(&self, x: Expr<'b>, own: &mut Own<'_, 'b>) -> Result<Expr<'b>, Misfit> {
        let inside = own.chain(&self.0, x, None)?;
        match inside.shape() == x.shape() {
            true => Ok(x + inside),
            false => {
                Err(Misfit::shape(format!("{} back from the layers inside", x.shape()), &inside.shape()))
            }
        }
    }
}
