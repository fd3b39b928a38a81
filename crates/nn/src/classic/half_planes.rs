//! All half planes that differ on some points of the plane: what perceptrons of two features can say about them.

use super::adaboost::{Hypothesis, WeakLearner};
use super::affine::Affine;
use super::error::ClassicError;
use super::samples::{table_of, weighted};
use crate::error::NnError;
use ndarray::Array2;
use std::collections::HashSet;
use std::fmt;
use wengert_expr::Value;

/// Positive where an affine function of two features is, strictly.
#[derive(Clone, PartialEq, Debug)]
pub struct HalfPlane(pub Affine);

impl Hypothesis for HalfPlane {
    fn decide(&self, sample: &[f64]) -> f64 {
        if self.0.at(sample) > 0.0 { 1.0 } else { -1.0 }
    }
}

impl fmt::Display for HalfPlane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, w) in self.0.weights.iter().enumerate() {
            write!(f, "{w}*x{i} + ")?;
        }
        write!(f, "{} > 0", self.0.bias)
    }
}

/// A list of half planes, of which the best is learned; of equals the first.
#[derive(Clone, PartialEq, Debug)]
pub struct HalfPlanes {
    planes: Vec<HalfPlane>,
}

impl HalfPlanes {
    /// The most samples whose half planes are listed.
    pub const MAX_SAMPLES: usize = 256;

    /// These half planes.
    pub fn new(planes: Vec<HalfPlane>) -> HalfPlanes {
        HalfPlanes { planes }
    }

    /// One half plane for each way in which a line can part these samples `[samples, 2]`, all on one side included.
    ///
    /// A line that parts points can be moved until it touches two of them, so each way is a line through two points, turned
    /// a little about one of its own. Cost: of the order of the third power of the number of samples.
    ///
    /// # Errors
    /// Samples that are not of 2 features, too many, or all the same.
    pub fn of(features: &Value) -> Result<HalfPlanes, NnError> {
        if let [_, found] = *features.shape()
            && found != 2
        {
            return Err(ClassicError::NotPlanar { found }.into());
        }
        let points = table_of(features, 2)?;
        let (found, most) = (points.nrows(), HalfPlanes::MAX_SAMPLES);
        if found > most {
            return Err(ClassicError::TooMany { found, most }.into());
        }
        // Coordinates up to 1, whose products do not overflow.
        let scale = points.iter().fold(0.0, |most: f64, x| most.max(x.abs())).max(f64::MIN_POSITIVE);
        let scaled = &points / scale;
        let (mut planes, mut seen) = (Vec::new(), HashSet::new());
        for i in 0..found {
            for j in i + 1..found {
                for plane in turned(&scaled, i, j) {
                    let plane = Affine { bias: plane.bias * scale, ..plane };
                    let signs: Vec<bool> = points.rows().into_iter().map(|p| plane.at(p) > 0.0).collect();
                    if seen.insert(signs) {
                        planes.push(HalfPlane(plane));
                    }
                }
            }
        }
        if planes.is_empty() { Err(ClassicError::NothingParts.into()) } else { Ok(HalfPlanes { planes }) }
    }

    /// The half planes.
    pub fn planes(&self) -> &[HalfPlane] {
        &self.planes
    }
}

impl WeakLearner for HalfPlanes {
    type Hypothesis = HalfPlane;

    fn learn(&self, features: &Value, labels: &[f64], weights: &[f64]) -> Result<HalfPlane, NnError> {
        let points = weighted(features, labels, weights)?;
        let rows: Vec<Vec<f64>> = points.rows().into_iter().map(|p| p.to_vec()).collect();
        let wrong = |plane: &HalfPlane| -> f64 {
            let missed = rows.iter().zip(labels).zip(weights).filter(|((p, t), _)| plane.decide(p) != **t);
            missed.map(|(_, w)| w).sum()
        };
        let best = self
            .planes
            .iter()
            .map(|plane| (wrong(plane), plane))
            .reduce(|best, next| if next.0 < best.0 { next } else { best });
        Ok(best.map(|(_, plane)| plane.clone()).ok_or(ClassicError::NothingParts)?)
    }
}

