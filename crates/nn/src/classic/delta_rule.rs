//! The delta rule: least squares, one sample after another.

use super::affine::Affine;
use super::error::finite;
use super::linear::{LinearFit, OnlineStep};
use super::online::{Course, GradientStep, Rule, Step, fit};
use super::samples::Labels;
use crate::error::NnError;
use wengert_expr::{Expr, Value};

/// The delta rule (B. Widrow and M. E. Hoff, "Adaptive Switching Circuits", 1960): for each sample in turn a step against
/// the gradient of `(w.x + b - y)**2 / 2`.
///
/// It regresses labels, so it decides half way between them: at 1/2 for labels 0 and 1. At 0, which is right for labels -1 and
/// 1, what was fitted to AND would compute OR. It tends to the least-squares fit or to a cycle near it, whether or not that
/// parts the classes, and runs all its epochs.
///
/// ```
/// use wengert_nn::classic::{DeltaRule, Labels};
/// use wengert_expr::Value;
/// let corners = Value::new([4, 2], vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
/// let and = Value::from(vec![0.0, 0.0, 0.0, 1.0]);
/// let fit = DeltaRule::new(Labels::ZeroOne, 0.1, 100).fit(&corners, &and)?;
/// assert_eq!(fit.predict(&corners)?, [0.0, 0.0, 0.0, 1.0]);
/// # Ok::<(), wengert_nn::NnError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct DeltaRule {
    /// How classes are written.
    pub labels: Labels,
    /// Above which output a sample is positive.
    pub threshold: f64,
    /// How far a step goes.
    pub learning_rate: f64,
    /// How often all samples are seen.
    pub epochs: usize,
}

impl DeltaRule {
    /// With the threshold half way between the labels.
    pub fn new(labels: Labels, learning_rate: f64, epochs: usize) -> DeltaRule {
        DeltaRule { labels, threshold: labels.middle(), learning_rate, epochs }
    }

    /// Learns from weights of 0: features `[samples, features]`, a label for each sample.
    ///
    /// # Errors
    /// Data or labels that do not fit, a rate that is not positive, or parameters that stop being finite.
    pub fn fit(&self, features: &Value, labels: &Value) -> Result<LinearFit, NnError> {
        fit(self, None, features, labels, &mut |_| ())
    }

    /// As [`DeltaRule::fit`], from given parameters, telling `observe` of every step.
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

impl Rule for DeltaRule {
    fn labels(&self) -> Labels {
        self.labels
    }

    fn threshold(&self) -> f64 {
        self.threshold
    }

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn course(&self) -> Course {
        Course { epochs: self.epochs, stop: false }
    }

    fn step(&self, features: usize) -> Result<Box<Step<'_>>, NnError> {
        finite("the threshold", self.threshold)?;
        let by = GradientStep::new(features, self.learning_rate, half_square)?;
        Ok(Box::new(move |now, x, y| by.take(now, x, y)))
    }
}

