//! Schedules: the learning rate as a function of the number of steps behind.
//!
//! A schedule shapes the rate that the optimiser was given, which is its greatest value. Powers and cosines are libm's,
//! so the rates are the same bits on every machine.

use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// How the learning rate changes from step to step.
///
/// ```
/// use wengert_nn::Schedule;
///
/// let schedule = Schedule::Step { every: 100, factor: 0.5 };
/// assert_eq!((schedule.rate(0.1, 99), schedule.rate(0.1, 100)), (0.1, 0.05));
/// ```
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case", deny_unknown_fields)]
pub enum Schedule {
    /// Always the rate given.
    #[default]
    Constant,
    /// Times `factor` after every so many steps.
    Step {
        /// After how many steps.
        every: usize,
        /// Times what.
        factor: f64,
    },
    /// Times `factor` after each step.
    Exponential {
        /// Times what.
        factor: f64,
    },
    /// Half a cosine from the rate given down to a part of it (Loshchilov and Hutter, 2017), where it stays.
    Cosine {
        /// Over how many steps; in a configuration 0, or none told, for all of training.
        #[serde(default)]
        steps: usize,
        /// The part of the rate at the end; 0 unless told.
        #[serde(default)]
        last: f64,
    },
    /// A straight line up to the rate given (Goyal et al., 2017), where it stays.
    LinearWarmup {
        /// Over how many steps; the first has one part of so many.
        steps: usize,
    },
    /// One cycle: a straight line up from a part of the rate to all of it, then one down to a smaller part (Smith, 2018).
    OneCycle {
        /// Over how many steps up and down; in a configuration 0, or none told, for all of training.
        #[serde(default)]
        steps: usize,
        /// The share of them that go up; 0.3 unless told.
        #[serde(default = "usual_rise")]
        rise: f64,
        /// The part of the rate at the start; 1/25 unless told.
        #[serde(default = "usual_first")]
        first: f64,
        /// The part of the rate at the end; 1/10000 unless told.
        #[serde(default = "usual_last")]
        last: f64,
    },
}

fn usual_rise() -> f64 {
    0.3
}

fn usual_first() -> f64 {
    0.04
}

fn usual_last() -> f64 {
    1e-4
}

impl Schedule {
    /// The rate for the step with this many behind it, where `rate` is the greatest.
    pub fn rate(&self, rate: f64, step: usize) -> f64 {
        rate * self.part(step)
    }

    /// The part of the greatest rate, 1 where a schedule over no steps has none.
    fn part(&self, step: usize) -> f64 {
        match *self {
            Schedule::Constant => 1.0,
            Schedule::Step { every, factor } => libm::pow(factor, (step / every.max(1)) as f64),
            Schedule::Exponential { factor } => libm::pow(factor, step as f64),
            Schedule::Cosine { steps, last } => {
                last + (1.0 - last) * 0.5 * (1.0 + libm::cos(PI * progress(step, steps as f64)))
            }
            Schedule::LinearWarmup { steps } => progress(step + 1, steps as f64),
            Schedule::OneCycle { steps, rise, first, last } => {
                let top = (steps as f64 * rise).floor();
                match (step as f64) < top {
                    true => first + (1.0 - first) * progress(step, top),
                    false => {
                        1.0 + (last - 1.0) * ((step as f64 - top) / (steps as f64 - top).max(1.0)).min(1.0)
                    }
                }
            }
        }
    }

    /// The same, over all of a training of so many steps where it is told none.
    pub fn over(self, all: usize) -> Schedule {
        match self {
            Schedule::Cosine { steps: 0, last } => Schedule::Cosine { steps: all, last },
            Schedule::OneCycle { steps: 0, rise, first, last } => {
                Schedule::OneCycle { steps: all, rise, first, last }
            }
            told => told,
        }
    }

    /// Every number with its key in a configuration, whether it makes sense, and what would.
    pub(crate) fn numbers(&self) -> Vec<(&'static str, f64, bool, &'static str)> {
        let count = |key, n: usize| (key, n as f64, n > 0, "1 or more");
        let share = |key, x: f64| (key, x, (0.0..=1.0).contains(&x), "0 to 1");
        let factor = |x: f64| ("train.schedule.factor", x, x > 0.0 && x <= 1.0, "above 0 and at most 1");
        match *self {
            Schedule::Constant => Vec::new(),
            Schedule::Step { every, factor: x } => vec![count("train.schedule.every", every), factor(x)],
            Schedule::Exponential { factor: x } => vec![factor(x)],
            Schedule::Cosine { last, .. } => vec![share("train.schedule.last", last)],
            Schedule::LinearWarmup { steps } => vec![count("train.schedule.steps", steps)],
            Schedule::OneCycle { rise, first, last, .. } => vec![
                share("train.schedule.rise", rise),
                share("train.schedule.first", first),
                share("train.schedule.last", last),
            ],
        }
    }
}

/// Which part of so many steps is behind, at most all.
fn progress(step: usize, steps: f64) -> f64 {
    if steps > 0.0 { (step as f64 / steps).min(1.0) } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(schedule: Schedule, expected: &[(usize, f64)]) {
        for &(step, rate) in expected {
            let found = schedule.rate(0.5, step);
            assert!((found - rate).abs() < 1e-15, "{schedule:?} at {step}: {found}");
        }
    }

    #[test]
    fn rates_by_hand() {
        check(Schedule::Constant, &[(0, 0.5), (1_000_000, 0.5)]);
        check(
            Schedule::Step { every: 10, factor: 0.5 },
            &[(0, 0.5), (9, 0.5), (10, 0.25), (19, 0.25), (20, 0.125)],
        );
        check(Schedule::Exponential { factor: 0.5 }, &[(0, 0.5), (1, 0.25), (3, 0.0625)]);
        let half = (1.0 + 0.5f64.sqrt()) / 2.0;
        check(
            Schedule::Cosine { steps: 8, last: 0.0 },
            &[(0, 0.5), (2, 0.5 * half), (4, 0.25), (8, 0.0), (99, 0.0)],
        );
        check(Schedule::Cosine { steps: 8, last: 0.2 }, &[(0, 0.5), (4, 0.3), (8, 0.1), (9, 0.1)]);
        check(Schedule::LinearWarmup { steps: 4 }, &[(0, 0.125), (1, 0.25), (3, 0.5), (4, 0.5), (99, 0.5)]);
        let cycle = Schedule::OneCycle { steps: 10, rise: 0.4, first: 0.2, last: 0.1 };
        check(cycle, &[(0, 0.1), (2, 0.3), (4, 0.5), (7, 0.275), (10, 0.05), (11, 0.05)]);
    }

    #[test]
    fn no_rate_is_more_than_the_greatest_or_no_number() {
        let schedules = [
            Schedule::Step { every: 0, factor: 0.5 },
            Schedule::Cosine { steps: 0, last: 0.0 },
            Schedule::LinearWarmup { steps: 0 },
            Schedule::OneCycle { steps: 0, rise: 0.0, first: 0.5, last: 0.5 },
            Schedule::OneCycle { steps: 7, rise: 1.0, first: 0.0, last: 0.0 },
            Schedule::OneCycle { steps: 7, rise: 0.0, first: 0.0, last: 0.0 },
        ];
        for schedule in schedules {
            for step in 0..20 {
                assert!((0.0..=1.0).contains(&schedule.rate(1.0, step)), "{schedule:?} at {step}");
            }
        }
    }
}
