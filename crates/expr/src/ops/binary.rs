//! Functions of two elements.
//!
//! `maximum` and `minimum` mask rather than multiply by zero: the operand not taken contributes exactly nothing.

use super::elementwise::binary;
use crate::error::EvalError;
use crate::expr::Expr;
use crate::graph::NodeId;
use crate::map::Local;
use crate::row::{Kernel, Row};
use crate::rule::Rule;
use crate::special;
use crate::work;

super::family! {
    /// Functions of two elements of one dtype.
    Binary {
        /// `a + b`.
        Add => commutative(binary("add", Kernel::BinaryInt(|a, b| a + b, |a, b| Ok(a.wrapping_add(b))),
            &[|c| c.identity(), |c| c.identity()])).working(work::EACH_SUM),
        /// `a - b`.
        Sub => binary("sub", Kernel::BinaryInt(|a, b| a - b, |a, b| Ok(a.wrapping_sub(b))),
            &[|c| c.identity(), |c| c.minus()]).working(work::EACH_SUM),
        /// `a * b`.
        Mul => commutative(binary("mul", Kernel::BinaryInt(|a, b| a * b, |a, b| Ok(a.wrapping_mul(b))),
            &[|c| c.diagonal(c.x(1)), |c| c.diagonal(c.x(0))])).working(work::EACH_PRODUCT),
        /// `a / b` of floats.
        Div => binary("div", Kernel::Binary(|a, b| a / b),
            &[|c| c.diagonal(c.x(1).reciprocal()), |c| c.diagonal(-(c.y() / c.x(1)))])
            .within(&[(-3.0, 3.0), (0.3, 3.0)]),
        /// `a ** b`.
        Pow => binary("power", Kernel::BinaryInt(f64::powf, integer_power), &[power_of_base, power_of_exponent])
            .within(&[(0.1, 3.0), (-2.0, 3.0)])
            .kinks("d/da a**0 = 0; d/db 0**b = 0 for b >= 0"),
        /// The greater one.
        Maximum => binary("maximum", Kernel::BinaryInt(special::maximum, |a, b| Ok(a.max(b))),
            &[|c| taken(c, c.x(0).less(c.x(1)).logical_not()), |c| taken(c, c.x(1).less(c.x(0)).logical_not())])
            .kinks("ties split evenly; NaN propagates"),
        /// The lesser one.
        Minimum => binary("minimum", Kernel::BinaryInt(special::minimum, |a, b| Ok(a.min(b))),
            &[|c| taken(c, c.x(0).greater(c.x(1)).logical_not()), |c| taken(c, c.x(1).greater(c.x(0)).logical_not())])
            .kinks("ties split evenly; NaN propagates"),
        /// The angle of the point (b, a).
        Atan2 => binary("arctan2", Kernel::Binary(f64::atan2), &[
            |c| { let r = c.x(0).hypot(c.x(1)); c.diagonal(c.x(1) / r / r) },
            |c| { let r = c.x(0).hypot(c.x(1)); c.diagonal(-(c.x(0) / r / r)) },
        ]).within(&[(0.2, 3.0), (-3.0, 3.0)]).kinks("undefined at (0, 0): NaN"),
        /// `sqrt(a**2 + b**2)` without overflow.
        Hypot => binary("hypot", Kernel::Binary(special::hypot),
            &[|c| c.diagonal(c.x(0) / nonzero(c.y())), |c| c.diagonal(c.x(1) / nonzero(c.y()))])
            .within(&[(0.2, 3.0), (-3.0, 3.0)]).kinks("0 at (0, 0)"),
        /// `a - floor(a / b) * b`: the sign of the divisor.
        Remainder => binary("remainder", Kernel::BinaryInt(special::remainder, integer_remainder),
            &[|c| c.identity(), |c| c.diagonal(-(c.x(0) / c.x(1)).floor())])
            .within(&[(0.1, 0.9), (1.0, 2.0)]).kinks("the jumps are left out"),
        /// A number in [0, 1) drawn from a key at a counter, as the whole parts of both decide.
        Random => binary("random", Kernel::Binary(special::random), &[|c| c.zero(), |c| c.zero()])
            .within(&[(0.1, 0.9), (0.1, 0.9)]).kinks("0 at integers, where it jumps"),
        /// Both.
        And => binary("logical_and", Kernel::Logic(|a, b| a & b), &[|c| c.zero(), |c| c.zero()]),
        /// At least one.
        Or => binary("logical_or", Kernel::Logic(|a, b| a | b), &[|c| c.zero(), |c| c.zero()]),
        /// Just one.
        Xor => binary("logical_xor", Kernel::Logic(|a, b| a ^ b), &[|c| c.zero(), |c| c.zero()]),
    }
}

const fn commutative(mut row: Row) -> Row {
    row.commutative = true;
    row
}

fn integer_power(a: i64, b: i64) -> Result<i64, EvalError> {
    special::power_i64(a, b).ok_or(EvalError::NegativePower(b))
}

fn integer_remainder(a: i64, b: i64) -> Result<i64, EvalError> {
    special::remainder_i64(a, b).ok_or(EvalError::DivisionByZero)
}

/// 1 where `mask` is true and the operands differ, 1/2 where they are equal, nothing elsewhere.
fn taken(c: &Rule<'_>, mask: Expr<'_>) -> Local<NodeId> {
    let one = c.x(0).number(1.0);
    c.masked(mask, c.x(0).equal(c.x(1)).select(one * 0.5, one.broadcast_like(c.x(0))))
}

fn nonzero(y: Expr<'_>) -> Expr<'_> {
    y.equal(y.number(0.0)).select(y.number(1.0), y)
}

/// `b * a**(b - 1)`, and 0 where b is 0. A constant exponent, the frequent case, needs no selection.
fn power_of_base(c: &Rule<'_>) -> Local<NodeId> {
    let (a, b) = (c.x(0), c.x(1));
    match b.as_constant().and_then(|v| v.item()) {
        Some(0.0) => c.zero(),
        Some(1.0) => c.identity(),
        Some(2.0) => c.diagonal(a * 2.0),
        Some(exponent) => c.diagonal(a.pow(a.number(exponent - 1.0)) * exponent),
        None => {
            let zero = b.equal(b.number(0.0));
            c.masked(zero.logical_not(), b * a.pow(b - 1.0))
        }
    }
}

/// `a**b * log(a)`, and 0 where a is 0 and b is not negative.
fn power_of_exponent(c: &Rule<'_>) -> Local<NodeId> {
    let (a, b) = (c.x(0), c.x(1));
    let flat = a.equal(a.number(0.0)).logical_and(b.greater_equal(b.number(0.0)));
    c.masked(flat.logical_not(), c.y() * a.log())
}
