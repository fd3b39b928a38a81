//! Universal approximation: one hidden layer of steep sigmoids comes as close to a continuous function as one likes.
//!
//! The theorem (Cybenko, 1989; Hornik, 1991), for every continuous `f` on the unit cube `[0, 1]^m` and every `e > 0`,
//! gives one hidden layer whose output differs from `f(x)` by less than `e` for all `x` in that cube, not for all `x`.
//! As the lecture states it, it needs an activation that is bounded, so relu is not covered; Leshno et al. (1993) show
//! that any activation will do that is no polynomial, which covers it.

use crate::error::NnError;
use wengert_exec::{CompileOptions, compile};
use wengert_expr::{Builder, DType, Expr, Type, Value};

/// Steps of `f` between `n + 1` even points of `[0, 1]`, each by a sigmoid of slope `20 n` half-way between two of them:
/// `f(0) + sum (f(i/n) - f((i-1)/n)) sigmoid(20 n (x - (i - 1/2)/n))`, a hidden layer of `n` units, for `x` of shape
/// `[points]`. The error is of first order in `1/n`.
///
/// # Panics
/// When `n` is 0.
#[track_caller]
pub fn steep_sigmoids<'b>(x: Expr<'b>, f: impl Fn(f64) -> f64, n: usize) -> Expr<'b> {
    assert!(n > 0, "a hidden layer has units");
    let b = x.builder();
    let part = |i: f64| i / n as f64;
    let centres: Vec<f64> = (1..=n).map(|i| part(i as f64 - 0.5)).collect();
    let steps: Vec<f64> = (1..=n).map(|i| f(part(i as f64)) - f(part(i as f64 - 1.0))).collect();
    let hidden = ((x.expand_dims(-1) - b.constant(centres)) * (20.0 * n as f64)).sigmoid();
    hidden.matmul(b.constant(steps)) + f(0.0)
}

/// The greatest error of [`steep_sigmoids`] on `points + 1` even points of `[0, 1]`.
///
/// ```
/// use wengert_nn::theory::approximation_error;
/// let square = |x: f64| x * x;
/// let (coarse, fine) = (approximation_error(square, 10, 1000)?, approximation_error(square, 20, 1000)?);
/// assert!(fine < 0.6 * coarse);
/// # Ok::<(), wengert_nn::NnError>(())
/// ```
///
/// # Errors
/// More points and units than memory can address.
///
/// # Panics
/// When `n` is 0.
pub fn approximation_error(f: impl Fn(f64) -> f64, n: usize, points: usize) -> Result<f64, NnError> {
    let at: Vec<f64> = (0..=points).map(|i| i as f64 / points.max(1) as f64).collect();
    let b = Builder::new();
    let x = b.input("x", Type::new(DType::F64, [at.len()]));
    b.output("y", steep_sigmoids(x, &f, n));
    let y = compile(&b.finish()?, &CompileOptions::default())?.run(&[Value::from(at.clone())])?;
    Ok(at.iter().zip(y[0].to_f64s()).fold(0.0, |worst, (&x, y)| worst.max((f(x) - y).abs())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    #[test]
    fn g2_the_error_of_steep_sigmoids_falls_with_one_over_their_number() {
        for (n, expected, unit) in
            [(10, 0.1906, 1e-4), (50, 0.03806, 1e-5), (100, 0.01903, 1e-5), (400, 0.004754, 1e-6)]
        {
            let error = approximation_error(|x| (TAU * x).sin(), n, 20_000).unwrap();
            assert!((error - expected).abs() <= 0.5 * unit, "{n}: {error}");
        }
    }

    /// Nothing is said outside of the cube: there the layer is a constant (S15).
    #[test]
    fn g3_s15_outside_of_the_cube_the_layer_is_flat() {
        let b = Builder::new();
        let x = b.constant(vec![1.25, 7.0]);
        b.output("y", steep_sigmoids(x, |x| x, 10));
        let y = wengert_exec::evaluate(&b.finish().unwrap(), &[]).unwrap()[0].to_f64s();
        assert!(y.iter().all(|y| (y - 1.0).abs() < 1e-12), "{y:?}");
    }
}
