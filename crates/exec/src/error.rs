//! Why a graph cannot be run with the values given.

use thiserror::Error;
use wengert_expr::{EvalError, Place, Type};

/// Why a graph cannot be run.
#[derive(Clone, PartialEq, Debug, Error)]
#[non_exhaustive]
pub enum ExecError {
    /// A used input without a value.
    #[error("input {name:?} ({expected}) has no value")]
    Missing {
        /// The input.
        name: String,
        /// Its type.
        expected: Type,
    },
    /// A value for a name that is no input.
    #[error("no input is named {name:?}; the inputs are {inputs}")]
    Unknown {
        /// The name.
        name: String,
        /// The names that there are.
        inputs: String,
    },
    /// Two values for one input.
    #[error("input {name:?} has two values")]
    Twice {
        /// The input.
        name: String,
    },
    /// A value of another type than its input's.
    #[error("input {name:?} must be {expected}, found {found}")]
    Type {
        /// The input.
        name: String,
        /// Its type.
        expected: Type,
        /// The value's type.
        found: Type,
    },
    /// Another number of values than of inputs.
    #[error("the function has {expected} inputs, found {found} values")]
    Count {
        /// How many inputs there are.
        expected: usize,
        /// How many values came.
        found: usize,
    },
    /// Another number of arrays for results than of outputs.
    #[error("the function has {expected} outputs, found {found} arrays for them")]
    Results {
        /// How many outputs there are.
        expected: usize,
        /// How many arrays came.
        found: usize,
    },
    /// An array for a result that cannot take it.
    #[error("output {name:?} needs an array {expected} in standard layout, found {found}")]
    Result {
        /// The output.
        name: String,
        /// Its type.
        expected: Type,
        /// What came.
        found: String,
    },
    /// Another number of arrays for the state than the function was compiled with.
    #[error("the function was compiled with {expected} arrays of state, found {found}")]
    State {
        /// How many there are.
        expected: usize,
        /// How many came.
        found: usize,
    },
    /// A value larger than the interpreter makes.
    #[error("`{op}` would make an array {ty} of {gib} GiB; at most {limit} GiB are tried")]
    TooLarge {
        /// The operation.
        op: String,
        /// Where the user made it.
        place: Place,
        /// Its type.
        ty: Type,
        /// Its size.
        gib: usize,
        /// The greatest size.
        limit: usize,
    },
    /// An operation without a value for its operands.
    #[error("`{op}` made at {place}: {error}")]
    Eval {
        /// The operation.
        op: String,
        /// Where the user made it.
        place: Place,
        /// What is wrong.
        error: EvalError,
    },
}

/// Why a function cannot be compiled.
#[derive(Clone, PartialEq, Debug, Error)]
#[non_exhaustive]
pub enum CompileError {
    /// The passes cannot be run.
    #[error(transparent)]
    Passes(#[from] crate::passes::PassError),
    /// More state than inputs or outputs.
    #[error("{carry} inputs cannot be state: the function has {inputs} inputs and {outputs} outputs")]
    Carry {
        /// How many inputs are to be state.
        carry: usize,
        /// How many inputs there are.
        inputs: usize,
        /// How many outputs there are.
        outputs: usize,
    },
    /// No plan with so little memory.
    #[error("no plan was found with {budget} bytes of temporary memory; the least was {least}")]
    Budget {
        /// What was allowed.
        budget: usize,
        /// What a plan needs.
        least: usize,
    },
    /// State that changes its type.
    #[error("state {name:?} is {before}, but output {output:?}, which replaces it, is {after}")]
    State {
        /// The input.
        name: String,
        /// Its type.
        before: Type,
        /// The output.
        output: String,
        /// Its type.
        after: Type,
    },
    /// A value is too large to be tried.
    #[error(transparent)]
    Size(#[from] ExecError),
}
