//! Running a plan: steps made ready once, then run over memory that is there already.

mod argument;
mod executable;
mod frame;
mod kernels;
mod loops;
mod memory;
mod options;
mod products;
mod routines;
mod session;

pub use argument::{ArrayMut, ArrayRef, Lent};
pub use executable::{Executable, Phases, compile};
pub use options::CompileOptions;
pub use session::Session;
