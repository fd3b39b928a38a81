//! Boosting: weak hypotheses, each learned on samples weighted by the mistakes of those before it.
//!
//! Weights are never negative and add up to 1; after a round half of them lies on what its hypothesis got wrong.

use super::error::ClassicError;
use super::samples::{Labels, labelled, table_of, value_of};
use crate::error::NnError;
use ndarray::Array2;
use std::fmt;
use wengert_expr::Value;

/// What says -1 or 1 of a sample.
pub trait Hypothesis: Clone {
    /// The label, -1 or 1, of a sample's features.
    fn decide(&self, sample: &[f64]) -> f64;
}

/// What learns a hypothesis from weighted samples.
pub trait WeakLearner {
    /// What it learns.
    type Hypothesis: Hypothesis;

    /// A hypothesis with a small sum of the weights of what it gets wrong. Features are `[samples, features]` in `f64`,
    /// labels -1 or 1, weights add up to 1.
    ///
    /// # Errors
    /// Samples that it cannot learn from.
    fn learn(&self, features: &Value, labels: &[f64], weights: &[f64]) -> Result<Self::Hypothesis, NnError>;
}

/// AdaBoost (Y. Freund and R. E. Schapire, "A Decision-Theoretic Generalization of On-Line Learning and an Application to
/// Boosting", 1997) of labels -1 and 1.
///
/// A round learns a hypothesis `h` of weighted error `eps` and gives it `alpha = log((1 - eps) / eps) / 2`; weights are
/// multiplied by `exp(-alpha t h)` and normalised, and the sign of the sum of `alpha h` decides. A hypothesis worse than chance
/// gets an `alpha` below 0, which is the same as its opposite with one above. One without a mistake ends boosting and
/// decides alone, its `alpha` infinite; one that is wrong on exactly half of the weight ends it and is dropped.
///
/// ```
/// use wengert_nn::classic::{AdaBoost, BoostingEnd, Stumps};
/// use wengert_expr::Value;
/// let x = Value::new([10, 1], (0..10i64).collect());
/// let y = Value::from(vec![1i64, 1, 1, -1, -1, -1, 1, 1, 1, -1]);
/// let fit = AdaBoost::new(Stumps, 3).fit(&x, &y)?;
/// assert_eq!(fit.predict(&x)?, y.to_f64s());
/// assert_eq!(fit.rounds[0].hypothesis.to_string(), "x0 < 2.5");
/// # Ok::<(), wengert_nn::NnError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct AdaBoost<L> {
    /// What learns in each round.
    pub learner: L,
    /// How many rounds there are at most.
    pub rounds: usize,
}

/// One round.
#[derive(Clone, PartialEq, Debug)]
pub struct Round<H> {
    /// Its number, from 1.
    pub number: usize,
    /// What was learned.
    pub hypothesis: H,
    /// The weight, before the update, of what it gets wrong: `eps`.
    pub error: f64,
    /// Its part in the sum; infinite for one without a mistake, minus infinity for one with nothing but mistakes.
    pub alpha: f64,
    /// The weights of the samples after the update; after an infinite `alpha` those before it.
    pub weights: Vec<f64>,
    /// How many samples the sum up to this round gets wrong.
    pub mistakes: usize,
    /// The product of `2 sqrt(eps (1 - eps))` up to this round: no less than the fraction of mistakes.
    pub bound: f64,
}

/// Why boosting ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BoostingEnd {
    /// The rounds were over.
    Rounds,
    /// A hypothesis, or its opposite, made no mistake, and decides alone.
    Perfect {
        /// In which round.
        round: usize,
    },
    /// The best hypothesis was as good as chance, and was dropped.
    Chance {
        /// In which round.
        round: usize,
    },
}

