//! Descent on the perceptron's loss.

use super::affine::Affine;
use super::linear::{LinearFit, OnlineStep};
use super::online::{Course, GradientStep, Rule, Step, fit};
use super::samples::Labels;
use crate::error::NnError;
use wengert_expr::{Expr, Value};

/// Subgradient descent, one sample after another, on `max(0, -t (w.x + b))` with labels `t` of -1 and 1.
///
/// Without the maximum the loss has no lower bound; with labels of 0 it would not see half of the samples, so they are
/// refused. On the boundary, where the loss has a kink, the derivative of the maximum is half of that beyond (ties
/// share), so learning leaves weights of 0, though the loss is least there too. It ends with the first epoch that takes
/// no step. The perceptron is the case of full steps on the boundary.
///
/// ```
/// use wengert_nn::classic::PerceptronLoss;
/// use wengert_expr::Value;
/// let corners = Value::new([4, 2], vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
/// let or = Value::from(vec![-1.0, 1.0, 1.0, 1.0]);
/// let fit = PerceptronLoss::default().fit(&corners, &or)?;
/// assert!(fit.converged() && fit.predict(&corners)? == or.to_f64s());
/// # Ok::<(), wengert_nn::NnError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PerceptronLoss {
    /// How far a step goes.
    pub learning_rate: f64,
    /// How often all samples are seen at most.
    pub epochs: usize,
}

/// Steps of 1, at most 1000 epochs.
impl Default for PerceptronLoss {
    fn default() -> PerceptronLoss {
        PerceptronLoss { learning_rate: 1.0, epochs: 1000 }
    }
}

impl PerceptronLoss {
    /// Learns from weights of 0: features `[samples, features]`, a label for each sample.
    ///
    /// # Errors
    /// Data that do not fit, labels that are not -1 or 1, a rate that is not positive, or parameters that stop being
    /// finite.
    pub fn fit(&self, features: &Value, labels: &Value) -> Result<LinearFit, NnError> {
        fit(self, None, features, labels, &mut |_| ())
    }

    /// As [`PerceptronLoss::fit`], from given parameters, telling `observe` of every step.
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
}

impl Rule for PerceptronLoss {
    fn labels(&self) -> Labels {
        Labels::PlusMinusOne
    }

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn course(&self) -> Course {
        Course { epochs: self.epochs, stop: true }
    }

    fn step(&self, features: usize) -> Result<Box<Step<'_>>, NnError> {
        let rate = self.learning_rate;
        let by = GradientStep::new(features, rate, |z, t| negative_margin(z, t).maximum(z.number(0.0)))?;
        Ok(Box::new(move |now, x, t| by.take(now, x, t)))
    }
}

/// `-t (w.x + b)`, the loss of a mistake.
fn negative_margin<'b>(output: Expr<'b>, target: Expr<'b>) -> Expr<'b> {
    -(target * output)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    const POINT: [f64; 2] = [2.0, 3.0];

    fn start() -> Affine {
        Affine::new([0.5, -1.0], 0.25)
    }

    fn step(t: f64) -> OnlineStep {
        let mut steps = Vec::new();
        let learner = PerceptronLoss { learning_rate: 0.5, epochs: 1 };
        let x = Value::new([1, 2], POINT.to_vec());
        learner.fit_from(&start(), &x, &list(&[t]), &mut |s| steps.push(s.clone())).unwrap();
        steps.remove(0)
    }

    #[test]
    fn a10_the_loss_without_its_maximum() {
        let by = GradientStep::new(2, 0.5, negative_margin).unwrap();
        let found = by.take(&start(), &POINT, -1.0).unwrap();
        assert_eq!((found.output, found.loss), (-1.75, -1.75));
        assert_eq!(found.gradient, Affine::new([2.0, 3.0], 1.0));
    }

    #[test]
    fn a11_labels_of_0_kill_learning() {
        let by = GradientStep::new(2, 0.5, negative_margin).unwrap();
        let found = by.take(&start(), &POINT, 0.0).unwrap();
        assert!(found.gradient == Affine::zeros(2) && found.after == start());
        let message = PerceptronLoss::default().fit(&corners(), &list(&AND)).unwrap_err().to_string();
        assert_eq!(
            message,
            "label 0 of sample 0 (counted from 0): this learner takes the labels -1 and 1; a label y of 0 or 1 is 2 * y - 1 here"
        );
        // Far out the loss without its maximum is as low as one likes; with it, it is 0.
        assert!(by.take(&Affine::new([1e9, 1e9], 0.0), &POINT, 1.0).unwrap().loss < -1e9);
        assert_eq!(step(-1.0).loss, 0.0);
    }

    #[test]
    fn a12_a_mistake_and_none() {
        let wrong = step(1.0);
        assert_eq!((wrong.loss, wrong.updated), (1.75, true));
        assert_eq!(wrong.after, Affine::new([1.5, 0.5], 0.75));
        assert_eq!(wrong.after.at(&POINT), 5.25);
        let right = step(-1.0);
        assert_eq!((right.updated, right.after), (false, start()));
        assert_eq!(right.gradient, Affine::zeros(2));
    }

    #[test]
    fn what_a_line_parts_is_learned() {
        for labels in [AND, OR] {
            let fit = PerceptronLoss::default().fit(&corners(), &signs(&labels)).unwrap();
            assert!(fit.converged(), "{fit:?}");
            assert_eq!(fit.predict(&corners()).unwrap(), signs(&labels).to_f64s());
        }
        let fit = PerceptronLoss::default().fit(&corners(), &signs(&XOR)).unwrap();
        assert!(!fit.converged());
    }
}
