//! Output units: from a model's last affine layer to predictions.
//!
//! Losses take the layer itself, so a unit is only for reading predictions off; where a loss needs what a unit computes,
//! it comes from here as well.

use wengert_expr::{Expr, Range};

/// What makes predictions of a model's outputs `[batch, outputs]`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum OutputUnit {
    /// The outputs themselves: means of numbers.
    Linear,
    /// Clipped to 0 and 1. Outside it has no slope at all, so a unit that is wrong there never learns: kept to show why
    /// the sigmoid is used.
    ClippedLinear,
    /// The means in the first half of the columns, positive variances in the second.
    Gaussian(Variance),
    /// `1 / (1 + e**-z)`: the probability of yes.
    Sigmoid,
    /// `e**z / sum e**z`: the probabilities of classes of which just one is right, a single multinomial model.
    Softmax,
    /// A sigmoid for each label: labels do not exclude one another, and their probabilities need not sum to 1.
    MultiLabel,
}

/// What makes a positive variance of an output, with [`Variance::FLOOR`] added: a variance of 0 would make the
/// likelihood of a sample that is met exactly infinite.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Variance {
    /// `log(1 + e**z)`.
    Softplus,
    /// `e**z`, so `z` is the log-variance, clipped to ±60, where an `f32` still holds it.
    Exp,
}

impl Variance {
    /// The least variance.
    pub const FLOOR: f64 = 1e-6;
    /// Where [`Variance::Exp`] clips.
    const WIDEST: f64 = 60.0;

    /// The variance, at least [`Variance::FLOOR`].
    #[track_caller]
    pub fn apply(self, z: Expr<'_>) -> Expr<'_> {
        let positive = match self {
            Variance::Softplus => z.softplus(),
            Variance::Exp => z.clip(-Variance::WIDEST, Variance::WIDEST).exp(),
        };
        positive + Variance::FLOOR
    }

    /// Means and variances `[batch, k]` from outputs `[batch, 2k]`.
    #[track_caller]
    pub fn split<'b>(self, outputs: Expr<'b>) -> (Expr<'b>, Expr<'b>) {
        let shape = outputs.shape();
        let half = shape.last().copied().unwrap_or(0) / 2;
        let part = |start: usize| {
            let mut ranges: Vec<Range> = shape.iter().map(|&n| Range::all(n)).collect();
            if let Some(last) = ranges.last_mut() {
                *last = Range { start, count: half, step: 1 };
            }
            outputs.slice(&ranges)
        };
        (part(0), self.apply(part(half)))
    }
}

impl OutputUnit {
    /// The predictions, of the outputs' shape.
    ///
    /// ```
    /// use wengert_expr::{Builder, Value};
    /// use wengert_nn::OutputUnit;
    /// let b = Builder::new();
    /// let logits = b.constant(Value::new([1, 2], vec![1e3, 1e3]));
    /// b.output("p", OutputUnit::Softmax.apply(logits));
    /// let p = wengert_exec::evaluate(&b.finish()?, &[])?;
    /// assert_eq!(p[0].to_f64s(), [0.5, 0.5]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[track_caller]
    pub fn apply(self, outputs: Expr<'_>) -> Expr<'_> {
        match self {
            OutputUnit::Linear => outputs,
            OutputUnit::ClippedLinear => outputs.clip(0.0, 1.0),
            OutputUnit::Gaussian(variance) => {
                let (mean, variance) = variance.split(outputs);
                mean.concatenate(&[variance], -1)
            }
            OutputUnit::Sigmoid | OutputUnit::MultiLabel => outputs.sigmoid(),
            OutputUnit::Softmax => outputs.softmax(-1),
        }
    }

    /// The most probable answer, if the unit has one: the class `[batch]` of a softmax, yes or no as a boolean
    /// `[batch, outputs]` for sigmoids, yes where a probability is more than 1/2.
    #[track_caller]
    pub fn decide(self, outputs: Expr<'_>) -> Option<Expr<'_>> {
        match self {
            OutputUnit::Softmax => Some(outputs.argmax(-1)),
            OutputUnit::Sigmoid | OutputUnit::MultiLabel => Some(outputs.greater(outputs.number(0.0))),
            OutputUnit::Linear | OutputUnit::ClippedLinear | OutputUnit::Gaussian(_) => None,
        }
    }
}
