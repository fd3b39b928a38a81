//! Regularisers: a part of what is made small that draws weights towards zero.
//!
//! They are part of the loss graph, so their gradients are derived like any other. Biases, parameters of fewer than two
//! axes, are free.

use super::decays;
use serde::{Deserialize, Serialize};
use wengert_expr::Expr;

/// `l1 * sum |w| + l2 / 2 * sum w**2` over all weights: lasso (Tibshirani, 1996) and ridge (Hoerl and Kennard, 1970).
///
/// The gradient of the second is `l2 * w`: what is called weight decay where the rule does not rescale it.
///
/// ```
/// use wengert_expr::{Builder, DType, Type, Value};
///
/// let b = Builder::new();
/// let w = b.input("w", Type::new(DType::F64, [1, 2]));
/// let penalty = wengert_nn::Penalty { l1: 1.0, l2: 2.0 };
/// b.output("penalty", penalty.of(&[w]).unwrap());
/// let found = wengert_exec::evaluate(&b.finish()?, &[("w", Value::new([1, 2], vec![3.0, -4.0]))])?;
/// assert_eq!(found[0].item(), Some(7.0 + 25.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Penalty {
    /// The factor of the sum of absolute values.
    pub l1: f64,
    /// Twice the factor of the sum of squares.
    pub l2: f64,
}

impl Penalty {
    /// The penalty of these parameters, a scalar; none where there is nothing to add.
    #[track_caller]
    pub fn of<'b>(&self, params: &[Expr<'b>]) -> Option<Expr<'b>> {
        let weights = || params.iter().filter(|w| decays(**w));
        let l1 = (self.l1 != 0.0).then(|| weights().map(|w| w.abs().sum(..) * self.l1));
        let l2 = (self.l2 != 0.0).then(|| weights().map(|w| w.square_sum(..) * (0.5 * self.l2)));
        l1.into_iter().flatten().chain(l2.into_iter().flatten()).reduce(|a, b| a + b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wengert_diff::gradient;
    use wengert_exec::evaluate;
    use wengert_expr::{Builder, DType, Type, Value};

    #[test]
    fn weights_are_drawn_to_zero_and_biases_are_not() {
        let b = Builder::new();
        let w = b.input("w", Type::new(DType::F64, [2, 2]));
        let bias = b.input("b", Type::new(DType::F64, [2]));
        let penalty = Penalty { l1: 0.5, l2: 0.25 }.of(&[w, bias]).unwrap();
        let slopes = gradient(penalty, &[w, bias]).unwrap();
        for e in [penalty, slopes[0], slopes[1]] {
            b.output_unnamed(e);
        }
        let values =
            [("w", Value::new([2, 2], vec![1.0, -2.0, 0.0, 4.0])), ("b", Value::from(vec![5.0, 6.0]))];
        let found = evaluate(&b.finish().unwrap(), &values).unwrap();
        assert_eq!(found[0].item(), Some(0.5 * 7.0 + 0.125 * 21.0));
        assert_eq!(found[1].to_f64s(), [0.75, -1.0, 0.0, 1.5]);
        assert_eq!(found[2].to_f64s(), [0.0, 0.0]);
    }

    #[test]
    fn no_penalty_adds_nothing() {
        let b = Builder::new();
        let w = b.input("w", Type::new(DType::F64, [2, 2]));
        assert!(Penalty::default().of(&[w]).is_none());
        assert!(Penalty { l1: 1.0, l2: 1.0 }.of(&[w.sum(..)]).is_none());
    }
}
