//! Nesterov's momentum: `v <- momentum * v + g`, then `w <- w - rate * (g + momentum * v)`.
//!
//! The parameters kept are the points looked ahead to, where the gradient is taken: with a constant rate that is
//! Sutskever's `v <- momentum * v - rate * gradient(w + momentum * v)`, `w <- w + v` in other variables.

use super::{At, Rule, Stepped, rule};
use wengert_expr::Expr;

rule! {
    /// Nesterov's accelerated gradient, as momentum (Sutskever, Martens, Dahl and Hinton, 2013).
    pub struct Nesterov {
        /// How much of the last step's direction stays, in [0, 1).
        momentum: Share = 0.9,
    }
}

impl Rule for Nesterov {
    fn slots(&self) -> &'static [&'static str] {
        &["momentum"]
    }

    #[track_caller]
    fn step<'b>(&self, At { w, g, rate, .. }: At<'b>, state: &[Expr<'b>]) -> Stepped<'b> {
        let v = state[0] * self.momentum + g;
        (w - rate * (g + v * self.momentum), vec![v])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optim::Optimizer;
    use crate::optim::tests::descend;

    #[test]
    fn two_steps_by_hand() {
        let nesterov = Optimizer::Nesterov(Nesterov { momentum: 0.5 });
        // v = 2, a step of 0.25 * (2 + 1); then v = 5, a step of 0.25 * (4 + 2.5).
        assert_eq!(descend(nesterov, 1.0, &[2.0, 4.0], 0.25), [0.25, -1.375]);
    }

    /// On `f(w) = 3 w**2 / 2` by the rule as it was published.
    #[test]
    fn it_is_the_published_rule_at_the_points_looked_ahead_to() {
        let (momentum, rate) = (0.5, 0.125);
        let (mut w, mut v) = (1.0f64, 0.0);
        let mut ahead = vec![w];
        for _ in 0..4 {
            v = momentum * v - rate * 3.0 * (w + momentum * v);
            w += v;
            ahead.push(w + momentum * v);
        }
        let slopes: Vec<f64> = ahead[..4].iter().map(|w| 3.0 * w).collect();
        let found = descend(Optimizer::Nesterov(Nesterov { momentum }), 1.0, &slopes, rate);
        assert!(found.iter().zip(&ahead[1..]).all(|(f, a)| (f - a).abs() < 1e-15), "{found:?} {ahead:?}");
    }
}
