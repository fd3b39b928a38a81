//! Lane programs: what is done to one element, for many elements side by side.
//!
//! A fused loop over arrays, a scalar function over a batch of inputs and a scalar graph on its own are all one straight-line
//! [`Program`]; they differ in how many elements run side by side. Every backend gives the same bits for the same program,
//! and [`reference`] says which.

mod contract;
mod estimate;
mod fold;
mod kernel;
mod program;
#[cfg(test)]
mod reference;
pub(crate) mod tile;

pub(crate) use fold::identity;
pub(crate) use kernel::{Cursor, Kernel};
pub(crate) use program::{Access, Inst, Op, Program, Stream};
#[cfg(test)]
pub(crate) use reference::Reference;
pub(crate) use tile::{Args, Body, Compiled, Function, Isa, LANES, TILE, Tiles, compiled, function};
