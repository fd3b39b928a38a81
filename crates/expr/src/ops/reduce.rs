//! One value for all elements along some axes, and running sums.
//!
//! Integers wrap. The reduced axes go away; a composite keeps them as extents of 1. Ties of `max` and `min` share the derivative evenly.

use super::shape::{check_axes, nd};
use crate::error::{EvalError, OpError};
use crate::expr::Expr;
use crate::graph::NodeId;
use crate::map::{Labels, Local};
use crate::op::{AxisList, Op};
use crate::row::{Arity, MapRule, Maps, Row};
use crate::rule::Rule;
use crate::special;
use crate::ty::{DType, Type};
use crate::value::{Element, Tensor, Value};
use crate::work;
use ndarray::{Axis, Zip};
use num_traits::{One, Zero};

const fn reduction(
    name: &'static str,
    eval: fn(&Op, &[&Value], &Type) -> Result<Value, EvalError>,
    rule: &'static [MapRule],
) -> Row {
    Row::structural(name, Arity::Exactly(1), infer_reduce, eval, Maps::Of(rule))
}

super::family! {
    /// Reductions over axes.
    Reduction {
        /// The sum; 0 of nothing.
        Sum => reduction("sum", eval_sum, &[|c| {
            let rank = c.shape(0).rank() as u8;
            let axes = reduced_axes(&c.op());
            c.relabel((0..rank).collect(), (0..rank).filter(|a| !axes.contains(a)).collect())
        }]).working(work::FOLDED_SUMS),
        /// The product; 1 of nothing. Its derivative is made without division, right also with zeros.
        Prod => reduction("prod", eval_prod, &[|c| {
            let others = c.x(0).product_of_others(&reduced_axes(&c.op()));
            contract(c, others)
        }]).working(work::FOLDED_PRODUCTS),
        /// The greatest element; NaN if there is one.
        Max => reduction("max", eval_max, &[ties]).kinks("ties split evenly; NaN propagates"),
        /// The least element; NaN if there is one.
        Min => reduction("min", eval_min, &[ties]).kinks("ties split evenly; NaN propagates"),
    }
}

super::family! {
    /// Positions of extreme elements.
    Extremum {
        /// Of the first greatest element; of the first NaN if there is one.
        ArgMax => Row::structural("argmax", Arity::Exactly(1), infer_arg, |op, x, _| eval_arg(op, x, |a, b| a > b), ZERO),
        /// Of the first least element; of the first NaN if there is one.
        ArgMin => Row::structural("argmin", Arity::Exactly(1), infer_arg, |op, x, _| eval_arg(op, x, |a, b| a < b), ZERO),
    }
}

const ZERO: Maps = Maps::Of(&[|c| c.zero()]);

fn reduced_axes(op: &Op) -> AxisList {
    if let Op::Reduce(_, axes) = op { axes.clone() } else { AxisList::default() }
}

fn infer_reduce(op: &Op, operands: &[&Type]) -> Result<Type, OpError> {
    let Op::Reduce(reduction, axes) = op else { return Ok(operands[0].clone()) };
    let shape = &operands[0].shape;
    check_axes(axes, shape.rank())?;
    if operands[0].dtype == DType::Bool {
        return Err(OpError::DType { operand: 0, expected: "of numbers", found: DType::Bool });
    }
    let axes: Vec<usize> = axes.iter().map(|&a| usize::from(a)).collect();
    if matches!(reduction, Reduction::Max | Reduction::Min)
        && let Some(&axis) = axes.iter().find(|&&a| shape[a] == 0)
    {
        return Err(OpError::Empty { what: reduction.row().name, shape: shape.clone(), axis });
    }
    Ok(operands[0].with_shape(shape.without(&axes)))
}

/// Folds the reduced axes one by one, the last one first.
fn fold<T: Element>(op: &Op, t: &Tensor<T>, along: impl Fn(&Tensor<T>, Axis) -> Tensor<T>) -> Value {
    let axes = reduced_axes(op);
    let mut sorted: Vec<u8> = axes.to_vec();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    let folded = sorted.into_iter().fold(t.clone(), |t, axis| along(&t, nd(axis)));
    Value::from(folded.as_standard_layout().into_owned())
}

fn eval_sum(op: &Op, operands: &[&Value], _: &Type) -> Result<Value, EvalError> {
    fn go<T: Element + Zero>(op: &Op, t: &Tensor<T>) -> Value {
        fold(op, t, |t, axis| t.sum_axis(axis).into_shared())
    }
    Ok(match operands[0] {
        Value::F32(t) => go(op, t),
        Value::F64(t) => go(op, t),
        Value::I64(t) => {
            fold(op, t, |t, axis| t.fold_axis(axis, 0, |a: &i64, b| a.wrapping_add(*b)).into_shared())
        }
        Value::Bool(t) => Value::Bool(t.clone()),
    })
}

fn eval_prod(op: &Op, operands: &[&Value], _: &Type) -> Result<Value, EvalError> {
    fn go<T: Element + One>(op: &Op, t: &Tensor<T>) -> Value {
        fold(op, t, |t, axis| t.fold_axis(axis, T::one(), |&a, &b| a * b).into_shared())
    }
    Ok(match operands[0] {
        Value::F32(t) => go(op, t),
        Value::F64(t) => go(op, t),
        Value::I64(t) => {
            fold(op, t, |t, axis| t.fold_axis(axis, 1, |a: &i64, b| a.wrapping_mul(*b)).into_shared())
        }
        Value::Bool(t) => Value::Bool(t.clone()),
    })
}

