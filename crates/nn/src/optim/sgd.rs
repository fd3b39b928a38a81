//! Gradient descent: `v <- momentum * v + g`, then `w <- w - rate * v`.
//!
//! Without momentum there is no state.

use super::Update;
use wengert_expr::{Expr, Type};

/// Stochastic gradient descent, with momentum.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Sgd {
    /// How much of the last step's direction stays, in [0, 1).
    pub momentum: f64,
}

impl Sgd {
    pub(super) fn state_types(&self, params: &[(String, Type)]) -> Vec<(String, Type)> {
        if self.momentum == 0.0 {
            return Vec::new();
        }
        params.iter().map(|(name, ty)| (format!("{name}_momentum"), ty.clone())).collect()
    }

    #[track_caller]
    pub(super) fn update<'b>(
        &self,
        params: &[Expr<'b>],
        gradients: &[Expr<'b>],
        state: &[Expr<'b>],
        rate: Expr<'b>,
    ) -> Update<'b> {
        let state: Vec<Expr<'b>> = if self.momentum == 0.0 {
            Vec::new()
        } else {
            assert_eq!(state.len(), params.len(), "each parameter has a momentum");
            state.iter().zip(gradients).map(|(&v, &g)| v * self.momentum + g).collect()
        };
        let directions = if self.momentum == 0.0 { gradients } else { &state };
        let params = params.iter().zip(directions).map(|(&w, &d)| w - rate * d).collect();
        Update { params, state }
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
        let ty = Type::scalar(wengert_expr::DType::F64);
        assert!(sgd.state_types(&[("w".into(), ty)]).is_empty());
    }
}
