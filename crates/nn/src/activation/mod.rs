//! Activation functions of hidden layers.
//!
//! What is known of each, its formula, its range and how smooth it is, is in [`Facts`]. Slopes at kinks follow the
//! conventions of the graph: 0 for relu at 0, the left slope for prelu and elu, 1/2 of the slope for hard sigmoid.

mod facts;
#[cfg(test)]
mod tests;

pub use facts::{Facts, Image, Smoothness};

use crate::init::Init;
use serde::{Deserialize, Serialize};
use wengert_expr::Expr;

/// A function applied to every element of a hidden layer.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// `x`.
    Identity,
    /// `1 / (1 + e**-x)`.
    Sigmoid,
    /// 1 where `x >= 0`, else 0; its derivative is zero, so layers before it do not learn.
    Step,
    /// The hyperbolic tangent.
    Tanh,
    /// `max(x, 0)`.
    Relu,
    /// `x` where `x >= 0`, else `a*x` with this fixed `a`.
    Prelu(f64),
    /// `x` where `x >= 0`, else `a*(e**x - 1)` with this `a`.
    Elu(f64),
    /// `log(1 + e**x)`.
    Softplus,
    /// `e**(-x**2)`.
    Gaussian,
    /// `x` times the standard normal distribution function of `x`.
    Gelu,
    /// `x * sigmoid(x)`.
    Silu,
    /// `x` where `x >= 0`, else `x / 100`.
    LeakyRelu,
    /// `x * tanh(softplus(x))`.
    Mish,
    /// `s*x` where `x >= 0`, else `s*a*(e**x - 1)`, with the constants that keep mean 0 and variance 1 from layer to
    /// layer (Klambauer et al., 2017).
    Selu,
    /// `x/6 + 1/2`, clipped to 0 and 1.
    HardSigmoid,
    /// `x` times the hard sigmoid of `x` (Howard et al., 2019).
    HardSwish,
}

impl Activation {
    /// The activation of every element.
    #[track_caller]
    pub fn apply(self, x: Expr<'_>) -> Expr<'_> {
        match self {
            Activation::Identity => x,
            Activation::Sigmoid => x.sigmoid(),
            Activation::Step => x.step(),
            Activation::Tanh => x.tanh(),
            Activation::Relu => x.relu(),
            Activation::Prelu(a) => x.leaky_relu(a),
            Activation::Elu(a) => x.elu(a),
            Activation::Softplus => x.softplus(),
            Activation::Gaussian => x.gaussian(),
            Activation::Gelu => x.gelu(),
            Activation::Silu => x.silu(),
            Activation::LeakyRelu => x.leaky_relu(0.01),
            Activation::Mish => x.mish(),
            Activation::Selu => x.selu(),
            Activation::HardSigmoid => x.hard_sigmoid(),
            Activation::HardSwish => x * x.hard_sigmoid(),
        }
    }

    /// The usual distribution of the weights before it: He's for those that cut one half off, LeCun's for selu, whose
    /// constants assume it, else Glorot's.
    pub fn usual_init(self) -> Init {
        match self {
            Activation::Relu
            | Activation::Prelu(_)
            | Activation::Elu(_)
            | Activation::Gelu
            | Activation::Silu
            | Activation::LeakyRelu
            | Activation::Mish
            | Activation::HardSwish => Init::HeUniform,
            Activation::Selu => Init::LecunNormal,
            Activation::Identity
            | Activation::Sigmoid
            | Activation::Step
            | Activation::Tanh
            | Activation::Softplus
            | Activation::Gaussian
            | Activation::HardSigmoid => Init::GlorotUniform,
        }
    }

    /// The number that shapes it, if there is one.
    pub fn parameter(self) -> Option<f64> {
        match self {
            Activation::Prelu(a) | Activation::Elu(a) => Some(a),
            Activation::Identity
            | Activation::Sigmoid
            | Activation::Step
            | Activation::Tanh
            | Activation::Relu
            | Activation::Softplus
            | Activation::Gaussian
            | Activation::Gelu
            | Activation::Silu
            | Activation::LeakyRelu
            | Activation::Mish
            | Activation::Selu
            | Activation::HardSigmoid
            | Activation::HardSwish => None,
        }
    }
}
