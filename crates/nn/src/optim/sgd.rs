//! Gradient descent: `v <- momentum * v + g`, then `w <- w - rate * v`.
//!
//! Without momentum there is no state.

use super::{At, Rule, Stepped, rule};
use wengert_expr::Expr;

rule! {
    /// Stochastic gradient descent (Robbins and Monro, 1951), with heavy-ball momentum (Polyak, 1964).
    pub struct Sgd {
        /// How much of the last step's direction stays, in [0, 1).
        momentum: Share = 0.0,
    }
}

impl Rule for Sgd {
    fn slots(&self) -> &'static [&'static str] {
        if self.momentum == 0.0 { &[] } else { &["momentum"] }
    }

    #[track_caller]
    fn step<'b>(&self, At { w, g, rate, .. }: At<'b>, state: &[Expr<'b>]) -> Stepped<'b> {
        match state.first() {
            None => (w - rate * g, Vec::new()),
            Some(&v) => {
                let v = v * self.momentum + g;
                (w - rate * v, vec![v])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optim::Optimizer;
    use crate::optim::tests::descend;

    #[test]
    fn momentum_by_hand() {
        let sgd = Optimizer::Sgd(Sgd { momentum: 0.5 });
        // v = 2, then 0.5 * 2 + 4 = 5, then 2.5.
        assert_eq!(descend(sgd, 1.0, &[2.0, 4.0, 0.0], 0.25), [0.5, -0.75, -1.375]);
    }

    #[test]
    fn plain_descent_keeps_nothing() {
        let sgd = Optimizer::Sgd(Sgd::default());
        assert_eq!(descend(sgd, 1.0, &[2.0, 4.0, 0.0], 0.25), [0.5, -0.5, -0.5]);
        let ty = wengert_expr::Type::scalar(wengert_expr::DType::F64);
        assert!(sgd.state_types(&[("w".into(), ty)]).is_empty());
    }
}