impl fmt::Display for BoostingEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BoostingEnd::Rounds => f.write_str("all rounds are done"),
            BoostingEnd::Perfect { round } => {
                write!(f, "stopped in round {round}: the weak hypothesis parts the classes alone")
            }
            BoostingEnd::Chance { round } => write!(
                f,
                "stopped in round {round}: the weak hypothesis is wrong on half of the weight, as good as chance; a stronger learner is needed"
            ),
        }
    }
}

/// A boosted classifier and how it was learned.
#[derive(Clone, PartialEq, Debug)]
pub struct Boosted<H> {
    /// The rounds.
    pub rounds: Vec<Round<H>>,
    /// Why there are no more of them.
    pub end: BoostingEnd,
    features: usize,
}

impl<L: WeakLearner> AdaBoost<L> {
    /// With this learner, for so many rounds at most.
    pub fn new(learner: L, rounds: usize) -> AdaBoost<L> {
        AdaBoost { learner, rounds }
    }

    /// Learns labels -1 and 1 from equal weights: features `[samples, features]`.
    ///
    /// # Errors
    /// Data or labels that do not fit, and what the weak learner cannot learn.
    pub fn fit(&self, features: &Value, labels: &Value) -> Result<Boosted<L::Hypothesis>, NnError> {
        let (table, labels) = labelled(features, labels, Labels::PlusMinusOne)?;
        let samples = labels.len();
        let mut weights = vec![1.0 / samples as f64; samples];
        let (mut scores, mut bound) = (vec![0.0; samples], 1.0);
        let mut boosted = Boosted { rounds: Vec::new(), end: BoostingEnd::Rounds, features: table.ncols() };
        let features = value_of(table.clone());
        for number in 1..=self.rounds {
            let hypothesis = self.learner.learn(&features, &labels, &weights)?;
            let said = decisions(&hypothesis, &table, number)?;
            let judged = Judged::new(&said, &labels, &weights);
            if judged.is_chance(samples) {
                boosted.end = BoostingEnd::Chance { round: number };
                break;
            }
            let (error, alpha) = (judged.error, judged.alpha());
            bound *= 2.0 * (error * (1.0 - error)).sqrt();
            if alpha.is_finite() {
                judged.reweigh(&mut weights);
                scores.iter_mut().zip(&said).for_each(|(s, h)| *s += alpha * h);
            } else {
                scores = said.iter().map(|h| alpha.signum() * h).collect();
                boosted.end = BoostingEnd::Perfect { round: number };
            }
            let wrong = |(s, t): &(&f64, &f64)| sign(**s) != **t;
            let mistakes = scores.iter().zip(&labels).filter(wrong).count();
            let weights = weights.clone();
            boosted.rounds.push(Round { number, hypothesis, error, alpha, weights, mistakes, bound });
            if !alpha.is_finite() {
                break;
            }
        }
        Ok(boosted)
    }
}

impl<H: Hypothesis> Boosted<H> {
    /// The sum of `alpha h` for each sample; of a hypothesis without a mistake, or the opposite of one with nothing but
    /// mistakes, what it says alone.
    ///
    /// # Errors
    /// Features that are no table of finite numbers, or not as many as were learned.
    pub fn decision_values(&self, features: &Value) -> Result<Vec<f64>, NnError> {
        let table = table_of(features, self.features)?;
        let score = |sample: Vec<f64>| match self.rounds.last() {
            Some(last) if last.alpha.is_infinite() => last.alpha.signum() * last.hypothesis.decide(&sample),
            _ => self.rounds.iter().map(|r| r.alpha * r.hypothesis.decide(&sample)).sum(),
        };
        Ok(table.rows().into_iter().map(|row| score(row.to_vec())).collect())
    }

    /// The label of each sample: 1 where the decision value is positive, else -1.
    ///
    /// # Errors
    /// As [`Boosted::decision_values`].
    pub fn predict(&self, features: &Value) -> Result<Vec<f64>, NnError> {
        Ok(self.decision_values(features)?.into_iter().map(sign).collect())
    }
}

