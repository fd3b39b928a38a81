//! What every minimiser keeps: where it is, the path to there, and when that is enough.
//!
//! Every point on the path but the first is finite, with its value and its gradient.

use super::outcome::{Limits, Outcome, Stop};
use super::vector::norm;

/// What is told of every point that is taken: the point and the value there.
pub type Observer<'o> = dyn FnMut(&[f64], f64) + 'o;

pub(super) struct Walk<'o> {
    pub(super) value: f64,
    pub(super) gradient: Vec<f64>,
    path: Vec<Vec<f64>>,
    observe: &'o mut Observer<'o>,
}

impl<'o> Walk<'o> {
    pub(super) fn new(
        point: &[f64],
        value: f64,
        gradient: Vec<f64>,
        observe: &'o mut Observer<'o>,
    ) -> Walk<'o> {
        Walk { value, gradient, path: vec![point.to_vec()], observe }
    }

    pub(super) fn point(&self) -> &[f64] {
        self.path.last().map_or(&[], |p| p)
    }

    /// Why to stop here, if there is a reason.
    pub(super) fn stop(&self, limits: &Limits) -> Option<Stop> {
        if !is_finite(self.value, &self.gradient) {
            return Some(Stop::NotFinite);
        }
        if norm(&self.gradient) <= limits.gradient {
            return Some(Stop::SmallGradient);
        }
        (self.path.len() > limits.iterations).then_some(Stop::Iterations)
    }

    pub(super) fn go(&mut self, point: Vec<f64>, value: f64, gradient: Vec<f64>) {
        (self.observe)(&point, value);
        self.path.push(point);
        (self.value, self.gradient) = (value, gradient);
    }

    pub(super) fn end(self, stop: Stop) -> Outcome {
        Outcome {
            point: self.point().to_vec(),
            value: self.value,
            gradient_norm: norm(&self.gradient),
            iterations: self.path.len() - 1,
            path: self.path,
            stop,
        }
    }
}

pub(super) fn is_finite(value: f64, gradient: &[f64]) -> bool {
    value.is_finite() && gradient.iter().all(|g| g.is_finite())
}

/// The fall over the fall promised; 1 where both are lost in rounding (Conn, Gould and Toint, 2000, section 17.4.2).
pub(super) fn agreement(before: f64, after: f64, promised: f64) -> f64 {
    let noise = rounding(before);
    let fall = before - after;
    if promised <= noise && fall.abs() <= noise { 1.0 } else { fall / promised }
}

/// A difference from this value that means nothing.
pub(super) fn rounding(value: f64) -> f64 {
    10.0 * f64::EPSILON * value.abs().max(f64::MIN_POSITIVE)
}
