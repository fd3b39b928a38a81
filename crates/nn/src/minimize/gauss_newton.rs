//! Gauss-Newton: the least-squares fit of the linearised residuals, the step halved until the fit is better.

use super::error::MinimizeError;
use super::outcome::{Limits, Outcome, Stop};
use super::residuals::Residuals;
use super::vector::{along, dot, negated};
use super::walk::{Observer, Walk, agreement, is_finite};
use crate::matrix::cholesky;

/// The damped Gauss-Newton method (Nocedal and Wright, 2006, section 10.3). It needs residuals that change in every
/// direction: where they do not it stops as [`Stop::Singular`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct GaussNewton;

/// The most times a step is halved.
const HALVINGS: usize = 60;

impl GaussNewton {
    /// From a first point, of the residuals' dimension. The value is half the sum of squares.
    ///
    /// # Errors
    /// A point of another length, and an operation that has no value somewhere on the way.
    pub fn minimize(&self, r: &Residuals, start: &[f64], limits: &Limits) -> Result<Outcome, MinimizeError> {
        self.minimize_observed(r, start, limits, &mut |_, _| ())
    }

    /// The same, telling `observe` of every point that is taken.
    ///
    /// # Errors
    /// As there.
    pub fn minimize_observed<'o>(
        &self,
        r: &Residuals,
        start: &[f64],
        limits: &Limits,
        observe: &'o mut Observer<'o>,
    ) -> Result<Outcome, MinimizeError> {
        let first = r.fit(start)?;
        let mut walk = Walk::new(start, first.value, first.gradient, observe);
        let mut normal = first.normal;
        'steps: loop {
            if let Some(stop) = walk.stop(limits) {
                return Ok(walk.end(stop));
            }
            let Some(step) = cholesky::solve(&normal, &negated(&walk.gradient)) else {
                return Ok(walk.end(Stop::Singular));
            };
            let slope = dot(&step, &walk.gradient);
            let mut length = 1.0;
            for _ in 0..HALVINGS {
                let next = along(walk.point(), length, &step);
                let fit = r.fit(&next)?;
                let kept = agreement(walk.value, fit.value, -length * slope);
                if is_finite(fit.value, &fit.gradient) && kept > 1e-4 {
                    walk.go(next, fit.value, fit.gradient);
                    normal = fit.normal;
                    continue 'steps;
                }
                length *= 0.5;
            }
            return Ok(walk.end(Stop::NoProgress));
        }
    }
}
