//! Which entries of a Jacobian or Hessian can be other than zero, and few directions that tell them all.

mod acyclic;
mod colouring;
mod distance;
mod error;
mod lists;
mod order;
mod pattern;
mod star;

pub use acyclic::acyclic;
pub use colouring::Colouring;
pub use distance::{distance_2, partial_distance_2};
pub use error::SparsityError;
pub use order::VertexOrder;
pub use pattern::Pattern;
pub use star::star;
