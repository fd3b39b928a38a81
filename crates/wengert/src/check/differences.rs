//! Finite differences with an error estimate: central differences at halved steps, extrapolated.

use super::CheckError;
use super::directions::Direction;
use super::point::Point;

/// How often the step is halved.
const HALVINGS: usize = 14;

/// How far a value may be off, in units of its last place.
const ROUNDING: f64 = 4.0;

/// A slope by finite differences.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slope {
    /// The slope; NaN where there is none.
    pub(super) value: f64,
    /// About how far it may be off.
    pub(super) error: f64,
    /// The slopes to both sides differ.
    pub(super) kink: bool,
}

/// The slope of a function at a point along a direction.
pub(super) fn slope(point: &Point, direction: &Direction) -> Result<Slope, CheckError> {
    let middle = point.value_along(direction, 0.0)?;
    let first = point.step(direction);
    let mut central = Vec::new();
    let mut gaps = Vec::new();
    for k in 0..HALVINGS {
        let h = first * 0.5f64.powi(k as i32);
        let (above, below) = (point.value_along(direction, h)?, point.value_along(direction, -h)?);
        let difference = (above - below) / (2.0 * h);
        gaps.push(((above - middle) / h - (middle - below) / h).abs());
        if difference.is_finite() {
            let rounding = ROUNDING * f64::EPSILON * above.abs().max(below.abs()) / h;
            central.push((difference, rounding));
        } else {
            central.clear();
        }
    }
    let (value, error) = extrapolate(&central);
    Ok(Slope { value, error, kink: has_kink(&gaps, value) })
}

/// Richardson's extrapolation of differences at halved steps, each with its error of rounding: the entry with the least
/// estimated error.
fn extrapolate(central: &[(f64, f64)]) -> (f64, f64) {
    let (mut best, mut least) = (f64::NAN, f64::INFINITY);
    let mut before: Vec<f64> = Vec::new();
    for &(difference, rounding) in central {
        let mut row = vec![difference];
        let mut factor = 4.0;
        for (j, &older) in before.iter().enumerate() {
            let better = (factor * row[j] - older) / (factor - 1.0);
            let error = (better - row[j]).abs().max((better - older).abs()).max(rounding);
            if error < least {
                (best, least) = (better, error);
            }
            row.push(better);
            factor *= 4.0;
        }
        before = row;
    }
    (best, least)
}

/// Where a function is smooth, the gap between the slopes to both sides shrinks with the step.
fn has_kink(gaps: &[f64], slope: f64) -> bool {
    let (wide, narrow) = (gaps[HALVINGS / 2], gaps[HALVINGS - 2]);
    !narrow.is_finite() || (narrow > 0.5 * wide && narrow > 1e-5 * slope.abs().max(1e-3))
}
