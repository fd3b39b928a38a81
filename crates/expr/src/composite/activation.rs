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

/// Beyond it, both forms of gelu equal `x` or `0` to the last bit of an `f64`.
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
