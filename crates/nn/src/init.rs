//! The first values of weights: random with a spread that keeps signals and gradients in range.

use crate::random::Random;
use serde::{Deserialize, Serialize};
use wengert_expr::{Type, Value};

/// A distribution for the weights `[fan_in, fan_out]` of a layer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Init {
    /// Uniform in ± sqrt(6 / (fan_in + fan_out)).
    GlorotUniform,
    /// Normal with variance 2 / (fan_in + fan_out).
    GlorotNormal,
    /// Uniform in ± sqrt(6 / fan_in).
    HeUniform,
    /// Normal with variance 2 / fan_in.
    HeNormal,
    /// Zero everywhere: the units of a hidden layer stay copies of one another.
    Zeros,
}

impl Init {
    /// The variance of a weight.
    pub fn variance(self, fan_in: usize, fan_out: usize) -> f64 {
        let (fan_in, fan_out) = (fan_in as f64, fan_out as f64);
        match self {
            Init::GlorotUniform | Init::GlorotNormal => 2.0 / (fan_in + fan_out),
            Init::HeUniform | Init::HeNormal => 2.0 / fan_in,
            Init::Zeros => 0.0,
        }
    }

    /// A matrix of weights of this type, whose shape is `[fan_in, fan_out]`.
    pub fn sample(self, ty: &Type, random: &mut Random) -> Value {
        let (fan_in, fan_out) =
            (ty.shape.first().copied().unwrap_or(1), ty.shape.last().copied().unwrap_or(1));
        let variance = self.variance(fan_in, fan_out);
        let weights: Vec<f64> = (0..ty.shape.elements())
            .map(|_| match self {
                Init::GlorotUniform | Init::HeUniform => {
                    (2.0 * random.uniform() - 1.0) * (3.0 * variance).sqrt()
                }
                Init::GlorotNormal | Init::HeNormal => random.normal() * variance.sqrt(),
                Init::Zeros => 0.0,
            })
            .collect();
        Value::from_f64s(ty, &weights)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;
    use wengert_expr::DType;

    fn sample(init: Init, seed: u64) -> Vec<f64> {
        let ty = Type::new(DType::F64, [300, 100]);
        init.sample(&ty, &mut Random::new(seed, Purpose::Init, 0)).to_f64s()
    }

    #[test]
    fn spread_is_as_named() {
        for (init, variance, bound) in [
            (Init::GlorotUniform, 2.0 / 400.0, (6.0f64 / 400.0).sqrt()),
            (Init::GlorotNormal, 2.0 / 400.0, f64::INFINITY),
            (Init::HeUniform, 2.0 / 300.0, (6.0f64 / 300.0).sqrt()),
            (Init::HeNormal, 2.0 / 300.0, f64::INFINITY),
        ] {
            let weights = sample(init, 1);
            let n = weights.len() as f64;
            let mean = weights.iter().sum::<f64>() / n;
            let found = weights.iter().map(|w| w * w).sum::<f64>() / n;
            // Five standard errors, with the normal's kurtosis of 3 as the wider one.
            assert!(mean.abs() < 5.0 * (variance / n).sqrt(), "{init:?}: mean {mean}");
            assert!((found / variance - 1.0).abs() < 5.0 * (2.0 / n).sqrt(), "{init:?}: variance {found}");
            let largest = weights.iter().fold(0f64, |m, w| m.max(w.abs()));
            assert!(
                largest <= bound && (bound.is_infinite() || largest > 0.99 * bound),
                "{init:?}: {largest}"
            );
        }
        assert!(sample(Init::Zeros, 1).iter().all(|&w| w == 0.0));
    }

    #[test]
    fn a_seed_repeats_and_another_differs() {
        assert_eq!(sample(Init::HeNormal, 3), sample(Init::HeNormal, 3));
        assert_ne!(sample(Init::HeNormal, 3), sample(Init::HeNormal, 4));
    }
}
