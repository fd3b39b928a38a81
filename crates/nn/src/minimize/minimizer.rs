//! The minimisers by name, as configurations choose them.

use super::{GaussNewton, Lbfgs, LevenbergMarquardt, NewtonCg};
use crate::optim::{Allowed, Hyper};

/// A minimiser with its numbers.
///
/// ```
/// use wengert_nn::minimize::Minimizer;
///
/// let mut lbfgs = Minimizer::named("lbfgs").unwrap();
/// assert!(lbfgs.set("memory", 5.0) && !lbfgs.set("radius", 1.0));
/// assert_eq!((lbfgs.name(), lbfgs.hypers()[0].value), ("lbfgs", 5.0));
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Minimizer {
    /// [`Lbfgs`].
    Lbfgs(Lbfgs),
    /// [`NewtonCg`].
    NewtonCg(NewtonCg),
    /// [`GaussNewton`], of squared errors.
    GaussNewton(GaussNewton),
    /// [`LevenbergMarquardt`], of squared errors.
    LevenbergMarquardt(LevenbergMarquardt),
}

impl Minimizer {
    /// The names in configurations.
    pub const NAMES: &'static [&'static str] = &["lbfgs", "newton_cg", "gauss_newton", "levenberg_marquardt"];

    /// The minimiser of this name with its usual numbers.
    pub fn named(name: &str) -> Option<Minimizer> {
        Some(match name {
            "lbfgs" => Minimizer::Lbfgs(Lbfgs::default()),
            "newton_cg" => Minimizer::NewtonCg(NewtonCg::default()),
            "gauss_newton" => Minimizer::GaussNewton(GaussNewton),
            "levenberg_marquardt" => Minimizer::LevenbergMarquardt(LevenbergMarquardt::default()),
            _ => return None,
        })
    }

    /// Its name in configurations.
    pub fn name(&self) -> &'static str {
        match self {
            Minimizer::Lbfgs(_) => "lbfgs",
            Minimizer::NewtonCg(_) => "newton_cg",
            Minimizer::GaussNewton(_) => "gauss_newton",
            Minimizer::LevenbergMarquardt(_) => "levenberg_marquardt",
        }
    }

    /// Whether it takes residuals, whose squares are added up, instead of any function.
    pub fn takes_residuals(&self) -> bool {
        matches!(self, Minimizer::GaussNewton(_) | Minimizer::LevenbergMarquardt(_))
    }

    /// The numbers that shape it.
    pub fn hypers(&self) -> Vec<Hyper> {
        let hyper = |name, key, about, value| Hyper { name, key, about, value, allowed: Allowed::Positive };
        match *self {
            Minimizer::Lbfgs(Lbfgs { memory }) => {
                vec![hyper("memory", "train.optimizer.memory", "How many steps it remembers.", memory as f64)]
            }
            Minimizer::NewtonCg(NewtonCg { radius }) => {
                vec![hyper("radius", "train.optimizer.radius", "How long the first step may be.", radius)]
            }
            Minimizer::GaussNewton(GaussNewton) => Vec::new(),
            Minimizer::LevenbergMarquardt(LevenbergMarquardt { damping }) => {
                vec![hyper("damping", "train.optimizer.damping", "The first damping, relative.", damping)]
            }
        }
    }

    /// Sets the number of this name; false if it has none. A count takes the whole number below.
    pub fn set(&mut self, name: &str, value: f64) -> bool {
        match (self, name) {
            (Minimizer::Lbfgs(lbfgs), "memory") => lbfgs.memory = value as usize,
            (Minimizer::NewtonCg(newton), "radius") => newton.radius = value,
            (Minimizer::LevenbergMarquardt(marquardt), "damping") => marquardt.damping = value,
            _ => return false,
        }
        true
    }
}
