//! Why passes were not run.

use thiserror::Error;

/// Why passes were not run, or were wrong.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum PassError {
    /// A name that no rule and no pass has.
    #[error("no rule or pass is named {name:?}{}", .near.as_ref().map(|n| format!("; did you mean {n:?}?")).unwrap_or_default())]
    Unknown {
        /// The name.
        name: String,
        /// One that is near.
        near: Option<String>,
    },
    /// A pass that made a function the verifier rejects: a fault of the pass.
    #[error("pass {pass} made an invalid function: {violation}")]
    Invalid {
        /// The pass, or those that ran at once.
        pass: String,
        /// The first violation.
        violation: String,
    },
}
