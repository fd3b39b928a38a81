//! Logistic regression.

use super::affine::Affine;
use super::descent::{Course, DescentEnd, DescentStep, Method, minimise, norm};
use super::error::not_negative;
use super::linear::LinearModel;
use super::objective::{Objective, part, penalised};
use super::samples::{Labels, labelled, value_of};
use crate::error::NnError;
use crate::loss::Reduction;
use ndarray::Array2;
use wengert_expr::{Value, special};

/// Logistic regression (D. R. Cox, "The Regression Analysis of Binary Sequences", 1958) of labels 0 and 1: the sum over
/// samples of the cross-entropy of `sigmoid(w.x + b)`, plus `ridge |w|**2 / 2` with the bias free, made small from
/// weights of 0 by all samples at once.
///
/// Without a ridge there is no finite optimum where a line parts the classes. The fit then says that it has not
/// converged, however small the gradient is.
///
/// ```
/// use wengert_nn::classic::{DescentEnd, Logistic};
/// use wengert_expr::Value;
/// let x = Value::new([4, 1], vec![1.0, 2.0, 3.0, 4.0]);
/// let overlapping = Value::from(vec![0.0, 1.0, 0.0, 1.0]);
/// assert!(Logistic::default().fit(&x, &overlapping)?.converged());
/// let separable = Value::from(vec![0.0, 0.0, 1.0, 1.0]);
/// assert_eq!(Logistic::default().fit(&x, &separable)?.end, DescentEnd::Separable);
/// assert!(Logistic { ridge: 0.1, ..Logistic::default() }.fit(&x, &separable)?.converged());
/// # Ok::<(), wengert_nn::NnError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Logistic {
    /// The factor of `|w|**2 / 2` beside the sum of the losses; 0 for no penalty.
    pub ridge: f64,
    /// Whether the objective is that sum or the mean: it changes what a learning rate means, not the optimum.
    pub reduction: Reduction,
    /// How the objective is made small.
    pub method: Method,
    /// How many steps are taken at most.
    pub max_steps: usize,
    /// How far the optimum may be, beside the parameters.
    pub tolerance: f64,
}

/// Newton's method without a ridge, at most 100 steps, to a relative 1e-8 before the last step.
impl Default for Logistic {
    fn default() -> Logistic {
        let (method, reduction) = (Method::Newton, Reduction::Mean);
        Logistic { ridge: 0.0, reduction, method, max_steps: 100, tolerance: 1e-8 }
    }
}

/// A logistic model and how it was learned.
#[derive(Clone, PartialEq, Debug)]
pub struct LogisticFit {
    /// The classifier, whose decision values are logits.
    pub model: LinearModel,
    /// The objective at the end, reduced.
    pub objective: f64,
    /// The norm of its gradient.
    pub gradient_norm: f64,
    /// The norm of the weights.
    pub weight_norm: f64,
    /// The steps.
    pub steps: Vec<DescentStep>,
    /// Why there are no more of them.
    pub end: DescentEnd,
}

impl Logistic {
    /// Learns labels 0 and 1: features `[samples, features]`.
    ///
    /// # Errors
    /// Data or labels that do not fit, settings out of their range, or an objective that stops being finite.
    pub fn fit(&self, features: &Value, labels: &Value) -> Result<LogisticFit, NnError> {
        self.fit_observed(features, labels, &mut |_, _, _| ())
    }

    /// As [`Logistic::fit`], telling `observe` of every step: its trace, the gradient before it and the parameters after
    /// it, the bias as the last one of each.
    ///
    /// # Errors
    /// As there.
    pub fn fit_observed(
        &self,
        features: &Value,
        labels: &Value,
        observe: &mut dyn FnMut(&DescentStep, &Affine, &Affine),
    ) -> Result<LogisticFit, NnError> {
        let (table, targets) = labelled(features, labels, Labels::ZeroOne)?;
        let weights = table.ncols();
        let mut objective = self.objective(table, targets)?;
        let course = Course {
            method: self.method,
            max_steps: self.max_steps,
            tolerance: self.tolerance,
            weights,
            free: 0,
        };
        let mut told = |step: &DescentStep, gradient: &[f64], after: &[f64]| {
            observe(step, &affine(gradient), &affine(after));
        };
        let found = minimise(&mut objective, course, &mut told)?;
        let model = LinearModel::new(affine(&found.theta), Labels::ZeroOne, 0.0);
        let separated = self.ridge == 0.0 && separates(&model, features, labels)?;
        Ok(LogisticFit {
            weight_norm: norm(&model.affine.weights),
            model,
            objective: found.objective,
            gradient_norm: found.gradient_norm,
            steps: found.steps,
            end: if separated { DescentEnd::Separable } else { found.end },
        })
    }

