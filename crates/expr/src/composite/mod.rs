//! Composites: functions that build primitives, by what they are for.
//!
//! Each is safe in its value and in its derivatives of every order where its arguments are large, or says where not:
//! no branch overflows into another, and no weight of zero meets an infinity. Integers become `f64` where the result
//! has fractions.

mod activation;
mod diagonal;
mod einsum;
mod loss;
mod operand;
mod softmax;
mod statistic;
#[cfg(test)]
mod testing;

pub use operand::Operand;

use crate::build::Along;
use crate::expr::Expr;
use crate::ty::Shape;

impl<'b> Expr<'b> {
    /// The axes that a user named, or the dead expression that says what is wrong with them.
    #[track_caller]
    fn resolve(self, op: &str, axes: &Along) -> Result<Vec<u8>, Expr<'b>> {
        axes.resolve(self.rank()).map_err(|error| self.builder().fail(op, error, &[self]))
    }

    /// `self * weight`, and 0 where the weight is 0 and `lost` is true: where `self` is infinite, in practice.
    #[track_caller]
    fn weighted(self, weight: Expr<'b>, lost: Expr<'b>) -> Expr<'b> {
        let flat = weight.equal(weight.number(0.0)).logical_and(lost);
        flat.select(self.number(0.0), self) * weight
    }
}

/// How many elements one element of the result comes from.
fn count(shape: &Shape, axes: &[u8]) -> usize {
    axes.iter().map(|&a| shape[usize::from(a)]).product()
}
