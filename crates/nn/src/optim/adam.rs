//! Adam: running means of the gradient and of its square, both corrected for their start at zero.
//!
//! The corrections `1 - beta**t` are made in f64 whatever the parameters' dtype: in f32 the second one would lose
//! four digits at the first step. The count of steps is state, so a step needs nothing but what the last one left.

use super::{At, Rule, Stepped, rule};
use wengert_expr::{DType, Expr};

rule! {
    /// Adam (Kingma and Ba, 2015).
    pub struct Adam {
        /// How much of the mean of gradients stays, in [0, 1).
        beta1: Share = 0.9,
        /// How much of the mean of squares stays, in [0, 1).
        beta2: Share = 0.999,
        /// What keeps the division from zero.
        epsilon: Positive = 1e-8,
    }
}

impl Rule for Adam {
    const COUNTS: bool = true;

    fn slots(&self) -> &'static [&'static str] {
        &["mean", "square"]
    }

    #[track_caller]
    fn step<'b>(&self, At { w, g, rate, steps }: At<'b>, state: &[Expr<'b>]) -> Stepped<'b> {
        let steps = steps.expect("the rule counts steps");
        let (first, second) = (correction(steps, self.beta1), correction(steps, self.beta2));
        let mean = state[0] * self.beta1 + g * (1.0 - self.beta1);
        let square = state[1] * self.beta2 + g.square() * (1.0 - self.beta2);
        let scale = (square / second.cast(w.dtype())).sqrt() + self.epsilon;
        (w - rate * (mean / first.cast(w.dtype())) / scale, vec![mean, square])
    }
}

/// `1 - beta**steps` in f64.
#[track_caller]
fn correction(steps: Expr<'_>, beta: f64) -> Expr<'_> {
    -(steps.cast(DType::F64) * beta.ln()).expm1()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optim::Optimizer;
    use crate::optim::tests::descend;

    #[test]
    fn two_steps_by_hand() {
        let adam = Adam { beta1: 0.5, beta2: 0.75, epsilon: 0.0 };
        // Step 1: means 1 and 1, corrected by 1/2 and 1/4 to 2 and 4: a step of rate * 2/2.
        // Step 2: means -1.5 and 4.75, corrected by 3/4 and 7/16 to -2 and 76/7.
        let found = descend(Optimizer::Adam(adam), 1.0, &[2.0, -4.0], 0.125);
        let second = 0.875 + 0.125 * 2.0 / (76.0f64 / 7.0).sqrt();
        assert!((found[0] - 0.875).abs() < 1e-15 && (found[1] - second).abs() < 1e-15, "{found:?}");
    }

    #[test]
    fn the_first_step_is_the_rate_and_a_zero_gradient_is_none() {
        let adam = Optimizer::Adam(Adam::default());
        let found = descend(adam, 0.0, &[1e-3, 1e-3], 0.05);
        assert!((found[0] + 0.05).abs() < 1e-6 && (found[1] + 0.1).abs() < 2e-6, "{found:?}");
        assert_eq!(descend(adam, 3.0, &[0.0, 0.0], 0.05), [3.0, 3.0]);
        let memoryless = Optimizer::Adam(Adam { beta1: 0.0, beta2: 0.0, epsilon: 0.0 });
        assert_eq!(descend(memoryless, 0.0, &[7.0, -7.0], 0.25), [-0.25, 0.0]);
    }
}
