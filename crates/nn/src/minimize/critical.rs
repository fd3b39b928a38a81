//! What kind of critical point a function has, from the eigenvalues of its Hessian.

use super::error::MinimizeError;
use super::objective::{check_length, vector_input};
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
    let hessian = evaluate(&hessian(f, &[name], Mode::Auto)?, &[(name, Value::from(x.to_vec()))])?;
    let eigenvalues = eigenvalues(hessian[0].to_f64s(), n);
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

/// The eigenvalues of a symmetric matrix, ascending, by Jacobi's rotations (1846; Golub and Van Loan, section 8.5).
fn eigenvalues(mut a: Vec<f64>, n: usize) -> Vec<f64> {
    /// Convergence is quadratic: a handful is enough for any matrix of numbers.
    const SWEEPS: usize = 50;
    for _ in 0..SWEEPS {
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut a, n, p, q);
            }
        }
    }
    let mut found: Vec<f64> = (0..n).map(|i| a[(n + 1) * i]).collect();
    found.sort_by(f64::total_cmp);
    found
}

/// One rotation of rows and columns `p` and `q`, which makes their common element zero.
fn rotate(a: &mut [f64], n: usize, p: usize, q: usize) {
    if a[n * p + q] == 0.0 {
        return;
    }
    let theta = (a[n * q + q] - a[n * p + p]) / (2.0 * a[n * p + q]);
    let t = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let c = 1.0 / t.hypot(1.0);
    let s = t * c;
    for k in 0..n {
        let (x, y) = (a[n * k + p], a[n * k + q]);
        (a[n * k + p], a[n * k + q]) = (c * x - s * y, s * x + c * y);
    }
    for k in 0..n {
        let (x, y) = (a[n * p + k], a[n * q + k]);
        (a[n * p + k], a[n * q + k]) = (c * x - s * y, s * x + c * y);
    }
    (a[n * p + q], a[n * q + p]) = (0.0, 0.0);
}
