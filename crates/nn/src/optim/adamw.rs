//! AdamW: Adam's step, and weights shrunk by `rate * weight_decay` of themselves, which no moment sees.

use super::{Adam, Rule, Update, decays, rule};
use wengert_expr::{Expr, Type};

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
    fn state_types(&self, params: &[(String, Type)]) -> Vec<(String, Type)> {
        self.adam().state_types(params)
    }

    #[track_caller]
    fn update<'b>(
        &self,
        params: &[Expr<'b>],
        gradients: &[Expr<'b>],
        state: &[Expr<'b>],
        rate: Expr<'b>,
    ) -> Update<'b> {
        let mut update = self.adam().update(params, gradients, state, rate);
        for (next, &w) in update.params.iter_mut().zip(params).filter(|(_, w)| decays(**w)) {
            *next = *next - rate * self.weight_decay * w;
        }
        update
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optim::Optimizer;
    use crate::optim::tests::{descend, descend_as};
    use wengert_expr::DType;

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