fn half_square<'b>(output: Expr<'b>, target: Expr<'b>) -> Expr<'b> {
    (output - target).square() * 0.5
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn learned(labels: [f64; 4], epochs: usize) -> LinearFit {
        DeltaRule::new(Labels::ZeroOne, 0.1, epochs).fit(&corners(), &list(&labels)).unwrap()
    }

    fn numbers(affine: &Affine) -> Vec<f64> {
        [&affine.weights[..], &[affine.bias]].concat()
    }

    #[test]
    fn a2_one_step() {
        let mut steps = Vec::new();
        let x = Value::new([1, 2], vec![2.0, 3.0]);
        let start = Affine::new([0.5, -1.0], 0.25);
        let rule = DeltaRule::new(Labels::ZeroOne, 0.5, 1);
        rule.fit_from(&start, &x, &list(&[1.0]), &mut |s| steps.push(s.clone())).unwrap();
        let expected = OnlineStep {
            epoch: 1,
            sample: 0,
            output: -1.75,
            loss: 3.78125,
            gradient: Affine::new([-5.5, -8.25], -2.75),
            updated: true,
            after: Affine::new([3.25, 3.125], 1.625),
        };
        assert_eq!(steps, [expected]);
    }

    #[test]
    fn a3_the_delta_rule_on_and() {
        let fit = learned(AND, 200);
        near(&numbers(&fit.epochs[0].after), &[0.1, 0.1, 0.1]);
        near(&[fit.epochs[0].loss, fit.epochs[1].loss], &[0.5, 0.34358892]);
        near(&numbers(&fit.epochs[1].after), &[0.16112, 0.15922, 0.13212]);
        let end = numbers(&fit.model.affine);
        for (found, limit) in end.iter().zip([5.0 / 9.0, 19.0 / 36.0, -5.0 / 18.0]) {
            assert!((found - limit).abs() <= 2e-6, "{end:?}");
        }
        near(&numbers(&learned(AND, 2000).model.affine), &[5.0 / 9.0, 19.0 / 36.0, -5.0 / 18.0]);
        assert_eq!((fit.epochs.len(), fit.converged()), (200, false));
    }

    #[test]
    fn a4_the_delta_rule_on_or() {
        let fit = learned(OR, 2000);
        near(&numbers(&fit.epochs[0].after), &[0.152, 0.162, 0.252]);
        near(&[fit.epochs[0].loss], &[1.0972]);
        near(&numbers(&fit.model.affine), &[4.0 / 9.0, 17.0 / 36.0, 5.0 / 18.0]);
    }

    #[test]
    fn a5_the_delta_rule_on_xor() {
        let fit = learned(XOR, 2000);
        near(&numbers(&fit.epochs[0].after), &[0.052, 0.062, 0.152]);
        near(&numbers(&fit.model.affine), &[-1.0 / 9.0, -1.0 / 18.0, 5.0 / 9.0]);
        near(&[fit.epochs[1999].loss], &[50.0 / 81.0]);
        assert!(fit.model.errors(&corners(), &list(&XOR)).unwrap() > 0);
    }

    #[test]
    fn a7_where_it_decides() {
        let decided = |labels: [f64; 4], threshold| {
            let rule = DeltaRule { threshold, ..DeltaRule::new(Labels::ZeroOne, 0.1, 200) };
            rule.fit(&corners(), &list(&labels)).unwrap().predict(&corners()).unwrap()
        };
        assert_eq!(decided(AND, 0.0), OR);
        assert_eq!(decided(OR, 0.0), [1.0; 4]);
        assert_eq!((decided(AND, 0.5), decided(OR, 0.5)), (AND.to_vec(), OR.to_vec()));
        assert!(decided(XOR, 0.0) != XOR && decided(XOR, 0.5) != XOR);
    }

    #[test]
    fn labels_of_either_sign_decide_at_0() {
        let rule = DeltaRule::new(Labels::PlusMinusOne, 0.1, 200);
        let fit = rule.fit(&corners(), &signs(&AND)).unwrap();
        assert_eq!(
            (fit.model.threshold, fit.predict(&corners()).unwrap()),
            (0.0, vec![-1.0, -1.0, -1.0, 1.0])
        );
    }

    #[test]
    fn steps_that_are_too_long_are_told() {
        let error =
            |rate| DeltaRule::new(Labels::ZeroOne, rate, 10_000).fit(&corners(), &list(&AND)).unwrap_err();
        assert!(error(10.0).to_string().starts_with("training diverged at step "), "{}", error(10.0));
        assert_eq!(error(-1.0).to_string(), "the learning rate is -1: expected a positive number");
        let start = Affine::zeros(3);
        let other =
            DeltaRule::new(Labels::ZeroOne, 0.1, 1).fit_from(&start, &corners(), &list(&AND), &mut |_| ());
        assert_eq!(other.unwrap_err().to_string(), "the model takes 3 features, the data have 2");
    }
}
