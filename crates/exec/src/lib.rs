//! Running Wengert graphs: the reference interpreter.
//!
//! The interpreter is the loop over the rows' reference values: plain, slow and obviously right. Everything faster is
//! tested against it.

mod error;
mod interpreter;

pub use error::ExecError;
pub use interpreter::{Interpreter, evaluate};
