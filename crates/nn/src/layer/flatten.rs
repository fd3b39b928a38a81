//! The numbers of each sample in one row.

use super::{Misfit, Own, Rule};
use serde::{Deserialize, Serialize};
use wengert_expr::Expr;

/// The numbers of each sample in one row, in the same order.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flatten {}

impl Rule for Flatten {
    const SINGLE: bool = true;

    #[track_caller]
    fn apply<'b>(&self, x: Expr<'b>, _: &mut Own<'_, 'b>) -> Result<Expr<'b>, Misfit> {
        let shape = x.shape();
        if shape.rank() == 2 {
            return Ok(x);
        }
        Ok(x.reshape_to(&[shape[0], shape.iter().skip(1).product()]))
    }
}
