//! What stands around an optimiser: a schedule before it, clipping between gradients and it, a penalty beside the loss.

use super::{Clip, Penalty, Schedule};

/// A schedule, clipping and a penalty; none of them unless told.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Tuning {
    /// How the learning rate changes from step to step.
    pub schedule: Schedule,
    /// How large gradients may be.
    pub clip: Clip,
    /// What is added to the loss to draw weights towards zero.
    pub penalty: Penalty,
}
