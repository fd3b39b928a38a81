//! Bundle adjustment: how far cameras see points from where they were observed.
//!
//! A camera is `[r (3), C (3), f, u0, v0, k1, k2]`: a rotation as axis times angle, the centre, the focal length, the
//! principal point and the radial distortion. The same code writes one observation and a batch of them, since every
//! vector lies along the last axis.

use super::numbers::Numbers;
use super::part;
use crate::case::Case;
use crate::error::Error;
use wengert_diff::derive::{jvp, vjp};
use wengert_expr::{Along, Builder, DType, Expr, Function, Reduction, Type, Value};

const CAMERA: usize = 11;
const POINT: usize = 3;
/// The variables that one residual depends on: a camera, a point and a weight.
const LOCAL: usize = CAMERA + POINT + 1;

/// Cameras, points and what the cameras saw of the points.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// The cameras, `[n, 11]`.
    pub cameras: Value,
    /// The points, `[m, 3]`.
    pub points: Value,
    /// The weights of the observations, `[p]`.
    pub weights: Value,
    /// Where each observation was seen, `[p, 2]`.
    pub features: Value,
    /// The camera of each observation, i64 of shape `[p]`.
    pub camera_of: Value,
    /// The point of each observation, i64 of shape `[p]`.
    pub point_of: Value,
}

/// The sides of one observation, or of a batch along the leading axis.
#[derive(Clone, Copy)]
struct Observed<'b> {
    camera: Expr<'b>,
    point: Expr<'b>,
    weight: Expr<'b>,
    feature: Expr<'b>,
}

impl Bundle {
    /// ADBench's `test`: 2 cameras, 10 points, 10 observations. The residuals there are published.
    pub const TEST: &'static str = include_str!("../data/adbench/ba/test.txt");
    /// ADBench's `ba1`: 49 cameras, 7776 points, 31843 observations.
    pub const BA1: &'static str = include_str!("../data/adbench/ba/ba1_n49_m7776_p31843.txt");
    /// ADBench's `ba4`: 372 cameras, 47423 points, 204472 observations.
    pub const BA4: &'static str = include_str!("../data/adbench/ba/ba4_n372_m47423_p204472.txt");

    /// Reads ADBench's format: `n m p`, one camera, one point, one weight and one feature, all of them replicated;
    /// observation `i` is of camera `i mod n` and point `i mod m`.
    ///
    /// # Errors
    /// Too few or too many words, or one that is not the number it should be.
    pub fn parse(text: &str) -> Result<Bundle, Error> {
        let mut numbers = Numbers::new(text);
        let n = numbers.extent("the number of cameras")?;
        let m = numbers.extent("the number of points")?;
        let p = numbers.extent("the number of observations")?;
        let camera = numbers.many(CAMERA, "an element of a camera")?;
        let point = numbers.many(POINT, "a coordinate of a point")?;
        let weight: f64 = numbers.one("a weight")?;
        let feature = numbers.many(2, "a coordinate of a feature")?;
        numbers.end()?;
        let cycle = |length: usize| Value::from((0..p).map(|i| (i % length) as i64).collect::<Vec<_>>());
        Ok(Bundle {
            cameras: Value::new([n, CAMERA], camera.repeat(n)),
            points: Value::new([m, POINT], point.repeat(m)),
            weights: Value::full([p], weight),
            features: Value::new([p, 2], feature.repeat(p)),
            camera_of: cycle(n),
            point_of: cycle(m),
        })
    }

    /// The first observation alone: `camera`, `point`, `weight` and `feature` to the error of the `reprojection` and the
    /// residual of the `weight`.
    ///
    /// # Errors
    /// None on what [`Bundle::parse`] gives.
    pub fn observation(&self) -> Result<Case, Error> {
        let b = Builder::new();
        let input = |name, shape: &[usize]| b.input(name, Type::new(DType::F64, shape));
        let observed = Observed {
            camera: input("camera", &[CAMERA]),
            point: input("point", &[POINT]),
            weight: input("weight", &[]),
            feature: input("feature", &[2]),
        };
        b.output("reprojection", reprojection_error(observed));
        b.output("weight residual", weight_residual(observed.weight));
        let first = |value: &Value, shape: &[usize]| {
            Value::new(shape, value.to_f64s()[..shape.iter().product::<usize>()].to_vec())
        };
        let values = vec![
            first(&self.cameras, &[CAMERA]),
            first(&self.points, &[POINT]),
            first(&self.weights, &[]),
            first(&self.features, &[2]),
        ];
        let case = Case::new("BA, one observation", b.finish()?, values);
        Ok(case.with_respect_to(&["camera", "point", "weight"]))
    }

