//! Passes: an ordered list of rewritings of a function, each on its own or all to a fixpoint.
//!
//! Always holds: inputs, and the names, shapes and dtypes of outputs, stay. Under [`Level::Exact`] every output keeps every
//! bit of its reference value, for all values of the inputs (a NaN stays a NaN, whichever). What comes out is for running:
//! rules of derivatives that a user gave are dropped with their copies, so differentiate first.

mod draft;
mod driver;
mod error;
mod formula;
mod index;
mod kind;
mod options;
mod pattern;
mod pipeline;
mod report;
mod rule;
mod rules;
#[cfg(test)]
mod shape_tests;
mod site;
mod states;
#[cfg(test)]
mod tests;

pub use error::PassError;
pub use options::{Level, Options};
pub use pipeline::{Pass, Pipeline};
pub use report::{Firing, Report};
pub use rule::{Holds, Numbers, Rule};
