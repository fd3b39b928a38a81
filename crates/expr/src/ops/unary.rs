//! Functions of one element. One line a row: the value, and the derivative from the operand or, where accurate, the result.

use super::elementwise::unary;
use crate::error::{EvalError, OpError};
use crate::expr::Expr;
use crate::op::Op;
use crate::row::{Arity, Kernel, Maps, Row};
use crate::special;
use crate::ty::Type;
use crate::value::Value;
use crate::work;
use std::f64::consts::{FRAC_2_SQRT_PI, LN_2, LN_10};

const POSITIVE: &[(f64, f64)] = &[(0.1, 4.0)];
const INSIDE_ONE: &[(f64, f64)] = &[(-0.9, 0.9)];
const ABOVE_ONE: &[(f64, f64)] = &[(1.1, 4.0)];
const NO_POLES: &[(f64, f64)] = &[(0.2, 5.0)];

const fn float(name: &'static str, f: fn(f64) -> f64, maps: &'static [crate::row::MapRule]) -> Row {
    unary(name, Kernel::Unary(f), maps)
}

super::family! {
    /// Functions of one element.
    Unary {
        /// `-x`.
        Neg => unary("neg", Kernel::UnaryInt(|x| -x, i64::wrapping_neg), &[|c| c.minus()]).working(work::NOTHING),
        /// The absolute value.
        Abs => unary("abs", Kernel::UnaryInt(f64::abs, i64::wrapping_abs), &[|c| c.diagonal(c.x(0).sign())])
            .kinks("0 at 0"),
        /// -1, 0 or 1.
        Sign => unary("sign", Kernel::UnaryInt(special::sign, i64::signum), &[|c| c.zero()]).kinks("0 at 0"),
        /// `e**x`.
        Exp => float("exp", f64::exp, &[|c| c.diagonal(c.y())]).at(&[&[-745.0, 0.0, 700.0]]),
        /// `e**x - 1`, accurate near 0.
        Expm1 => float("expm1", f64::exp_m1, &[|c| c.diagonal(c.x(0).exp())]).at(&[&[-700.0, -1e-9, 0.0, 1e-9]]),
        /// `2**x`.
        Exp2 => float("exp2", f64::exp2, &[|c| c.diagonal(c.y() * LN_2)]),
        /// The natural logarithm.
        Log => float("log", f64::ln, &[|c| c.diagonal(c.x(0).reciprocal())]).within(POSITIVE).at(&[&[1.0, 1e-300, 1e300]]),
        /// `log(1 + x)`, accurate near 0.
        Log1p => float("log1p", f64::ln_1p, &[|c| c.diagonal((c.x(0) + 1.0).reciprocal())])
            .within(&[(-0.9, 4.0)]).at(&[&[-1e-10, 0.0, 1e-10]]),
        /// The logarithm to base 2.
        Log2 => float("log2", f64::log2, &[|c| c.diagonal((c.x(0) * LN_2).reciprocal())]).within(POSITIVE),
        /// The logarithm to base 10.
        Log10 => float("log10", f64::log10, &[|c| c.diagonal((c.x(0) * LN_10).reciprocal())]).within(POSITIVE),
        /// The square root.
        Sqrt => float("sqrt", f64::sqrt, &[|c| c.diagonal(0.5 / c.y())]).within(POSITIVE).at(&[&[1e-300, 1e300]])
            .kinks("infinite at 0"),
        /// One over the square root.
        Rsqrt => float("rsqrt", special::rsqrt, &[|c| c.diagonal(-0.5 * c.y() / c.x(0))]).within(POSITIVE),
        /// The cube root.
        Cbrt => float("cbrt", f64::cbrt, &[|c| c.diagonal((c.y().square() * 3.0).reciprocal())]).within(POSITIVE)
            .at(&[&[-8.0, 27.0]]).kinks("infinite at 0"),
        /// `1 / x`.
        Reciprocal => float("reciprocal", f64::recip, &[|c| c.diagonal(-c.y().square())]).within(POSITIVE)
            .at(&[&[-2.0]]),
        /// `x * x`.
        Square => unary("square", Kernel::UnaryInt(|x| x * x, |x| x.wrapping_mul(x)), &[|c| c.diagonal(c.x(0) * 2.0)]),
        /// The sine.
        Sin => float("sin", f64::sin, &[|c| c.diagonal(c.x(0).cos())]).at(&[&[0.0, 1e3]]),
        /// The cosine.
        Cos => float("cos", f64::cos, &[|c| c.diagonal(-c.x(0).sin())]).at(&[&[0.0, 1e3]]),
        /// The tangent.
        Tan => float("tan", f64::tan, &[|c| c.diagonal(c.y().square() + 1.0)]).within(&[(-1.2, 1.2)]),
        /// The inverse sine.
        Asin => float("arcsin", f64::asin, &[|c| c.diagonal(((1.0 - c.x(0)) * (c.x(0) + 1.0)).rsqrt())])
            .within(INSIDE_ONE).kinks("infinite at -1 and 1"),
        /// The inverse cosine.
        Acos => float("arccos", f64::acos, &[|c| c.diagonal(-((1.0 - c.x(0)) * (c.x(0) + 1.0)).rsqrt())])
            .within(INSIDE_ONE).kinks("infinite at -1 and 1"),
        /// The inverse tangent.
        Atan => float("arctan", f64::atan, &[|c| c.diagonal((c.x(0).square() + 1.0).reciprocal())]).at(&[&[1e3, -1e9]]),
        /// The hyperbolic sine.
        Sinh => float("sinh", f64::sinh, &[|c| c.diagonal(c.x(0).cosh())]),
        /// The hyperbolic cosine.
        Cosh => float("cosh", f64::cosh, &[|c| c.diagonal(c.x(0).sinh())]),
        /// The hyperbolic tangent. Its derivative sech^2 is written with sigmoids, whose tails keep their accuracy in every order.
        Tanh => float("tanh", f64::tanh, &[|c| {
            let twice = c.x(0) * 2.0;
            c.diagonal(twice.sigmoid() * opposite(twice).sigmoid() * 4.0)
        }]).at(&[&[-1e3, -20.0, 0.0, 20.0, 1e3]]),
        /// The inverse hyperbolic sine.
        Asinh => float("arcsinh", f64::asinh, &[|c| c.diagonal(c.x(0).hypot(c.x(0).number(1.0)).reciprocal())])
            .at(&[&[-1e9, 1e9]]),
        /// The inverse hyperbolic cosine.
        Acosh => float("arccosh", f64::acosh, &[|c| c.diagonal(((c.x(0) - 1.0) * (c.x(0) + 1.0)).rsqrt())])
            .within(ABOVE_ONE).kinks("infinite at 1"),
        /// The inverse hyperbolic tangent.
        Atanh => float("arctanh", f64::atanh, &[|c| c.diagonal(((1.0 - c.x(0)) * (c.x(0) + 1.0)).reciprocal())])
            .within(INSIDE_ONE).kinks("infinite at -1 and 1"),
        /// `1 / (1 + e**-x)`.
        Sigmoid => float("sigmoid", special::sigmoid, &[|c| c.diagonal(c.y() * opposite(c.x(0)).sigmoid())])
            .at(&[&[-740.0, -40.0, 0.0, 40.0, 1e3]]),
        /// `log(x / (1 - x))`, the inverse of the sigmoid.
        Logit => float("logit", |x| x.ln() - (-x).ln_1p(), &[|c| c.diagonal((c.x(0) * (1.0 - c.x(0))).reciprocal())])
            .within(&[(0.1, 0.9)]).at(&[&[1e-300, 1e-9, 0.5]]).kinks("infinite at 0 and 1"),
        /// `log(1 + e**x)`.
        Softplus => float("softplus", special::softplus, &[|c| c.diagonal(c.x(0).sigmoid())]).at(&[&[-700.0, 0.0, 1e3]]),
        /// The error function.
        Erf => float("erf", special::erf, &[|c| c.diagonal((-c.x(0).square()).exp() * FRAC_2_SQRT_PI)]).at(&[&[0.0, 6.0]]),
        /// `1 - erf(x)`, accurate in its tail.
        Erfc => float("erfc", special::erfc, &[|c| c.diagonal((-c.x(0).square()).exp() * -FRAC_2_SQRT_PI)])
            .at(&[&[-6.0, 10.0]]),
        /// The logarithm of the absolute value of the gamma function.
        Lgamma => float("lgamma", special::lgamma, &[|c| c.diagonal(c.x(0).digamma())]).within(NO_POLES).at(&[&[-1.5, 50.0]]),
        /// The derivative of `lgamma`.
        Digamma => float("digamma", special::digamma, &[|c| c.diagonal(c.x(0).polygamma(1))]).within(NO_POLES)
            .at(&[&[-1.5, 50.0]]),
        /// The greatest integer not above.
        Floor => unary("floor", Kernel::UnaryInt(f64::floor, |x| x), &[|c| c.zero()]).kinks("0 at integers"),
        /// The least integer not below.
        Ceil => unary("ceil", Kernel::UnaryInt(f64::ceil, |x| x), &[|c| c.zero()]).kinks("0 at integers"),
        /// The nearest integer, the even one of two.
        Round => unary("round", Kernel::UnaryInt(f64::round_ties_even, |x| x), &[|c| c.zero()]).kinks("0 at halves"),
        /// The integer part.
        Trunc => unary("trunc", Kernel::UnaryInt(f64::trunc, |x| x), &[|c| c.zero()]).kinks("0 at integers"),
        /// Neither infinite nor NaN.
        IsFinite => unary("isfinite", Kernel::Test(f64::is_finite), &[|c| c.zero()]),
        /// The other truth value.
        Not => unary("logical_not", Kernel::Not, &[|c| c.zero()]),
    }
}

