//! Native code against the reference.

mod codes;
mod memory;
mod programs;
mod random;
