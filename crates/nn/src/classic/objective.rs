//! What the batch learners make small: a scalar graph of all parameters in a row, its gradient and its Hessian.

use crate::error::NnError;
use crate::loss::Reduction;
use ndarray::{Array2, Ix2};
use wengert_diff::{HessianMethod, Mode, hessian_by, value_and_grad};
use wengert_exec::{CompileOptions, Executable, compile};
use wengert_expr::{Builder, DType, Expr, Function, Range, Type, Value};

/// The parameters' name.
const THETA: &str = "theta";

/// An objective of its samples: the graph, and its derivatives compiled.
pub(super) struct Objective {
    function: Function,
    value_and_gradient: Executable,
    /// Made when it is asked for first.
    hessian: Option<Executable>,
    samples: [Value; 2],
    params: usize,
}

impl Objective {
    /// The objective that `write` makes of the parameters, the features and the targets.
    pub(super) fn new(
        features: Value,
        targets: Value,
        params: usize,
        write: impl for<'b> Fn(Expr<'b>, Expr<'b>, Expr<'b>) -> Expr<'b>,
    ) -> Result<Objective, NnError> {
        let b = Builder::new();
        let theta = b.param(THETA, Type::new(DType::F64, [params]));
        b.output("objective", write(theta, b.input("x", features.ty()), b.input("y", targets.ty())));
        let function = b.finish()?;
        let gradient = value_and_grad(&function, &[THETA], Mode::Reverse)?;
        let value_and_gradient = compile(&gradient, &CompileOptions::default())?;
        Ok(Objective { function, value_and_gradient, hessian: None, samples: [features, targets], params })
    }

    /// How many parameters there are.
    pub(super) fn params(&self) -> usize {
        self.params
    }

    /// The value and the gradient.
    pub(super) fn at(&self, theta: &[f64]) -> Result<(f64, Vec<f64>), NnError> {
        let found = self.value_and_gradient.run(&self.inputs(theta))?;
        let value = found.first().and_then(Value::item).unwrap_or(f64::NAN);
        Ok((value, found.get(1).map(Value::to_f64s).unwrap_or_default()))
    }

    /// The Hessian.
    pub(super) fn hessian(&mut self, theta: &[f64]) -> Result<Array2<f64>, NnError> {
        let inputs = self.inputs(theta);
        let hessian = match &mut self.hessian {
            Some(hessian) => hessian,
            none => {
                let second = hessian_by(&self.function, &[THETA], HessianMethod::ForwardOverReverse)?;
                none.insert(compile(&second, &CompileOptions::default())?)
            }
        };
        let found = hessian.run(&inputs)?;
        let matrix = found.first().and_then(|v| v.tensor::<f64>()).map(|t| t.to_owned());
        let matrix = matrix.and_then(|m| m.into_dimensionality::<Ix2>().ok());
        Ok(matrix.unwrap_or_else(|| Array2::from_elem((self.params, self.params), f64::NAN)))
    }

    fn inputs(&self, theta: &[f64]) -> [Value; 3] {
        let [x, y] = self.samples.clone();
        [Value::from(theta.to_vec()), x, y]
    }
}

/// Some parameters of the row.
#[track_caller]
pub(super) fn part(theta: Expr<'_>, start: usize, count: usize) -> Expr<'_> {
    theta.slice(&[Range { start, count, step: 1 }])
}

/// The losses of all samples and a penalty of `ridge |w|^2 / 2` on their sum, reduced.
pub(super) fn penalised<'b>(
    losses: Expr<'b>,
    weights: Expr<'b>,
    ridge: f64,
    reduction: Reduction,
    samples: usize,
) -> Expr<'b> {
    let sum = losses.sum(..);
    let whole = if ridge == 0.0 { sum } else { sum + weights.square().sum(..) * (0.5 * ridge) };
    match reduction {
        Reduction::Sum => whole,
        Reduction::Mean => whole / samples as f64,
    }
}
