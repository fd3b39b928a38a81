//! One form for each of what may be written in several: signs outside, constants with their signs, squares, reciprocals.

use crate::passes::kind::{Behind, is_number, is_quotient};
use crate::passes::rule::Numbers::Floats;
use crate::passes::rule::Rule;
use crate::passes::site::{Site, uniform};
use wengert_expr::{DType, Expr, Op, Type, Value};

const TAIL: &str = "the relative accuracy of its tails";

// Signs go outside also where a negation has other uses: products that differ in signs alone become one node, which saves more
// than the negations cost.
pub(super) static RULES: &[Rule] = &[
    Rule::coded(
        "drop-derivatives",
        "stop_gradient(x); custom(x, ...)",
        "x",
        |op| matches!(op, Op::StopGradient | Op::Custom(_)),
        Behind::Anything,
        |site| Some(site.x(0)),
        "input x: f64[3]; y = stop_gradient(x) + 2",
    ),
    Rule::exact("negate-negation", "-(-x)", "x"),
    Rule::exact("add-negation", "x + (-y)", "x - y"),
    Rule::exact("subtract-negation", "x - (-y)", "x + y"),
    Rule::exact("multiply-negation", "x * (-y)", "-(x * y)"),
    Rule::exact("divide-negation", "(-x) / y", "-(x / y)"),
    Rule::exact("divide-by-negation", "x / (-y)", "-(x / y)"),
    Rule::exact("multiply-by-minus-one", "x * (-1)", "-x"),
    Rule::exact("divide-by-minus-one", "x / (-1)", "-x"),
    Rule::exact("negate-multiple", "-(x * k)", "x * (-k)").once(),
    Rule::exact("negate-fraction", "-(x / k)", "x / (-k)").once(),
    Rule::exact("negate-ratio", "-(k / x)", "(-k) / x").once(),
    Rule::exact("square", "x * x", "square(x)"),
    Rule::exact("square-negation", "square(-x)", "square(x)"),
    Rule::exact("square-absolute", "square(abs(x))", "square(x)"),
    Rule::exact("absolute-negation", "abs(-x)", "abs(x)"),
    Rule::exact("absolute-absolute", "abs(abs(x))", "abs(x)"),
    Rule::exact("absolute-square", "abs(square(x))", "square(x)").on(Floats),
    Rule::exact("reciprocal", "1 / x", "reciprocal(x)"),
    Rule::exact("reciprocal-negation", "reciprocal(-x)", "-reciprocal(x)"),
    // How the derivative of tanh is written: with sigmoids, whose tails stay accurate.
    Rule::relaxed("tanh-slope", "sigmoid(x * 2) * sigmoid(-(x * 2)) * 4", "1 - square(tanh(x))", TAIL),
    Rule::relaxed(
        "tanh-slope-again",
        "(sigmoid(x * 2) - square(sigmoid(x * 2))) * 4",
        "1 - square(tanh(x))",
        TAIL,
    ),
    Rule::exact("greatest-of-one", "maximum(x, x)", "x"),
    Rule::exact("least-of-one", "minimum(x, x)", "x"),
    Rule::exact("power-one", "x ** 1", "x"),
    Rule::exact("power-zero", "x ** 0", "1"),
    Rule::coded(
        "divide-by-power-of-two",
        "x / k, k a power of 2",
        "x * (1 / k)",
        is_quotient,
        Behind::Second(is_number),
        divide_by_power_of_two,
        "input x: f64[5]; y = x / 8",
    ),
];

/// Dividing by a power of two and multiplying by its reciprocal round the same real number.
fn divide_by_power_of_two<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let k = uniform(site.x(1))?.item()?;
    let inverse = k.recip();
    let held = match site.root.dtype() {
        DType::F32 => f64::from(inverse as f32),
        DType::Bool | DType::I64 | DType::F64 => inverse,
    };
    let exact = inverse.is_normal() && held == inverse && k.to_bits() & ((1 << 52) - 1) == 0;
    if !exact || k.abs() == 1.0 || !k.is_normal() {
        return None;
    }
    let number = Value::from_f64s(&Type::scalar(site.root.dtype()), &[inverse]);
    Some(site.x(0) * site.root.builder().constant(number))
}
