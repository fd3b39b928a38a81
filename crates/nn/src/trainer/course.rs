//! A course of training: how long it is, what ends it early, and which samples judge it.
//!
//! An epoch counts once every sample was seen. A course that ends within an epoch tells of what was seen of it, but the
//! epoch stays under way: training that goes on finishes it first, as if it had never stopped.

use super::progress::Best;
use super::{Pass, Progress, Trainer};
use crate::config::{EarlyStopping, Judge};
use crate::data::{Batches, Samples};
use crate::error::NnError;
use crate::metrics::{Epoch, Event, Flow, Metrics};

/// Who looks on, and may end training.
pub(crate) type Watch<'w> = dyn FnMut(&Trainer, &Event) -> Result<Flow, NnError> + 'w;

/// How long training is, with what is behind already.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Length {
    /// So often every sample is seen.
    Epochs(usize),
    /// So many steps are made, whole epochs or not.
    Steps(usize),
}

/// How long training is, and what ends it early.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Course {
    /// How long it is at most.
    pub length: Length,
    /// When it ends because nothing gets better. In the end the best parameters come back.
    pub early_stopping: Option<EarlyStopping>,
}

/// The samples of a training.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'d> {
    /// To train on.
    pub train: &'d dyn Samples,
    /// To judge epochs by.
    pub validation: Option<&'d dyn Samples>,
    /// Kept apart: nothing is decided by them.
    pub test: Option<&'d dyn Samples>,
}

impl Course {
    /// So long, whatever happens.
    pub fn new(length: Length) -> Course {
        Course { length, early_stopping: None }
    }

    /// Whether training has come to its end.
    fn is_done(&self, progress: &Progress) -> bool {
        let epochs = progress.history.len();
        let long = match self.length {
            Length::Epochs(most) => epochs >= most,
            Length::Steps(most) => progress.steps >= most,
        };
        let stale = |stopping: EarlyStopping| {
            progress.best.is_some_and(|best| epochs >= best.epoch.saturating_add(stopping.patience))
        };
        long || self.early_stopping.is_some_and(stale)
    }

    /// The most steps in all.
    fn steps(&self) -> usize {
        match self.length {
            Length::Epochs(_) => usize::MAX,
            Length::Steps(most) => most,
        }
    }

    /// How many steps it has in all, in an epoch's batches.
    pub(crate) fn steps_of(&self, batches: &Batches) -> usize {
        match self.length {
            Length::Epochs(most) => most.saturating_mul(batches.count()),
            Length::Steps(most) => most,
        }
    }

    /// Whether an epoch is better than the best so far, with its score.
    fn better(&self, best: Option<Best>, found: &Metrics) -> Option<f64> {
        let stopping = self.early_stopping.unwrap_or(EarlyStopping::BY_LOSS);
        let score = match stopping.metric {
            Judge::Loss => found.loss,
            Judge::Accuracy => -found.accuracy?,
        };
        let limit = best.map_or(f64::INFINITY, |best| best.score - stopping.min_delta);
        (score < limit).then_some(score)
    }
}

impl Trainer {
    /// Trains through a course, telling `watch` of every step and epoch, and returns the epochs of this call; with early
    /// stopping, the best parameters are those in the end.
    pub(crate) fn follow(
        &mut self,
        parts: &Parts<'_>,
        course: &Course,
        watch: &mut Watch<'_>,
    ) -> Result<Vec<Epoch>, NnError> {
        let mut told = Vec::new();
        let mut flow = Flow::Go;
        while flow == Flow::Go && !course.is_done(&self.progress) {
            let ended = self.pass(parts.train, course.steps(), watch)?;
            let train = self.progress.tally.metrics(parts.train.target_spec().are_classes);
            let epoch = self.measured(parts, train)?;
            if ended == Pass::Whole {
                self.progress.close(epoch);
                self.judge(course, &epoch);
            } else {
                flow = Flow::Stop;
            }
            told.push(epoch);
            if watch(self, &Event::Epoch(epoch))? == Flow::Stop {
                flow = Flow::Stop;
            }
        }
        if course.early_stopping.is_some() && course.is_done(&self.progress) {
            self.restore_best();
        }
        Ok(told)
    }

    /// The epoch under way as it stands, with what was seen of the samples to train on.
    pub(super) fn measured(&mut self, parts: &Parts<'_>, train: Metrics) -> Result<Epoch, NnError> {
        let validation = parts.validation.map(|data| self.evaluate(data)).transpose()?;
        let test = parts.test.map(|data| self.evaluate(data)).transpose()?;
        Ok(Epoch { validation, test, ..self.seen(train) })
    }

    /// Keeps the parameters of an epoch that is better than all before it.
    fn judge(&mut self, course: &Course, epoch: &Epoch) {
        let Some(found) = &epoch.validation else { return };
        if let Some(score) = course.better(self.progress.best, found) {
            self.progress.best = Some(Best { epoch: epoch.number, score });
            self.best = Some(self.kept[..self.own()].to_vec());
        }
    }
}