fn sign(score: f64) -> f64 {
    Labels::PlusMinusOne.of(score > 0.0)
}

fn decisions<H: Hypothesis>(
    hypothesis: &H,
    table: &Array2<f64>,
    round: usize,
) -> Result<Vec<f64>, ClassicError> {
    let said: Vec<f64> = table.rows().into_iter().map(|row| hypothesis.decide(&row.to_vec())).collect();
    match said.iter().position(|h| h.abs() != 1.0) {
        Some(sample) => Err(ClassicError::Decision { round, sample, value: said[sample] }),
        None => Ok(said),
    }
}

/// What a hypothesis gets wrong.
struct Judged {
    wrong: Vec<bool>,
    error: f64,
}

impl Judged {
    fn new(said: &[f64], labels: &[f64], weights: &[f64]) -> Judged {
        let wrong: Vec<bool> = said.iter().zip(labels).map(|(h, t)| h != t).collect();
        let weight = sum(weights.iter().zip(&wrong).filter(|(_, w)| **w).map(|(w, _)| *w));
        // Only what makes no mistake, or nothing but mistakes, has an error of exactly 0 or 1, however weights round.
        let error = match (wrong.contains(&true), wrong.contains(&false)) {
            (false, _) => 0.0,
            (_, false) => 1.0,
            (true, true) => weight.clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON),
        };
        Judged { wrong, error }
    }

    /// An error of 1/2, up to the rounding of so many weights.
    fn is_chance(&self, samples: usize) -> bool {
        (self.error - 0.5).abs() <= f64::EPSILON * samples as f64
    }

    /// Infinite for an error of 0, minus infinity for one of 1.
    fn alpha(&self) -> f64 {
        0.5 * libm::log((1.0 - self.error) / self.error)
    }

    /// Multiplying by `exp(-alpha t h)` and normalising makes the weight of what is wrong, and of what is right, 1/2.
    fn reweigh(&self, weights: &mut [f64]) {
        for (weight, &wrong) in weights.iter_mut().zip(&self.wrong) {
            *weight /= 2.0 * if wrong { self.error } else { 1.0 - self.error };
        }
        let total = sum(weights.iter().copied());
        weights.iter_mut().for_each(|w| *w /= total);
    }
}

/// The sum of numbers, compensated (A. Neumaier 1974): right to about one rounding however many there are.
fn sum(numbers: impl Iterator<Item = f64>) -> f64 {
    let (mut total, mut lost) = (0.0f64, 0.0);
    for x in numbers {
        let next = total + x;
        lost += if total.abs() >= x.abs() { (total - next) + x } else { (x - next) + total };
        total = next;
    }
    total + lost
}

#[cfg(test)]
mod tests {
    use super::super::half_planes::HalfPlanes;
    use super::super::stumps::{Stump, Stumps};
    use super::super::testing::*;
    use super::*;

    fn line() -> (Value, Value) {
        let y = vec![1.0, 1.0, 1.0, -1.0, -1.0, -1.0, 1.0, 1.0, 1.0, -1.0];
        (Value::new([10, 1], (0..10).map(f64::from).collect()), Value::from(y))
    }

    fn boosted(rounds: usize) -> Boosted<Stump> {
        let (x, y) = line();
        AdaBoost::new(Stumps, rounds).fit(&x, &y).unwrap()
    }

    /// A round's stump, its numbers and its weights.
    fn check(number: usize, stump: Stump, error: f64, alpha: f64, weights: [f64; 10]) {
        let round = &boosted(3).rounds[number - 1];
        assert_eq!((round.number, &round.hypothesis), (number, &stump));
        near(&[round.error, round.alpha], &[error, alpha]);
        near(&round.weights, &weights);
    }

    #[test]
    fn b1_the_first_round() {
        let (a, b) = (1.0 / 14.0, 1.0 / 6.0);
        let stump = Stump { feature: 0, threshold: 2.5, below: 1.0 };
        check(1, stump, 0.3, 0.42364893019360184, [a, a, a, a, a, a, b, b, b, a]);
    }

