//! The gradient check: every mode against finite differences in f64, and the modes against each other.
//!
//! The float outputs are added up with random weights, so one scalar stands for all of them. Its slope along a direction
//! is computed in every mode and by finite differences with an error estimate. Directions at a kink or outside the
//! domain, where differences say nothing, are counted and left out.

mod differences;
mod directions;
mod point;
mod rebuild;

use differences::{Slope, slope};
use directions::{Direction, MANY, directions};
use point::Point;
use thiserror::Error;
use wengert_diff::{DiffError, Mode, cost, grad, jvp};
use wengert_exec::{ExecError, Interpreter};
use wengert_expr::{Function, GraphError, Value};

pub use point::random_values;

/// More paths than this are not multiplied out by a check.
pub const CHECKED_PATHS: u64 = 2_000;

/// How far a mode may be from finite differences, relative to the greatest slope, beside their own error.
const TOLERANCE: f64 = 1e-6;
/// How far modes may be apart, relative to the greatest slope.
const APART: f64 = 1e-9;
/// Finite differences with a greater error, relative to the greatest slope, decide nothing.
const NOISE: f64 = 1e-3;

/// How one mode did.
#[derive(Clone, PartialEq, Debug)]
pub struct Check {
    /// The mode.
    pub mode: Mode,
    /// The greatest difference from finite differences, relative to the greatest slope.
    pub worst: f64,
    /// The greatest difference from reverse mode, relative to the greatest slope.
    pub apart: f64,
    /// Directions that were held against finite differences.
    pub directions: usize,
    /// Directions that were left out because the function has a kink there or leaves its domain.
    pub skipped: usize,
    /// Whether both differences are within their tolerances.
    pub ok: bool,
}

/// Why nothing could be checked.
#[derive(Clone, PartialEq, Debug, Error)]
#[non_exhaustive]
pub enum CheckError {
    /// A derivative that does not exist.
    #[error(transparent)]
    Diff(Box<DiffError>),
    /// A function that has no value there.
    #[error(transparent)]
    Exec(Box<ExecError>),
    /// A graph that could not be written in f64.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// A function without an output that has derivatives.
    #[error("no output is a float: there is no derivative to check")]
    NoFloatOutput,
    /// A point at which there is nothing to differentiate.
    #[error("the outputs are not finite at the point of the check; give values at which they are")]
    NotFinite,
}

impl From<DiffError> for CheckError {
    fn from(error: DiffError) -> CheckError {
        CheckError::Diff(Box::new(error))
    }
}

impl From<ExecError> for CheckError {
    fn from(error: ExecError) -> CheckError {
        CheckError::Exec(Box::new(error))
    }
}

/// Holds every mode against finite differences at a point: forward, reverse, and the path sum where there are at most
/// [`CHECKED_PATHS`] paths. The function is taken in f64, and what stands under a stop-gradient is held fixed.
///
/// ```
/// use wengert::prelude::*;
/// use wengert::check::check_gradients;
/// let b = Builder::new();
/// let x = b.input("x", Type::scalar(DType::F64));
/// b.output("y", x.sin() * x);
/// let checks = check_gradients(&b.finish()?, &[("x", Value::scalar(0.7))], &["x"])?;
/// assert!(checks.iter().all(|check| check.ok && check.worst < 1e-9));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Derivatives or values that do not exist, values that are not finite.
pub fn check_gradients(
    f: &Function,
    values: &[(&str, Value)],
    wrt: &[&str],
) -> Result<Vec<Check>, CheckError> {
    let point = Point::new(f, values, wrt)?;
    let directions = directions(&point.sizes());
    let differences = directions.iter().map(|d| slope(&point, d)).collect::<Result<Vec<Slope>, _>>()?;
    let reverse = by_gradient(&point, wrt, Mode::Reverse, &directions)?;
    let mut modes =
        vec![(Mode::Forward, by_forward(&point, wrt, &directions)?), (Mode::Reverse, reverse.clone())];
    if cost(point.function(), wrt)?.paths.to_u64().is_some_and(|n| n <= CHECKED_PATHS) {
        for mode in [Mode::Cross, Mode::Compressed, Mode::Paths] {
            modes.push((mode, by_gradient(&point, wrt, mode, &directions)?));
        }
    }
    Ok(modes.into_iter().map(|(mode, slopes)| compare(mode, &slopes, &reverse, &differences)).collect())
}

/// The slopes along directions by the gradient in one mode.
fn by_gradient(
    point: &Point,
    wrt: &[&str],
    mode: Mode,
    directions: &[Direction],
) -> Result<Vec<f64>, CheckError> {
    let gradient = Interpreter::new(&grad(point.function(), wrt, mode)?).run_named(&point.inputs())?;
    let gradient: Vec<f64> = gradient.iter().flat_map(Value::to_f64s).collect();
    Ok(directions.iter().map(|d| d.dot(&gradient)).collect())
}

/// The slopes in forward mode: by a stack of all unit tangents where they are few, else one direction at a time.
fn by_forward(point: &Point, wrt: &[&str], directions: &[Direction]) -> Result<Vec<f64>, CheckError> {
    if point.sizes().iter().sum::<usize>() <= MANY {
        return by_gradient(point, wrt, Mode::Forward, directions);
    }
    let along = jvp(point.function(), wrt)?;
    let interpreter = Interpreter::new(&along.function);
    let run = |d: &Direction| {
        let tangents = point.tangents(d);
        let names = along.directions.iter().map(String::as_str);
        let inputs: Vec<(&str, Value)> = point.inputs().into_iter().chain(names.zip(tangents)).collect();
        Ok(interpreter.run_named(&inputs)?[0].item().unwrap_or(f64::NAN))
    };
    directions.iter().map(run).collect()
}

