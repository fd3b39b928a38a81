//! Matrix products `c = alpha a b` and `c += alpha a b` of matrices that lie in memory in any way.
//!
//! What always holds: nothing is allocated in a call, but for the packing buffer that the library keeps for each thread
//! and makes on its first large product; each element of `c` comes from the same sequence of operations whatever the
//! number of threads; NaN and infinities pass through.

mod batch;
mod direct;
mod level;
mod library;
mod outer;
mod plan;
mod product;
mod scalar;
mod split;
mod vector;

#[cfg(test)]
mod tests;

pub(crate) use batch::Batch;
pub(crate) use product::{Product, Strides};
