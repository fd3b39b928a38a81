//! An argument of a composite that is often a plain number.

use crate::expr::Expr;

/// A number or an expression: `x.clip(0.0, 1.0)` and `x.clip(low, high)` are both possible.
#[derive(Clone, Copy, Debug)]
pub enum Operand<'b> {
    /// A number, rounded once to the dtype of what it meets.
    Number(f64),
    /// An expression, which is broadcast as usual.
    Expr(Expr<'b>),
}

impl<'b> Operand<'b> {
    /// As an expression beside this one.
    #[track_caller]
    pub(super) fn beside(self, x: Expr<'b>) -> Expr<'b> {
        match self {
            Operand::Number(number) => x.number(number),
            Operand::Expr(e) => e,
        }
    }
}

impl From<f64> for Operand<'_> {
    fn from(number: f64) -> Self {
        Operand::Number(number)
    }
}

impl<'b> From<Expr<'b>> for Operand<'b> {
    fn from(e: Expr<'b>) -> Operand<'b> {
        Operand::Expr(e)
    }
}
