//! The classic learners: linear units, logistic and softmax regression, boosting, principal components.
//!
//! They learn all samples in the given order from given starts, so a fit is the same every time. Features are a table
//! `[samples, features]` of any dtype, computed with in `f64`; labels are a list `[samples]` or a column. Derivatives
//! come from graphs. A learner that has not converged says so, and why.

mod adaboost;
mod affine;
mod delta_rule;
mod descent;
#[cfg(test)]
mod differentials;
mod error;
mod half_planes;
mod kernel_pca;
mod least_squares;
mod linear;
mod logistic;
mod objective;
mod online;
mod pca;
mod perceptron;
mod perceptron_loss;
mod samples;
mod softmax;
mod stumps;
#[cfg(test)]
pub(crate) mod testing;

pub use adaboost::{AdaBoost, Boosted, BoostingEnd, Hypothesis, Round, WeakLearner};
pub use affine::Affine;
pub use delta_rule::DeltaRule;
pub use descent::{DescentEnd, DescentStep, Method, Observer};
pub use error::ClassicError;
pub use half_planes::{HalfPlane, HalfPlanes};
pub use kernel_pca::{FittedKernelPca, Kernel, KernelPca, centred_kernel};
pub use least_squares::LeastSquares;
pub use linear::{LinearFit, LinearModel, OnlineEnd, OnlineEpoch, OnlineStep};
pub use logistic::{Logistic, LogisticFit};
pub use pca::{FittedPca, Pca};
pub use perceptron::{MistakeTest, Perceptron};
pub use perceptron_loss::PerceptronLoss;
pub use samples::Labels;
pub use softmax::{SoftmaxFit, SoftmaxRegression};
pub use stumps::{Stump, Stumps};