fn compare(mode: Mode, slopes: &[f64], reverse: &[f64], differences: &[Slope]) -> Check {
    let greatest = |all: &mut dyn Iterator<Item = f64>| {
        all.filter(|x| x.is_finite()).fold(0.0, |m: f64, x| m.max(x.abs()))
    };
    let scale = greatest(&mut differences.iter().map(|s| s.value).chain(reverse.iter().copied()));
    let scale = if scale == 0.0 { 1.0 } else { scale };
    let mut check = Check { mode, worst: 0.0, apart: 0.0, directions: 0, skipped: 0, ok: true };
    for ((&slope, &other), difference) in slopes.iter().zip(reverse).zip(differences) {
        // Equal infinities and NaN beside NaN are no difference.
        if slope.to_bits() != other.to_bits() && !(slope.is_nan() && other.is_nan()) {
            let apart = (slope - other).abs() / scale;
            check.apart = worse(check.apart, apart);
            check.ok &= apart <= APART;
        }
        if difference.kink || !difference.value.is_finite() || difference.error > NOISE * scale {
            check.skipped += 1;
            continue;
        }
        check.directions += 1;
        let error = (slope - difference.value).abs();
        check.worst = worse(check.worst, error / scale);
        check.ok &= error <= TOLERANCE * scale + 10.0 * difference.error;
    }
    check
}

/// The greater one; NaN is worst.
fn worse(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wengert_expr::{Builder, DType, Type};

    fn f64s(shape: &[usize]) -> Type {
        Type::new(DType::F64, shape)
    }

    #[test]
    fn smooth_functions_pass_in_every_mode() {
        let b = Builder::new();
        let (x, y) = (b.input("x", f64s(&[3])), b.input("y", f64s(&[])));
        b.output("u", (x * y).sin().sum(..));
        b.output("v", x.exp() / y);
        let values = [("x", Value::from(vec![0.3, -1.2, 2.0])), ("y", Value::scalar(1.5))];
        let checks = check_gradients(&b.finish().unwrap(), &values, &["x", "y"]).unwrap();
        assert_eq!(
            checks.iter().map(|c| c.mode).collect::<Vec<_>>(),
            [Mode::Forward, Mode::Reverse, Mode::Cross, Mode::Compressed, Mode::Paths]
        );
        for check in checks {
            assert!(check.ok && check.worst < 1e-9 && check.apart < 1e-14, "{check:?}");
            assert_eq!((check.directions, check.skipped), (4, 0));
        }
    }

    #[test]
    fn a_wrong_derivative_is_found() {
        let b = Builder::new();
        let x = b.input("x", f64s(&[]));
        let wrong = b.custom(x.exp(), &[x], vec![(x.exp() * 1.001).diagonal_map()]);
        b.output("y", wrong);
        let checks = check_gradients(&b.finish().unwrap(), &[("x", Value::scalar(0.5))], &["x"]).unwrap();
        for check in checks {
            assert!(!check.ok && (check.worst - 1e-3).abs() < 1e-5, "{check:?}");
        }
    }

    #[test]
    fn kinks_are_left_out_and_stopped_gradients_held_fixed() {
        let b = Builder::new();
        let x = b.input("x", f64s(&[2]));
        b.output("y", (x.abs() * x.exp().stop_gradient()).sum(..));
        let values = [("x", Value::from(vec![0.0, 0.5]))];
        for check in check_gradients(&b.finish().unwrap(), &values, &["x"]).unwrap() {
            assert!(check.ok && check.worst < 1e-9, "{check:?}");
            assert_eq!((check.directions, check.skipped), (1, 1));
        }
    }

    #[test]
    fn single_precision_is_checked_in_double() {
        let b = Builder::new();
        let x = b.input("x", Type::new(DType::F32, [40]));
        b.output("y", (x * 0.1).tanh().square().sum(..));
        let f = b.finish().unwrap();
        let values = random_values(&f, &[], 3).unwrap();
        let values: Vec<(&str, Value)> = values.iter().map(|(n, v)| (n.as_str(), v.clone())).collect();
        for check in check_gradients(&f, &values, &["x"]).unwrap() {
            assert!(check.ok && check.worst < 1e-9 && check.directions == MANY, "{check:?}");
        }
    }

    #[test]
    fn slopes_that_drown_in_rounding_decide_nothing() {
        let b = Builder::new();
        let x = b.input("x", f64s(&[]));
        b.output("y", x.tanh());
        for check in check_gradients(&b.finish().unwrap(), &[("x", Value::scalar(14.0))], &["x"]).unwrap() {
            assert_eq!((check.ok, check.directions, check.skipped), (true, 0, 1), "{check:?}");
        }
    }

    #[test]
    fn random_points_avoid_the_outside_of_domains() {
        let b = Builder::new();
        let (x, y) = (b.input("x", f64s(&[])), b.input("y", f64s(&[])));
        b.output("y", x.acosh() + y.log());
        let f = b.finish().unwrap();
        let values = random_values(&f, &[("y".to_owned(), Value::scalar(0.25))], 1).unwrap();
        assert!(values[0].1.item().unwrap() > 1.0 && values[1].1.item() == Some(0.25));
        let again = random_values(&f, &[("y".to_owned(), Value::scalar(0.25))], 1).unwrap();
        assert!(values.iter().zip(&again).all(|(a, b)| a.0 == b.0 && a.1.bit_eq(&b.1)));
    }
}
