//! Minimisers of Wengert functions of one vector, for problems small enough to look at curvature.
//!
//! Gradients, Hessians times vectors and Jacobians are graphs derived from the function and compiled with it. A minimiser
//! always says why it stopped, and never leaves its last finite point: NaN ends it, with [`Stop::NotFinite`].
//!
//! ```
//! use wengert_expr::{Builder, DType, Type};
//! use wengert_nn::minimize::{Lbfgs, Limits, Objective, Stop};
//!
//! // Rosenbrock's valley.
//! let b = Builder::new();
//! let p = b.param("p", Type::new(DType::F64, [2]));
//! let (x, y) = (p.entry(0, 0), p.entry(0, 1));
//! b.output("f", (1.0 - x).square() + (y - x.square()).square() * 100.0);
//! let f = Objective::new(&b.finish()?)?;
//! let outcome = Lbfgs::default().minimize(&f, &[-1.2, 1.0], &Limits::default())?;
//! assert_eq!(outcome.stop, Stop::SmallGradient);
//! assert!((outcome.point[0] - 1.0).abs() < 1e-6 && (outcome.point[1] - 1.0).abs() < 1e-6);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod critical;
mod descent;
mod error;
mod gauss_newton;
mod lbfgs;
mod levenberg_marquardt;
mod line_search;
mod minimizer;
mod newton_cg;
mod objective;
mod outcome;
mod residuals;
#[cfg(test)]
mod tests;
mod vector;
mod walk;

pub use critical::{Critical, classify};
pub use descent::GradientDescent;
pub use error::MinimizeError;
pub use gauss_newton::GaussNewton;
pub use lbfgs::Lbfgs;
pub use levenberg_marquardt::LevenbergMarquardt;
pub use minimizer::Minimizer;
pub use newton_cg::NewtonCg;
pub use objective::Objective;
pub use outcome::{Limits, Outcome, Stop};
pub use residuals::Residuals;
pub use walk::Observer;
