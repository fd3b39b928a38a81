//! Lion: the sign of a mix of momentum and gradient, `w <- w - rate * (sign(b1 m + (1 - b1) g) + weight_decay * w)`, then
//! `m <- b2 m + (1 - b2) g`.

use super::{At, Rule, Stepped, decays, rule};
use wengert_expr::Expr;

rule! {
    /// Lion, evolved sign momentum (Chen et al., 2023), with decoupled weight decay; biases do not decay.
    pub struct Lion {
        /// How much momentum is in the direction, in [0, 1).
        beta1: Share = 0.9,
        /// How much of the momentum stays, in [0, 1).
        beta2: Share = 0.99,
        /// Which part of a weight, times the learning rate, goes in a step.
        weight_decay: NonNegative = 0.0,
    }
}

impl Rule for Lion {
    fn slots(&self) -> &'static [&'static str] {
        &["momentum"]
    }

    #[track_caller]
    fn step<'b>(&self, At { w, g, rate, .. }: At<'b>, state: &[Expr<'b>]) -> Stepped<'b> {
        let m = state[0];
        let mut direction = (m * self.beta1 + g * (1.0 - self.beta1)).sign();
        if decays(w) && self.weight_decay > 0.0 {
            direction = direction + w * self.weight_decay;
        }
        (w - rate * direction, vec![m * self.beta2 + g * (1.0 - self.beta2)])
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
        let lion = Optimizer::Lion(Lion { beta1: 0.75, beta2: 0.5, weight_decay: 0.5 });
        // The momenta are 2 and then 0.5; directions 1 and sign(0.75 * 2 - 0.25 * 1) = 1; a quarter of a weight's
        // half goes each time.
        assert_eq!(descend(lion, 1.0, &[4.0, -1.0], 0.25), [0.625, 0.625 - 0.25 - 0.078_125]);
        assert_eq!(descend_as(Type::new(DType::F64, [1]), lion, 1.0, &[4.0, -1.0], 0.25), [0.75, 0.5]);
        // A strong gradient turns it: 1.5 - 0.25 * 8 < 0.
        let plain = Optimizer::Lion(Lion { beta1: 0.75, beta2: 0.5, weight_decay: 0.0 });
        assert_eq!(descend(plain, 1.0, &[4.0, -8.0], 0.25), [0.75, 1.0]);
    }
}
