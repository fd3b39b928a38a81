//! Running Wengert graphs: the reference interpreter, passes that rewrite a graph before it runs, and the compiler.
//!
//! The interpreter is the loop over the rows' reference values: plain, slow and obviously right. Everything faster is
//! tested against it. The compiler turns a function into a plan (`plan`) of loops, products and routines over buffers;
//! a loop's body is a lane program (`lane`), which native code (`native`), the tile interpreter (`lane`) or groups of like
//! instructions (`scalar`) run.

mod error;
mod flatten;
mod interpreter;
mod lane;
mod math;
mod matmul;
#[cfg(all(target_arch = "x86_64", unix))]
mod native;
#[cfg(not(all(target_arch = "x86_64", unix)))]
#[path = "native/absent.rs"]
mod native;
mod not_finite;
pub mod passes;
mod plan;
mod pool;
mod run;
mod scalar;

pub use error::{CompileError, ExecError};
pub use interpreter::{Interpreter, evaluate};
pub use not_finite::{NotFiniteNode, Spread, first_beyond, first_not_finite};
pub use run::{
    ArrayMut, ArrayRef, Cache, CompileOptions, Executable, Lent, Machine, Phases, Profile, Session,
    StepProfile, compile,
};
