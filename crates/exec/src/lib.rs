//! Running Wengert graphs: the reference interpreter, and passes that rewrite a graph before it runs.
//!
//! The interpreter is the loop over the rows' reference values: plain, slow and obviously right. Everything faster is
//! tested against it.

mod error;
mod flatten;
mod interpreter;
#[allow(dead_code, unused_imports)]
mod lane;
#[allow(dead_code, unused_imports)]
mod math;
#[cfg(all(target_arch = "x86_64", unix))]
#[allow(dead_code, unused_imports)]
mod matmul;
mod native;
#[cfg(not(all(target_arch = "x86_64", unix)))]
#[allow(dead_code, unused_imports)]
#[path = "native/absent.rs"]
mod native;
pub mod passes;
#[allow(dead_code, unused_imports)]
mod plan;
#[allow(dead_code, unused_imports)]
mod pool;
mod run;

pub use error::{CompileError, ExecError};
pub use interpreter::{Interpreter, evaluate};
pub use run::{
    ArrayMut, ArrayRef, CompileOptions, Executable, Lent, Machine, Phases, Profile, Session, StepProfile,
    compile,
};
