//! A configured classic learner: data loaded, fitted, and what was found put into words and tables.

mod boosting;
mod components;
mod findings;
mod linear;
mod regression;
#[cfg(test)]
mod tests;

pub use findings::{Cell, Findings, Scores, Table};

use crate::classic::{ClassicError, Labels};
use crate::config::{Learner, LearnerConfig, LearnerName, StudyConfig};
use crate::data::Dataset;
use crate::error::NnError;
use crate::load::{Loaded, Wanted, load};
use crate::loss::Loss;
use crate::precision::Precision;
use wengert_expr::Value;

/// A classic learner with its samples.
#[derive(Clone, Debug)]
pub struct Study {
    learner: LearnerConfig,
    train: Dataset,
    test: Option<Dataset>,
}

impl Study {
    /// Loads the data.
    ///
    /// # Errors
    /// A configuration that makes no sense, and files that cannot be read.
    pub fn new(config: &StudyConfig) -> Result<Study, NnError> {
        config.validate()?;
        // Which targets a loss takes is all that matters of it: classes for softmax regression, else numbers.
        let loss = match config.learner.name {
            LearnerName::Softmax => Loss::SoftmaxCrossEntropy,
            _ => Loss::Mse,
        };
        let (precision, seed) = (Precision::F64, config.learner.seed);
        let wanted = Wanted { loss, precision, seed, validation: None, standardize: None, columns: None };
        let Loaded { train, test, .. } = load(&config.data, &wanted)?;
        Ok(Study { learner: config.learner.clone(), train, test })
    }

    /// The samples to learn from.
    pub fn train(&self) -> &Dataset {
        &self.train
    }

    /// The samples kept apart.
    pub fn test(&self) -> Option<&Dataset> {
        self.test.as_ref()
    }

    /// Fits the learner and judges it on both kinds of samples.
    ///
    /// # Errors
    /// What the learner cannot learn.
    pub fn run(&self) -> Result<Findings, NnError> {
        match self.learner.learner() {
            Learner::Perceptron(rule) => self.online(rule.test.labels(), |x, y| rule.fit(x, y)),
            Learner::DeltaRule(rule) => self.online(rule.labels, |x, y| rule.fit(x, y)),
            Learner::PerceptronLoss(rule) => self.online(Labels::PlusMinusOne, |x, y| rule.fit(x, y)),
            Learner::LeastSquares => self.least_squares(),
            Learner::Logistic(logistic) => self.logistic(&logistic),
            Learner::Softmax(softmax) => self.softmax(&softmax),
            Learner::AdaBoost { weak, rounds } => self.boosting(weak, rounds),
            Learner::Pca(pca) => self.pca(&pca),
            Learner::KernelPca(pca) => self.kernel_pca(&pca),
        }
    }

    /// What a judge says of the samples to learn from and of those kept apart.
    fn judged(
        &self,
        judge: impl Fn(&Dataset) -> Result<Scores, NnError>,
    ) -> Result<(Scores, Option<Scores>), NnError> {
        Ok((judge(&self.train)?, self.test.as_ref().map(judge).transpose()?))
    }
}

/// The labels of samples as a learner of two classes takes them, however they are written.
fn labels(data: &Dataset, wanted: Labels) -> Result<Value, ClassicError> {
    let numbers = data.targets().values().to_f64s();
    match written(data) {
        Some(_) => Ok(Value::from(numbers.iter().map(|&y| wanted.of(y == 1.0)).collect::<Vec<f64>>())),
        None => {
            let sample = numbers.iter().position(|y| ![0.0, 1.0].contains(y)).unwrap_or(0);
            Err(ClassicError::NotTwoClasses { sample, value: numbers[sample] })
        }
    }
}

/// How the labels are written if there are two classes of them: 0 and 1, or -1 and 1.
fn written(data: &Dataset) -> Option<Labels> {
    let numbers = data.targets().values().to_f64s();
    let are = |l: &Labels| numbers.iter().all(|&y| y == 1.0 || y == l.negative());
    [Labels::ZeroOne, Labels::PlusMinusOne].into_iter().find(are)
}

/// How many predictions are right.
fn counted<T: PartialEq>(predicted: &[T], truth: &[T]) -> Scores {
    let right = predicted.iter().zip(truth).filter(|(p, t)| p == t).count();
    let share = right as f64 / truth.len() as f64;
    vec![("accuracy", share), ("wrong", (truth.len() - right) as f64)]
}
