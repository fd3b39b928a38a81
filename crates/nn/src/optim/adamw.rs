//! AdamW: Adam's step, and weights shrunk by `rate * weight_decay` of themselves, which no moment sees.

use super::{Adam, At, Rule, Stepped, decays, rule};
use wengert_expr::Expr;

rule! {
    /// Adam with decoupled weight decay (Loshchilov and Hutter, 2019); biases do not decay.
    pub struct AdamW {
        /// How much of the mean of gradients stays, in [0, 1).
        beta1: Share = 0.9,
        /// How much of the mean of squares stays, in [0, 1).
        beta2: Share = 0.999,
        /// What keeps the division from zero.
        epsilon: Positive = 1e-8,
        /// Which part of a weight, times the learning rate, goes in a step.
        weight_decay: NonNegative = 0.01,
    }
}

impl AdamW {
    fn adam(&self) -> Adam {
        Adam { beta1: self.beta1, beta2: self.beta2, epsilon: self.epsilon }
    }
}

impl Rule for AdamW {
    const COUNTS: bool = Adam::COUNTS;

    fn slots(&self) -> &'static [&'static str] {
        self.adam().slots()
    }

    #[track_caller]
    fn step<'b>(&self, at: At<'b>, state: &[Expr<'b>]) -> Stepped<'b> {
        let (next, state) = self.adam().step(at, state);
        let next = if decays(at.w) { next - at.rate * self.weight_decay * at.w } else { next };
        (next, state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optim::Optimizer;
    use crate::optim::tests::{descend, descend_as};
    use wengert_expr::{DType, Type};

    #[test]
    fn two_steps_by_hand() {
        let adamw = AdamW { beta1: 0.5, beta2: 0.75, epsilon: 0.0, weight_decay: 0.5 };
        // Adam's steps of 1/8 and -(1/8) * 2 / sqrt(76/7), and 1/16 of the weight.
        let step = 0.125 * 2.0 / (76.0f64 / 7.0).sqrt();
        let found = descend(Optimizer::AdamW(adamw), 1.0, &[2.0, -4.0], 0.125);
        let first = 1.0 - 0.125 - 1.0 / 16.0;
        let second = first + step - first / 16.0;
        assert!((found[0] - first).abs() < 1e-15 && (found[1] - second).abs() < 1e-15, "{found:?}");
        let bias = Type::new(DType::F64, [1]);
        let free = descend_as(bias, Optimizer::AdamW(adamw), 1.0, &[2.0, -4.0], 0.125);
        assert!((free[1] - 0.875 - step).abs() < 1e-15, "{free:?}");
    }
}
