//! RMSProp: `s <- decay * s + (1 - decay) * g**2`, then `w <- w - rate * g / (sqrt(s) + epsilon)`.

use super::{At, Rule, Stepped, rule};
use wengert_expr::Expr;

rule! {
    /// RMSProp: the gradient over the root of its running mean square (Tieleman and Hinton, 2012).
    pub struct RmsProp {
        /// How much of the mean of squares stays, in [0, 1).
        decay: Share = 0.9,
        /// What keeps the division from zero.
        epsilon: Positive = 1e-8,
    }
}

impl Rule for RmsProp {
    fn slots(&self) -> &'static [&'static str] {
        &["square"]
    }

    #[track_caller]
    fn step<'b>(&self, At { w, g, rate, .. }: At<'b>, state: &[Expr<'b>]) -> Stepped<'b> {
        let square = state[0] * self.decay + g.square() * (1.0 - self.decay);
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
        let rmsprop = Optimizer::RmsProp(RmsProp { decay: 0.75, epsilon: 0.5 });
        // Means of squares 4/4 = 1, then 3/4 + 13/4 = 4: steps of 2 / 1.5 and sqrt(13) / 2.5, in units of the rate.
        let found = descend(rmsprop, 1.0, &[2.0, 13f64.sqrt()], 0.375);
        let second = 0.5 - 0.375 * 13f64.sqrt() / 2.5;
        assert!((found[0] - 0.5).abs() < 1e-15 && (found[1] - second).abs() < 1e-15, "{found:?}");
    }
}
