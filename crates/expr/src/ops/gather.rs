//! Entries taken and added at positions that are data.
//!
//! Positions count from the end when negative, as in NumPy; one outside the axis is an error when the graph runs.
//! A position that occurs twice is read twice, and its derivatives add up.

use super::shape::{check_axes, nd};
use crate::error::{EvalError, OpError};
use crate::op::Op;
use crate::row::{Arity, Maps, Row};
use crate::ty::{DType, Shape, Type};
use crate::value::{Element, Tensor, Value};
use crate::with_tensor;
use crate::work;
use ndarray::{ArrayD, IxDyn};

pub(crate) static GATHER: Row = Row::structural(
    "take",
    Arity::Exactly(2),
    infer_gather,
    eval_gather,
    Maps::Of(&[
        |c| {
            let Op::Gather(axis) = c.op() else { return c.identity() };
            let extent = c.shape(0)[usize::from(axis)];
            c.index(c.op(), Op::ScatterAdd { axis, extent }, &[c.x(1)])
        },
        |c| c.zero(),
    ]),
)
.lifted(|op, _| match op {
    Op::Gather(axis) => Op::Gather(axis + 1),
    other => other.clone(),
});

pub(crate) static SCATTER_ADD: Row = Row::structural(
    "scatter",
    Arity::Exactly(2),
    infer_scatter,
    eval_scatter,
    Maps::Of(&[
        |c| {
            let Op::ScatterAdd { axis, .. } = c.op() else { return c.identity() };
            c.index(c.op(), Op::Gather(axis), &[c.x(1)])
        },
        |c| c.zero(),
    ]),
)
.working(work::ADDED)
.lifted(|op, _| match op {
    Op::ScatterAdd { axis, extent } => Op::ScatterAdd { axis: axis + 1, extent: *extent },
    other => other.clone(),
});

fn check_positions(ty: &Type) -> Result<(), OpError> {
    match ty.dtype {
        DType::I64 => Ok(()),
        DType::Bool | DType::F32 | DType::F64 => {
            Err(OpError::DType { operand: 1, expected: "of integers", found: ty.dtype })
        }
    }
}

fn infer_gather(op: &Op, operands: &[&Type]) -> Result<Type, OpError> {
    let Op::Gather(axis) = op else { return Ok(operands[0].clone()) };
    check_positions(operands[1])?;
    let shape = &operands[0].shape;
    check_axes(&[*axis], shape.rank())?;
    let (before, after) = (&shape[..usize::from(*axis)], &shape[usize::from(*axis) + 1..]);
    let taken: Shape = before.iter().chain(operands[1].shape.iter()).chain(after).copied().collect();
    Ok(operands[0].with_shape(taken))
}

fn infer_scatter(op: &Op, operands: &[&Type]) -> Result<Type, OpError> {
    let Op::ScatterAdd { axis, extent } = op else { return Ok(operands[0].clone()) };
    check_positions(operands[1])?;
    let (shape, positions) = (&operands[0].shape, &operands[1].shape);
    let axis = usize::from(*axis);
    if shape.get(axis..axis + positions.rank()) != Some(&**positions) {
        let what = "the entries to add must have the positions' shape in place of the axis";
        return Err(OpError::Mismatch { what, left: operands[0].clone(), right: operands[1].clone() });
    }
    if operands[0].dtype == DType::Bool {
        return Err(OpError::DType { operand: 0, expected: "of numbers", found: DType::Bool });
    }
    let after = &shape[axis + positions.rank()..];
    Ok(operands[0].with_shape(shape[..axis].iter().chain([extent]).chain(after).copied().collect::<Shape>()))
}

/// Positions as offsets from the beginning, all of them inside.
fn offsets(positions: &Value, axis: usize, extent: usize) -> Result<Vec<usize>, EvalError> {
    let inside = |&index: &i64| {
        let offset = if index < 0 { index.checked_add(extent as i64) } else { Some(index) };
        let offset = offset.and_then(|o| usize::try_from(o).ok()).filter(|&o| o < extent);
        offset.ok_or(EvalError::IndexOutOfBounds { index, axis, extent })
    };
    positions.slice::<i64>().unwrap_or_default().iter().map(inside).collect()
}

fn eval_gather(op: &Op, operands: &[&Value], ty: &Type) -> Result<Value, EvalError> {
    fn go<T: Element>(t: &Tensor<T>, offsets: &[usize], axis: u8, shape: &Shape) -> Value {
        let taken = t.select(nd(axis), offsets);
        let taken = taken.as_standard_layout().into_owned().into_shape_with_order(IxDyn(shape));
        Value::from(taken.expect("the type rule gave this shape"))
    }
    let Op::Gather(axis) = op else { return Ok(operands[0].clone()) };
    let offsets = offsets(operands[1], usize::from(*axis), operands[0].shape()[usize::from(*axis)])?;
    Ok(with_tensor!(operands[0], t => go(t, &offsets, *axis, &ty.shape)))
}

fn eval_scatter(op: &Op, operands: &[&Value], ty: &Type) -> Result<Value, EvalError> {
    fn go<T: Element>(
        t: &Tensor<T>,
        offsets: &[usize],
        axis: u8,
        shape: &Shape,
        plus: impl Fn(T, T) -> T,
    ) -> Value {
        let mut lanes: Vec<usize> = shape.to_vec();
        lanes[usize::from(axis)] = offsets.len();
        let entries = t.to_shape(IxDyn(&lanes)).expect("the type rule checked this shape");
        let mut out = ArrayD::from_elem(IxDyn(shape), T::default());
        for (i, &offset) in offsets.iter().enumerate() {
            let mut lane = out.index_axis_mut(nd(axis), offset);
            lane.zip_mut_with(&entries.index_axis(nd(axis), i), |a, &b| *a = plus(*a, b));
        }
        Value::from(out)
    }
    let Op::ScatterAdd { axis, extent } = op else { return Ok(operands[0].clone()) };
    let offsets = offsets(operands[1], usize::from(*axis), *extent)?;
    Ok(match operands[0] {
        Value::F32(t) => go(t, &offsets, *axis, &ty.shape, |a, b| a + b),
        Value::F64(t) => go(t, &offsets, *axis, &ty.shape, |a, b| a + b),
        Value::I64(t) => go(t, &offsets, *axis, &ty.shape, i64::wrapping_add),
        Value::Bool(t) => Value::Bool(t.clone()),
    })
}
