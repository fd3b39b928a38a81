//! What kind of critical point a function has, from the eigenvalues of its Hessian.

use super::error::MinimizeError;
use super::objective::{check_length, vector_input};
use crate::matrix::{Eigen, symmetric_eigen};
use ndarray::Array2;
use wengert_diff::{Mode, hessian};
use wengert_exec::evaluate;
use wengert_expr::{Function, Value};

/// What a point is where the gradient is zero.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Critical {
    /// The function rises in all directions.
    Minimum,
    /// It falls in all directions.
    Maximum,
    /// It rises in some and falls in others.
    Saddle,
    /// In some direction the curvature is zero or not a number: second derivatives do not tell.
    Degenerate,
}

/// The eigenvalues of the Hessian at a point, ascending, and what they say of the point if the gradient is zero there.
///
/// Eigenvalues within `1e-12` of the largest count as zero.
///
/// # Errors
/// A function of anything but one vector, with another output than one scalar, or without second derivatives.
pub fn classify(f: &Function, x: &[f64]) -> Result<(Vec<f64>, Critical), MinimizeError> {
    let n = vector_input(f)?;
    check_length(n, x)?;
    let name = &f.inputs()[0].name;
    let found = evaluate(&hessian(f, &[name], Mode::Auto)?, &[(name, Value::from(x.to_vec()))])?;
    let hessian = found[0].to_f64s();
    let matrix = Array2::from_shape_fn((n, n), |(i, j)| hessian[i * n + j]);
    let Ok(Eigen { values: mut eigenvalues, .. }) = symmetric_eigen(&matrix) else {
        return Ok((vec![f64::NAN; n], Critical::Degenerate));
    };
    eigenvalues.reverse();
    let largest = eigenvalues.iter().fold(0f64, |m, e| m.max(e.abs()));
    let (up, down) = (|e: &f64| *e > 1e-12 * largest, |e: &f64| *e < -1e-12 * largest);
    let kind = match (eigenvalues.iter().any(up), eigenvalues.iter().any(down)) {
        _ if !eigenvalues.iter().all(|e| up(e) || down(e)) => Critical::Degenerate,
        (true, true) => Critical::Saddle,
        (_, true) => Critical::Maximum,
        (_, false) => Critical::Minimum,
    };
    Ok((eigenvalues, kind))
}
