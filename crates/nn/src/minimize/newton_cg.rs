//! Newton's method in a trust region, its steps by conjugate gradients on products of the Hessian with vectors.
//!
//! No Hessian is ever made. Where the curvature is negative the step goes to the region's edge, so saddles do not hold it.

use super::error::MinimizeError;
use super::objective::Objective;
use super::outcome::{Limits, Outcome, Stop};
use super::vector::{along, dot, negated, norm};
use super::walk::{Observer, Walk, agreement, is_finite};

/// Newton-CG: truncated conjugate gradients (Steihaug, 1983) in the trust region of Nocedal and Wright (2006, algorithms
/// 4.1 and 7.2).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct NewtonCg {
    /// How long the first step may be.
    pub radius: f64,
}

impl Default for NewtonCg {
    fn default() -> NewtonCg {
        NewtonCg { radius: 1.0 }
    }
}

impl NewtonCg {
    /// From a first point, of the function's dimension.
    ///
    /// # Errors
    /// A point of another length, an operation that has no value somewhere on the way or no second derivative.
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
        let mut radius = self.radius;
        loop {
            if let Some(stop) = walk.stop(limits) {
                return Ok(walk.end(stop));
            }
            let (step, promised) = step(f, walk.point(), &walk.gradient, radius)?;
            let next = along(walk.point(), 1.0, &step);
            if !promised.is_finite() || next == walk.point() {
                let stop = if promised.is_finite() { Stop::NoProgress } else { Stop::NotFinite };
                return Ok(walk.end(stop));
            }
            let (value, gradient) = f.at(&next)?;
            let kept = agreement(walk.value, value, promised);
            let good = is_finite(value, &gradient) && kept > 1e-4;
            if !good || kept < 0.25 {
                radius = 0.25 * norm(&step);
            } else if kept > 0.75 && norm(&step) > 0.99 * radius {
                radius *= 2.0;
            }
            if good {
                walk.go(next, value, gradient);
            }
        }
    }
}

/// A step no longer than the radius, and how far the quadratic model falls along it.
fn step(f: &Objective, x: &[f64], gradient: &[f64], radius: f64) -> Result<(Vec<f64>, f64), MinimizeError> {
    let size = norm(gradient);
    let enough = size.sqrt().min(0.5) * size;
    let (mut p, mut r, mut d) = (vec![0.0; x.len()], gradient.to_vec(), negated(gradient));
    let mut promised = 0.0;
    for _ in 0..2 * x.len() {
        let curved = f.curvature(x, &d)?;
        let curvature = dot(&d, &curved);
        let slope = dot(&r, &d);
        let length = -slope / curvature;
        let longer = along(&p, length, &d);
        let inside = curvature > 0.0 && norm(&longer) < radius;
        let length = if inside { length } else { to_the_edge(&p, &d, radius) };
        promised -= length * slope + 0.5 * length * length * curvature;
        p = along(&p, length, &d);
        let next = along(&r, length, &curved);
        if !inside || norm(&next) <= enough {
            break;
        }
        let kept = dot(&next, &next) / dot(&r, &r);
        d = along(&negated(&next), kept, &d);
        r = next;
    }
    Ok((p, promised))
}

/// How far along `d` from `p`, which is inside, the edge of the region is.
fn to_the_edge(p: &[f64], d: &[f64], radius: f64) -> f64 {
    let (a, b, c) = (dot(d, d), dot(p, d), dot(p, p) - radius * radius);
    let root = (b * b - a * c).max(0.0).sqrt();
    // The form without cancellation of the greater root.
    if b > 0.0 { -c / (b + root) } else { (root - b) / a }
}
