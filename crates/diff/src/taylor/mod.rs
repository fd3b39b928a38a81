//! Derivatives of high order in one sweep: truncated Taylor series carried through the graph.
//!
//! The k-th term takes work proportional to k for each node and each of the coefficients that its derivatives bring in, so
//! a series of order k is of the order of k squared times the graph, where differentiating again and again multiplies it.

mod combination;
mod series;

use crate::derive::{check_variables, name_of, settle};
use crate::error::DiffError;
use crate::tangent::Tangent;
use series::{Norm, Series};
use wengert_expr::Expr;

/// Taylor coefficients of the outputs along a curve, from those of the variables: for each output the coefficients of order
/// 0, which is the output itself, to `order`.
///
/// The curve runs through each variable as it is, so `inputs` holds for each one the coefficients of order 1, 2 and so on, as
/// many as there are; the rest are zero. The coefficient of order k is the k-th derivative along the curve over k!.
///
/// ```
/// use wengert_diff::taylor_coefficients;
/// use wengert_expr::{Builder, DType, Type};
/// let b = Builder::new();
/// let x = b.input("x", Type::scalar(DType::F64));
/// // exp(x + t) = e**x * (1 + t + t**2 / 2 + t**3 / 6 + ...)
/// let series = taylor_coefficients(&[x.exp()], &[x], &[vec![x.number(1.0)]], 3)?;
/// assert_eq!(series[0].len(), 4);
/// # Ok::<(), wengert_diff::DiffError>(())
/// ```
///
/// # Errors
/// Coefficients that are not as many lists as the variables or of other types, variables or outputs that are not floats, an
/// operation without a derivative.
pub fn taylor_coefficients<'b>(
    outputs: &[Expr<'b>],
    variables: &[Expr<'b>],
    inputs: &[Vec<Expr<'b>>],
    order: usize,
) -> Result<Vec<Vec<Expr<'b>>>, DiffError> {
    check_variables(outputs, variables)?;
    check_inputs(variables, inputs)?;
    let seed = |terms: &Vec<Expr<'b>>| terms.iter().map(|&e| Some(Tangent::of(e))).collect();
    let seeds = inputs.iter().map(seed).collect();
    terms(outputs, variables, seeds, order, Norm::Coefficients)
}

/// A scalar expression and its derivatives with respect to a scalar, from order 0 to `order`.
pub(crate) fn derivatives<'b>(
    output: Expr<'b>,
    variable: Expr<'b>,
    order: usize,
) -> Result<Vec<Expr<'b>>, DiffError> {
    check_variables(&[output], &[variable])?;
    let seeds = vec![vec![Some(Tangent::one())]];
    let all = terms(&[output], &[variable], seeds, order, Norm::Derivatives)?;
    Ok(all.into_iter().flatten().collect())
}

type Seed<'b> = Vec<Option<Tangent<'b>>>;

fn terms<'b>(
    outputs: &[Expr<'b>],
    variables: &[Expr<'b>],
    seeds: Vec<Seed<'b>>,
    order: usize,
    norm: Norm,
) -> Result<Vec<Vec<Expr<'b>>>, DiffError> {
    let Some(b) = outputs.first().map(|o| o.builder()) else { return Ok(Vec::new()) };
    let mut series = Series::new(b, norm, variables.iter().map(|v| v.id()).zip(seeds).collect());
    let mut all = Vec::with_capacity(outputs.len());
    for &output in outputs {
        let mut row = vec![output];
        for k in 1..=order {
            row.push(settle(series.term(output.id(), k)?, output));
        }
        all.push(row);
    }
    Ok(all)
}

fn check_inputs(variables: &[Expr<'_>], inputs: &[Vec<Expr<'_>>]) -> Result<(), DiffError> {
    if inputs.len() != variables.len() {
        let what = "list of Taylor coefficient";
        return Err(DiffError::Directions { what, expected: variables.len(), found: inputs.len() });
    }
    for (v, terms) in variables.iter().zip(inputs) {
        if let Some(t) = terms.iter().find(|t| t.ty() != v.ty()) {
            check_variables(&[], &[*t])?;
            let (name, expected, found) = (name_of(*v), v.ty(), t.ty());
            return Err(DiffError::Direction { what: "Taylor coefficient", name, expected, found });
        }
    }
    Ok(())
}
