//! The mean of each channel over all places.

use super::{Misfit, Own, Rule};
use serde::{Deserialize, Serialize};
use wengert_expr::Expr;

/// The mean of each channel, the last axis, over all other axes of a sample (Lin, Chen and Yan, 2014).
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GlobalAveragePool {}

impl Rule for GlobalAveragePool {
    #[track_caller]
    fn apply<'b>(&self, x: Expr<'b>, _: &mut Own<'_, 'b>) -> Result<Expr<'b>, Misfit> {
        let shape = x.shape();
        if shape.rank() < 3 {
            return Err(Misfit::shape("[extents.., channels]", &shape));
        }
        let places: Vec<i64> = (1..shape.rank() as i64 - 1).collect();
        Ok(x.mean(&places[..]))
    }
}
