//! Softmax regression.

use super::descent::{Course, DescentEnd, DescentStep, Method, Observer, minimise, norm};
use super::error::{ClassicError, not_negative};
use super::objective::{Objective, part, penalised};
use super::samples::{table, table_of, value_of};
use crate::data::Targets;
use crate::error::{DataError, NnError};
use crate::loss::Reduction;
use ndarray::{Array1, Array2, Axis};
use wengert_exec::evaluate;
use wengert_expr::{Builder, Value};

/// Softmax regression, one multinomial model of all classes (D. R. Cox 1966; J. S. Bridle 1990): the sum over samples of
/// `-log softmax(x W + b)[class]`, plus `ridge |W|**2 / 2` with the biases free, made small from weights of 0 by all
/// samples at once.
///
/// Without a ridge there is no finite optimum where the model tells all classes apart; the fit then says that it has not
/// converged. A number added to all biases changes nothing, nor does, without a ridge, a vector added to all columns of
/// `W`; along these directions the parameters are not determined, and no step is taken.
///
/// ```
/// use wengert_nn::classic::SoftmaxRegression;
/// use wengert_expr::Value;
/// let x = Value::new([6, 1], vec![0.0, 1.0, 4.0, 5.0, 8.0, 9.0]);
/// let classes = Value::from(vec![0i64, 0, 1, 1, 2, 2]);
/// let fit = SoftmaxRegression { ridge: 0.1, ..SoftmaxRegression::default() }.fit(&x, &classes)?;
/// assert!(fit.converged());
/// assert_eq!(fit.predict(&x)?, [0, 0, 1, 1, 2, 2]);
/// # Ok::<(), wengert_nn::NnError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SoftmaxRegression {
    /// The factor of `|W|**2 / 2` beside the sum of the losses; 0 for no penalty.
    pub ridge: f64,
    /// Whether the objective is that sum or the mean.
    pub reduction: Reduction,
    /// How the objective is made small.
    pub method: Method,
    /// How many steps are taken at most.
    pub max_steps: usize,
    /// How far the optimum may be, beside the parameters.
    pub tolerance: f64,
}

/// Newton's method without a ridge, at most 100 steps, to a relative 1e-8 before the last step.
impl Default for SoftmaxRegression {
    fn default() -> SoftmaxRegression {
        let (method, reduction) = (Method::Newton, Reduction::Mean);
        SoftmaxRegression { ridge: 0.0, reduction, method, max_steps: 100, tolerance: 1e-8 }
    }
}

/// A softmax model and how it was learned.
#[derive(Clone, Debug)]
pub struct SoftmaxFit {
    weights: Array2<f64>,
    biases: Array1<f64>,
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

impl SoftmaxRegression {
    /// Learns classes numbered from 0: features `[samples, features]`, classes `[samples]`.
    ///
    /// # Errors
    /// Data or classes that do not fit, a class without a sample, settings out of their range, or an objective that stops
    /// being finite.
    pub fn fit(&self, features: &Value, classes: &Value) -> Result<SoftmaxFit, NnError> {
        self.fit_observed(features, classes, &mut |_, _, _| ())
    }

    /// As [`SoftmaxRegression::fit`], telling `observe` of every step: its trace, the gradient before it and the
    /// parameters after it, both in a row: the weights feature by feature, then the biases.
    ///
    /// # Errors
    /// As there.
    pub fn fit_observed(
        &self,
        features: &Value,
        classes: &Value,
        observe: &mut Observer<'_>,
    ) -> Result<SoftmaxFit, NnError> {
        let table = table(features)?;
        let targets = Targets::classes(classes)?;
        if targets.len() != table.nrows() {
            return Err(DataError::Count { samples: table.nrows(), targets: targets.len() }.into());
        }
        let k = targets.outputs().max(2);
        let labels: Vec<usize> = targets.values().to_f64s().iter().map(|&c| c as usize).collect();
        check_used(&labels, k)?;
        let d = table.ncols();
        let mut objective = self.objective(table.clone(), targets.values().clone(), k)?;
        let course = Course {
            method: self.method,
            max_steps: self.max_steps,
            tolerance: self.tolerance,
            weights: d * k,
            free: if self.ridge == 0.0 { d + 1 } else { 1 },
        };
        let found = minimise(&mut objective, course, observe)?;
        let (weights, biases) = found.theta.split_at(d * k);
        let weights = Array2::from_shape_fn((d, k), |(i, j)| weights[i * k + j]);
        let mut fit = SoftmaxFit {
            weight_norm: norm(&found.theta[..d * k]),
            weights,
            biases: Array1::from(biases.to_vec()),
            objective: found.objective,
            gradient_norm: found.gradient_norm,
            steps: found.steps,
            end: found.end,
        };
        if self.ridge == 0.0 && separates(&fit.logits(&table), &labels) {
            fit.end = DescentEnd::Separable;
        }
        Ok(fit)
    }

