//! What is known of each activation: its name, its formula, the values that it takes, and how smooth it is.
//!
//! These are statements about real functions, for tables and documents; tests hold the graphs against them. An interval
//! is the exact set of values: an end that is only approached is excluded.

use super::Activation;
use std::fmt;
use std::ops::Bound::{self, Excluded, Included, Unbounded};
use std::ops::RangeBounds;

/// What is known of an activation.
#[derive(Clone, PartialEq, Debug)]
pub struct Facts {
    /// Its name, as configurations write it.
    pub name: &'static str,
    /// The formula with its parameter put in.
    pub formula: String,
    /// The values that it takes.
    pub range: Image,
    /// How often it can be differentiated.
    pub smoothness: Smoothness,
    /// Where it is not smooth.
    pub kinks: &'static [f64],
}

/// The values that a function takes.
#[derive(Clone, PartialEq, Debug)]
pub enum Image {
    /// All numbers between two bounds.
    Interval(Bound<f64>, Bound<f64>),
    /// These numbers alone.
    Points(&'static [f64]),
}

/// How often a function can be differentiated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Smoothness {
    /// It jumps.
    Discontinuous,
    /// So many derivatives exist and are continuous, and the next one jumps: 0 for a function that is only continuous.
    Continuous(u32),
    /// All derivatives exist.
    Smooth,
}

const ALL: Image = Image::Interval(Unbounded, Unbounded);
const NOT_NEGATIVE: Image = Image::Interval(Included(0.0), Unbounded);
const AT_ZERO: &[f64] = &[0.0];

/// The least values of gelu, silu and mish, at -0.75179, -1.27846 and -1.19243.
const GELU_MINIMUM: f64 = -0.169_971_207_479_903_66;
const SILU_MINIMUM: f64 = -0.278_464_542_761_073_8;
const MISH_MINIMUM: f64 = -0.308_843_413_017_250_4;
/// `s*a` of selu.
const SELU_DEPTH: f64 = 1.758_099_340_847_376_6;

impl Activation {
    /// What is known of it.
    ///
    /// ```
    /// use wengert_nn::{Activation, Image, Smoothness};
    /// let facts = Activation::Step.facts();
    /// assert_eq!((facts.range, facts.smoothness), (Image::Points(&[0.0, 1.0]), Smoothness::Discontinuous));
    /// // Continuous, and not differentiable at 0.
    /// assert_eq!(Activation::Relu.facts().smoothness, Smoothness::Continuous(0));
    /// ```
    pub fn facts(self) -> Facts {
        let (smoothness, kinks) = self.smoothness();
        Facts { name: self.name(), formula: self.formula(), range: self.range(), smoothness, kinks }
    }

