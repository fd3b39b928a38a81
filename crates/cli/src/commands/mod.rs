//! The commands, one a file: each reads its program, asks the library, and answers.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod cost;
pub(crate) mod eval;
pub(crate) mod evaluate;
pub(crate) mod gallery;
pub(crate) mod grad;
pub(crate) mod hessian;
pub(crate) mod jacobian;
pub(crate) mod jvp;
pub(crate) mod predict;
pub(crate) mod profile;
pub(crate) mod show;
pub(crate) mod taylor;
pub(crate) mod train;
pub(crate) mod vjp;