/// The line through two points, turned a little about places between and beyond the points on it, both ways and with
/// both sides positive.
fn turned(points: &Array2<f64>, i: usize, j: usize) -> Vec<Affine> {
    let from = |k: usize| [points[[k, 0]] - points[[i, 0]], points[[k, 1]] - points[[i, 1]]];
    let [ux, uy] = from(j);
    let length = libm::hypot(ux, uy);
    if length == 0.0 || !length.is_finite() {
        return Vec::new();
    }
    let (ux, uy) = (ux / length, uy / length);
    // Along the line and off it, from point i.
    let places: Vec<(f64, f64)> =
        (0..points.nrows()).map(from).map(|[x, y]| (x * ux + y * uy, y * ux - x * uy)).collect();
    let extent = places.iter().fold(0.0, |most: f64, (s, d)| most.max(s.abs()).max(d.abs()));
    let on_line = |d: f64| d.abs() <= 1e-12 * extent;
    let off = places.iter().filter(|(_, d)| !on_line(*d)).fold(extent, |least, (_, d)| least.min(d.abs()));
    // So little that no point off the line changes sides.
    let slope = off / (8.0 * extent);
    let mut on: Vec<f64> = places.iter().filter(|(_, d)| on_line(*d)).map(|(s, _)| *s).collect();
    on.sort_by(f64::total_cmp);
    let ends = [on[0] - extent, on[on.len() - 1] + extent];
    let gaps = on.windows(2).filter(|w| w[1] - w[0] > 1e-12 * extent).map(|w| (w[0] + w[1]) / 2.0);
    let mut planes = Vec::new();
    for pivot in gaps.chain(ends) {
        for turn in [slope, -slope] {
            let (wx, wy) = (-uy + turn * ux, ux + turn * uy);
            let bias = -(wx * points[[i, 0]] + wy * points[[i, 1]]) - turn * pivot;
            planes.push(Affine::new([wx, wy], bias));
            planes.push(Affine::new([-wx, -wy], -bias));
        }
    }
    planes
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn count(points: &[[f64; 2]]) -> usize {
        HalfPlanes::of(&Value::new([points.len(), 2], points.concat())).unwrap().planes().len()
    }

    #[test]
    fn as_many_as_cover_counts() {
        // n points in general position: n(n - 1) + 2 ways (T. M. Cover 1965).
        assert_eq!(count(&[[0.0, 0.0], [1.0, 0.0]]), 4);
        assert_eq!(count(&[[0.0, 0.0], [1.0, 0.0], [0.3, 1.0]]), 8);
        assert_eq!(count(&[[0.0, 0.0], [1.0, 0.1], [0.3, 1.0], [0.9, 2.1]]), 14);
        assert_eq!(count(&[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [5.0, 3.0], [2.0, 7.0], [-3.0, 5.0]]), 32);
        // However large or small they are.
        for scale in [1e-300, 1e-3, 1e6, 1e307] {
            assert_eq!(count(&[[0.0, 0.0], [scale, 0.0], [0.0, scale], [scale, scale]]), 14, "{scale}");
        }
        // n points on a line: 2n.
        assert_eq!(count(&[[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]), 8);
    }

    #[test]
    fn a5_no_line_computes_xor() {
        let planes = HalfPlanes::of(&corners()).unwrap();
        assert_eq!(planes.planes().len(), 14);
        let says = |labels: &[f64]| {
            let points = corners().to_f64s();
            let right = |p: &&HalfPlane| points.chunks(2).zip(labels).all(|(x, t)| p.decide(x) == *t);
            planes.planes().iter().filter(right).count()
        };
        let count = |labels: [f64; 4]| says(&signs(&labels).to_f64s());
        assert_eq!((count(AND), count(OR), count(XOR)), (1, 1, 0));
    }

    #[test]
    fn a13_the_best_line_of_two_rings() {
        for n in [6, 12, 24] {
            let ring = |radius: f64| {
                (0..n).flat_map(move |k| {
                    let (sin, cos) = (std::f64::consts::TAU * f64::from(k) / f64::from(n)).sin_cos();
                    [radius * cos, radius * sin]
                })
            };
            let count = 2 * n as usize;
            let points = Value::new([count, 2], ring(1.0).chain(ring(2.0)).collect::<Vec<f64>>());
            let labels: Vec<f64> = (0..count).map(|i| if i < n as usize { 1.0 } else { -1.0 }).collect();
            let weights = vec![1.0 / count as f64; count];
            let best = HalfPlanes::of(&points).unwrap().learn(&points, &labels, &weights).unwrap();
            let right =
                points.to_f64s().chunks(2).zip(&labels).filter(|(p, t)| best.decide(p) == **t).count();
            assert_eq!(3 * right, 2 * count, "{n} points in a ring, {best}");
        }
    }

    #[test]
    fn what_is_no_plane_is_refused() {
        let error = |v: Value| HalfPlanes::of(&v).unwrap_err().to_string();
        assert_eq!(
            error(Value::full([3, 3], 1.0)),
            "half planes need 2 features, the data have 3; stumps take any number"
        );
        assert_eq!(
            error(Value::full([3, 2], 1.0)),
            "all samples are alike in every feature, so nothing parts them"
        );
        assert!(error(Value::full([257, 2], 1.0)).starts_with("half planes of 257 samples: at most 256"));
        assert!(HalfPlanes::new(Vec::new()).learn(&corners(), &[1.0; 4], &[0.25; 4]).is_err());
        let short = HalfPlanes::of(&corners()).unwrap().learn(&corners(), &[1.0; 3], &[0.25; 4]);
        assert_eq!(short.unwrap_err().to_string(), "4 samples need as many targets, found 3");
    }
}