    #[test]
    fn b2_the_second_round() {
        let (a, b, c) = (1.0 / 22.0, 1.0 / 6.0, 7.0 / 66.0);
        let stump = Stump { feature: 0, threshold: 8.5, below: 1.0 };
        check(2, stump, 3.0 / 14.0, 0.6496414920651304, [a, a, a, b, b, b, c, c, c, a]);
    }

    #[test]
    fn b3_the_third_round() {
        let (a, b, c) = (1.0 / 8.0, 11.0 / 108.0, 7.0 / 108.0);
        let stump = Stump { feature: 0, threshold: 5.5, below: -1.0 };
        check(3, stump, 2.0 / 11.0, 0.7520386983881371, [a, a, a, b, b, b, c, c, c, a]);
    }

    #[test]
    fn b4_the_sum_decides() {
        let (x, y) = line();
        let fit = boosted(3);
        let (a, b, c) = (0.32125, -0.52605, 0.97803);
        within(&fit.decision_values(&x).unwrap(), &[a, a, a, b, b, b, c, c, c, -a], 2e-5);
        assert_eq!(fit.predict(&x).unwrap(), y.to_f64s());
        assert_eq!(fit.rounds.iter().map(|r| r.mistakes).collect::<Vec<_>>(), [3, 3, 0]);
        let bounds: Vec<f64> = fit.rounds.iter().map(|r| r.bound).collect();
        within(&bounds, &[0.91652, 0.75214, 0.58019], 1e-5);
        assert_eq!(fit.end, BoostingEnd::Rounds);
    }

    #[test]
    fn b5_weights_are_normalised() {
        let (_, y) = line();
        let labels = y.to_f64s();
        let fit = boosted(40);
        assert_eq!(fit.rounds.len(), 40);
        for round in &fit.rounds {
            assert!((sum(round.weights.iter().copied()) - 1.0).abs() <= f64::EPSILON);
            let wrong = (0..10).filter(|&i| round.hypothesis.decide(&[i as f64]) != labels[i]);
            near(&[sum(wrong.map(|i| round.weights[i]))], &[0.5]);
        }
    }

    #[test]
    fn b6_half_planes_learn_xor() {
        let planes = HalfPlanes::of(&corners()).unwrap();
        let reversed = HalfPlanes::new(planes.planes().iter().rev().cloned().collect());
        for planes in [planes, reversed] {
            let fit = AdaBoost::new(planes, 3).fit(&corners(), &signs(&XOR)).unwrap();
            let numbers = |of: fn(&Round<_>) -> f64| fit.rounds.iter().map(of).collect::<Vec<f64>>();
            near(&numbers(|r| r.error), &[0.25, 1.0 / 6.0, 0.1]);
            near(&numbers(|r| r.alpha), &[0.5 * 3f64.ln(), 0.5 * 5f64.ln(), 0.5 * 9f64.ln()]);
            assert_eq!(fit.rounds[2].mistakes, 0);
            let scores = fit.decision_values(&corners()).unwrap();
            let margins = scores.iter().zip(signs(&XOR).to_f64s()).map(|(s, t)| s * t);
            within(&[margins.fold(f64::INFINITY, f64::min)], &[0.255413], 2e-6);
        }
    }

    #[test]
    fn b7_stumps_know_nothing_of_xor() {
        let fit = AdaBoost::new(Stumps, 10).fit(&corners(), &signs(&XOR)).unwrap();
        assert_eq!((fit.rounds.len(), fit.end), (0, BoostingEnd::Chance { round: 1 }));
        let message = "stopped in round 1: the weak hypothesis is wrong on half of the weight, as good as chance; a stronger learner is needed";
        assert_eq!(fit.end.to_string(), message);
        assert_eq!(fit.decision_values(&corners()).unwrap(), [0.0; 4]);
    }