    /// All residuals: `cameras`, `points` and `weights` to the errors of the `reprojection`, `[p, 2]`, and the residuals
    /// of the `weight`, `[p]`.
    ///
    /// # Errors
    /// None on what [`Bundle::parse`] gives.
    pub fn residuals(&self) -> Result<Case, Error> {
        let b = Builder::new();
        let observed = self.declare(&b);
        b.output("reprojection", reprojection_error(observed));
        b.output("weight residual", weight_residual(observed.weight));
        self.case("residuals", b.finish()?)
    }

    /// Half the sum of the squares of all residuals: what adjustment makes small.
    ///
    /// # Errors
    /// None on what [`Bundle::parse`] gives.
    pub fn loss(&self) -> Result<Case, Error> {
        let b = Builder::new();
        let observed = self.declare(&b);
        let squares =
            reprojection_error(observed).square_sum(..) + weight_residual(observed.weight).square_sum(..);
        b.output("loss", 0.5 * squares);
        self.case("loss", b.finish()?)
    }

    /// The derivatives of every reprojection error by its own camera, point and weight, `[p, 2, 15]`: all that is not zero
    /// of the Jacobian. Forward mode, one pass for each of the 15.
    ///
    /// # Errors
    /// None on what [`Bundle::parse`] gives.
    pub fn forward_blocks(&self) -> Result<Case, Error> {
        let b = Builder::new();
        let observed = self.declare(&b);
        let (error, local) = (reprojection_error(observed), observed.local());
        let mut columns = Vec::new();
        for i in 0..LOCAL {
            let unit = [(0, CAMERA), (CAMERA, POINT), (CAMERA + POINT, 1)].map(|(start, len)| {
                let entries = (start..start + len).map(|k| f64::from(u8::from(k == i)));
                entries.collect::<Vec<_>>()
            });
            let tangents: Vec<Expr<'_>> = local.iter().zip(unit).map(|(v, u)| along_last(*v, u)).collect();
            columns.extend(jvp(&[error], &local, &tangents)?);
        }
        b.output("blocks", columns[0].stack(&columns[1..], -1));
        self.case("Jacobian blocks, 15 forward passes", b.finish()?)
    }

    /// As [`Bundle::forward_blocks`], in reverse mode: one pass for each of the two coordinates of the errors.
    ///
    /// # Errors
    /// None on what [`Bundle::parse`] gives.
    pub fn reverse_blocks(&self) -> Result<Case, Error> {
        let b = Builder::new();
        let observed = self.declare(&b);
        let (error, local) = (reprojection_error(observed), observed.local());
        let mut rows = Vec::new();
        for unit in [vec![1.0, 0.0], vec![0.0, 1.0]] {
            let row = vjp(&[error], &[along_last(error, unit)], &local)?;
            rows.push(row[0].concatenate(&[row[1], row[2].expand_dims(-1)], -1));
        }
        b.output("blocks", rows[0].stack(&rows[1..], 1));
        self.case("Jacobian blocks, 2 reverse passes", b.finish()?)
    }

    /// Declares the inputs and gathers each observation's camera and point.
    fn declare<'b>(&self, b: &'b Builder) -> Observed<'b> {
        let cameras = b.param("cameras", self.cameras.ty());
        let points = b.param("points", self.points.ty());
        let weight = b.param("weights", self.weights.ty());
        let feature = b.input("features", self.features.ty());
        let camera = cameras.take(b.input("camera_of", self.camera_of.ty()), 0);
        let point = points.take(b.input("point_of", self.point_of.ty()), 0);
        Observed { camera, point, weight, feature }
    }

    fn case(&self, what: &str, function: Function) -> Result<Case, Error> {
        let [n, m, p] = [&self.cameras, &self.points, &self.weights].map(|v| v.shape()[0]);
        let inputs =
            [&self.cameras, &self.points, &self.weights, &self.features, &self.camera_of, &self.point_of];
        let case = Case::new(
            format!("BA {what}, n = {n}, m = {m}, p = {p}"),
            function,
            inputs.map(Value::clone).to_vec(),
        );
        Ok(case.with_respect_to(&["cameras", "points", "weights"]))
    }
}

impl<'b> Observed<'b> {
    fn local(self) -> [Expr<'b>; 3] {
        [self.camera, self.point, self.weight]
    }
}

/// The same entries for every observation; a weight has one and no axis of its own.
fn along_last<'b>(like: Expr<'b>, entries: Vec<f64>) -> Expr<'b> {
    let entries = like.builder().constant(entries);
    let entries = if like.rank() == 1 { entries.entry(0, 0) } else { entries };
    entries.broadcast_like(like)
}

