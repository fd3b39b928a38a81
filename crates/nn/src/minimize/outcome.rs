//! How far a minimiser may go, and how far it came.

use std::fmt;

/// When a minimiser has done enough.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Limits {
    /// The most iterations.
    pub iterations: usize,
    /// The norm of the gradient that is small enough.
    pub gradient: f64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { iterations: 1000, gradient: 1e-8 }
    }
}

/// Why a minimiser stopped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    /// The norm of the gradient is within the limit. That is what can be seen of convergence: a function that only
    /// flattens out far away, as the loss of separable classes does, looks the same.
    SmallGradient,
    /// All iterations are used.
    Iterations,
    /// No step makes the value smaller: rounding has the last word, or the function is not smooth.
    NoProgress,
    /// The normal equations have no solution: some direction changes no residual.
    Singular,
    /// The value, the gradient or the curvature is infinite or NaN; the point kept is the last before, or the first.
    NotFinite,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stop::SmallGradient => "the gradient is within the limit",
            Stop::Iterations => "all iterations are used",
            Stop::NoProgress => "no step makes the value smaller",
            Stop::Singular => "the normal equations are singular",
            Stop::NotFinite => "the value, the gradient or the curvature is not finite",
        })
    }
}

/// Where a minimiser came to.
#[derive(Clone, PartialEq, Debug)]
pub struct Outcome {
    /// The last point.
    pub point: Vec<f64>,
    /// The function there.
    pub value: f64,
    /// The Euclidean norm of the gradient there.
    pub gradient_norm: f64,
    /// Every point taken, first to last.
    pub path: Vec<Vec<f64>>,
    /// How many steps were taken: one less than there are points.
    pub iterations: usize,
    /// Why it stopped.
    pub stop: Stop,
}
