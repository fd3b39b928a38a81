//! Neutral elements and laws of arithmetic. What holds of real numbers alone is relaxed.

use crate::passes::kind::{Behind, is_product};
use crate::passes::rule::Numbers::{Floats, Integers};
use crate::passes::rule::Rule;
use crate::passes::site::{Site, is, operand};
use wengert_expr::{Binary, Expr, Op};

const ROUNDING: &str = "a rounding";
const RANGE: &str = "a rounding; may overflow or underflow elsewhere";

pub(super) static RULES: &[Rule] = &[
    Rule::exact("multiply-by-one", "x * 1", "x"),
    Rule::exact("divide-by-one", "x / 1", "x"),
    Rule::exact("subtract-zero", "x - 0", "x"),
    Rule::exact("add-minus-zero", "x + (-0.0)", "x"),
    Rule::exact("add-zero-integers", "x + 0", "x").on(Integers),
    Rule::exact("multiply-by-zero-integers", "x * 0", "0").on(Integers),
    Rule::exact("subtract-itself-integers", "x - x", "0").on(Integers),
    Rule::relaxed("add-zero", "x + 0", "x", "the sum of -0 and 0, which is 0"),
    Rule::relaxed("subtract-from-zero", "0 - x", "-x", "0 - 0, which is not -0"),
    Rule::relaxed("multiply-by-zero", "x * 0", "0", "NaN, infinities, the sign of zero"),
    Rule::relaxed("divide-zero", "0 / x", "0", "NaN, the quotient of zeros, the sign of zero"),
    Rule::relaxed("subtract-itself", "x - x", "0", "NaN, infinities").on(Floats),
    Rule::relaxed("divide-by-itself", "x / x", "1", "NaN, infinities, the quotient of zeros"),
    Rule::relaxed("negate-difference", "-(x - y)", "y - x", "the sign of zero").on(Floats).once(),
    Rule::exact("negate-difference-integers", "-(x - y)", "y - x").on(Integers).once(),
    Rule::relaxed("negative-sum", "(-x) - y", "-(x + y)", "the sign of zero").on(Floats),
    Rule::relaxed("merge-factors", "(x * k) * l", "x * (k * l)", RANGE),
    Rule::relaxed("merge-factor-divisor", "(x * k) / l", "x * (k / l)", RANGE).on(Floats),
    Rule::relaxed("merge-divisor-factor", "(x / k) * l", "x * (l / k)", RANGE).on(Floats),
    Rule::relaxed("merge-divisors", "(x / k) / l", "x / (k * l)", RANGE).on(Floats),
    Rule::relaxed("merge-terms", "(x + k) + l", "x + (k + l)", ROUNDING),
    Rule::relaxed("merge-term-subtrahend", "(x + k) - l", "x + (k - l)", ROUNDING),
    Rule::relaxed("merge-subtrahend-term", "(x - k) + l", "x + (l - k)", ROUNDING),
    Rule::relaxed("merge-subtrahends", "(x - k) - l", "x - (k + l)", ROUNDING),
    Rule::relaxed("multiply-by-reciprocal", "x * reciprocal(y)", "x / y", ROUNDING).within(0.5, 3.0),
    Rule::relaxed("divide-by-reciprocal", "x / reciprocal(y)", "x * y", ROUNDING).within(0.5, 3.0),
    Rule::relaxed("reciprocal-reciprocal", "reciprocal(reciprocal(x))", "x", RANGE).within(0.5, 3.0),
    Rule::relaxed("reciprocal-quotient", "reciprocal(x / y)", "y / x", RANGE).within(0.5, 3.0),
    Rule::relaxed("divide-quotient", "(x / y) / z", "x / (y * z)", RANGE).within(0.5, 3.0).once(),
    Rule::relaxed("divide-by-quotient", "x / (y / z)", "(x * z) / y", RANGE).within(0.5, 3.0).once(),
    Rule::relaxed("reciprocal-root", "reciprocal(sqrt(x))", "rsqrt(x)", ROUNDING).within(0.5, 3.0),
    Rule::relaxed("power-two", "x ** 2", "square(x)", ROUNDING).on(Floats),
    Rule::relaxed("power-three", "x ** 3", "x * square(x)", RANGE).on(Floats),
    Rule::relaxed("power-half", "x ** 0.5", "sqrt(x)", "the sign of zero, -inf").within(0.5, 3.0),
    Rule::relaxed("power-minus-half", "x ** (-0.5)", "rsqrt(x)", ROUNDING).on(Floats).within(0.5, 3.0),
    Rule::relaxed("power-minus-one", "x ** (-1)", "reciprocal(x)", ROUNDING).on(Floats).within(0.5, 3.0),
    Rule::relaxed("power-minus-two", "x ** (-2)", "reciprocal(square(x))", RANGE).on(Floats).within(0.5, 3.0),
    Rule::relaxed("product-of-powers", "exp(x) * exp(y)", "exp(x + y)", RANGE).once(),
    Rule::relaxed("circle", "square(sin(x)) + square(cos(x))", "1", "NaN, a rounding").once(),
    Rule::relaxed(
        "sigmoid-slope",
        "sigmoid(x) * sigmoid(-x)",
        "sigmoid(x) - square(sigmoid(x))",
        "the relative accuracy of a tail",
    ),
    Rule::coded(
        "common-factor",
        "x * y + x * z, products used once",
        "x * (y + z)",
        |op| matches!(op, Op::Binary(Binary::Add | Binary::Sub)),
        Behind::Each(is_product),
        common_factor,
        "input x: f64[3]; input y: f64[3]; input z: f64[3]; w = x * y - z * x",
    )
    .losing(RANGE),
];

fn common_factor<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let Op::Binary(sign) = site.op() else { return None };
    let product = |e| is(e, is_product) && site.is_used_once(e);
    let (left, right) = (site.x(0), site.x(1));
    if !product(left) || !product(right) {
        return None;
    }
    let factors = |e| [(operand(e, 0), operand(e, 1)), (operand(e, 1), operand(e, 0))];
    let pairs = factors(left).into_iter().flat_map(|l| factors(right).map(|r| (l, r)));
    let ((x, y), (_, z)) = pairs.into_iter().find(|((x, _), (z, _))| x.id() == z.id())?;
    Some(x * y.binary(sign, z))
}