fn eval_max(op: &Op, operands: &[&Value], _: &Type) -> Result<Value, EvalError> {
    Ok(extreme(op, operands[0], special::maximum, i64::max))
}

fn eval_min(op: &Op, operands: &[&Value], _: &Type) -> Result<Value, EvalError> {
    Ok(extreme(op, operands[0], special::minimum, i64::min))
}

fn extreme(op: &Op, x: &Value, float: fn(f64, f64) -> f64, int: fn(i64, i64) -> i64) -> Value {
    fn go<T: Element>(op: &Op, t: &Tensor<T>, f: impl Fn(T, T) -> T) -> Value {
        fold(op, t, |t, axis| {
            let mut lanes = t.axis_iter(axis);
            let Some(first) = lanes.next() else { return t.clone() };
            let mut best = first.to_owned();
            for lane in lanes {
                Zip::from(&mut best).and(lane).for_each(|a, &b| *a = f(*a, b));
            }
            best.into_shared()
        })
    }
    match x {
        Value::F32(t) => go(op, t, |a, b| float(f64::from(a), f64::from(b)) as f32),
        Value::F64(t) => go(op, t, float),
        Value::I64(t) => go(op, t, int),
        Value::Bool(t) => Value::Bool(t.clone()),
    }
}

/// One over the number of ties where an element is the extreme one, nothing elsewhere.
fn ties(c: &Rule<'_>) -> Local<NodeId> {
    let axes = reduced_axes(&c.op());
    let (x, y) = (c.x(0), c.y());
    let equal = x.equal(y.spread(&axes, &x.shape()));
    let count = equal.cast(x.dtype()).reduce(Reduction::Sum, &axes);
    let share = count.reciprocal().spread(&axes, &x.shape());
    contract_masked(c, share, Some(equal))
}

fn contract(c: &Rule<'_>, coefficient: Expr<'_>) -> Local<NodeId> {
    contract_masked(c, coefficient, None)
}

/// The map that multiplies by coefficients of the operand's shape and sums over the reduced axes.
fn contract_masked(c: &Rule<'_>, coefficient: Expr<'_>, mask: Option<Expr<'_>>) -> Local<NodeId> {
    let rank = c.shape(0).rank() as u8;
    let axes = reduced_axes(&c.op());
    let all: Labels = (0..rank).collect();
    let output = (0..rank).filter(|a| !axes.contains(a)).collect();
    c.einsum_masked(all.clone(), coefficient, all, mask, output)
}

fn infer_arg(op: &Op, operands: &[&Type]) -> Result<Type, OpError> {
    let Op::Arg(extremum, axis) = op else { return Ok(operands[0].clone()) };
    let shape = &operands[0].shape;
    check_axes(&[*axis], shape.rank())?;
    let axis = usize::from(*axis);
    if shape[axis] == 0 {
        return Err(OpError::Empty { what: extremum.row().name, shape: shape.clone(), axis });
    }
    Ok(Type::new(DType::I64, shape.without(&[axis])))
}

fn eval_arg(op: &Op, operands: &[&Value], better: fn(f64, f64) -> bool) -> Result<Value, EvalError> {
    let Op::Arg(_, axis) = op else { return Ok(operands[0].clone()) };
    let Value::F64(t) = operands[0].cast(DType::F64) else { return Err(EvalError::NoValue) };
    Ok(Value::from(t.map_axis(nd(*axis), |lane| {
        let mut best = 0;
        for (i, &x) in lane.iter().enumerate() {
            if !lane[best].is_nan() && (x.is_nan() || better(x, lane[best])) {
                best = i;
            }
        }
        best as i64
    })))
}

pub(crate) static CUMSUM: Row = Row::structural(
    "cumsum",
    Arity::Exactly(1),
    |op, operands| {
        if let Op::Cumsum { axis, .. } = op {
            check_axes(&[*axis], operands[0].shape.rank())?;
        }
        match operands[0].dtype {
            DType::Bool => Err(OpError::DType { operand: 0, expected: "of numbers", found: DType::Bool }),
            DType::I64 | DType::F32 | DType::F64 => Ok(operands[0].clone()),
        }
    },
    eval_cumsum,
    Maps::Of(&[|c| {
        let Op::Cumsum { axis, reverse } = c.op() else { return c.identity() };
        c.index(c.op(), Op::Cumsum { axis, reverse: !reverse }, &[])
    }]),
)
.working(work::EACH_SUM)
.lifted(|op, _| match op {
    Op::Cumsum { axis, reverse } => Op::Cumsum { axis: axis + 1, reverse: *reverse },
    other => other.clone(),
});

fn eval_cumsum(op: &Op, operands: &[&Value], _: &Type) -> Result<Value, EvalError> {
    fn go<T: Element>(t: &Tensor<T>, axis: u8, reverse: bool, plus: impl Fn(T, T) -> T) -> Value {
        let mut sums = t.to_owned();
        if reverse {
            sums.invert_axis(nd(axis));
        }
        sums.accumulate_axis_inplace(nd(axis), |&before, x| *x = plus(before, *x));
        if reverse {
            sums.invert_axis(nd(axis));
        }
        Value::from(sums)
    }
    let Op::Cumsum { axis, reverse } = op else { return Ok(operands[0].clone()) };
    Ok(match operands[0] {
        Value::F32(t) => go(t, *axis, *reverse, |a, b| a + b),
        Value::F64(t) => go(t, *axis, *reverse, |a, b| a + b),
        Value::I64(t) => go(t, *axis, *reverse, i64::wrapping_add),
        Value::Bool(t) => Value::Bool(t.clone()),
    })
}