    /// The objective, reduced, of given parameters.
    ///
    /// # Errors
    /// Data or labels that do not fit, or a ridge out of its range.
    pub fn objective_at(&self, affine: &Affine, features: &Value, labels: &Value) -> Result<f64, NnError> {
        let (table, targets) = labelled(features, labels, Labels::ZeroOne)?;
        affine.values(features)?;
        Ok(self.objective(table, targets)?.at(&[&affine.weights[..], &[affine.bias]].concat())?.0)
    }

    fn objective(&self, table: Array2<f64>, targets: Vec<f64>) -> Result<Objective, NnError> {
        let (samples, d) = table.dim();
        let (ridge, reduction) = (not_negative("the ridge", self.ridge)?, self.reduction);
        Objective::new(value_of(table), Value::from(targets), d + 1, |theta, x, y| {
            let w = part(theta, 0, d);
            let logits = x.matmul(w) + part(theta, d, 1);
            penalised(logits.bce_with_logits(y), w, ridge, reduction, samples)
        })
    }
}

impl LogisticFit {
    /// True if the optimum was found.
    pub fn converged(&self) -> bool {
        self.end.converged()
    }

    /// The logit of each sample.
    ///
    /// # Errors
    /// As [`Affine::values`].
    pub fn decision_values(&self, features: &Value) -> Result<Vec<f64>, NnError> {
        self.model.decision_values(features)
    }

    /// The probability of class 1 of each sample.
    ///
    /// # Errors
    /// As [`Affine::values`].
    pub fn probabilities(&self, features: &Value) -> Result<Vec<f64>, NnError> {
        Ok(self.decision_values(features)?.into_iter().map(special::sigmoid).collect())
    }

    /// The class of each sample: 1 where its probability is above 1/2.
    ///
    /// # Errors
    /// As [`Affine::values`].
    pub fn predict(&self, features: &Value) -> Result<Vec<f64>, NnError> {
        self.model.predict(features)
    }
}

fn affine(theta: &[f64]) -> Affine {
    match theta.split_last() {
        Some((&bias, weights)) => Affine::new(weights, bias),
        None => Affine::zeros(0),
    }
}

