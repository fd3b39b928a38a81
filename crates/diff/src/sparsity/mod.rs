//! Which entries of a Jacobian or Hessian can be other than zero, and few directions that tell them all.

mod acyclic;
mod blocks;
mod closed;
mod colouring;
mod compression;
mod distance;
mod error;
mod expand;
mod lists;
mod order;
mod pattern;
mod star;

pub use acyclic::acyclic;
pub use blocks::{BlockShape, Blocks, Ends};
pub use colouring::Colouring;
pub use compression::{Compression, Source};
pub use distance::{distance_2, partial_distance_2};
pub use error::SparsityError;
pub use expand::MOST_PLACES;
pub use order::VertexOrder;
pub use pattern::Pattern;
pub use star::star;
