#![doc = include_str!("../../../README.md")]

pub mod check;

pub use wengert_diff as diff;
pub use wengert_exec as exec;
pub use wengert_expr as expr;
pub use wengert_interop as interop;
pub use wengert_nn as nn;
pub use wengert_render as render;

/// What most programs need.
pub mod prelude {
    pub use wengert_diff::{Mode, grad, gradient, hessian, hvp, jacobian, jvp, taylor, value_and_grad, vjp};
    pub use wengert_exec::{Interpreter, evaluate};
    pub use wengert_expr::{Builder, DType, Expr, Function, Shape, Type, Value};
}
