//! The strong Wolfe line search of Nocedal and Wright (Numerical Optimization, 2006, algorithms 3.5 and 3.6).
//!
//! A step is good when the value falls by a part of what the slope promises and the slope has become flat. Where the fall
//! is lost in rounding, slopes alone decide (Hager and Zhang, 2005). Where the function is not finite the step is too long.

use super::error::MinimizeError;
use super::objective::Objective;
use super::vector::{along, dot};
use super::walk::{is_finite, rounding};

/// The part of the promised fall that is enough.
const FALL: f64 = 1e-4;
/// The part of the first slope that is flat.
const FLAT: f64 = 0.9;
/// The most points tried, enough to halve any interval to nothing.
const TRIALS: usize = 60;

/// A point on the line.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    step: f64,
    slope: f64,
    pub(super) point: Vec<f64>,
    pub(super) value: f64,
    pub(super) gradient: Vec<f64>,
}

struct Line<'a> {
    f: &'a Objective,
    direction: &'a [f64],
    start: Trial,
    trials: usize,
}

/// A step from a point along a direction in which the function falls, `first` tried first; none if no step is good.
pub(super) fn search(
    f: &Objective,
    (point, value, gradient): (&[f64], f64, &[f64]),
    direction: &[f64],
    first: f64,
) -> Result<Option<Trial>, MinimizeError> {
    let slope = dot(gradient, direction);
    let start = Trial { step: 0.0, slope, point: point.to_vec(), value, gradient: gradient.to_vec() };
    Line { f, direction, start, trials: 0 }.bracket(first)
}

impl Line<'_> {
    fn at(&mut self, step: f64) -> Result<Trial, MinimizeError> {
        self.trials += 1;
        let point = along(&self.start.point, step, self.direction);
        let (value, gradient) = self.f.at(&point)?;
        // Not finite is as bad as can be, and says nothing of the slope.
        let value = if is_finite(value, &gradient) { value } else { f64::INFINITY };
        Ok(Trial { step, slope: dot(&gradient, self.direction), point, value, gradient })
    }

    fn falls(&self, t: &Trial) -> bool {
        t.value <= self.start.value + FALL * t.step * self.start.slope
    }

    fn is_flat(&self, t: &Trial) -> bool {
        t.slope.abs() <= -FLAT * self.start.slope
    }

    fn is_good(&self, t: &Trial) -> bool {
        let close = t.value <= self.start.value + rounding(self.start.value);
        let falls = self.falls(t) || (close && t.slope <= (2.0 * FALL - 1.0) * self.start.slope);
        falls && self.is_flat(t)
    }

    /// Longer and longer steps until one is good or an interval holds a good one.
    fn bracket(mut self, first: f64) -> Result<Option<Trial>, MinimizeError> {
        let mut last = self.start.clone();
        let mut step = first;
        while self.trials < TRIALS && step.is_finite() {
            let t = self.at(step)?;
            if self.is_good(&t) {
                return Ok(Some(t));
            }
            if !self.falls(&t) || (t.value >= last.value && self.trials > 1) {
                return self.zoom(last, t);
            }
            if t.slope >= 0.0 {
                return self.zoom(t, last);
            }
            step *= 2.0;
            last = t;
        }
        Ok(self.better(last))
    }

    /// Between `low`, the best step so far, and `high`, a good step lies: the interval shrinks around it.
    fn zoom(mut self, mut low: Trial, mut high: Trial) -> Result<Option<Trial>, MinimizeError> {
        while self.trials < TRIALS {
            let t = self.at(between(&low, &high))?;
            if self.is_good(&t) {
                return Ok(Some(t));
            }
            if !self.falls(&t) || t.value >= low.value {
                high = t;
                continue;
            }
            if t.slope * (high.step - low.step) >= 0.0 {
                high = low;
            }
            low = t;
        }
        Ok(self.better(low))
    }

    /// A step that is not flat but falls is still a step.
    fn better(&self, t: Trial) -> Option<Trial> {
        (t.value < self.start.value).then_some(t)
    }
}

/// The minimiser of the cubic through both values and slopes, or the middle where that is no use.
fn between(a: &Trial, b: &Trial) -> f64 {
    let middle = 0.5 * (a.step + b.step);
    let d1 = a.slope + b.slope - 3.0 * (a.value - b.value) / (a.step - b.step);
    let d2 = (b.step - a.step).signum() * (d1 * d1 - a.slope * b.slope).sqrt();
    let cubic = b.step - (b.step - a.step) * (b.slope + d2 - d1) / (b.slope - a.slope + 2.0 * d2);
    let margin = 0.1 * (b.step - a.step).abs();
    let (low, high) = (a.step.min(b.step) + margin, a.step.max(b.step) - margin);
    if (low..=high).contains(&cubic) { cubic } else { middle }
}
