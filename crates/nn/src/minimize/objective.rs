//! A scalar function of one vector with its derivatives, compiled.

use super::error::MinimizeError;
use std::sync::OnceLock;
use wengert_diff::{Mode, hvp, value_and_grad};
use wengert_exec::{CompileOptions, Executable, compile};
use wengert_expr::{DType, Function, Value};

/// A function to minimise: one input, a vector `f64[n]`, and one output, a scalar.
///
/// ```
/// use wengert_expr::{Builder, DType, Type};
/// use wengert_nn::minimize::{Limits, NewtonCg, Objective};
///
/// let b = Builder::new();
/// let p = b.param("p", Type::new(DType::F64, [2]));
/// b.output("f", (p - 1.0).square().square().sum(..));
/// let f = Objective::new(&b.finish()?)?;
/// assert_eq!(f.at(&[0.0, 3.0])?, (17.0, vec![-4.0, 32.0]));
/// assert_eq!(f.curvature(&[0.0, 3.0], &[1.0, 1.0])?, [12.0, 48.0]);
/// let outcome = NewtonCg::default().minimize(&f, &[0.0, 3.0], &Limits::default())?;
/// assert!(outcome.value < 1e-10);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Objective {
    function: Function,
    length: usize,
    value_and_gradient: Executable,
    /// The Hessian times a vector, made when it is first asked for.
    product: OnceLock<Executable>,
}

impl Objective {
    /// Derives and compiles the gradient.
    ///
    /// # Errors
    /// Inputs or outputs of other types, and an operation without a derivative.
    pub fn new(function: &Function) -> Result<Objective, MinimizeError> {
        let length = vector_input(function)?;
        let gradient = value_and_grad(function, &[&function.inputs()[0].name], Mode::Reverse)?;
        Ok(Objective {
            function: function.clone(),
            length,
            value_and_gradient: compile(&gradient, &CompileOptions::default())?,
            product: OnceLock::new(),
        })
    }

    /// The length of the vector.
    pub fn dimension(&self) -> usize {
        self.length
    }

    /// The value and the gradient at a point.
    ///
    /// # Errors
    /// A point of another length, or an operation that has no value there.
    pub fn at(&self, x: &[f64]) -> Result<(f64, Vec<f64>), MinimizeError> {
        check_length(self.length, x)?;
        let found = self.value_and_gradient.run(&[Value::from(x.to_vec())])?;
        Ok((found[0].item().unwrap_or(f64::NAN), found[1].to_f64s()))
    }

    /// The Hessian at a point times a direction, forward over reverse, without the Hessian.
    ///
    /// # Errors
    /// As [`Objective::at`], and an operation without a second derivative.
    pub fn curvature(&self, x: &[f64], direction: &[f64]) -> Result<Vec<f64>, MinimizeError> {
        check_length(self.length, x)?;
        check_length(self.length, direction)?;
        let inputs = [Value::from(x.to_vec()), Value::from(direction.to_vec())];
        Ok(self.product()?.run(&inputs)?[0].to_f64s())
    }

    fn product(&self) -> Result<&Executable, MinimizeError> {
        if let Some(made) = self.product.get() {
            return Ok(made);
        }
        let product = hvp(&self.function, &[&self.function.inputs()[0].name])?.function;
        let made = compile(&product, &CompileOptions::default())?;
        Ok(self.product.get_or_init(|| made))
    }
}

/// The length of the one vector that a function takes.
pub(super) fn vector_input(function: &Function) -> Result<usize, MinimizeError> {
    let [input] = function.inputs() else {
        return Err(MinimizeError::Inputs { found: function.inputs().len() });
    };
    match (input.ty.dtype, &input.ty.shape[..]) {
        (DType::F64, &[length]) => Ok(length),
        _ => Err(MinimizeError::NotAVector { found: input.ty.clone() }),
    }
}

/// An error unless a point has this length.
pub(super) fn check_length(expected: usize, x: &[f64]) -> Result<(), MinimizeError> {
    match x.len() == expected {
        true => Ok(()),
        false => Err(MinimizeError::Length { expected, found: x.len() }),
    }
}
