//! Minimising an objective by gradient descent or Newton's method, and telling when that has not come to an end.
//!
//! A small gradient alone is no sign of a minimum: where classes are separable it falls for ever while the weights grow.
//! So a descent has converged only where the Newton step, which tells how far the minimum is, is small beside the
//! parameters.

use super::error::{ClassicError, positive};
use super::objective::Objective;
use crate::error::{Divergence, NnError, Runaway};
use crate::matrix::solve_positive;
use std::fmt;

/// How an objective is made small.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Method {
    /// Newton's method, for the logistic loss also known as iteratively reweighted least squares (D. R. Cox 1958; P. McCullagh
    /// and J. A. Nelder, "Generalized Linear Models", 1983); a step is halved until the objective falls. For at most 1024 parameters.
    Newton,
    /// Steps against the gradient of all samples (A. Cauchy 1847). For more than 1024 parameters, of which no Newton step is
    /// made, it never says that it has converged.
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
pub type Observer<'o> = dyn FnMut(&DescentStep, &[f64], &[f64]) + 'o;

/// The most parameters of which a Newton step is made: its cost grows with the third power.
const MAX_NEWTON: usize = 1024;

/// A descent from parameters of 0.
pub(super) fn minimise(
    objective: &mut Objective,
    course: Course,
    observe: &mut Observer<'_>,
) -> Result<Descent, NnError> {
    course.check(objective.params())?;
    let mut at = Point::new(objective, vec![0.0; objective.params()])?;
    let (mut steps, mut ask_below) = (Vec::new(), course.tolerance);
    let mut end = DescentEnd::StepLimit;
    for number in 1..=course.max_steps {
        let moved = match course.method {
            Method::Newton => newton(objective, course, &at)?,
            Method::GradientDescent { learning_rate } if norm(&at.gradient) > ask_below => {
                Moved::To(along(&at.theta, &at.gradient, -learning_rate))
            }
            Method::GradientDescent { learning_rate } => {
                // Asked for again when the gradient has halved.
                ask_below = norm(&at.gradient) / 2.0;
                match is_minimum(objective, course, &at)? {
                    true => Moved::Not(DescentEnd::Converged),
                    false => Moved::To(along(&at.theta, &at.gradient, -learning_rate)),
                }
            }
        };
        let last = matches!(moved, Moved::Last(_));
        let after = match moved {
            Moved::To(after) | Moved::Last(after) => after,
            Moved::Not(why) => {
                end = why;
                break;
            }
        };
        let step = at.step_to(number, &after, course.weights);
        observe(&step, &at.gradient, &after);
        steps.push(step);
        at = Point::new(objective, after)?;
        at.check(number)?;
        if last {
            end = DescentEnd::Converged;
            break;
        }
    }
    let gradient_norm = norm(&at.gradient);
    Ok(Descent { theta: at.theta, objective: at.value, gradient_norm, steps, end })
}

impl Course {
    fn check(&self, params: usize) -> Result<(), ClassicError> {
        positive("the tolerance", self.tolerance)?;
        match self.method {
            Method::GradientDescent { learning_rate } => {
                positive("the learning rate", learning_rate).map(|_| ())
            }
            Method::Newton if params > MAX_NEWTON => {
                Err(ClassicError::TooManyParameters { found: params, most: MAX_NEWTON })
            }
            Method::Newton => Ok(()),
        }
    }
}

/// Parameters with the objective there.
struct Point {
    theta: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
}

impl Point {
    fn new(objective: &Objective, theta: Vec<f64>) -> Result<Point, NnError> {
        let (value, gradient) = objective.at(&theta)?;
        Ok(Point { theta, value, gradient })
    }

    fn check(&self, number: usize) -> Result<(), Divergence> {
        let diverged = |what| Err(Divergence { epoch: number, step: 1, what });
        if !self.value.is_finite() {
            return diverged(Runaway::Loss(self.value));
        }
        match self.gradient.iter().all(|g| g.is_finite()) {
            true => Ok(()),
            false => diverged(Runaway::Param("the gradient".into())),
        }
    }

    fn step_to(&self, number: usize, after: &[f64], weights: usize) -> DescentStep {
        DescentStep {
            number,
            objective: self.value,
            gradient_norm: norm(&self.gradient),
            weight_norm: norm(&after[..weights]),
            length: norm(&along(after, &self.theta, -1.0)),
        }
    }
}

/// Where a step leads, or why there is none.
enum Moved {
    To(Vec<f64>),
    /// To the minimum.
    Last(Vec<f64>),
    Not(DescentEnd),
}

/// Newton's step, halved until it lowers the objective by a part of what its slope promises (L. Armijo 1966).
fn newton(objective: &mut Objective, course: Course, at: &Point) -> Result<Moved, NnError> {
    const HALVINGS: usize = 60;
    let hessian = objective.hessian(&at.theta)?;
    let Some(step) = solve_positive(&hessian, &at.gradient, course.free)? else {
        return Ok(Moved::Not(DescentEnd::Flat));
    };
    let slope: f64 = step.iter().zip(&at.gradient).map(|(s, g)| -s * g).sum();
    // So near the minimum that the objective's rounding hides the descent, the step is right as it is.
    let hidden = 16.0 * f64::EPSILON * (1.0 + at.value.abs());
    let mut factor = 1.0;
    for _ in 0..HALVINGS {
        let after = along(&at.theta, &step, -factor);
        if objective.at(&after)?.0 <= at.value + 1e-4 * factor * slope + hidden {
            let last = factor == 1.0 && is_short(&step, &at.theta, course.tolerance);
            return Ok(if last { Moved::Last(after) } else { Moved::To(after) });
        }
        factor /= 2.0;
    }
    Ok(Moved::Not(DescentEnd::Stalled))
}

/// Whether the Newton step is short. Of more parameters than it is made for nothing is known, so that is no.
fn is_minimum(objective: &mut Objective, course: Course, at: &Point) -> Result<bool, NnError> {
    if objective.params() > MAX_NEWTON {
        return Ok(false);
    }
    let step = solve_positive(&objective.hessian(&at.theta)?, &at.gradient, course.free)?;
    Ok(step.is_some_and(|s| is_short(&s, &at.theta, course.tolerance)))
}

fn is_short(step: &[f64], theta: &[f64], tolerance: f64) -> bool {
    norm(step) <= tolerance * (1.0 + norm(theta))
}

fn along(theta: &[f64], direction: &[f64], factor: f64) -> Vec<f64> {
    theta.iter().zip(direction).map(|(t, d)| t + factor * d).collect()
}

pub(super) fn norm(x: &[f64]) -> f64 {
    x.iter().fold(0.0, |norm: f64, &x| libm::hypot(norm, x))
}
