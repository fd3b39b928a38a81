//! Plain gradient descent: `x <- x - rate * gradient(x)`, the direction in which a function falls fastest.

use super::error::MinimizeError;
use super::objective::Objective;
use super::outcome::{Limits, Outcome, Stop};
use super::vector::along;
use super::walk::{Walk, is_finite};

/// Gradient descent with a constant rate (Cauchy, 1847). It need not converge: the rate must be below two over the
/// largest curvature.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct GradientDescent {
    /// How far it follows the gradient.
    pub rate: f64,
}

impl GradientDescent {
    /// From a first point, of the function's dimension.
    ///
    /// # Errors
    /// A point of another length, and an operation that has no value somewhere on the way.
    pub fn minimize(&self, f: &Objective, start: &[f64], limits: &Limits) -> Result<Outcome, MinimizeError> {
        let (value, gradient) = f.at(start)?;
        let mut ignore = |_: &[f64], _| ();
        let mut walk = Walk::new(start, value, gradient, &mut ignore);
        loop {
            if let Some(stop) = walk.stop(limits) {
                return Ok(walk.end(stop));
            }
            let next = along(walk.point(), -self.rate, &walk.gradient);
            let (value, gradient) = f.at(&next)?;
            if !is_finite(value, &gradient) {
                return Ok(walk.end(Stop::NotFinite));
            }
            walk.go(next, value, gradient);
        }
    }
}
