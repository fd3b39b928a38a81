//! Which entries of a Jacobian or Hessian can be other than zero, and few directions that tell them all.

mod acyclic;
mod bidirectional;
mod blocks;
mod closed;
mod colouring;
mod compression;
mod direct;
mod distance;
mod error;
mod expand;
mod hubs;
mod lists;
mod needed;
mod order;
mod pattern;
mod sets;
mod star;
mod substitution;
#[cfg(test)]
mod tests;

pub use acyclic::acyclic;
pub use bidirectional::{Bicolouring, bidirectional};
pub use blocks::{BlockShape, Blocks, Ends};
pub use colouring::Colouring;
pub use compression::{Compression, Method, Source};
pub use distance::{distance_2, partial_distance_2};
pub use error::SparsityError;
pub use expand::MOST_PLACES;
pub use order::{VertexOrder, fewest};
pub use pattern::Pattern;
pub use star::star;
pub use substitution::Substitution;
