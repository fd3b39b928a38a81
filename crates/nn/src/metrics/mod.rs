//! How well predictions meet targets.
//!
//! Measures of finished predictions, as plain arrays: of classes ([`accuracy`], [`Confusion`], [`auc`], [`log_loss`]) and
//! of numbers ([`mse`], [`mae`], [`r2`]). What a measure cannot say of its data, like the recall of a class that never
//! occurs, is `None` and never a number made up for it.

mod confusion;
mod error;
mod progress;
mod ranking;
mod regression;
mod report;

pub use confusion::{Confusion, accuracy};
pub use error::MetricError;
pub(crate) use progress::Tally;
pub use progress::{Epoch, Event, Flow, Metrics};
pub use ranking::{auc, log_loss};
pub use regression::{mae, mse, r2};
pub use report::Report;
pub(crate) use report::argmax;
