//! Native code against the reference.

mod codes;
mod functions;
mod memory;
mod programs;
mod random;
