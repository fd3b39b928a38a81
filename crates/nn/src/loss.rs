//! What training makes small: means over the batch, from logits where there are probabilities.

use crate::mlp::Mlp;
use serde::{Deserialize, Serialize};
use std::fmt;
use wengert_expr::{DType, Expr, Type};

/// A loss.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// The mean of `(output - target)**2` over samples and outputs.
    Mse,
    /// The mean cross-entropy of independent yes-no targets, 0 or 1 for each output.
    BceWithLogits,
    /// The mean over samples of `-log softmax(output)[class]`; a target is the number of its class.
    SoftmaxCrossEntropy,
}

impl Loss {
    /// The type of a batch of targets for a model.
    pub fn target_type(self, model: &Mlp, batch: usize) -> Type {
        match self {
            Loss::SoftmaxCrossEntropy => Type::new(DType::I64, [batch]),
            Loss::Mse | Loss::BceWithLogits => Type::new(model.precision().dtype(), [batch, model.outputs()]),
        }
    }

    /// The loss, a scalar.
    #[track_caller]
    pub fn apply<'b>(self, outputs: Expr<'b>, targets: Expr<'b>) -> Expr<'b> {
        match self {
            Loss::Mse => outputs.mse(targets),
            Loss::BceWithLogits => outputs.bce_with_logits(targets).mean(..),
            Loss::SoftmaxCrossEntropy => outputs.softmax_cross_entropy(targets),
        }
    }

    /// How many samples of a batch are right, a scalar `i64`. For classes the greatest output decides. Otherwise all
    /// outputs of a sample must be on their target's side: of 0 for logits of a yes-no target, within 1/2 of the
    /// target for the squared error, which for targets of 0 and 1 is the threshold 1/2.
    #[track_caller]
    pub fn correct<'b>(self, outputs: Expr<'b>, targets: Expr<'b>) -> Expr<'b> {
        let right = match self {
            Loss::SoftmaxCrossEntropy => outputs.argmax(-1).equal(targets),
            Loss::BceWithLogits => {
                let yes = outputs.greater(outputs.number(0.0));
                yes.equal(targets.greater(targets.number(0.5))).min(1)
            }
            Loss::Mse => (outputs - targets).abs().less(outputs.number(0.5)).min(1),
        };
        right.sum(..)
    }
}

/// As configurations write it.
impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Loss::Mse => "mse",
            Loss::BceWithLogits => "bce_with_logits",
            Loss::SoftmaxCrossEntropy => "softmax_cross_entropy",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wengert_exec::evaluate;
    use wengert_expr::{Builder, Value};

    fn loss_and_correct(loss: Loss, outputs: Value, targets: Value) -> (f64, f64) {
        let b = Builder::new();
        let (o, t) = (b.input("o", outputs.ty()), b.input("t", targets.ty()));
        b.output("loss", loss.apply(o, t));
        b.output("correct", loss.correct(o, t));
        let found = evaluate(&b.finish().unwrap(), &[("o", outputs), ("t", targets)]).unwrap();
        assert_eq!(found[1].dtype(), DType::I64);
        (found[0].item().unwrap(), found[1].item().unwrap())
    }

    #[test]
    fn squared_error() {
        let outputs = Value::new([2, 2], vec![0.5, 1.5, -1.0, 0.25]);
        let targets = Value::new([2, 2], vec![1.0, 1.0, 0.0, 0.0]);
        assert_eq!(loss_and_correct(Loss::Mse, outputs, targets), (1.5625 / 4.0, 0.0));
        let outputs = Value::new([3, 1], vec![0.75, 0.25, 0.75]);
        let targets = Value::new([3, 1], vec![1.0, 0.0, 0.0]);
        assert_eq!(loss_and_correct(Loss::Mse, outputs, targets), ((0.0625 + 0.0625 + 0.5625) / 3.0, 2.0));
    }

    #[test]
    fn yes_no_targets() {
        let outputs = Value::new([1, 3], vec![2.0, -1.0, 0.0]);
        let targets = Value::new([1, 3], vec![1.0, 0.0, 1.0]);
        let (loss, correct) = loss_and_correct(Loss::BceWithLogits, outputs, targets);
        assert!((3.0 * loss - 1.133_336_879_121_140_7).abs() < 1e-12, "{loss}");
        assert_eq!(correct, 0.0);
        let outputs = Value::new([2, 1], vec![1e3, -1e3]);
        let (loss, correct) =
            loss_and_correct(Loss::BceWithLogits, outputs, Value::new([2, 1], vec![1.0, 1.0]));
        assert_eq!((loss, correct), (500.0, 1.0));
    }

    #[test]
    fn classes() {
        // Probabilities of the true classes 0.7, 0.8 and 0.1.
        let rows = [[0.7f64, 0.2, 0.1], [0.1, 0.8, 0.1], [0.6, 0.3, 0.1]];
        let logits = Value::new([3, 3], rows.concat().iter().map(|p| p.ln()).collect());
        let (loss, correct) =
            loss_and_correct(Loss::SoftmaxCrossEntropy, logits, Value::from(vec![0i64, 1, 2]));
        assert!((loss - 0.960_801_196_082_329_2).abs() < 1e-12, "{loss}");
        assert_eq!(correct, 2.0);
    }
}