/// Whether every sample lies strictly on its side, so that greater weights are always better.
fn separates(model: &LinearModel, features: &Value, labels: &Value) -> Result<bool, NnError> {
    let logits = model.decision_values(features)?;
    Ok(logits.iter().zip(labels.to_f64s()).all(|(&z, y)| if y == 1.0 { z > 0.0 } else { z < 0.0 }))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    /// The lecture's table of cars.
    fn cars() -> (Value, Value) {
        let x = vec![11.0, 8.0, 20.0, 7.0, 4.0, 8.0, 8.0, 7.0, 11.0, 5.0];
        (Value::new([5, 2], x), list(&[1.0, 1.0, 0.0, 0.0, 1.0]))
    }

    fn sum(ridge: f64) -> Logistic {
        Logistic { ridge, reduction: Reduction::Sum, ..Logistic::default() }
    }

    fn numbers(affine: &Affine) -> Vec<f64> {
        [&affine.weights[..], &[affine.bias]].concat()
    }

    #[test]
    fn f11_probabilities_of_the_cars() {
        let (x, y) = cars();
        let line = Affine::new([1.0, 0.0], -9.5);
        let fit = LogisticFit {
            model: LinearModel::new(line.clone(), Labels::ZeroOne, 0.0),
            ..sum(1.0).fit(&x, &y).unwrap()
        };
        let expected = [
            0.8175744761936437,
            0.9999724643088853,
            0.004070137715896128,
            0.18242552380635635,
            0.8175744761936437,
        ];
        near(&fit.probabilities(&x).unwrap(), &expected);
        assert_eq!(fit.model.errors(&x, &y).unwrap(), 0);
        near(&[Logistic::default().objective_at(&line, &x, &y).unwrap()], &[0.12166916265781133]);
    }

    #[test]
    fn f12_without_a_ridge_there_is_no_optimum() {
        let (x, y) = cars();
        let loss = |factor: f64| {
            let line = Affine::new([factor, 0.0], -9.5 * factor);
            Logistic::default().objective_at(&line, &x, &y).unwrap()
        };
        within(&[1.0, 2.0, 4.0, 8.0].map(loss), &[0.12167, 0.029156, 0.0014854, 3.6865e-6], 5e-5);
        let descent = Method::GradientDescent { learning_rate: 0.01 };
        for (method, max_steps) in [(Method::Newton, 30), (Method::Newton, 1000), (descent, 5000)] {
            let fit = Logistic { method, max_steps, ..Logistic::default() }.fit(&x, &y).unwrap();
            assert_eq!((fit.end, fit.converged()), (DescentEnd::Separable, false), "{method:?}");
            let norms: Vec<f64> = fit.steps.iter().map(|s| s.weight_norm).collect();
            assert!(norms[norms.len() - 1] > 1.05 * norms[norms.len() / 2], "{method:?}");
            assert!(fit.gradient_norm > 0.0 && fit.gradient_norm < fit.steps[0].gradient_norm, "{method:?}");
            assert_eq!(fit.weight_norm, norms[norms.len() - 1]);
        }
        let tiny = Logistic { max_steps: 30, ..Logistic::default() }.fit(&x, &y).unwrap();
        assert!(tiny.gradient_norm < 1e-9, "so small a gradient, and no optimum");
    }

    #[test]
    fn f13_the_optimum_with_a_ridge() {
        let (x, y) = cars();
        let cases = [
            (0.1, [1.989830743425658, -0.13683129826520963, -17.6061601365027], 0.3349725696833527),
            (1.0, [0.8999052057926023, -0.09867219575887526, -7.463978627541336], 1.0552117611519583),
        ];
        for (ridge, parameters, objective) in cases {
            let fit = sum(ridge).fit(&x, &y).unwrap();
            assert!(fit.converged() && fit.steps.len() < 20, "{fit:?}");
            near(&numbers(&fit.model.affine), &parameters);
            near(&[fit.objective], &[objective]);
            assert!(fit.gradient_norm < 1e-12, "{}", fit.gradient_norm);
            let mean = Logistic { reduction: Reduction::Mean, ..sum(ridge) }.fit(&x, &y).unwrap();
            near(&numbers(&mean.model.affine), &parameters);
            near(&[5.0 * mean.objective], &[objective]);
        }
    }

    #[test]
    fn f13_by_gradient_descent() {
        let (x, y) = cars();
        let method = Method::GradientDescent { learning_rate: 0.005 };
        let fit = Logistic { method, max_steps: 1_000_000, tolerance: 1e-9, ..sum(1.0) }.fit(&x, &y).unwrap();
        assert!(fit.converged(), "{} {}", fit.end, fit.gradient_norm);
        let expected = [0.8999052057926023, -0.09867219575887526, -7.463978627541336];
        within(&numbers(&fit.model.affine), &expected, 1e-7);
        assert!(fit.steps.windows(2).all(|w| w[1].objective <= w[0].objective + 1e-12));
    }

    #[test]
    fn f14_one_step_of_gradient_descent() {
        let (x, y) = cars();
        let method = Method::GradientDescent { learning_rate: 0.01 };
        let mut told = Vec::new();
        let fit = Logistic { method, max_steps: 1, ..Logistic::default() }
            .fit_observed(&x, &y, &mut |s, g, a| told.push((s.clone(), g.clone(), a.clone())))
            .unwrap();
        let [(step, gradient, after)] = &told[..] else { panic!("{told:?}") };
        near(&numbers(gradient), &[-3.0, -0.5, -0.1]);
        near(&numbers(after), &[0.03, 0.005, 0.001]);
        let lengths = [step.objective, step.gradient_norm, step.weight_norm, step.length];
        let expected = [std::f64::consts::LN_2, 9.26f64.sqrt(), 0.000925f64.sqrt(), 0.01 * 9.26f64.sqrt()];
        near(&lengths, &expected);
        assert_eq!((fit.steps.len(), &fit.model.affine), (1, after));
        assert!(!fit.converged() && fit.objective < step.objective);
    }

    #[test]
    fn a_flat_objective_is_no_optimum() {
        // Two features that are the same, classes that overlap.
        let x = Value::new([4, 2], vec![1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0]);
        let y = list(&[0.0, 1.0, 0.0, 1.0]);
        assert_eq!(Logistic::default().fit(&x, &y).unwrap().end, DescentEnd::Flat);
        assert!(sum(1e-3).fit(&x, &y).unwrap().converged());
        // Separable but for one sample of each class at the same place.
        let x = Value::new([4, 1], vec![1.0, 2.0, 2.0, 3.0]);
        let fit = Logistic::default().fit(&x, &list(&[0.0, 0.0, 1.0, 1.0])).unwrap();
        assert!(!fit.converged(), "{fit:?}");
        // Nor is a gradient below the tolerance.
        let method = Method::GradientDescent { learning_rate: 1.0 };
        let slow = Logistic { method, max_steps: 50_000, tolerance: 1e-4, ..Logistic::default() };
        let fit = slow.fit(&x, &list(&[0.0, 0.0, 1.0, 1.0])).unwrap();
        assert!(fit.gradient_norm < 1e-4 && fit.end == DescentEnd::StepLimit, "{}", fit.end);
    }

    #[test]
    fn settings_are_checked() {
        let (x, y) = cars();
        let error = |l: Logistic| l.fit(&x, &y).unwrap_err().to_string();
        assert_eq!(error(sum(-1.0)), "the ridge is -1: expected 0 or a positive number");
        let method = Method::GradientDescent { learning_rate: 0.0 };
        assert_eq!(
            error(Logistic { method, ..sum(0.0) }),
            "the learning rate is 0: expected a positive number"
        );
        let message = sum(0.0).fit(&x, &signs(&y.to_f64s())).unwrap_err().to_string();
        assert!(message.contains("takes the labels 0 and 1"), "{message}");
    }
}
