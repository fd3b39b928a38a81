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
#[cfg(all(target_arch = "x86_64", unix))]
#[allow(dead_code, unused_imports)]
mod native;
#[cfg(not(all(target_arch = "x86_64", unix)))]
#[allow(dead_code, unused_imports)]
#[path = "native/absent.rs"]
mod native;
pub mod passes;

pub use error::ExecError;
pub use interpreter::{Interpreter, evaluate};
