//! Elements chosen and put by position: slices, padding, concatenation, reversal.

use super::shape::{check_axes, nd};
use crate::error::{EvalError, OpError};
use crate::graph::NodeId;
use crate::map::Local;
use crate::op::Op;
use crate::row::{Arity, Maps, Row};
use crate::rule::Rule;
use crate::ty::{Shape, Type};
use crate::value::{Element, Tensor, Value};
use crate::with_tensor;
use ndarray::{ArrayD, IxDyn, Slice, SliceInfoElem};

/// The positions `start, start + step, ...`, `count` of them, along one axis.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Range {
    /// The first position.
    pub start: usize,
    /// How many.
    pub count: usize,
    /// From one to the next, at least 1.
    pub step: usize,
}

impl Range {
    /// All positions of an axis.
    pub fn all(extent: usize) -> Range {
        Range { start: 0, count: extent, step: 1 }
    }

    /// One past the last position.
    fn end(self) -> usize {
        if self.count == 0 { self.start } else { self.start + (self.count - 1) * self.step + 1 }
    }
}

/// Zeros put along one axis.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Padding {
    /// Before the first element.
    pub low: usize,
    /// After the last element.
    pub high: usize,
    /// Between neighbours.
    pub interior: usize,
}

impl Padding {
    /// The extent that `n` entries have after padding, if it fits.
    fn extent(self, n: usize) -> Option<usize> {
        let gaps = n.saturating_sub(1).checked_mul(self.interior)?;
        n.checked_add(gaps)?.checked_add(self.low)?.checked_add(self.high)
    }

    fn range(self, n: usize) -> Range {
        Range { start: self.low, count: n, step: self.interior + 1 }
    }
}

pub(crate) static SLICE: Row =
    Row::structural("slice", Arity::Exactly(1), infer_slice, eval_slice, Maps::Of(&[derive_slice])).lifted(
        |op, n| match op {
            Op::Slice(ranges) => {
                Op::Slice(std::iter::once(Range::all(n)).chain(ranges.iter().copied()).collect())
            }
            other => other.clone(),
        },
    );

fn infer_slice(op: &Op, operands: &[&Type]) -> Result<Type, OpError> {
    let Op::Slice(ranges) = op else { return Ok(operands[0].clone()) };
    let shape = &operands[0].shape;
    if ranges.len() != shape.rank() {
        return Err(OpError::Permutation { rank: shape.rank(), found: ranges.len() });
    }
    for (axis, (range, &extent)) in ranges.iter().zip(shape.iter()).enumerate() {
        if range.step == 0 || range.end() > extent {
            return Err(OpError::Index { index: range.end() as i64 - 1, axis, extent });
        }
    }
    Ok(operands[0].with_shape(ranges.iter().map(|r| r.count).collect::<Shape>()))
}

fn nd_slice(range: &Range) -> SliceInfoElem {
    SliceInfoElem::Slice {
        start: range.start as isize,
        end: Some(range.end() as isize),
        step: range.step as isize,
    }
}

fn eval_slice(op: &Op, operands: &[&Value], _: &Type) -> Result<Value, EvalError> {
    fn go<T: Element>(t: &Tensor<T>, ranges: &[Range]) -> Value {
        let info: Vec<SliceInfoElem> = ranges.iter().map(nd_slice).collect();
        Value::from(t.slice(info.as_slice()).as_standard_layout().into_owned())
    }
    let Op::Slice(ranges) = op else { return Ok(operands[0].clone()) };
    Ok(with_tensor!(operands[0], t => go(t, ranges)))
}

fn derive_slice(c: &Rule<'_>) -> Local<NodeId> {
    let Op::Slice(ranges) = c.op() else { return c.identity() };
    let shape = c.shape(0);
    let paddings = ranges.iter().zip(shape.iter()).map(|(range, &extent)| Padding {
        low: range.start,
        high: extent - range.end(),
        interior: range.step - 1,
    });
    c.index(c.op(), Op::Pad(paddings.collect()), &[])
}

pub(crate) static PAD: Row =
    Row::structural("pad", Arity::Exactly(1), infer_pad, eval_pad, Maps::Of(&[derive_pad])).lifted(
        |op, _| match op {
            Op::Pad(paddings) => {
                Op::Pad(std::iter::once(Padding::default()).chain(paddings.iter().copied()).collect())
            }
            other => other.clone(),
        },
    );

fn infer_pad(op: &Op, operands: &[&Type]) -> Result<Type, OpError> {
    let Op::Pad(paddings) = op else { return Ok(operands[0].clone()) };
    let shape = &operands[0].shape;
    if paddings.len() != shape.rank() {
        return Err(OpError::Permutation { rank: shape.rank(), found: paddings.len() });
    }
    let padded: Option<Shape> = paddings.iter().zip(shape.iter()).map(|(p, &n)| p.extent(n)).collect();
    padded.map(|s| operands[0].with_shape(s)).ok_or_else(|| OpError::TooLarge { shape: shape.clone() })
}