/// The weighted distance of the projection of the point from where it was observed.
fn reprojection_error<'b>(Observed { camera, point, weight, feature }: Observed<'b>) -> Expr<'b> {
    let [focal, k1, k2] = [(6, 1), (9, 1), (10, 1)].map(|(start, count)| part(camera, start, count));
    let seen = rotated(part(camera, 0, 3), point - part(camera, 3, 3));
    let flat = part(seen, 0, 2) / part(seen, 2, 1);
    let r2 = last_sum(flat.square());
    let distorted = flat * (1.0 + r2 * (k1 + k2 * r2));
    let projected = distorted * focal + part(camera, 7, 2);
    weight.expand_dims(-1) * (projected - feature)
}

/// Weights are to stay near one.
fn weight_residual(weight: Expr<'_>) -> Expr<'_> {
    1.0 - weight.square()
}

/// A vector turned about the axis `r` by the angle `|r|`, by Rodrigues' formula; at angle 0 by its first order, whose
/// derivative is the formula's. There the formula runs at angle 1, so that no slope of a root at 0 comes in.
fn rotated<'b>(r: Expr<'b>, v: Expr<'b>) -> Expr<'b> {
    let square = last_sum(r.square());
    let turns = square.greater(square.number(0.0));
    let angle = turns.select(square, square.number(1.0)).sqrt();
    let (sine, cosine) = (angle.sin(), angle.cos());
    let axis = r / angle;
    let along = axis * last_sum(axis * v) * (1.0 - cosine);
    let turned = v * cosine + cross(axis, v) * sine + along;
    turns.select(turned, v + cross(r, v))
}

fn cross<'b>(a: Expr<'b>, b: Expr<'b>) -> Expr<'b> {
    let shifted = |e: Expr<'b>, order: [i64; 3]| e.take(e.builder().constant(order.to_vec()), -1);
    let (next, before) = ([1, 2, 0], [2, 0, 1]);
    shifted(a, next) * shifted(b, before) - shifted(a, before) * shifted(b, next)
}

/// The sum over the last axis, which stays with extent 1.
fn last_sum(e: Expr<'_>) -> Expr<'_> {
    e.reduce_along(Reduction::Sum, &Along::from(-1), true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wengert_exec::evaluate;

    #[test]
    fn replicates_what_the_file_says() {
        let bundle = Bundle::parse(Bundle::TEST).unwrap();
        assert_eq!((bundle.cameras.shape(), bundle.points.shape()), (&[2, 11][..], &[10, 3][..]));
        assert_eq!(bundle.cameras.to_f64s()[11..13], [1.797201, 0.590697]);
        assert_eq!(bundle.features.to_f64s()[18..], [-525.672849, 161.811929]);
        assert_eq!(bundle.camera_of.to_f64s()[..4], [0.0, 1.0, 0.0, 1.0]);
        assert_eq!(bundle.point_of.to_f64s(), (0..10).map(f64::from).collect::<Vec<_>>());
        let large = Bundle::parse(Bundle::BA4).unwrap();
        assert_eq!((large.cameras.shape()[0], large.weights.len()), (372, 204_472));
    }

    #[test]
    fn says_where_a_file_is_wrong() {
        let error = |text: &str| Bundle::parse(text).unwrap_err().to_string();
        assert_eq!(
            error("1 1 1 0 0"),
            "an element of a camera should be word 6 of the file, which has fewer"
        );
        let vast = "word 3 of the file should be the number of observations, found \"99999999999\"";
        assert_eq!(error("1 1 99999999999"), vast);
        assert_eq!(error(&format!("{} 7", Bundle::TEST)), "the file should end before word 21, found \"7\"");
    }

    #[test]
    fn turns_by_a_quarter_and_by_nothing() {
        let b = Builder::new();
        let r = b.input("r", Type::new(DType::F64, [2, 3]));
        b.output_unnamed(rotated(r, b.constant(Value::new([2, 3], vec![1.0, 2.0, 3.0, 1.0, 2.0, 3.0]))));
        let quarter = std::f64::consts::FRAC_PI_2;
        let at = Value::new([2, 3], vec![0.0, 0.0, quarter, 0.0, 0.0, 0.0]);
        let found = evaluate(&b.finish().unwrap(), &[("r", at)]).unwrap()[0].to_f64s();
        let expected = [-2.0, 1.0, 3.0, 1.0, 2.0, 3.0];
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-15), "{found:?}");
    }
}
