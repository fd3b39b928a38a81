//! Native code for lane programs: AVX-512, sixteen elements of 32 bits or eight of 64 at a time.
//!
//! Always holds: the same bits as `lane::Reference` gives, but for elementary functions, which are those of `crate::math`.
//! There is code only where the processor and the program allow for it; the tile interpreter runs the rest.
//!
//! A program is lowered to a tape of primitives (`lower`, `symbol`, `tape`), whose values get registers (`liveness`,
//! `allocate`), whose actions become machine code (`emit`, `frame`, `reduce`).

#[cfg(all(target_arch = "x86_64", unix))]
mod allocate;
#[cfg(all(target_arch = "x86_64", unix))]
mod assembler;
#[cfg(all(target_arch = "x86_64", unix))]
mod calls;
#[cfg(all(target_arch = "x86_64", unix))]
mod codes;
#[cfg(all(target_arch = "x86_64", unix))]
mod detour;
#[cfg(all(target_arch = "x86_64", unix))]
mod emit;
#[cfg(all(target_arch = "x86_64", unix))]
mod frame;
#[cfg(all(target_arch = "x86_64", unix))]
mod kernel;
#[cfg(all(target_arch = "x86_64", unix))]
mod layout;
#[cfg(all(target_arch = "x86_64", unix))]
mod liveness;
#[cfg(all(target_arch = "x86_64", unix))]
mod lower;
#[cfg(all(target_arch = "x86_64", unix))]
mod memory;
#[cfg(all(target_arch = "x86_64", unix))]
mod pool;
#[cfg(all(target_arch = "x86_64", unix))]
mod reduce;
#[cfg(all(target_arch = "x86_64", unix))]
mod schedule;
#[cfg(all(target_arch = "x86_64", unix))]
mod shape;
#[cfg(all(target_arch = "x86_64", unix))]
mod simplify;
#[cfg(all(target_arch = "x86_64", unix))]
mod symbol;
#[cfg(all(target_arch = "x86_64", unix))]
mod tape;
#[cfg(all(test, target_arch = "x86_64", unix))]
mod tests;

#[cfg(not(all(target_arch = "x86_64", unix)))]
mod absent;

#[cfg(not(all(target_arch = "x86_64", unix)))]
pub(crate) use absent::{Native, NativeScalar, compile, compile_scalar};
#[cfg(all(target_arch = "x86_64", unix))]
pub(crate) use kernel::{Native, NativeScalar, compile, compile_scalar};
