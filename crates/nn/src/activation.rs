//! Activation functions of hidden layers.

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
        }
    }

    /// The usual distribution of the weights before it: He's for those that cut one half off, else Glorot's.
    pub fn usual_init(self) -> Init {
        match self {
            Activation::Relu
            | Activation::Prelu(_)
            | Activation::Elu(_)
            | Activation::Gelu
            | Activation::Silu
            | Activation::LeakyRelu
            | Activation::Mish => Init::HeUniform,
            Activation::Identity
            | Activation::Sigmoid
            | Activation::Step
            | Activation::Tanh
            | Activation::Softplus
            | Activation::Gaussian => Init::GlorotUniform,
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
            | Activation::Mish => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wengert_diff::gradient;
    use wengert_exec::evaluate;
    use wengert_expr::{Builder, DType, Type, Value};

    const POINTS: [f64; 5] = [-2.0, -0.5, 0.0, 0.5, 2.0];

    fn values_and_slopes(activation: Activation) -> (Vec<f64>, Vec<f64>) {
        let b = Builder::new();
        let x = b.input("x", Type::new(DType::F64, [5]));
        let y = activation.apply(x);
        b.output("y", y);
        b.output("slope", gradient(y.sum(..), &[x]).unwrap()[0]);
        let found = evaluate(&b.finish().unwrap(), &[("x", Value::from(POINTS.to_vec()))]).unwrap();
        (found[0].to_f64s(), found[1].to_f64s())
    }

    #[track_caller]
    fn check(activation: Activation, values: [f64; 5], slopes: [f64; 5]) {
        let (found_values, found_slopes) = values_and_slopes(activation);
        for (found, expected) in found_values.iter().chain(&found_slopes).zip(values.iter().chain(&slopes)) {
            assert!((found - expected).abs() < 1e-12, "{activation:?}: {found_values:?} {found_slopes:?}");
        }
    }

    #[test]
    fn values_and_slopes_at_five_points() {
        let (s2, s05) = (0.880_797_077_977_882_3, 0.622_459_331_201_854_6);
        let (p2, p05) = (0.104_993_585_403_506_5, 0.235_003_712_201_594_5);
        let (g2, g05) = (0.018_315_638_888_734_18, 0.778_800_783_071_404_9);
        check(Activation::Identity, POINTS, [1.0; 5]);
        check(Activation::Sigmoid, [1.0 - s2, 1.0 - s05, 0.5, s05, s2], [p2, p05, 0.25, p05, p2]);
        check(Activation::Step, [0.0, 0.0, 1.0, 1.0, 1.0], [0.0; 5]);
        let (t2, t05) = (0.964_027_580_075_816_9, 0.462_117_157_260_009_74);
        let (d2, d05) = (0.070_650_824_853_164_43, 0.786_447_732_965_927_4);
        check(Activation::Tanh, [-t2, -t05, 0.0, t05, t2], [d2, d05, 1.0, d05, d2]);
        check(Activation::Relu, [0.0, 0.0, 0.0, 0.5, 2.0], [0.0, 0.0, 0.0, 1.0, 1.0]);
        let softplus = [
            0.126_928_011_042_972_5,
            0.474_076_984_180_106_7,
            std::f64::consts::LN_2,
            0.974_076_984_180_106_7,
            2.126_928_011_042_973,
        ];
        check(Activation::Softplus, softplus, [1.0 - s2, 1.0 - s05, 0.5, s05, s2]);
        check(Activation::Gaussian, [g2, g05, 1.0, g05, g2], [4.0 * g2, g05, 0.0, -g05, -4.0 * g2]);
    }

    #[test]
    fn activations_with_a_slope_of_their_own() {
        let (values, slopes) = values_and_slopes(Activation::Prelu(0.25));
        assert_eq!(values, [-0.5, -0.125, 0.0, 0.5, 2.0]);
        assert_eq!([slopes[0], slopes[1], slopes[3], slopes[4]], [0.25, 0.25, 1.0, 1.0]);
        let (values, slopes) = values_and_slopes(Activation::Elu(1.0));
        let expected = [-0.864_664_716_763_387_3, -0.393_469_340_287_366_6, 0.0, 0.5, 2.0];
        assert!(values.iter().zip(expected).all(|(v, e)| (v - e).abs() < 1e-15), "{values:?}");
        assert!((slopes[0] - 0.135_335_283_236_612_7).abs() < 1e-15 && slopes[4] == 1.0, "{slopes:?}");
        let (values, _) = values_and_slopes(Activation::LeakyRelu);
        assert_eq!(values, [-0.02, -0.005, 0.0, 0.5, 2.0]);
        // x Phi(x), x sigmoid(x) and x tanh(softplus(x)) at 2.
        for (activation, at_two) in [
            (Activation::Gelu, 1.954_499_736_103_641_6),
            (Activation::Silu, 1.761_594_155_955_764_6),
            (Activation::Mish, 1.943_958_959_533_994_6),
        ] {
            let (values, _) = values_and_slopes(activation);
            assert!((values[4] - at_two).abs() < 1e-12 && values[2] == 0.0, "{activation:?}: {values:?}");
        }
    }
}
