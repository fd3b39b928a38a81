//! The names in `[learner]`: of learners, of their methods and of kernels.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Which learner.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LearnerName {
    /// [`Perceptron`](crate::classic::Perceptron).
    Perceptron,
    /// [`DeltaRule`](crate::classic::DeltaRule).
    DeltaRule,
    /// [`PerceptronLoss`](crate::classic::PerceptronLoss).
    PerceptronLoss,
    /// [`LeastSquares`](crate::classic::LeastSquares).
    LeastSquares,
    /// [`Logistic`](crate::classic::Logistic).
    Logistic,
    /// [`SoftmaxRegression`](crate::classic::SoftmaxRegression).
    Softmax,
    /// [`AdaBoost`](crate::classic::AdaBoost).
    Adaboost,
    /// [`Pca`](crate::classic::Pca).
    Pca,
    /// [`KernelPca`](crate::classic::KernelPca).
    KernelPca,
}

/// What counts as a mistake of the perceptron.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestName {
    /// [`MistakeTest::NotStrictlyRight`](crate::classic::MistakeTest::NotStrictlyRight).
    NotStrictlyRight,
    /// [`MistakeTest::Prediction`](crate::classic::MistakeTest::Prediction).
    Prediction,
}

/// How an objective is made small.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MethodName {
    /// [`Method::Newton`](crate::classic::Method::Newton).
    Newton,
    /// [`Method::GradientDescent`](crate::classic::Method::GradientDescent).
    GradientDescent,
}

/// What learns in each round of boosting.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeakName {
    /// [`Stumps`](crate::classic::Stumps).
    #[default]
    Stumps,
    /// [`HalfPlanes`](crate::classic::HalfPlanes) of two features.
    HalfPlanes,
}

/// Which kernel.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KernelName {
    /// [`Kernel::Linear`](crate::classic::Kernel::Linear).
    #[default]
    Linear,
    /// [`Kernel::Rbf`](crate::classic::Kernel::Rbf).
    Rbf,
    /// [`Kernel::Polynomial`](crate::classic::Kernel::Polynomial).
    Polynomial,
}

impl fmt::Display for LearnerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LearnerName::Perceptron => "perceptron",
            LearnerName::DeltaRule => "delta_rule",
            LearnerName::PerceptronLoss => "perceptron_loss",
            LearnerName::LeastSquares => "least_squares",
            LearnerName::Logistic => "logistic",
            LearnerName::Softmax => "softmax",
            LearnerName::Adaboost => "adaboost",
            LearnerName::Pca => "pca",
            LearnerName::KernelPca => "kernel_pca",
        })
    }
}

impl fmt::Display for KernelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            KernelName::Linear => "linear",
            KernelName::Rbf => "rbf",
            KernelName::Polynomial => "polynomial",
        })
    }
}
