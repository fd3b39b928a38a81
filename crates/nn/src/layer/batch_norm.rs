//! Each channel brought to mean 0 and deviation 1 over the batch, then scaled and shifted.

use super::misfit::{Misfit, allowed, positive};
use super::{Own, Rule, Start};
use serde::{Deserialize, Serialize};
use wengert_expr::Expr;

/// `gamma (x - mean) / sqrt(variance + epsilon) + beta` for each channel, the last axis (Ioffe and Szegedy, 2015).
///
/// In training, mean and variance are those of the batch, and a running mean of both is kept, `momentum` of it from before
/// and the rest from the batch (of the variance the one with n - 1); evaluation takes the running ones.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BatchNorm {
    /// How much of the running statistics stays in a step.
    pub momentum: f64,
    /// What keeps the divisor from zero.
    pub epsilon: f64,
}

impl Default for BatchNorm {
    fn default() -> BatchNorm {
        BatchNorm { momentum: 0.9, epsilon: 1e-5 }
    }
}

impl Rule for BatchNorm {
    const WEIGHTED: bool = true;

    #[track_caller]
    fn apply<'b>(&self, x: Expr<'b>, own: &mut Own<'_, 'b>) -> Result<Expr<'b>, Misfit> {
        let BatchNorm { momentum, epsilon } = *self;
        allowed((0.0..1.0).contains(&momentum), "momentum", momentum, "at least 0 and less than 1")?;
        positive("epsilon", epsilon)?;
        let (shape, channels) = (x.shape(), own.features(x)?);
        let gamma = own.param("gamma", &[channels], Start::Constant(1.0), x);
        let beta = own.param("beta", &[channels], Start::Constant(0.0), x);
        let over: Vec<i64> = (0..shape.rank() as i64 - 1).collect();
        let count: usize = shape.iter().rev().skip(1).product();
        let running = [own.buffer("mean", &[channels], 0.0, x), own.buffer("variance", &[channels], 1.0, x)];
        let [mean, variance] = match own.is_training() {
            false => running,
            true => {
                let mean = x.mean(&over[..]);
                let variance = (x - mean).square().mean(&over[..]);
                // Of one sample there is no variance with n - 1: it counts as it is.
                let unbiased = count as f64 / (count as f64 - 1.0).max(1.0);
                for (kept, new) in running.into_iter().zip([mean, variance * unbiased]) {
                    own.update(kept * momentum + new.stop_gradient() * (1.0 - momentum));
                }
                [mean, variance]
            }
        };
        Ok((x - mean) * (gamma * (variance + epsilon).rsqrt()) + beta)
    }
}