    /// Parameters in a row: `W` row by row, then the biases.
    fn objective(&self, table: Array2<f64>, classes: Value, k: usize) -> Result<Objective, NnError> {
        let (samples, d) = table.dim();
        let (ridge, reduction) = (not_negative("the ridge", self.ridge)?, self.reduction);
        Objective::new(value_of(table), classes, (d + 1) * k, |theta, x, y| {
            let w = part(theta, 0, d * k).reshape_to(&[d, k]);
            let logits = x.matmul(w) + part(theta, d * k, k);
            penalised(logits.softmax_cross_entropies(y), w, ridge, reduction, samples)
        })
    }
}

impl SoftmaxFit {
    /// The weights, `[features, classes]`.
    pub fn weights(&self) -> Value {
        value_of(self.weights.clone())
    }

    /// The biases, `[classes]`.
    pub fn biases(&self) -> Value {
        Value::from(self.biases.to_vec())
    }

    /// True if the optimum was found.
    pub fn converged(&self) -> bool {
        self.end.converged()
    }

    /// The logits, `[samples, classes]`.
    ///
    /// # Errors
    /// Features that are no table of finite numbers, or not as many as were learned.
    pub fn decision_values(&self, features: &Value) -> Result<Value, NnError> {
        Ok(value_of(self.logits(&table_of(features, self.weights.nrows())?)))
    }

    /// The probability of each class, `[samples, classes]`.
    ///
    /// # Errors
    /// As [`SoftmaxFit::decision_values`].
    pub fn probabilities(&self, features: &Value) -> Result<Value, NnError> {
        let logits = self.decision_values(features)?;
        let b = Builder::new();
        b.output("probabilities", b.input("logits", logits.ty()).softmax(-1));
        let mut found = evaluate(&b.finish()?, &[("logits", logits)])?;
        Ok(found.remove(0))
    }

    /// The class of each sample: the first of the most probable.
    ///
    /// # Errors
    /// As [`SoftmaxFit::decision_values`].
    pub fn predict(&self, features: &Value) -> Result<Vec<usize>, NnError> {
        let logits = self.logits(&table_of(features, self.weights.nrows())?);
        let first_greatest = |row: ndarray::ArrayView1<'_, f64>| {
            row.iter().enumerate().fold(0, |best, (k, z)| if *z > row[best] { k } else { best })
        };
        Ok(logits.rows().into_iter().map(first_greatest).collect())
    }

    fn logits(&self, table: &Array2<f64>) -> Array2<f64> {
        table.dot(&self.weights) + self.biases.view().insert_axis(Axis(0))
    }
}

fn check_used(labels: &[usize], classes: usize) -> Result<(), ClassicError> {
    let mut used = vec![false; classes];
    labels.iter().for_each(|&c| used[c] = true);
    match used.iter().position(|u| !u) {
        Some(class) => Err(ClassicError::NoSample { class }),
        None => Ok(()),
    }
}

