//! Data: samples with targets, split, scaled, and drawn in batches.

mod batches;
mod dataset;
mod generate;
mod split;
mod standardize;
mod targets;

pub use batches::Batches;
pub use dataset::Dataset;
pub(crate) use generate::MAX_SAMPLES;
pub use generate::Synthetic;
pub use split::{split_ordered, split_shuffled};
pub use standardize::Standardize;
pub use targets::Targets;
pub(crate) use targets::first_not;
