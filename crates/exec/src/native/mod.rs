//! Native code for lane programs: AVX-512, sixteen elements of 32 bits or eight of 64 at a time.
//!
//! Always holds: the same bits as `lane::Reference` gives, but for elementary functions, which are those of `crate::math`.
//! There is code only where the processor and the program allow for it; the tile interpreter runs the rest.
//!
//! A program is lowered to a tape of primitives (`lower`, `symbol`, `tape`), whose values get registers (`liveness`,
//! `allocate`), whose actions become machine code (`emit`, `frame`, `reduce`).

mod action;
mod allocate;
mod assembler;
mod calls;
mod codes;
mod detour;
mod emit;
mod frame;
mod kernel;
mod layout;
mod liveness;
mod lower;
mod memory;
mod pool;
mod reduce;
mod registers;
mod schedule;
mod shape;
mod simplify;
mod strided;
mod symbol;
mod tape;
#[cfg(test)]
mod tests;

pub(crate) use kernel::{NativeScalar, compile, compile_scalar, is_there};
