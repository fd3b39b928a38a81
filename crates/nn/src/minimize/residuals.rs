//! A vector of residuals as a function of one vector, with its Jacobian, compiled.
//!
//! What is minimised is half the sum of their squares, whose gradient is `J^T r` and whose Hessian near a good fit is
//! `J^T J`.

use super::error::MinimizeError;
use super::objective::{check_length, vector_input};
use super::vector::dot;
use wengert_diff::{Mode, value_and_jacobian};
use wengert_exec::{CompileOptions, Executable, compile};
use wengert_expr::{DType, Function, Type, Value};

/// Residuals to make small: one input, a vector `f64[n]`, and one output, a vector `f64[m]`.
///
/// ```
/// use wengert_expr::{Builder, DType, Type};
/// use wengert_nn::minimize::{GaussNewton, Limits, Residuals};
///
/// let b = Builder::new();
/// let p = b.param("p", Type::new(DType::F64, [1]));
/// b.output("residuals", p.exp() - 2.0);
/// let r = Residuals::new(&b.finish()?)?;
/// assert_eq!(r.at(&[0.0])?, (vec![-1.0], vec![1.0]));
/// let fit = GaussNewton.minimize(&r, &[0.0], &Limits::default())?;
/// assert!((fit.point[0] - 2f64.ln()).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Residuals {
    length: usize,
    values_and_jacobian: Executable,
}

/// The most entries of a Jacobian, or of its square.
const MOST: usize = 1 << 26;

/// What is known at a point.
#[derive(Clone, Debug)]
pub(super) struct Fit {
    /// Half the sum of squares.
    pub(super) value: f64,
    /// `J^T r`.
    pub(super) gradient: Vec<f64>,
    /// `J^T J`, row by row.
    pub(super) normal: Vec<f64>,
}

impl Residuals {
    /// Derives and compiles the Jacobian.
    ///
    /// # Errors
    /// Inputs or outputs of other types, too many of them, and an operation without a derivative.
    pub fn new(function: &Function) -> Result<Residuals, MinimizeError> {
        let length = vector_input(function)?;
        let types: Vec<&Type> = function.outputs().iter().map(|o| function.graph().ty(o.node)).collect();
        if !matches!(types[..], [ty] if ty.dtype == DType::F64 && ty.shape.rank() == 1) {
            let found: Vec<String> = types.iter().map(|ty| ty.to_string()).collect();
            return Err(MinimizeError::NotResiduals { found: found.join(", ") });
        }
        let residuals = types[0].shape.elements();
        if length.max(residuals).saturating_mul(length) > MOST {
            return Err(MinimizeError::TooLarge { length, residuals, most: MOST });
        }
        let jacobian = value_and_jacobian(function, &[&function.inputs()[0].name], Mode::Auto)?;
        Ok(Residuals { length, values_and_jacobian: compile(&jacobian, &CompileOptions::default())? })
    }

    /// The length of the vector that they depend on.
    pub fn dimension(&self) -> usize {
        self.length
    }

    /// The residuals at a point and their Jacobian, a row for each.
    ///
    /// # Errors
    /// A point of another length, or an operation that has no value there.
    pub fn at(&self, x: &[f64]) -> Result<(Vec<f64>, Vec<f64>), MinimizeError> {
        check_length(self.length, x)?;
        let found = self.values_and_jacobian.run(&[Value::from(x.to_vec())])?;
        Ok((found[0].to_f64s(), found[1].to_f64s()))
    }

    pub(super) fn fit(&self, x: &[f64]) -> Result<Fit, MinimizeError> {
        let (residuals, jacobian) = self.at(x)?;
        let n = self.length;
        let column = |j: usize| jacobian.iter().skip(j).step_by(n.max(1)).copied().collect::<Vec<f64>>();
        let columns: Vec<Vec<f64>> = (0..n).map(column).collect();
        let normal = columns.iter().flat_map(|a| columns.iter().map(|b| dot(a, b))).collect();
        let gradient = columns.iter().map(|a| dot(a, &residuals)).collect();
        Ok(Fit { value: 0.5 * dot(&residuals, &residuals), gradient, normal })
    }
}