    #[test]
    fn b8_a_perfect_hypothesis_decides_alone() {
        let x = Value::new([4, 1], vec![1.0, 2.0, 3.0, 4.0]);
        let y = list(&[1.0, 1.0, -1.0, -1.0]);
        let fit = AdaBoost::new(Stumps, 10).fit(&x, &y).unwrap();
        assert_eq!((fit.rounds.len(), fit.end), (1, BoostingEnd::Perfect { round: 1 }));
        let round = &fit.rounds[0];
        assert_eq!((round.error, round.alpha, round.mistakes, round.bound), (0.0, f64::INFINITY, 0, 0.0));
        assert_eq!(round.weights, [0.25; 4]);
        assert_eq!(fit.decision_values(&x).unwrap(), y.to_f64s());
        let opposite = AdaBoost::new(Opposite(Stumps), 10).fit(&x, &y).unwrap();
        assert_eq!((opposite.rounds[0].error, opposite.rounds[0].alpha), (1.0, f64::NEG_INFINITY));
        assert_eq!(opposite.predict(&x).unwrap(), y.to_f64s());
        assert_eq!(
            opposite.end.to_string(),
            "stopped in round 1: the weak hypothesis parts the classes alone"
        );
    }

    /// A learner whose hypotheses say the opposite.
    struct Opposite<L>(L);

    impl<L: WeakLearner<Hypothesis = Stump>> WeakLearner for Opposite<L> {
        type Hypothesis = Stump;

        fn learn(&self, x: &Value, labels: &[f64], weights: &[f64]) -> Result<Stump, NnError> {
            let stump = self.0.learn(x, labels, weights)?;
            Ok(Stump { below: -stump.below, ..stump })
        }
    }

    #[test]
    fn b9_worse_than_chance_is_as_good_as_better() {
        let (x, y) = line();
        let worse = AdaBoost::new(Opposite(Stumps), 3).fit(&x, &y).unwrap();
        let better = boosted(3);
        for (w, b) in worse.rounds.iter().zip(&better.rounds) {
            assert!(w.error > 0.5 && w.alpha < 0.0);
            near(&[w.error, w.alpha, w.bound], &[1.0 - b.error, -b.alpha, b.bound]);
            near(&w.weights, &b.weights);
        }
        near(&worse.decision_values(&x).unwrap(), &better.decision_values(&x).unwrap());
    }

    #[test]
    fn a_mistake_of_no_weight_is_not_perfection() {
        let judged = Judged::new(&[1.0, 1.0], &[1.0, -1.0], &[1.0, 0.0]);
        assert!(judged.alpha() > 300.0 && judged.alpha().is_finite());
        let judged = Judged::new(&[1.0, 1.0], &[1.0, -1.0], &[0.0, 1.0]);
        assert!(judged.alpha() < -15.0 && judged.alpha().is_finite());
    }

    #[derive(Clone, Debug)]
    struct Undecided;

    impl Hypothesis for Undecided {
        fn decide(&self, _: &[f64]) -> f64 {
            0.0
        }
    }

    impl WeakLearner for Undecided {
        type Hypothesis = Undecided;

        fn learn(&self, _: &Value, _: &[f64], _: &[f64]) -> Result<Undecided, NnError> {
            Ok(Undecided)
        }
    }

    #[test]
    fn faults_are_named() {
        let error = AdaBoost::new(Undecided, 1).fit(&corners(), &signs(&XOR)).unwrap_err().to_string();
        assert_eq!(
            error,
            "the weak hypothesis of round 1 gives 0 for sample 0 (counted from 0): expected -1 or 1"
        );
        let error = AdaBoost::new(Stumps, 1).fit(&corners(), &list(&XOR)).unwrap_err().to_string();
        assert!(error.starts_with("label 0 of sample 0"), "{error}");
    }
}
