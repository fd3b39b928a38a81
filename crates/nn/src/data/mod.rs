//! Data: samples with targets, split, scaled, and drawn in batches.

mod batches;
mod dataset;
mod generate;
mod samples;
mod split;
mod standardize;
mod stream;
mod targets;

pub use batches::Batches;
pub use dataset::Dataset;
pub(crate) use generate::MAX_SAMPLES;
pub use generate::Synthetic;
pub(crate) use samples::CHUNK;
pub use samples::{Batch, Reading, Samples};
pub use split::{split_ordered, split_shuffled};
pub use standardize::Standardize;
pub use stream::{Stream, TargetRows};
pub(crate) use stream::{flat, without_column};
pub(crate) use targets::first_not;
pub use targets::{TargetForm, TargetSpec, Targets};
