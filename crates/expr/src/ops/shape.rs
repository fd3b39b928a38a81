//! Axes added, stretched, merged and permuted; no element changes.

use crate::error::{EvalError, ExtentList, OpError};
use crate::graph::NodeId;
use crate::map::{Labels, Local};
use crate::op::Op;
use crate::row::{Arity, Maps, Row};
use crate::rule::Rule;
use crate::ty::{Shape, Type};
use crate::value::{Element, Tensor, Value};
use crate::with_tensor;
use ndarray::{Axis, IxDyn};

pub(crate) static BROADCAST: Row = Row::structural(
    "broadcast",
    Arity::Exactly(1),
    infer_broadcast,
    eval_broadcast,
    Maps::Of(&[derive_broadcast]),
);

fn infer_broadcast(op: &Op, operands: &[&Type]) -> Result<Type, OpError> {
    let Op::Broadcast { shape, axes } = op else { return Ok(operands[0].clone()) };
    let from = &operands[0].shape;
    let misfit = || OpError::Broadcast { from: from.clone(), to: (**shape).clone() };
    if axes.len() != from.rank() || axes.windows(2).any(|w| w[0] >= w[1]) {
        return Err(misfit());
    }
    let fits = axes
        .iter()
        .zip(from.iter())
        .all(|(&to, &n)| shape.get(usize::from(to)).is_some_and(|&m| n == m || n == 1));
    if fits { Ok(operands[0].with_shape((**shape).clone())) } else { Err(misfit()) }
}

fn eval_broadcast(op: &Op, operands: &[&Value], ty: &Type) -> Result<Value, EvalError> {
    fn go<T: Element>(t: &Tensor<T>, axes: &[u8], to: &Shape) -> Value {
        let mut spread = vec![1; to.rank()];
        for (&axis, &n) in axes.iter().zip(t.shape()) {
            spread[usize::from(axis)] = n;
        }
        let wide = t.to_shape(IxDyn(&spread)).expect("ones may be put between axes");
        Value::from(wide.broadcast(IxDyn(to)).expect("the shape was checked").to_owned())
    }
    let Op::Broadcast { axes, .. } = op else { return Ok(operands[0].clone()) };
    Ok(with_tensor!(operands[0], t => go(t, axes, &ty.shape)))
}

/// Axes of equal extent keep their label; a stretched axis is summed (over one entry) and another is repeated.
fn derive_broadcast(c: &Rule<'_>) -> Local<NodeId> {
    let Op::Broadcast { shape, axes } = c.op() else { return c.identity() };
    let rank = shape.rank() as u8;
    let stretched = |(i, (&to, &n)): (usize, (&u8, &usize))| {
        if shape[usize::from(to)] == n { to } else { rank + i as u8 }
    };
    let input: Labels = axes.iter().zip(c.shape(0).iter()).enumerate().map(stretched).collect();
    c.relabel(input, (0..rank).collect())
}

pub(crate) static RESHAPE: Row = Row::structural(
    "reshape",
    Arity::Exactly(1),
    |op, operands| match op {
        Op::Reshape(shape) if shape.checked_elements() == Some(operands[0].shape.elements()) => {
            Ok(operands[0].with_shape((**shape).clone()))
        }
        Op::Reshape(shape) => {
            let to = ExtentList(shape.iter().map(|&n| n as i64).collect());
            Err(OpError::Reshape { from: operands[0].shape.clone(), to })
        }
        _ => Ok(operands[0].clone()),
    },
    |_, operands, ty| Ok(operands[0].reshaped(&ty.shape).unwrap_or_else(|| operands[0].clone())),
    Maps::Of(&[|c| c.index(c.op(), Op::Reshape(Box::new(c.shape(0))), &[])]),
)
.lifted(|op, n| match op {
    Op::Reshape(shape) => Op::Reshape(Box::new(shape.stacked(n))),
    other => other.clone(),
});

pub(crate) static TRANSPOSE: Row = Row::structural(
    "transpose",
    Arity::Exactly(1),
    infer_transpose,
    |op, operands, _| {
        fn go<T: Element>(t: &Tensor<T>, axes: &[u8]) -> Value {
            let axes: Vec<usize> = axes.iter().map(|&a| usize::from(a)).collect();
            Value::from(t.view().permuted_axes(IxDyn(&axes)).as_standard_layout().into_owned())
        }
        let Op::Transpose(axes) = op else { return Ok(operands[0].clone()) };
        Ok(with_tensor!(operands[0], t => go(t, axes)))
    },
    Maps::Of(&[|c| {
        let Op::Transpose(axes) = c.op() else { return c.identity() };
        c.relabel((0..axes.len() as u8).collect(), axes.iter().copied().collect())
    }]),
);

fn infer_transpose(op: &Op, operands: &[&Type]) -> Result<Type, OpError> {
    let Op::Transpose(axes) = op else { return Ok(operands[0].clone()) };
    let shape = &operands[0].shape;
    let rank = shape.rank();
    check_axes(axes, rank)?;
    if axes.len() != rank {
        return Err(OpError::Permutation { rank, found: axes.len() });
    }
    Ok(operands[0].with_shape(axes.iter().map(|&a| shape[usize::from(a)]).collect::<Shape>()))
}

/// Every axis exists and none is named twice.
pub(crate) fn check_axes(axes: &[u8], rank: usize) -> Result<(), OpError> {
    for (i, &axis) in axes.iter().enumerate() {
        if usize::from(axis) >= rank {
            return Err(OpError::Axis { axis: i64::from(axis), rank });
        }
        if axes[..i].contains(&axis) {
            return Err(OpError::RepeatedAxis { axis: usize::from(axis) });
        }
    }
    Ok(())
}

/// An axis as ndarray counts it.
pub(crate) fn nd(axis: u8) -> Axis {
    Axis(usize::from(axis))
}
