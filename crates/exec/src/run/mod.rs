//! Running a plan: steps made ready once, then run over memory that is there already.

mod argument;
mod batch;
mod cache;
mod executable;
mod frame;
mod kernels;
mod loops;
mod machine;
mod memory;
mod moves;
mod options;
mod products;
mod profile;
mod routines;
mod session;

pub use argument::{ArrayMut, ArrayRef, Lent};
pub use cache::Cache;
pub use executable::{Executable, Phases, compile};
pub use machine::Machine;
pub use options::CompileOptions;
pub use profile::{Profile, StepProfile};
pub use session::Session;
