//! AdaGrad: `s <- s + g**2`, then `w <- w - rate * g / (sqrt(s) + epsilon)`.

use super::{At, Rule, Stepped, rule};
use wengert_expr::Expr;

rule! {
    /// AdaGrad: the gradient over the root of the sum of all its squares (Duchi, Hazan and Singer, 2011).
    pub struct AdaGrad {
        /// What keeps the division from zero.
        epsilon: Positive = 1e-10,
    }
}

impl Rule for AdaGrad {
    fn slots(&self) -> &'static [&'static str] {
        &["square"]
    }

    #[track_caller]
    fn step<'b>(&self, At { w, g, rate, .. }: At<'b>, state: &[Expr<'b>]) -> Stepped<'b> {
        let square = state[0] + g.square();
        (w - rate * g / (square.sqrt() + self.epsilon), vec![square])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optim::Optimizer;
    use crate::optim::tests::descend;

    #[test]
    fn two_steps_by_hand() {
        let adagrad = Optimizer::AdaGrad(AdaGrad { epsilon: 1.0 });
        // Sums of squares 9 and 25: steps of 3/4 and -4/6 of the rate.
        let found = descend(adagrad, 1.0, &[3.0, -4.0], 0.5);
        assert!(
            (found[0] - 0.625).abs() < 1e-15 && (found[1] - 0.625 - 1.0 / 3.0).abs() < 1e-15,
            "{found:?}"
        );
    }
}
