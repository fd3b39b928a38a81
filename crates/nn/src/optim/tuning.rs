//! What stands around an optimiser: a schedule before it, clipping between gradients and it, a penalty beside the loss, a
//! limit that ends it.

use super::{Clip, Penalty, Schedule};

/// A schedule, clipping and a penalty, none of them unless told, and a limit of the loss.
///
/// ```
/// use wengert_nn::{Activation, Dataset, Loss, Model, Optimizer, Precision, Schedule, Settings, Trainer, Tuning};
///
/// let data = Dataset::xor(Loss::Mse, Precision::F32)?;
/// let optimizer = Optimizer::named("nesterov").unwrap();
/// let settings = Settings { loss: Loss::Mse, optimizer, learning_rate: 0.125, batch_size: 4, seed: 1 };
/// let tuning = Tuning { schedule: Schedule::LinearWarmup { steps: 10 }, ..Tuning::default() };
/// let mut trainer = Trainer::new(Model::mlp(&[2, 8, 1], Activation::Tanh)?, settings).with_tuning(tuning);
/// assert_eq!(trainer.learning_rate(), 0.0125);
/// trainer.fit(&data, None, 20, &mut |_| ())?;
/// assert_eq!(trainer.learning_rate(), 0.125);
/// # Ok::<(), wengert_nn::NnError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Tuning {
    /// How the learning rate changes from step to step.
    pub schedule: Schedule,
    /// How large gradients may be.
    pub clip: Clip,
    /// What is added to the loss to draw weights towards zero.
    pub penalty: Penalty,
    /// How many times the loss of the first step, or 1 where that is more, a step's loss may be; training that exceeds it has
    /// diverged. A million unless told.
    pub loss_limit: f64,
}

impl Tuning {
    /// The limit that is usual: no training that works comes near it.
    pub const LOSS_LIMIT: f64 = 1e6;
}

impl Default for Tuning {
    fn default() -> Tuning {
        let (schedule, clip, penalty) = (Schedule::default(), Clip::default(), Penalty::default());
        Tuning { schedule, clip, penalty, loss_limit: Tuning::LOSS_LIMIT }
    }
}
