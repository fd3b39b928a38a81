//! Minimising an objective by gradient descent or Newton's method, and telling when that has not come to an end.
//!
//! A small gradient alone is no sign of a minimum: where classes are separable it falls for ever while the weights grow.
//! So a descent has converged only where the Newton step, which tells how far the minimum is, is small beside the
//! parameters.

use super::eigen::solve_positive;
use super::error::positive;
use super::objective::Objective;
use crate::error::{Divergence, NnError, NotFinite};
use std::fmt;

/// How an objective is made small.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Method {
    /// Newton's method, for the logistic loss also known as iteratively reweighted least squares (D. R. Cox 1958; P. McCullagh
    /// and J. A. Nelder, "Generalized Linear Models", 1983); a step is halved until the objective falls.
    Newton,
    /// Steps against the gradient of all samples (A. Cauchy 1847).
    GradientDescent {
        /// How far a step goes.
        learning_rate: f64,
    },
}

/// One step.
#[derive(Clone, PartialEq, Debug)]
pub struct DescentStep {
    /// Its number, from 1.
    pub number: usize,
    /// The objective before the step.
    pub objective: f64,
    /// The norm of the gradient before the step.
    pub gradient_norm: f64,
    /// The norm of the weights, the biases left out, after the step.
    pub weight_norm: f64,
    /// How far the parameters moved.
    pub length: f64,
}

/// Why a descent ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DescentEnd {
    /// The minimum is nearer than the tolerance.
    Converged,
    /// The steps were over.
    StepLimit,
    /// The model tells all classes apart and nothing holds the weights: larger ones are always better, so there is no
    /// minimum.
    Separable,
    /// The objective does not curve in some direction.
    Flat,
    /// No step lowers the objective.
    Stalled,
}

impl DescentEnd {
    /// True if the minimum was found.
    pub fn converged(self) -> bool {
        self == DescentEnd::Converged
    }
}

impl fmt::Display for DescentEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DescentEnd::Converged => "converged",
            DescentEnd::StepLimit => "not converged when the steps were over",
            DescentEnd::Separable => {
                "not converged: the classes are separable, so there is no finite optimum without a ridge"
            }
            DescentEnd::Flat => {
                "not converged: the objective is flat in some direction, so features depend on each other or classes are separable; use a ridge"
            }
            DescentEnd::Stalled => "not converged: no step lowers the objective",
        })
    }
}

/// How far to go.
#[derive(Clone, Copy)]
pub(super) struct Course {
    pub(super) method: Method,
    pub(super) max_steps: usize,
    /// How far the minimum may be, beside the parameters.
    pub(super) tolerance: f64,
    /// How many of the parameters, from the first, are weights.
    pub(super) weights: usize,
    /// In how many directions the objective is constant by its nature.
    pub(super) free: usize,
}

/// Where a descent came to.
pub(super) struct Descent {
    pub(super) theta: Vec<f64>,
    pub(super) objective: f64,
    pub(super) gradient_norm: f64,
    pub(super) steps: Vec<DescentStep>,
    pub(super) end: DescentEnd,
}

/// What is told of a step: its trace, the gradient before it and the parameters after it.
pub(super) type Observer<'o> = dyn FnMut(&DescentStep, &[f64], &[f64]) + 'o;

/// A descent from parameters of 0.
pub(super) fn minimise(
    objective: &Objective,
    course: Course,
    observe: &mut Observer<'_>,
) -> Result<Descent, NnError> {
    positive("the tolerance", course.tolerance)?;
    if let Method::GradientDescent { learning_rate } = course.method {
        positive("the learning rate", learning_rate)?;
    }
    let mut theta = vec![0.0; objective.params()];
    let (mut value, mut gradient) = objective.at(&theta)?;
    let mut steps = Vec::new();
    let mut end = DescentEnd::StepLimit;
    // Gradient descent asks for the Newton step only when the gradient has halved since.
    let mut ask_below = course.tolerance;
    for number in 1..=course.max_steps {
        let moved = match course.method {
            Method::Newton => newton(objective, course, &theta, value, &gradient)?,
            Method::GradientDescent { learning_rate } => {
                let length = norm(&gradient);
                if length <= ask_below {
                    ask_below = length / 2.0;
                    let step = solve_positive(&objective.hessian(&theta)?, &gradient, course.free)?;
                    if step.is_some_and(|s| is_short(&s, &theta, course.tolerance)) {
                        end = DescentEnd::Converged;
                        break;
                    }
                }
                Moved::To(along(&theta, &gradient, -learning_rate), false)
            }
        };
        let (after, last) = match moved {
            Moved::To(after, last) => (after, last),
            Moved::Not(why) => {
                end = why;
                break;
            }
        };
        let step = DescentStep {
            number,
            objective: value,
            gradient_norm: norm(&gradient),
            weight_norm: norm(&after[..course.weights.min(after.len())]),
            length: norm(&along(&after, &theta, -1.0)),
        };
        observe(&step, &gradient, &after);
        steps.push(step);
        theta = after;
        (value, gradient) = objective.at(&theta)?;
        if !value.is_finite() || gradient.iter().any(|g| !g.is_finite()) {
            return Err(Divergence { epoch: number, step: 1, what: NotFinite::Loss(value) }.into());
        }
        if last {
            end = DescentEnd::Converged;
            break;
        }
    }
    Ok(Descent { theta, objective: value, gradient_norm: norm(&gradient), steps, end })
}

/// Where a step leads, and whether it is the last one; or why there is none.
enum Moved {
    To(Vec<f64>, bool),
    Not(DescentEnd),
}

/// Newton's step, halved until it lowers the objective by a part of what its slope promises (L. Armijo 1966).
fn newton(
    objective: &Objective,
    course: Course,
    theta: &[f64],
    value: f64,
    gradient: &[f64],
) -> Result<Moved, NnError> {
    const HALVINGS: usize = 60;
    let hessian = objective.hessian(theta)?;
    let Some(step) = solve_positive(&hessian, gradient, course.free)? else {
        return Ok(Moved::Not(DescentEnd::Flat));
    };
    let slope: f64 = step.iter().zip(gradient).map(|(s, g)| -s * g).sum();
    // So near the minimum that the objective's rounding hides the descent, the step is right as it is.
    let hidden = 16.0 * f64::EPSILON * (1.0 + value.abs());
    let mut factor = 1.0;
    for _ in 0..HALVINGS {
        let after = along(theta, &step, -factor);
        if objective.at(&after)?.0 <= value + 1e-4 * factor * slope + hidden {
            return Ok(Moved::To(after, factor == 1.0 && is_short(&step, theta, course.tolerance)));
        }
        factor /= 2.0;
    }
    Ok(Moved::Not(DescentEnd::Stalled))
}

fn is_short(step: &[f64], theta: &[f64], tolerance: f64) -> bool {
    norm(step) <= tolerance * (1.0 + norm(theta))
}

fn along(theta: &[f64], direction: &[f64], factor: f64) -> Vec<f64> {
    theta.iter().zip(direction).map(|(t, d)| t + factor * d).collect()
}

pub(super) fn norm(x: &[f64]) -> f64 {
    x.iter().fold(0.0, |norm: f64, &x| norm.hypot(x))
}
