//! Methods that build nodes, by what they do. NumPy's names and semantics.

mod along;
mod custom;
mod einsum;
mod elementwise;
mod index;
mod product;
mod reduce;
mod shape;

pub use along::Along;
pub(crate) use along::resolve_axis;
pub use custom::CustomMap;
