//! L-BFGS: a quasi-Newton direction from the last few steps and changes of the gradient.

use super::error::MinimizeError;
use super::line_search::search;
use super::objective::Objective;
use super::outcome::{Limits, Outcome, Stop};
use super::vector::{along, difference, dot, negated, norm};
use super::walk::{Observer, Walk};
use std::collections::VecDeque;

/// L-BFGS (Liu and Nocedal, 1989), by the two-loop recursion of Nocedal and Wright (2006, algorithm 7.4) with a strong
/// Wolfe line search.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lbfgs {
    /// How many steps it remembers.
    pub memory: usize,
}

impl Default for Lbfgs {
    fn default() -> Lbfgs {
        Lbfgs { memory: 10 }
    }
}

/// A step `s` and the change `y` of the gradient along it; `s . y` is above zero.
struct Pair {
    s: Vec<f64>,
    y: Vec<f64>,
    sy: f64,
}

impl Lbfgs {
    /// From a first point, of the function's dimension.
    ///
    /// # Errors
    /// A point of another length, and an operation that has no value somewhere on the way.
    pub fn minimize(&self, f: &Objective, start: &[f64], limits: &Limits) -> Result<Outcome, MinimizeError> {
        self.minimize_observed(f, start, limits, &mut |_, _| ())
    }

    /// The same, telling `observe` of every point that is taken.
    ///
    /// # Errors
    /// As there.
    pub fn minimize_observed<'o>(
        &self,
        f: &Objective,
        start: &[f64],
        limits: &Limits,
        observe: &'o mut Observer<'o>,
    ) -> Result<Outcome, MinimizeError> {
        let (value, gradient) = f.at(start)?;
        let mut walk = Walk::new(start, value, gradient, observe);
        let mut pairs: VecDeque<Pair> = VecDeque::new();
        loop {
            if let Some(stop) = walk.stop(limits) {
                return Ok(walk.end(stop));
            }
            let direction = direction(&pairs, &walk.gradient);
            // Without a memory of curvature the first step is one unit long at most.
            let first = if pairs.is_empty() { (1.0 / norm(&walk.gradient)).min(1.0) } else { 1.0 };
            let here = (walk.point(), walk.value, &walk.gradient[..]);
            match search(f, here, &direction, first)? {
                Some(t) => {
                    let (s, y) =
                        (difference(&t.point, walk.point()), difference(&t.gradient, &walk.gradient));
                    self.remember(&mut pairs, s, y);
                    walk.go(t.point, t.value, t.gradient);
                }
                None if pairs.is_empty() => return Ok(walk.end(Stop::NoProgress)),
                None => pairs.clear(),
            }
        }
    }

    fn remember(&self, pairs: &mut VecDeque<Pair>, s: Vec<f64>, y: Vec<f64>) {
        let sy = dot(&s, &y);
        if sy > f64::EPSILON * norm(&s) * norm(&y) {
            pairs.push_back(Pair { s, y, sy });
        }
        while pairs.len() > self.memory {
            pairs.pop_front();
        }
    }
}

/// Minus the approximate inverse Hessian times the gradient.
fn direction(pairs: &VecDeque<Pair>, gradient: &[f64]) -> Vec<f64> {
    let mut q = gradient.to_vec();
    let mut factors = Vec::with_capacity(pairs.len());
    for pair in pairs.iter().rev() {
        let a = dot(&pair.s, &q) / pair.sy;
        q = along(&q, -a, &pair.y);
        factors.push(a);
    }
    if let Some(Pair { y, sy, .. }) = pairs.back() {
        let scale = sy / dot(y, y);
        q.iter_mut().for_each(|q| *q *= scale);
    }
    for (pair, a) in pairs.iter().zip(factors.into_iter().rev()) {
        q = along(&q, a - dot(&pair.y, &q) / pair.sy, &pair.s);
    }
    negated(&q)
}
