//! Which entries of a Jacobian or Hessian can be other than zero, and few directions that tell them all.

mod pattern;

pub use pattern::Pattern;
