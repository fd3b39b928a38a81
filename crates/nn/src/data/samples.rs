//! Samples to train on and to measure with, wherever they are: in memory, in files, or made while they are read.

use super::targets::{TargetForm, TargetSpec};
use super::{Batches, Dataset};
use crate::error::{DataError, NnError};
use crate::loss::{Loss, TargetKind};
use crate::model::Model;
use std::fmt;
use std::sync::Arc;
use wengert_expr::Value;

/// Some samples of many.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The samples.
    pub samples: Dataset,
    /// Which of all they are, counted from 0.
    pub rows: Vec<usize>,
}

/// Batch after batch, read when it is asked for.
pub type Reading<'s> = Box<dyn Iterator<Item = Result<Batch, NnError>> + 's>;

/// How many samples are read at once where that is free: enough to amortise the walk over a graph, few enough for a small
/// memory.
pub(crate) const CHUNK: usize = 512;

/// Samples with their targets, in memory ([`Dataset`]), in files ([`Stream`](super::Stream)), or anywhere else.
///
/// What is read must be the same whenever it is read: training that goes on from a checkpoint asks for batches again.
///
/// Samples that are drawn when they are asked for, a parabola at a million places:
///
/// ```
/// use wengert_expr::Value;
/// use wengert_nn::{
///     Activation, Adam, Batch, Batches, Dataset, Loss, Model, NnError, Optimizer, Precision, Purpose, Random, Reading,
///     Samples, Settings, TargetForm, TargetSpec, Trainer,
/// };
///
/// #[derive(Debug)]
/// struct Parabola;
///
/// impl Parabola {
///     fn batch(rows: Vec<usize>) -> Result<Batch, NnError> {
///         let x: Vec<f64> = rows.iter().map(|&row| row as f64 / 5e5 - 1.0).collect();
///         let y = Value::from(x.iter().map(|x| x * x).collect::<Vec<f64>>());
///         let samples = Dataset::new(&Value::new([x.len(), 1], x), &y, Loss::Mse, Precision::F32)?;
///         Ok(Batch { samples, rows })
///     }
/// }
///
/// impl Samples for Parabola {
///     fn count(&self) -> usize {
///         1_000_000
///     }
///     fn width(&self) -> usize {
///         1
///     }
///     fn target_spec(&self) -> TargetSpec {
///         TargetSpec { form: TargetForm::Numbers, outputs: 1, are_classes: false }
///     }
///     fn epoch(&self, batches: &Batches, epoch: usize, skip: usize) -> Reading<'_> {
///         let (size, seed) = (batches.size(), batches.seed());
///         Box::new((skip..batches.count()).map(move |batch| {
///             let mut random = Random::new(seed, Purpose::Batches, ((epoch as u64) << 32) + batch as u64);
///             Parabola::batch((0..size).map(|_| random.below(1_000_000)).collect())
///         }))
///     }
///     fn chunks(&self, size: usize) -> Reading<'_> {
///         let first = (0..1_000_000).step_by(size);
///         Box::new(first.map(move |first| Parabola::batch((first..1_000_000.min(first + size)).collect())))
///     }
/// }
///
/// let optimizer = Optimizer::Adam(Adam::default());
/// let settings = Settings { loss: Loss::Mse, optimizer, learning_rate: 0.02, batch_size: 1000, seed: 1 };
/// let mut trainer = Trainer::new(Model::mlp(&[1, 8, 1], Activation::Tanh)?, settings);
/// let history = trainer.fit(&Parabola, None, 1, &mut |_| ())?;
/// assert!(history[0].train.loss < 0.05);
/// # Ok::<(), NnError>(())
/// ```
pub trait Samples: fmt::Debug + Send + Sync {
    /// How many samples there are; at least one.
    fn count(&self) -> usize;

    /// How many features a sample has.
    fn width(&self) -> usize;

    /// What the targets of all samples are.
    fn target_spec(&self) -> TargetSpec;

    /// The batches of an epoch without the first `skip` of them: as a rule every sample once, in an order that the seed of
    /// `batches` and the epoch's number give.
    fn epoch(&self, batches: &Batches, epoch: usize, skip: usize) -> Reading<'_>;

    /// All samples in their own order, so many at a time and fewer in the end.
    fn chunks(&self, size: usize) -> Reading<'_>;

    /// A CRC-32 by which other samples are told apart from these.
    ///
    /// # Errors
    /// Samples that cannot be read.
    fn fingerprint(&self) -> Result<u32, NnError> {
        let mut hash = crc32fast::Hasher::new();
        for batch in self.chunks(CHUNK) {
            let samples = batch?.samples;
            update(&mut hash, samples.features());
            update(&mut hash, samples.targets().values());
        }
        Ok(hash.finalize())
    }

    /// Whether a model can learn these samples.
    ///
    /// # Errors
    /// Another number of features than the model takes, or targets that its outputs or the loss cannot meet.
    fn check(&self, model: &Model, loss: Loss) -> Result<(), DataError> {
        if self.width() != model.inputs() {
            return Err(DataError::Features { expected: model.inputs(), found: self.width() });
        }
        let TargetSpec { form, outputs: count, .. } = self.target_spec();
        let (needed, fits) = match (form, loss.target_kind()) {
            (TargetForm::Classes, TargetKind::Classes) => {
                (format!("{count} outputs or more"), count <= model.outputs())
            }
            (TargetForm::Numbers, TargetKind::Numbers | TargetKind::Probabilities)
            | (TargetForm::Signs, TargetKind::Numbers | TargetKind::Signs) => {
                let outputs = loss.outputs(count);
                (format!("{outputs} outputs"), outputs == model.outputs())
            }
            _ => return Err(DataError::Loss { targets: form.name(), loss }),
        };
        if fits { Ok(()) } else { Err(DataError::Outputs { needed, found: model.outputs() }) }
    }
}

impl Samples for Dataset {
    fn count(&self) -> usize {
        self.len()
    }

    fn width(&self) -> usize {
        Dataset::width(self)
    }

    fn target_spec(&self) -> TargetSpec {
        self.targets().spec()
    }

    fn epoch(&self, batches: &Batches, epoch: usize, skip: usize) -> Reading<'_> {
        self.read(batches.epoch(epoch).into_iter().skip(skip))
    }

    fn chunks(&self, size: usize) -> Reading<'_> {
        let (all, size) = (self.len(), size.max(1));
        self.read(
            (0..all).step_by(size).map(move |first| (first..all.min(first.saturating_add(size))).collect()),
        )
    }
}

impl Dataset {
    fn read<'s>(&'s self, batches: impl Iterator<Item = Vec<usize>> + 's) -> Reading<'s> {
        Box::new(batches.map(|rows| Ok(Batch { samples: self.rows(&rows), rows })))
    }
}

impl<S: Samples + ?Sized> Samples for Arc<S> {
    fn count(&self) -> usize {
        (**self).count()
    }

    fn width(&self) -> usize {
        (**self).width()
    }

    fn target_spec(&self) -> TargetSpec {
        (**self).target_spec()
    }

    fn epoch(&self, batches: &Batches, epoch: usize, skip: usize) -> Reading<'_> {
        (**self).epoch(batches, epoch, skip)
    }

    fn chunks(&self, size: usize) -> Reading<'_> {
        (**self).chunks(size)
    }

    fn fingerprint(&self) -> Result<u32, NnError> {
        (**self).fingerprint()
    }
}

/// Takes a type and all bits into a checksum.
pub(super) fn update(hash: &mut crc32fast::Hasher, value: &Value) {
    hash.update(value.ty().to_string().as_bytes());
    hash.update(&value.to_le_bytes());
}
