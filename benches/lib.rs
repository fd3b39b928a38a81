//! The functions that the benchmarks measure: synthetic families, the digits model, ADBench's problems, and tasks of
//! Jacobian accumulation.
//!
//! The benchmarks themselves stand in `targets/`. Everything here is deterministic, so that a count printed by a
//! benchmark is the same on every machine; `docs/benchmarks.md` says what each one shows and how to run it.

pub mod adbench;
mod case;
mod digits;
mod error;
mod growth;
pub mod sparse;
pub mod synthetic;
mod table;
pub mod tasks;

pub use case::{Case, Prepared};
pub use digits::digits;
pub use error::Error;
pub use growth::slope;
pub use table::Table;
