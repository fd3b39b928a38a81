//! The perceptron: a step for each mistake.

use super::affine::Affine;
use super::linear::{LinearFit, OnlineStep};
use super::online::{Course, Learned, Rule, Step, fit};
use super::samples::Labels;
use crate::error::NnError;
use wengert_expr::Value;

/// What counts as a mistake.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MistakeTest {
    /// `t * (w.x + b) <= 0` for labels `t` of -1 and 1: a sample on the boundary is a mistake of either class.
    NotStrictlyRight,
    /// A prediction, 1 where `w.x + b > 0` and else 0, that is not the label, 0 or 1: on the boundary all is negative.
    Prediction,
}

impl MistakeTest {
    /// How classes are written.
    pub fn labels(self) -> Labels {
        match self {
            MistakeTest::NotStrictlyRight => Labels::PlusMinusOne,
            MistakeTest::Prediction => Labels::ZeroOne,
        }
    }

    /// By how much the parameters move along a sample: 0 if it is right.
    fn direction(self, output: f64, label: f64) -> f64 {
        match self {
            MistakeTest::NotStrictlyRight if label * output <= 0.0 => label,
            MistakeTest::NotStrictlyRight => 0.0,
            MistakeTest::Prediction => label - Labels::ZeroOne.of(output > 0.0),
        }
    }
}

/// The perceptron (F. Rosenblatt, "The Perceptron: A Probabilistic Model for Information Storage and Organization in the
/// Brain", 1958): for each mistake a step along the sample, `w + eta t x` and `b + eta t` with `t` -1 or 1.
///
/// It ends with the first epoch without a mistake, which comes if and only if a line parts the classes. Otherwise it goes
/// on until the parameters come back to where they were or the epochs are over, and has not converged. No derivative is
/// taken; see [`PerceptronLoss`](super::PerceptronLoss) for the descent on a loss, and [`DeltaRule`](super::DeltaRule) for
/// what is often given as the perceptron.
///
/// ```
/// use wengert_nn::classic::{MistakeTest, Perceptron};
/// use wengert_expr::Value;
/// let corners = Value::new([4, 2], vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
/// let perceptron = Perceptron::default();
/// let or = perceptron.fit(&corners, &Value::from(vec![-1.0, 1.0, 1.0, 1.0]))?;
/// assert_eq!((or.converged(), or.updates()), (true, 9));
/// let xor = perceptron.fit(&corners, &Value::from(vec![-1.0, 1.0, 1.0, -1.0]))?;
/// assert_eq!(xor.end.to_string(), "not converged: what the epochs do repeats for ever, with period 1");
/// # Ok::<(), wengert_nn::NnError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Perceptron {
    /// What counts as a mistake, and with it how classes are written.
    pub test: MistakeTest,
    /// How far a step goes.
    pub learning_rate: f64,
    /// How often all samples are seen at most.
    pub epochs: usize,
}

/// Labels -1 and 1, steps of 1, at most 1000 epochs.
impl Default for Perceptron {
    fn default() -> Perceptron {
        Perceptron { test: MistakeTest::NotStrictlyRight, learning_rate: 1.0, epochs: 1000 }
    }
}

impl Perceptron {
    /// Learns from weights of 0: features `[samples, features]`, a label for each sample.
    ///
    /// # Errors
    /// Data or labels that do not fit, a rate that is not positive, or parameters that stop being finite.
    pub fn fit(&self, features: &Value, labels: &Value) -> Result<LinearFit, NnError> {
        fit(self, None, features, labels, &mut |_| ())
    }

    /// As [`Perceptron::fit`], from given parameters, telling `observe` of every step.
    ///
    /// # Errors
    /// As there, and a start of another number of features.
    pub fn fit_from(
        &self,
        start: &Affine,
        features: &Value,
        labels: &Value,
        observe: &mut dyn FnMut(&OnlineStep),
    ) -> Result<LinearFit, NnError> {
        fit(self, Some(start), features, labels, observe)
    }

    fn moved(&self, now: &Affine, x: &[f64], label: f64) -> Learned {
        let output = now.at(x);
        let direction = self.test.direction(output, label);
        Learned {
            output,
            loss: direction.abs(),
            gradient: Affine::zeros(x.len()).moved(-direction, x),
            after: now.moved(self.learning_rate * direction, x),
        }
    }
}

impl Rule for Perceptron {
    fn labels(&self) -> Labels {
        self.test.labels()
    }

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn course(&self) -> Course {
        Course { epochs: self.epochs, stop: true }
    }

