//! Running Wengert graphs: the reference interpreter, and passes that rewrite a graph before it runs.
//!
//! The interpreter is the loop over the rows' reference values: plain, slow and obviously right. Everything faster is
//! tested against it.

mod error;
mod interpreter;
#[allow(dead_code, unused_imports)]
mod lane;
#[allow(dead_code, unused_imports)]
mod math;
pub mod passes;
#[allow(dead_code, unused_imports)]
mod scalar;

pub use error::ExecError;
pub use interpreter::{Interpreter, evaluate};
