#![doc = include_str!("../../../README.md")]

mod book;
pub mod check;
pub mod gallery;

pub use wengert_diff as diff;
/// The compiled executor: [`compile`](exec::compile) makes an [`Executable`](exec::Executable), a
/// [`Session`](exec::Session) runs it on the caller's own arrays.
///
/// A line fitted to four points. The loss and its gradient, compiled once, are written into two numbers; then a whole step
/// of gradient descent is compiled with the parameters as state, which every step replaces where it lies.
///
/// ```
/// use wengert::prelude::*;
///
/// let (xs, ys) = ([0.0, 1.0, 2.0, 3.0], [1.0, 3.0, 5.0, 7.0]);
///
/// // The state comes first, among the inputs and among the outputs.
/// let b = Builder::new();
/// let (w, c) = (b.param("w", Type::scalar(DType::F64)), b.param("c", Type::scalar(DType::F64)));
/// let (x, y) = (b.input("x", Type::new(DType::F64, [4])), b.input("y", Type::new(DType::F64, [4])));
/// let loss = (x * w + c - y).square().mean(..);
/// let slopes = gradient(loss, &[w, c])?;
/// b.output("next_w", w - 0.1 * slopes[0]);
/// b.output("next_c", c - 0.1 * slopes[1]);
/// b.output("loss", loss);
/// let step = b.finish()?;
///
/// // The slopes at the start, by a function of their own.
/// let only_loss = Function::new(step.graph().clone(), step.outputs()[2..].to_vec());
/// let slopes = compile(&grad(&only_loss, &["w", "c"], Mode::Auto)?, &CompileOptions::default())?;
/// let (w, c, mut dw, mut dc) = (0.0, 0.0, 0.0, 0.0);
/// let at: [ArrayRef; 4] = [(&w).into(), (&c).into(), xs[..].into(), ys[..].into()];
/// slopes.session().run_into(&at, &mut [(&mut dw).into(), (&mut dc).into()])?;
/// assert_eq!((dw, dc), (-17.0, -8.0));
///
/// // Training: nothing is copied, and nothing allocated.
/// let step = compile(&step, &CompileOptions::default().carry(2))?;
/// let mut session = step.session();
/// let (mut w, mut c, mut loss) = (0.0f64, 0.0f64, f64::INFINITY);
/// while loss > 1e-20 {
///     let mut state: [ArrayMut; 2] = [(&mut w).into(), (&mut c).into()];
///     session.step(&mut state, &[xs[..].into(), ys[..].into()], &mut [(&mut loss).into()])?;
/// }
/// assert!((w - 2.0).abs() < 1e-9 && (c - 1.0).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub use wengert_exec as exec;
pub use wengert_expr as expr;
pub use wengert_interop as interop;
pub use wengert_nn as nn;
pub use wengert_render as render;

/// What most programs need.
pub mod prelude {
    pub use wengert_diff::{Mode, grad, gradient, hessian, hvp, jacobian, jvp, taylor, value_and_grad, vjp};
    pub use wengert_exec::{
        ArrayMut, ArrayRef, CompileOptions, Executable, Interpreter, Session, compile, evaluate,
    };
    pub use wengert_expr::{Builder, DType, Expr, Function, Shape, Type, Value};
}
