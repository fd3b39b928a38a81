//! Activations: functions of one element, most of them with a kink or a saturation.
//!
//! NaN propagates through all of them. At kinks: relu's derivative at 0 is 0, a leaky slope counts from 0 downwards,
//! and a clip gives 1/2 at its bounds.

use super::Operand;
use crate::expr::Expr;
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, SQRT_2};

/// The two constants of selu: with them, activations keep mean 0 and variance 1 from layer to layer.
const SELU_ALPHA: f64 = 1.6732632423543772;
const SELU_SCALE: f64 = 1.0507009873554805;

/// Beyond it, gelu equals `x` or `0` to the last bit of an `f64`.
const GELU_SATURATED: f64 = 64.0;

impl<'b> Expr<'b> {
    /// `x` where it is positive, else 0; derivative 0 at 0.
    #[track_caller]
    pub fn relu(self) -> Expr<'b> {
        let zero = self.number(0.0);
        // In this order a NaN is kept.
        self.less_equal(zero).select(zero, self)
    }

    /// `x` where it is positive, else `slope * x`. With a parameter as its slope this is what others call prelu.
    #[track_caller]
    pub fn leaky_relu(self, slope: impl Into<Operand<'b>>) -> Expr<'b> {
        let x = self.floated();
        let slope = slope.into().beside(x);
        x.greater(x.number(0.0)).select(x, slope * x)
    }

    /// `x` where it is positive, else `alpha * (e**x - 1)`.
    #[track_caller]
    pub fn elu(self, alpha: impl Into<Operand<'b>>) -> Expr<'b> {
        let x = self.floated();
        let alpha = alpha.into().beside(x);
        x.greater(x.number(0.0)).select(x, alpha * x.expm1())
    }

    /// The self-normalising elu.
    #[track_caller]
    pub fn selu(self) -> Expr<'b> {
        self.elu(SELU_ALPHA) * SELU_SCALE
    }

    /// `x` times the normal distribution function of `x`.
    #[track_caller]
    pub fn gelu(self) -> Expr<'b> {
        let x = self.floated();
        x * ((x * -FRAC_1_SQRT_2).erfc() * 0.5)
    }

    /// The approximation of [`Expr::gelu`] with a hyperbolic tangent.
    #[track_caller]
    pub fn gelu_tanh(self) -> Expr<'b> {
        let x = self.floated();
        // (1 + tanh(u)) / 2 = sigmoid(2 u), which keeps its tail; unbounded, u would overflow against a derivative of 0.
        let bounded = x.clip(-GELU_SATURATED, GELU_SATURATED);
        let cubic = bounded + bounded * bounded.square() * 0.044715;
        x * (cubic * (SQRT_2 * FRAC_2_SQRT_PI)).sigmoid()
    }

    /// `x * sigmoid(x)`, also called swish.
    #[track_caller]
    pub fn silu(self) -> Expr<'b> {
        let x = self.floated();
        x * x.sigmoid()
    }

    /// `x * tanh(softplus(x))`.
    #[track_caller]
    pub fn mish(self) -> Expr<'b> {
        let x = self.floated();
        x * x.softplus().tanh()
    }

    /// `log(sigmoid(x))`.
    #[track_caller]
    pub fn log_sigmoid(self) -> Expr<'b> {
        -(-self).softplus()
    }

    /// `e**(-x**2)`.
    #[track_caller]
    pub fn gaussian(self) -> Expr<'b> {
        (-self.floated().square()).exp()
    }

    /// 0 below 0 and 1 from there on; its derivative is 0.
    #[track_caller]
    pub fn step(self) -> Expr<'b> {
        let (zero, one) = (self.number(0.0), self.number(1.0));
        let above = self.greater_equal(zero).select(one, self.stop_gradient());
        self.less(zero).select(zero, above)
    }

    /// Not below `low` and not above `high`, which wins where they are in the wrong order. The derivative is 1/2 where
    /// `x` equals one of them, and 0 where it equals both.
    #[track_caller]
    pub fn clip(self, low: impl Into<Operand<'b>>, high: impl Into<Operand<'b>>) -> Expr<'b> {
        let (low, high) = (low.into().beside(self), high.into().beside(self));
        let clipped = self.maximum(low).minimum(high);
        if differ(low, high) {
            return clipped;
        }
        let point = low.equal(high).logical_and(self.equal(self));
        point.select(low.minimum(high), clipped)
    }

    /// Clipped to -1 and 1.
    #[track_caller]
    pub fn hardtanh(self) -> Expr<'b> {
        self.clip(-1.0, 1.0)
    }

    /// `x / 6 + 1/2`, clipped to 0 and 1.
    #[track_caller]
    pub fn hard_sigmoid(self) -> Expr<'b> {
        (self / 6.0 + 0.5).clip(0.0, 1.0)
    }
}

