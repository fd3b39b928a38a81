//! What stands around an optimiser: a schedule before it, clipping between gradients and it, a penalty beside the loss.

use super::{Clip, Penalty, Schedule};

/// A schedule, clipping and a penalty; none of them unless told.
///
/// ```
/// use wengert_nn::{Activation, Dataset, Loss, Model, Optimizer, Precision, Schedule, Settings, Trainer, Tuning};
///
/// let data = Dataset::xor(Loss::Mse, Precision::F32)?;
/// let optimizer = Optimizer::named("nesterov").unwrap();
/// let settings = Settings { loss: Loss::Mse, optimizer, learning_rate: 0.5, batch_size: 4, seed: 1 };
/// let tuning = Tuning { schedule: Schedule::LinearWarmup { steps: 10 }, ..Tuning::default() };
/// let mut trainer = Trainer::new(Model::mlp(&[2, 8, 1], Activation::Tanh)?, settings).with_tuning(tuning);
/// assert_eq!(trainer.learning_rate(), 0.05);
/// trainer.fit(&data, None, 20, &mut |_| ())?;
/// assert_eq!(trainer.learning_rate(), 0.5);
/// # Ok::<(), wengert_nn::NnError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Tuning {
    /// How the learning rate changes from step to step.
    pub schedule: Schedule,
    /// How large gradients may be.
    pub clip: Clip,
    /// What is added to the loss to draw weights towards zero.
    pub penalty: Penalty,
}