/// The sign changed; of what is only a changed sign, what stands behind it. So derivatives of derivatives meet the same nodes
/// again instead of making new ones without end.
fn opposite(x: Expr<'_>) -> Expr<'_> {
    let behind = x.builder().read(|g| match g.op(x.id()) {
        Op::Unary(Unary::Neg) => Some(g.operands(x.id())[0]),
        _ => None,
    });
    behind.map_or_else(|| -x, |node| x.builder().node(node))
}

pub(crate) static POLYGAMMA: Row = Row::structural(
    "polygamma",
    Arity::Exactly(1),
    |_, operands| match operands[0].dtype.is_float() {
        true => Ok(operands[0].clone()),
        false => Err(OpError::DType { operand: 0, expected: "of floats", found: operands[0].dtype }),
    },
    eval_polygamma,
    Maps::Of(&[|c| {
        let order = polygamma_order(&c.op());
        c.diagonal(c.x(0).polygamma(order.saturating_add(1)))
    }]),
)
.working(work::EACH_CALL)
.within(NO_POLES);

fn polygamma_order(op: &Op) -> u32 {
    if let Op::Polygamma(order) = op { *order } else { 0 }
}

fn eval_polygamma(op: &Op, operands: &[&Value], ty: &Type) -> Result<Value, EvalError> {
    let order = polygamma_order(op);
    let data: Vec<f64> = operands[0].to_f64s().into_iter().map(|x| special::polygamma(order, x)).collect();
    Ok(Value::from_f64s(ty, &data))
}
