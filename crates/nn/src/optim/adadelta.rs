//! Adadelta: `s <- rho * s + (1 - rho) * g**2`, a step `d = g * sqrt(u + epsilon) / sqrt(s + epsilon)` in the parameter's own
//! units, `u <- rho * u + (1 - rho) * d**2`, then `w <- w - rate * d`.

use super::{At, Rule, Stepped, rule};
use wengert_expr::Expr;

rule! {
    /// Adadelta: the gradient times the running size of past steps over its own (Zeiler, 2012). The rate is usually 1.
    pub struct AdaDelta {
        /// How much of both running means of squares stays, in [0, 1).
        rho: Share = 0.9,
        /// What starts the first steps and keeps the division from zero.
        epsilon: Positive = 1e-6,
    }
}

impl Rule for AdaDelta {
    fn slots(&self) -> &'static [&'static str] {
        &["square", "moved"]
    }

    #[track_caller]
    fn step<'b>(&self, At { w, g, rate, .. }: At<'b>, state: &[Expr<'b>]) -> Stepped<'b> {
        let running = |mean: Expr<'b>, x: Expr<'b>| mean * self.rho + x.square() * (1.0 - self.rho);
        let square = running(state[0], g);
        let step = g * ((state[1] + self.epsilon) / (square + self.epsilon)).sqrt();
        (w - rate * step, vec![square, running(state[1], step)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optim::Optimizer;
    use crate::optim::tests::descend;

    #[test]
    fn two_steps_by_hand() {
        let adadelta = Optimizer::AdaDelta(AdaDelta { rho: 0.75, epsilon: 1.0 });
        // s = 16/4 = 4 and d = 4 / sqrt 5, so u = 0.8; then s = 3 + 1 = 4 and d = 2 sqrt(1.8 / 5) = 1.2.
        let found = descend(adadelta, 1.0, &[4.0, 2.0], 0.5);
        let first = 1.0 - 2.0 / 5f64.sqrt();
        assert!((found[0] - first).abs() < 1e-15, "{found:?}");
        assert!((found[1] - (first - 0.6)).abs() < 1e-15, "{found:?}");
    }
}
