//! The algebra of linear maps: apply, transpose, compose, add, cost. Every mode is made of these and nothing else.

mod add;
mod apply;
mod bilinear;
mod coefficients;
mod compose;
mod cost;
mod dense;
mod dry;
mod factors;
mod form;
mod transpose;

pub use add::add;
pub use apply::apply;
pub use bilinear::{by_coefficients, canonical};
pub use coefficients::{Array, Coefficients, Extents, Style};
pub use compose::{COMPOSITION_BUDGET, compose};
pub use cost::{ApplyCost, apply_cost};
pub use dense::{dense, dense_elements, densified, held};
pub use dry::{Dry, Slot};
pub use transpose::transpose;
pub(crate) use transpose::transposed;
