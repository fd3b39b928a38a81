//! Decision stumps: one feature, one threshold.

use super::adaboost::{Hypothesis, WeakLearner};
use super::error::ClassicError;
use super::samples::weighted;
use crate::error::NnError;
use std::fmt;
use wengert_expr::Value;

/// One label below a threshold of one feature, the other from it on.
#[derive(Clone, PartialEq, Debug)]
pub struct Stump {
    /// Which feature, from 0.
    pub feature: usize,
    /// The threshold.
    pub threshold: f64,
    /// The label of what is strictly below it, -1 or 1.
    pub below: f64,
}

impl Hypothesis for Stump {
    fn decide(&self, sample: &[f64]) -> f64 {
        let below = sample.get(self.feature).is_some_and(|&x| x < self.threshold);
        if below { self.below } else { -self.below }
    }
}

impl fmt::Display for Stump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sense = if self.below > 0.0 { "<" } else { ">=" };
        write!(f, "x{} {sense} {}", self.feature, self.threshold)
    }
}

/// The best of all stumps: every feature, every threshold half way between neighbouring values, both directions; of
/// equals the first, by feature, then threshold, then positive below.
///
/// Cost: of order `samples log(samples)` for each feature.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Stumps;

impl WeakLearner for Stumps {
    type Hypothesis = Stump;

    fn learn(&self, features: &Value, labels: &[f64], weights: &[f64]) -> Result<Stump, NnError> {
        let table = weighted(features, labels, weights)?;
        let mut best: Option<(f64, Stump)> = None;
        for (feature, column) in table.columns().into_iter().enumerate() {
            let mut order: Vec<usize> = (0..column.len()).collect();
            order.sort_by(|&i, &j| column[i].total_cmp(&column[j]));
            let side = |i: usize, label: f64| if labels[i] == label { weights[i] } else { 0.0 };
            // The weight on which "positive below", or its opposite, is wrong, with the threshold below everything.
            let mut wrong: [f64; 2] =
                [1.0, -1.0].map(|below| order.iter().map(|&i| side(i, below)).sum::<f64>());
            for pair in order.windows(2) {
                let (low, high) = (column[pair[0]], column[pair[1]]);
                for (wrong, below) in wrong.iter_mut().zip([1.0, -1.0]) {
                    *wrong += side(pair[0], -below) - side(pair[0], below);
                }
                if low == high {
                    continue;
                }
                for (&wrong, below) in wrong.iter().zip([1.0, -1.0]) {
                    if best.as_ref().is_none_or(|(least, _)| wrong < *least) {
                        best = Some((wrong, Stump { feature, threshold: between(low, high), below }));
                    }
                }
            }
        }
        Ok(best.map(|(_, stump)| stump).ok_or(ClassicError::NothingParts)?)
    }
}

/// Half way, and never so near to `low` that `low` is not below.
fn between(low: f64, high: f64) -> f64 {
    let middle = low / 2.0 + high / 2.0;
    if middle > low { middle } else { high }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn the_best_stump_is_that_of_a_search_through_all() {
        use crate::random::{Purpose, Random};
        let mut random = Random::new(5, Purpose::Init, 0);
        for _ in 0..20 {
            let data: Vec<f64> = (0..24).map(|_| random.below(5) as f64).collect();
            let labels: Vec<f64> = (0..12).map(|_| random.below(2) as f64 * 2.0 - 1.0).collect();
            let weights: Vec<f64> = (0..12).map(|_| random.uniform() / 12.0).collect();
            let found = Stumps.learn(&Value::new([12, 2], data.clone()), &labels, &weights).unwrap();
            let wrong = |stump: &Stump| -> f64 {
                let missed = |i: &usize| stump.decide(&data[2 * i..2 * i + 2]) != labels[*i];
                (0..12).filter(missed).map(|i| weights[i]).sum()
            };
            let mut least = f64::INFINITY;
            for (feature, half, below) in (0..32).map(|c| (c & 1, c >> 2, f64::from(c & 2) - 1.0)) {
                // Thresholds beyond all values make no stumps.
                let threshold = f64::from(half) / 2.0 + 0.25;
                let values = data.iter().skip(feature as usize).step_by(2);
                if values.clone().any(|&x| x < threshold) && values.clone().any(|&x| x >= threshold) {
                    least = least.min(wrong(&Stump { feature: feature as usize, threshold, below }));
                }
            }
            assert!((wrong(&found) - least).abs() < 1e-15, "{found:?}");
        }
    }

    #[test]
    fn thresholds_part_even_the_nearest_numbers() {
        let next = 1.0 + f64::EPSILON;
        let x = Value::new([2, 1], vec![1.0, next]);
        let stump = Stumps.learn(&x, &[1.0, -1.0], &[0.5, 0.5]).unwrap();
        assert_eq!((stump.decide(&[1.0]), stump.decide(&[next])), (1.0, -1.0));
        let alike = Stumps.learn(&Value::full([2, 3], 1.0), &[1.0, -1.0], &[0.5, 0.5]).unwrap_err();
        assert_eq!(alike.to_string(), "all samples are alike in every feature, so nothing parts them");
        let stump = Stumps.learn(&corners(), &signs(&AND).to_f64s(), &[0.25; 4]).unwrap();
        assert_eq!(stump.to_string(), "x0 >= 0.5");
    }
}
