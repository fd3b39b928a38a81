//! Levenberg-Marquardt: between Gauss-Newton, where the residuals are nearly linear, and short steps of gradient descent.

use super::error::MinimizeError;
use super::outcome::{Limits, Outcome, Stop};
use super::residuals::Residuals;
use super::vector::{along, dot, negated};
use super::walk::{Observer, Walk, agreement, is_finite};
use crate::matrix::cholesky;

/// The method of Levenberg (1944) and Marquardt (1963), damped as by Nielsen (1999).
///
/// ```
/// use wengert_expr::{Builder, DType, Type, Value};
/// use wengert_nn::minimize::{LevenbergMarquardt, Limits, Residuals, Stop};
///
/// // A line through (0, 1), (1, 3) and (2, 5).
/// let b = Builder::new();
/// let p = b.param("p", Type::new(DType::F64, [2]));
/// let (x, y) = (b.constant(Value::from(vec![0.0, 1.0, 2.0])), b.constant(Value::from(vec![1.0, 3.0, 5.0])));
/// b.output("residuals", p.entry(0, 0) + p.entry(0, 1) * x - y);
/// let r = Residuals::new(&b.finish()?)?;
/// let fit = LevenbergMarquardt::default().minimize(&r, &[0.0, 0.0], &Limits::default())?;
/// assert_eq!(fit.stop, Stop::SmallGradient);
/// assert!((fit.point[0] - 1.0).abs() < 1e-7 && (fit.point[1] - 2.0).abs() < 1e-7);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LevenbergMarquardt {
    /// The first damping, in units of the largest diagonal element of `J^T J`.
    pub damping: f64,
}

impl Default for LevenbergMarquardt {
    fn default() -> LevenbergMarquardt {
        LevenbergMarquardt { damping: 1e-3 }
    }
}

impl LevenbergMarquardt {
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
        let n = start.len();
        let mut damping = self.damping * (0..n).fold(0f64, |m, i| m.max(first.normal[(n + 1) * i]));
        let mut growth = 2.0;
        let mut walk = Walk::new(start, first.value, first.gradient, observe);
        let mut normal = first.normal;
        loop {
            if let Some(stop) = walk.stop(limits) {
                return Ok(walk.end(stop));
            }
            if !damping.is_finite() {
                return Ok(walk.end(Stop::NoProgress));
            }
            if let Some(step) = cholesky::solve(&damped(&normal, n, damping), &negated(&walk.gradient)) {
                let next = along(walk.point(), 1.0, &step);
                if next == walk.point() {
                    return Ok(walk.end(Stop::NoProgress));
                }
                let promised = 0.5 * (damping * dot(&step, &step) - dot(&step, &walk.gradient));
                let fit = r.fit(&next)?;
                let kept = agreement(walk.value, fit.value, promised);
                if is_finite(fit.value, &fit.gradient) && kept > 0.0 {
                    walk.go(next, fit.value, fit.gradient);
                    normal = fit.normal;
                    damping *= (1.0 - (2.0 * kept - 1.0).powi(3)).max(1.0 / 3.0);
                    growth = 2.0;
                    continue;
                }
            }
            // A matrix that is singular even so needs some damping to grow from.
            damping = damping.max(f64::MIN_POSITIVE) * growth;
            growth *= 2.0;
        }
    }
}

/// `normal + damping * I`.
fn damped(normal: &[f64], n: usize, damping: f64) -> Vec<f64> {
    let mut matrix = normal.to_vec();
    matrix.iter_mut().step_by(n + 1).for_each(|x| *x += damping);
    matrix
}