/// Whether each sample's class has a greater logit than every other, so that greater weights are always better.
fn separates(logits: &Array2<f64>, labels: &[usize]) -> bool {
    let leads = |(row, &c): (ndarray::ArrayView1<'_, f64>, &usize)| {
        row.iter().enumerate().all(|(k, z)| k == c || *z < row[c])
    };
    logits.rows().into_iter().zip(labels).all(leads)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn cars() -> (Value, Value) {
        let x = vec![11.0, 8.0, 20.0, 7.0, 4.0, 8.0, 8.0, 7.0, 11.0, 5.0];
        (Value::new([5, 2], x), Value::from(vec![1i64, 1, 0, 0, 1]))
    }

    #[test]
    fn f13_two_classes_are_the_logistic_model() {
        // Both classes' weights are penalised, each being half of the logistic ones: twice the ridge.
        let (x, y) = cars();
        let learner =
            SoftmaxRegression { ridge: 0.2, reduction: Reduction::Sum, ..SoftmaxRegression::default() };
        let fit = learner.fit(&x, &y).unwrap();
        assert!(fit.converged());
        let (w, b) = (fit.weights().to_f64s(), fit.biases().to_f64s());
        let expected = [1.989830743425658, -0.13683129826520963, -17.6061601365027];
        near(&[w[1] - w[0], w[3] - w[2], b[1] - b[0]], &expected);
        near(&[fit.objective], &[0.3349725696833527]);
        assert_eq!(fit.predict(&x).unwrap(), [1, 1, 0, 0, 1]);
    }

    #[test]
    fn f12_separable_classes_have_no_optimum() {
        let (x, y) = cars();
        let descent = Method::GradientDescent { learning_rate: 0.01 };
        for method in [Method::Newton, descent] {
            let fit = SoftmaxRegression { method, max_steps: 5000, ..SoftmaxRegression::default() };
            let fit = fit.fit(&x, &y).unwrap();
            assert_eq!((fit.end, fit.converged()), (DescentEnd::Separable, false), "{method:?}");
            let steps = &fit.steps;
            assert!(steps[steps.len() - 1].weight_norm > 1.05 * steps[steps.len() / 2].weight_norm);
        }
    }

    #[test]
    fn one_step_of_gradient_descent_is_told() {
        let (x, y) = cars();
        let method = Method::GradientDescent { learning_rate: 0.01 };
        let mut told = Vec::new();
        SoftmaxRegression { method, max_steps: 1, ..SoftmaxRegression::default() }
            .fit_observed(&x, &y, &mut |s, g, a| told.push((s.objective, g.to_vec(), a.to_vec())))
            .unwrap();
        // What the logistic model's parameters get, for one class and against the other.
        let [(objective, gradient, after)] = &told[..] else { panic!("{told:?}") };
        near(&[*objective], &[std::f64::consts::LN_2]);
        near(gradient, &[3.0, -3.0, 0.5, -0.5, 0.1, -0.1]);
        near(after, &[-0.03, 0.03, -0.005, 0.005, -0.001, 0.001]);
    }

    #[test]
    fn three_classes_that_overlap() {
        let x = Value::new([6, 1], vec![0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
        let y = Value::from(vec![0i64, 0, 1, 1, 2, 2]);
        let fit = SoftmaxRegression::default().fit(&x, &y).unwrap();
        assert!(fit.converged(), "{}", fit.end);
        // At the optimum the mean probability of each class is its frequency.
        let p = fit.probabilities(&x).unwrap().to_f64s();
        for k in 0..3 {
            near(&[p.iter().skip(k).step_by(3).sum::<f64>()], &[2.0]);
        }
        let descent = Method::GradientDescent { learning_rate: 0.2 };
        let slow = SoftmaxRegression { method: descent, max_steps: 100_000, ..SoftmaxRegression::default() };
        let slow = slow.fit(&x, &y).unwrap();
        assert!(slow.converged(), "{} {}", slow.end, slow.gradient_norm);
        within(&slow.probabilities(&x).unwrap().to_f64s(), &p, 1e-6);
    }

    #[test]
    fn faults_are_named() {
        let (x, _) = cars();
        let error =
            |y: Vec<i64>| SoftmaxRegression::default().fit(&x, &Value::from(y)).unwrap_err().to_string();
        assert!(error(vec![0, 0, 2, 2, 2]).starts_with("class 1 has no sample"));
        assert!(error(vec![0, 0, 0, 0, 0]).starts_with("class 1 has no sample"));
        assert_eq!(error(vec![0, 1]), "5 samples need as many targets, found 2");
    }
}