/// Two constants that are known not to be equal.
fn differ(a: Expr<'_>, b: Expr<'_>) -> bool {
    let item = |e: Expr<'_>| e.as_constant().and_then(|value| value.item());
    matches!((item(a), item(b)), (Some(a), Some(b)) if a != b)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_close, derivatives, gradient, value};
    use crate::builder::Builder;
    use crate::expr::Expr;
    use crate::ty::DType;
    use crate::value::Value;

    type Function = for<'b> fn(Expr<'b>) -> Expr<'b>;

    const SMOOTH: &[(&str, Function)] = &[
        ("gelu", |x| x.gelu()),
        ("gelu_tanh", |x| x.gelu_tanh()),
        ("silu", |x| x.silu()),
        ("mish", |x| x.mish()),
        ("log_sigmoid", |x| x.log_sigmoid()),
        ("gaussian", |x| x.gaussian()),
        ("elu", |x| x.elu(2.0)),
        ("selu", |x| x.selu()),
    ];

    /// Value and two derivatives by mpmath at 60 digits.
    const REFERENCE: &[(&str, f64, [f64; 3])] = &[
        ("gelu", 0.0, [0.0, 0.5, 0.7978845608028654]),
        ("gelu", 0.5, [0.34573123063700656, 0.8674951246561629, 0.6161143218375241]),
        ("gelu", -1.0, [-0.15865525393145705, -0.0833154705876863, 0.24197072451914334]),
        ("gelu", -8.0, [-4.976768459417427e-15, -3.979607261086796e-14, -3.1324080717928733e-13]),
        ("gelu", -30.0, [-1.472014178144456e-196, -4.416031690708495e-195, -1.3233342291209357e-193]),
        ("gelu", 8.0, [7.999999999999995, 1.0000000000000397, -3.1324080717928733e-13]),
        ("gelu_tanh", -1.0, [-0.1588080093917233, -0.08296408384578255, 0.24214819798377296]),
        ("gelu_tanh", 0.5, [0.34571400982514394, 0.8673699035346423, 0.6155068951159849]),
        ("gelu_tanh", -4.0, [-7.024594819237271e-05, -0.00033512319712267083, -0.0014740596637653368]),
        ("silu", 0.5, [0.3112296656009273, 0.7399611873026518, 0.4412290269770286]),
        ("silu", -30.0, [-2.8072868906517896e-12, -2.713710660963134e-12, -2.620134431274233e-12]),
        ("silu", -700.0, [-6.90177358063184e-302, -6.891913904088079e-302, -6.88205422754432e-302]),
        ("silu", 8.0, [7.997317198956268, 1.0023465512355854, -0.002009627272592838]),
        ("mish", 0.5, [0.37524521130489513, 0.8864243753577272, 0.4680533778448866]),
        ("mish", -5.0, [-0.033576237730161704, -0.026747498019901932, -0.019850678262608362]),
        ("mish", -30.0, [-2.807286890651921e-12, -2.713710660963392e-12, -2.620134431274741e-12]),
        ("mish", 8.0, [7.999998200644843, 1.000003372583688, -6.2920095078779335e-06]),
        ("log_sigmoid", -30.0, [-30.000000000000092, 0.9999999999999064, -9.357622968838423e-14]),
        ("log_sigmoid", 40.0, [-4.248354255291589e-18, 4.248354255291589e-18, -4.248354255291589e-18]),
        ("elu", -0.5, [-0.7869386805747332, 1.2130613194252668, 1.2130613194252668]),
        ("elu", -1e-9, [-1.999999999e-9, 1.999999998, 1.999999998]),
        ("elu", 0.0, [0.0, 2.0, 2.0]),
        ("selu", -0.5, [-0.6917581878028713, 1.0663411530445053, 1.0663411530445053]),
        ("gaussian", 0.5, [0.7788007830714049, -0.7788007830714049, -0.7788007830714049]),
        ("gaussian", -3.0, [0.00012340980408667956, 0.0007404588245200773, 0.0041959333389471045]),
    ];

    #[test]
    fn smooth_activations_agree_with_their_references() {
        for (name, x, want) in REFERENCE {
            let (_, f) = SMOOTH.iter().find(|(n, _)| n == name).unwrap();
            let got: [f64; 3] = derivatives(f, *x);
            assert_close(&got, want, 2e-13);
        }
    }

    #[test]
    fn smooth_activations_are_safe_far_out() {
        for size in [1e3, 1e30, 1e200, 8e307] {
            for (name, f) in SMOOTH {
                let right = match *name {
                    "log_sigmoid" | "gaussian" => [0.0; 3],
                    "selu" => [super::SELU_SCALE * size, super::SELU_SCALE, 0.0],
                    _ => [size, 1.0, 0.0],
                };
                let left = match *name {
                    "log_sigmoid" => [-size, 1.0, 0.0],
                    "elu" => [-2.0, 0.0, 0.0],
                    "selu" => [-super::SELU_SCALE * super::SELU_ALPHA, 0.0, 0.0],
                    _ => [0.0; 3],
                };
                assert_close(&derivatives::<3>(f, size), &right, 1e-15);
                assert_close(&derivatives::<3>(f, -size), &left, 1e-15);
            }
        }
    }

    #[test]
    fn nan_goes_through() {
        let kinked: &[(&str, Function)] = &[
            ("relu", |x| x.relu()),
            ("leaky_relu", |x| x.leaky_relu(0.1)),
            ("step", |x| x.step()),
            ("clip", |x| x.clip(0.0, 1.0)),
            ("clip at a point", |x| x.clip(1.0, 1.0)),
            ("hard_sigmoid", |x| x.hard_sigmoid()),
        ];
        for (name, f) in SMOOTH.iter().chain(kinked) {
            let [y] = derivatives(f, f64::NAN);
            assert!(y.is_nan(), "{name}(NaN) = {y}");
        }
    }

    #[test]
    fn kinks_follow_their_conventions() {
        assert_eq!(derivatives(|x| x.relu(), 0.0), [0.0, 0.0]);
        assert_eq!(derivatives(|x| x.relu(), 1e-300), [1e-300, 1.0]);
        assert_eq!(derivatives(|x| x.relu(), -1e-300), [0.0, 0.0]);
        assert_eq!(derivatives(|x| x.leaky_relu(0.25), 0.0), [0.0, 0.25]);
        assert_eq!(derivatives(|x| x.leaky_relu(0.25), -2.0), [-0.5, 0.25]);
        assert_eq!(derivatives(|x| x.leaky_relu(x), -3.0), [9.0, -6.0]);
        assert_eq!(derivatives(|x| x.step(), 0.0), [1.0, 0.0]);
        assert_eq!(derivatives(|x| x.step(), -1e-300), [0.0, 0.0]);
        assert_eq!(derivatives(|x| x.hard_sigmoid(), 1.5), [0.75, 1.0 / 6.0]);
        assert_eq!(derivatives(|x| x.hardtanh(), -7.0), [-1.0, 0.0]);
    }

    #[test]
    fn a_clip_halves_its_derivative_at_a_bound_and_drops_it_at_both() {
        assert_eq!(derivatives(|x| x.clip(-1.0, 1.0), 0.3), [0.3, 1.0]);
        assert_eq!(derivatives(|x| x.clip(-1.0, 1.0), -1.0), [-1.0, 0.5]);
        assert_eq!(derivatives(|x| x.clip(-1.0, 1.0), 1.0), [1.0, 0.5]);
        assert_eq!(derivatives(|x| x.clip(-1.0, 1.0), 1.5), [1.0, 0.0]);
        assert_eq!(derivatives(|x| x.clip(2.0, 2.0), 2.0), [2.0, 0.0]);
        assert_eq!(derivatives(|x| x.clip(2.0, 2.0), 3.0), [2.0, 0.0]);
        assert_eq!(derivatives(|x| x.clip(3.0, 1.0), 2.0), [1.0, 0.0]);
        assert_eq!(derivatives(|x| x.clip(f64::NEG_INFINITY, 1.0), -1e308), [-1e308, 1.0]);
    }

    #[test]
    fn bounds_that_are_expressions_have_derivatives() {
        let x = Value::from(vec![0.0, 2.0, 5.0, 1.0]);
        fn at(x: Expr<'_>, i: i64) -> Expr<'_> {
            x.entry(0, i)
        }
        // clip(x1, low = x0, high = x3): the value is x3.
        let (y, dy) = gradient(|x| at(x, 1).clip(at(x, 0), at(x, 3)), &x);
        assert_eq!((y, dy.concat()), (vec![1.0], vec![0.0, 0.0, 0.0, 1.0]));
        // Both bounds equal: each has half of the derivative.
        let (y, dy) = gradient(|x| at(x, 0).clip(at(x, 3), at(x, 3) * 1.0), &x);
        assert_eq!((y, dy.concat()), (vec![1.0], vec![0.0, 0.0, 0.0, 1.0]));
    }

    #[test]
    fn integers_stay_integers_where_the_values_are() {
        let b = Builder::new();
        let x = b.constant(vec![-2i64, 0, 3]);
        assert_eq!(x.relu().dtype(), DType::I64);
        assert_eq!(value(x.relu(), &Value::from(0.0)).slice::<i64>(), Some(&[0, 0, 3][..]));
        assert_eq!(value(x.clip(-1.0, 2.0), &Value::from(0.0)).slice::<i64>(), Some(&[-1, 0, 2][..]));
        assert_eq!(x.silu().dtype(), DType::F64);
    }

    #[test]
    fn f32_stays_f32() {
        let b = Builder::new();
        let x = b.constant(vec![1.0f32, -100.0]);
        for (name, f) in SMOOTH {
            assert_eq!(f(x).dtype(), DType::F32, "{name}");
        }
        assert_close(&value(x.gelu(), &Value::from(0.0)).to_f64s(), &[0.8413447460685429, 0.0], 1e-7);
    }
}