    /// Its name, as configurations write it.
    pub fn name(self) -> &'static str {
        match self {
            Activation::Identity => "identity",
            Activation::Sigmoid => "sigmoid",
            Activation::Step => "step",
            Activation::Tanh => "tanh",
            Activation::Relu => "relu",
            Activation::Prelu(_) => "prelu",
            Activation::Elu(_) => "elu",
            Activation::Softplus => "softplus",
            Activation::Gaussian => "gaussian",
            Activation::Gelu => "gelu",
            Activation::Silu => "silu",
            Activation::LeakyRelu => "leaky_relu",
            Activation::Mish => "mish",
            Activation::Selu => "selu",
            Activation::HardSigmoid => "hard_sigmoid",
            Activation::HardSwish => "hard_swish",
        }
    }

    fn formula(self) -> String {
        let fixed = match self {
            Activation::Identity => "x",
            Activation::Sigmoid => "1/(1 + e^-x)",
            Activation::Step => "1 if x >= 0, else 0",
            Activation::Tanh => "(e^x - e^-x)/(e^x + e^-x)",
            Activation::Relu => "max(x, 0)",
            Activation::Prelu(a) => return format!("x if x >= 0, else {a}*x"),
            Activation::Elu(a) => return format!("x if x >= 0, else {a}*(e^x - 1)"),
            Activation::Softplus => "log(1 + e^x)",
            Activation::Gaussian => "e^(-x^2)",
            Activation::Gelu => "x*(1 + erf(x/sqrt(2)))/2",
            Activation::Silu => "x/(1 + e^-x)",
            Activation::LeakyRelu => "x if x >= 0, else 0.01*x",
            Activation::Mish => "x*tanh(log(1 + e^x))",
            Activation::Selu => "1.0507*x if x >= 0, else 1.7581*(e^x - 1)",
            Activation::HardSigmoid => "min(max(x/6 + 1/2, 0), 1)",
            Activation::HardSwish => "x*min(max(x/6 + 1/2, 0), 1)",
        };
        fixed.to_owned()
    }

    fn range(self) -> Image {
        let above = |low: f64| Image::Interval(Excluded(low), Unbounded);
        let from = |low: f64| Image::Interval(Included(low), Unbounded);
        match self {
            Activation::Identity | Activation::LeakyRelu => ALL,
            Activation::Sigmoid => Image::Interval(Excluded(0.0), Excluded(1.0)),
            Activation::Step => Image::Points(&[0.0, 1.0]),
            Activation::Tanh => Image::Interval(Excluded(-1.0), Excluded(1.0)),
            Activation::Prelu(a) if a > 0.0 => ALL,
            Activation::Elu(a) if a > 0.0 => above(-a),
            // With no slope or a falling one on the left, nothing below 0 is reached.
            Activation::Relu | Activation::Prelu(_) | Activation::Elu(_) => NOT_NEGATIVE,
            Activation::Softplus => above(0.0),
            Activation::Gaussian => Image::Interval(Excluded(0.0), Included(1.0)),
            Activation::Gelu => from(GELU_MINIMUM),
            Activation::Silu => from(SILU_MINIMUM),
            Activation::Mish => from(MISH_MINIMUM),
            Activation::Selu => above(-SELU_DEPTH),
            Activation::HardSigmoid => Image::Interval(Included(0.0), Included(1.0)),
            Activation::HardSwish => from(-0.375),
        }
    }

    fn smoothness(self) -> (Smoothness, &'static [f64]) {
        match self {
            Activation::Identity
            | Activation::Sigmoid
            | Activation::Tanh
            | Activation::Softplus
            | Activation::Gaussian
            | Activation::Gelu
            | Activation::Silu
            | Activation::Mish => (Smoothness::Smooth, &[]),
            Activation::Step => (Smoothness::Discontinuous, AT_ZERO),
            Activation::Prelu(1.0) => (Smoothness::Smooth, &[]),
            Activation::Elu(1.0) => (Smoothness::Continuous(1), AT_ZERO),
            Activation::Relu
            | Activation::Prelu(_)
            | Activation::Elu(_)
            | Activation::LeakyRelu
            | Activation::Selu => (Smoothness::Continuous(0), AT_ZERO),
            Activation::HardSigmoid | Activation::HardSwish => (Smoothness::Continuous(0), &[-3.0, 3.0]),
        }
    }
}

impl Image {
    /// Whether a number is one of the values.
    pub fn contains(&self, y: f64) -> bool {
        match self {
            Image::Interval(low, high) => (*low, *high).contains(&y),
            Image::Points(points) => points.contains(&y),
        }
    }
}

/// As a table has it: `(0, 1]`, `R`, `{0, 1}`.
impl fmt::Display for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Image::Points(points) => {
                let points: Vec<String> = points.iter().map(f64::to_string).collect();
                write!(f, "{{{}}}", points.join(", "))
            }
            Image::Interval(Unbounded, Unbounded) => f.write_str("R"),
            Image::Interval(low, high) => {
                match low {
                    Included(low) => write!(f, "[{low}, ")?,
                    Excluded(low) => write!(f, "({low}, ")?,
                    Unbounded => f.write_str("(-inf, ")?,
                }
                match high {
                    Included(high) => write!(f, "{high}]"),
                    Excluded(high) => write!(f, "{high})"),
                    Unbounded => f.write_str("inf)"),
                }
            }
        }
    }
}

/// As a table has it: `C0`, `C1`, `C-infinity`.
impl fmt::Display for Smoothness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Smoothness::Discontinuous => f.write_str("discontinuous"),
            Smoothness::Continuous(n) => write!(f, "C{n}"),
            Smoothness::Smooth => f.write_str("C-infinity"),
        }
    }
}