    fn step(&self, _: usize) -> Result<Box<Step<'_>>, NnError> {
        Ok(Box::new(|now, x, label| Ok(self.moved(now, x, label))))
    }
}

#[cfg(test)]
mod tests {
    use super::super::linear::OnlineEnd;
    use super::super::testing::*;
    use super::*;

    const STRICT: Perceptron = Perceptron { test: MistakeTest::Prediction, learning_rate: 1.0, epochs: 1000 };

    /// Updates, epochs, parameters.
    fn found(fit: &LinearFit) -> (usize, usize, &Affine) {
        assert!(fit.converged());
        (fit.updates(), fit.epochs.len(), &fit.model.affine)
    }

    #[test]
    fn a8_the_perceptron_on_and_and_or() {
        let fit = |labels: [f64; 4]| Perceptron::default().fit(&corners(), &signs(&labels)).unwrap();
        let (and, or) = (fit(AND), fit(OR));
        assert_eq!(found(&and), (18, 9, &Affine::new([3.0, 2.0], -4.0)));
        assert_eq!(found(&or), (9, 6, &Affine::new([2.0, 2.0], -1.0)));
        assert_eq!(and.predict(&corners()).unwrap(), signs(&AND).to_f64s());
        assert_eq!(or.predict(&corners()).unwrap(), signs(&OR).to_f64s());
        assert_eq!(and.epochs[8].updates, 0);
    }

    #[test]
    fn a8_the_perceptron_on_xor_never_ends() {
        let mut steps = Vec::new();
        let fit = Perceptron::default()
            .fit_from(&Affine::zeros(2), &corners(), &signs(&XOR), &mut |s| steps.push(s.clone()))
            .unwrap();
        // Back at the start, every later epoch is the same.
        assert_eq!((fit.converged(), fit.end), (false, OnlineEnd::Repeats { period: 1 }));
        assert_eq!((fit.epochs[0].updates, &fit.epochs[0].after), (4, &Affine::zeros(2)));
        assert!(steps.len() == 4 && steps.iter().all(|s| s.updated && s.loss == 1.0));
        assert_eq!(steps[1].gradient, Affine::new([0.0, -1.0], -1.0));
        assert_eq!(steps[1].after, Affine::new([0.0, 1.0], 0.0));
    }

    #[test]
    fn a9_the_slides_strict_test() {
        let fit = |labels: [f64; 4]| STRICT.fit(&corners(), &list(&labels)).unwrap();
        let (and, or, xor) = (fit(AND), fit(OR), fit(XOR));
        assert_eq!(found(&and), (10, 6, &Affine::new([2.0, 1.0], -2.0)));
        assert_eq!(found(&or), (4, 4, &Affine::new([1.0, 1.0], 0.0)));
        assert_eq!(and.predict(&corners()).unwrap(), AND);
        assert!(matches!(xor.end, OnlineEnd::Repeats { .. }), "{xor:?}");
        assert!(xor.epochs.iter().all(|e| e.updates > 0));
    }

    #[test]
    fn a14_the_boundary_of_and() {
        let fit = Perceptron::default().fit(&corners(), &signs(&AND)).unwrap();
        near(&fit.model.axis_crossings().into_iter().flatten().collect::<Vec<f64>>(), &[4.0 / 3.0, 2.0]);
    }

    #[test]
    fn steps_lost_in_rounding_are_no_convergence() {
        let start = Affine::new([1e300, 1e300], 1e300);
        let x = Value::new([1, 2], vec![1.0, 1.0]);
        let fit = Perceptron::default().fit_from(&start, &x, &list(&[-1.0]), &mut |_| ()).unwrap();
        assert_eq!((fit.converged(), fit.end), (false, OnlineEnd::Repeats { period: 1 }));
    }

    #[test]
    fn the_epochs_may_be_over_first() {
        let short = Perceptron { epochs: 3, ..Perceptron::default() };
        let fit = short.fit(&corners(), &signs(&AND)).unwrap();
        assert_eq!((fit.end, fit.converged()), (OnlineEnd::EpochLimit, false));
        assert_eq!(fit.end.to_string(), "not converged when the epochs were over");
        let message = short.fit(&corners(), &list(&AND)).unwrap_err().to_string();
        assert!(
            message
                .starts_with("label 0 of sample 0 (counted from 0): this learner takes the labels -1 and 1")
        );
    }
}