fn eval_pad(op: &Op, operands: &[&Value], ty: &Type) -> Result<Value, EvalError> {
    fn go<T: Element>(t: &Tensor<T>, paddings: &[Padding], shape: &Shape) -> Value {
        let mut out = ArrayD::from_elem(IxDyn(shape), T::default());
        let ranges = paddings.iter().zip(t.shape()).map(|(p, &n)| nd_slice(&p.range(n)));
        out.slice_mut(ranges.collect::<Vec<_>>().as_slice()).assign(t);
        Value::from(out)
    }
    let Op::Pad(paddings) = op else { return Ok(operands[0].clone()) };
    Ok(with_tensor!(operands[0], t => go(t, paddings, &ty.shape)))
}

fn derive_pad(c: &Rule<'_>) -> Local<NodeId> {
    let Op::Pad(paddings) = c.op() else { return c.identity() };
    let shape = c.shape(0);
    let ranges = paddings.iter().zip(shape.iter()).map(|(p, &n)| p.range(n));
    c.index(c.op(), Op::Slice(ranges.collect()), &[])
}

pub(crate) static CONCATENATE: Row = Row::structural(
    "concatenate",
    Arity::AtLeast(1),
    infer_concatenate,
    eval_concatenate,
    Maps::Each(derive_concatenate),
);

fn infer_concatenate(op: &Op, operands: &[&Type]) -> Result<Type, OpError> {
    let Op::Concatenate(axis) = op else { return Ok(operands[0].clone()) };
    let first = operands[0];
    check_axes(&[*axis], first.shape.rank())?;
    let axis = usize::from(*axis);
    let mut extent = 0usize;
    for ty in operands {
        if ty.dtype != first.dtype
            || ty.shape.rank() != first.shape.rank()
            || ty.shape.without(&[axis]) != first.shape.without(&[axis])
        {
            let what = "arrays put together must agree in dtype and in all other axes";
            return Err(OpError::Mismatch { what, left: first.clone(), right: (*ty).clone() });
        }
        extent = extent
            .checked_add(ty.shape[axis])
            .ok_or_else(|| OpError::TooLarge { shape: ty.shape.clone() })?;
    }
    let joined = first.shape.iter().enumerate().map(|(i, &n)| if i == axis { extent } else { n });
    Ok(first.with_shape(joined.collect::<Shape>()))
}

fn eval_concatenate(op: &Op, operands: &[&Value], ty: &Type) -> Result<Value, EvalError> {
    fn go<T: Element>(_: &Tensor<T>, operands: &[&Value], axis: u8, shape: &Shape) -> Value {
        let mut out = ArrayD::from_elem(IxDyn(shape), T::default());
        let mut start = 0;
        for t in operands.iter().filter_map(|v| T::unwrap(v)) {
            let end = start + t.shape()[usize::from(axis)];
            out.slice_axis_mut(nd(axis), Slice::from(start..end)).assign(t);
            start = end;
        }
        Value::from(out)
    }
    let Op::Concatenate(axis) = op else { return Ok(operands[0].clone()) };
    Ok(with_tensor!(operands[0], t => go(t, operands, *axis, &ty.shape)))
}

/// Each operand is padded to the whole; backwards it is sliced out.
fn derive_concatenate(c: &Rule<'_>) -> Local<NodeId> {
    let Op::Concatenate(axis) = c.op() else { return c.identity() };
    let axis = usize::from(axis);
    let shape = c.shape(c.operand());
    let before: usize = (0..c.operand()).map(|i| c.shape(i)[axis]).sum();
    let whole = c.y().shape()[axis];
    let mut paddings = vec![Padding::default(); shape.rank()];
    paddings[axis] = Padding { low: before, high: whole - before - shape[axis], interior: 0 };
    let ranges = paddings.iter().zip(shape.iter()).map(|(p, &n)| p.range(n)).collect();
    c.index(Op::Pad(paddings.into()), Op::Slice(ranges), &[])
}

pub(crate) static FLIP: Row = Row::structural(
    "flip",
    Arity::Exactly(1),
    |op, operands| {
        if let Op::Flip(axes) = op {
            check_axes(axes, operands[0].shape.rank())?;
        }
        Ok(operands[0].clone())
    },
    |op, operands, _| {
        fn go<T: Element>(t: &Tensor<T>, axes: &[u8]) -> Value {
            let mut view = t.view();
            for &axis in axes {
                view.invert_axis(nd(axis));
            }
            Value::from(view.as_standard_layout().into_owned())
        }
        let Op::Flip(axes) = op else { return Ok(operands[0].clone()) };
        Ok(with_tensor!(operands[0], t => go(t, axes)))
    },
    Maps::Of(&[|c| c.index(c.op(), c.op(), &[])]),
)
.lifted(|op, _| match op {
    Op::Flip(axes) => Op::Flip(axes.iter().map(|a| a + 1).collect()),
    other => other.clone(),
});
