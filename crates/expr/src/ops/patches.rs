//! Windows of an array, of any rank, with stride and dilation; convolution and pooling are made of them.

use crate::error::{EvalError, OpError};
use crate::op::Op;
use crate::row::{Arity, Maps, Row};
use crate::ty::{DType, Shape, Type};
use crate::value::{Element, Tensor, Value};
use crate::with_tensor;
use crate::work;
use ndarray::{ArrayD, IxDyn, SliceInfoElem};

/// Windows along one axis.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Window {
    /// The axis.
    pub axis: u8,
    /// Elements in a window.
    pub size: usize,
    /// From one window to the next.
    pub stride: usize,
    /// From one element of a window to the next.
    pub dilation: usize,
}

impl Window {
    /// How many windows fit along an axis of this extent.
    pub fn count(&self, extent: usize) -> usize {
        let reach = self.size.saturating_sub(1).saturating_mul(self.dilation).saturating_add(1);
        if extent < reach { 0 } else { (extent - reach) / self.stride + 1 }
    }
}

/// Windows along several axes of an array.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Windows {
    /// One window for each windowed axis, axes ascending.
    pub windows: Vec<Window>,
    /// The shape of the array that the windows are of.
    pub shape: Shape,
}

impl Windows {
    /// The shape of all windows: counts in place of the windowed axes, then one axis of offsets for each.
    pub fn patches(&self) -> Shape {
        let counts = self.shape.iter().enumerate().map(|(axis, &n)| {
            self.windows.iter().find(|w| usize::from(w.axis) == axis).map_or(n, |w| w.count(n))
        });
        counts.chain(self.windows.iter().map(|w| w.size)).collect()
    }

    fn check(&self) -> Result<(), OpError> {
        let rank = self.shape.rank();
        for (i, w) in self.windows.iter().enumerate() {
            if usize::from(w.axis) >= rank {
                return Err(OpError::Axis { axis: i64::from(w.axis), rank });
            }
            if i > 0 && self.windows[i - 1].axis >= w.axis {
                return Err(OpError::RepeatedAxis { axis: usize::from(w.axis) });
            }
            if w.size == 0 || w.stride == 0 || w.dilation == 0 {
                return Err(OpError::Attribute(
                    "size, stride and dilation of a window are at least 1".into(),
                ));
            }
        }
        Ok(())
    }

    fn lifted(&self, n: usize) -> Box<Windows> {
        let windows = self.windows.iter().map(|w| Window { axis: w.axis + 1, ..*w }).collect();
        Box::new(Windows { windows, shape: self.shape.stacked(n) })
    }

    /// For each offset inside a window: where its elements lie in the array, and where in the patches.
    fn offsets(&self) -> impl Iterator<Item = (Vec<SliceInfoElem>, Vec<SliceInfoElem>)> + '_ {
        let sizes: Vec<usize> = self.windows.iter().map(|w| w.size).collect();
        ndarray::indices(IxDyn(&sizes)).into_iter().map(move |offset| {
            let all = SliceInfoElem::Slice { start: 0, end: None, step: 1 };
            let mut array = vec![all; self.shape.rank()];
            for (i, w) in self.windows.iter().enumerate() {
                let count = w.count(self.shape[usize::from(w.axis)]);
                let start = offset[i] * w.dilation;
                let end = if count == 0 { start } else { start + (count - 1) * w.stride + 1 };
                array[usize::from(w.axis)] = SliceInfoElem::Slice {
                    start: start as isize,
                    end: Some(end as isize),
                    step: w.stride as isize,
                };
            }
            let inner = (0..self.windows.len()).map(|i| SliceInfoElem::Index(offset[i] as isize));
            (array, std::iter::repeat_n(all, self.shape.rank()).chain(inner).collect())
        })
    }

    fn is_empty(&self) -> bool {
        self.patches().elements() == 0
    }
}

pub(crate) static PATCHES: Row = Row::structural(
    "patches",
    Arity::Exactly(1),
    |op, operands| {
        let Op::Patches(windows) = op else { return Ok(operands[0].clone()) };
        windows.check()?;
        if windows.shape != operands[0].shape {
            return Err(OpError::Broadcast { from: operands[0].shape.clone(), to: windows.shape.clone() });
        }
        Ok(operands[0].with_shape(windows.patches()))
    },
    |op, operands, ty| {
        fn go<T: Element>(t: &Tensor<T>, windows: &Windows, shape: &Shape) -> Value {
            let mut out = ArrayD::from_elem(IxDyn(shape), T::default());
            if !windows.is_empty() {
                for (array, patches) in windows.offsets() {
                    out.slice_mut(patches.as_slice()).assign(&t.slice(array.as_slice()));
                }
            }
            Value::from(out)
        }
        let Op::Patches(windows) = op else { return Ok(operands[0].clone()) };
        Ok(with_tensor!(operands[0], t => go(t, windows, &ty.shape)))
    },
    Maps::Of(&[|c| {
        let Op::Patches(windows) = c.op() else { return c.identity() };
        c.index(c.op(), Op::Overlap(windows), &[])
    }]),
)
.lifted(|op, n| match op {
    Op::Patches(windows) => Op::Patches(windows.lifted(n)),
    other => other.clone(),
});

pub(crate) static OVERLAP: Row = Row::structural(
    "overlap",
    Arity::Exactly(1),
    |op, operands| {
        let Op::Overlap(windows) = op else { return Ok(operands[0].clone()) };
        windows.check()?;
        if windows.patches() != operands[0].shape {
            return Err(OpError::Broadcast { from: operands[0].shape.clone(), to: windows.patches() });
        }
        match operands[0].dtype {
            DType::Bool => Err(OpError::DType { operand: 0, expected: "of numbers", found: DType::Bool }),
            DType::I64 | DType::F32 | DType::F64 => Ok(operands[0].with_shape(windows.shape.clone())),
        }
    },
    eval_overlap,
    Maps::Of(&[|c| {
        let Op::Overlap(windows) = c.op() else { return c.identity() };
        c.index(c.op(), Op::Patches(windows), &[])
    }]),
)
.working(work::ADDED)
.lifted(|op, n| match op {
    Op::Overlap(windows) => {
        // The stack comes first in the patches too, so the offsets' axes stay last.
        Op::Overlap(windows.lifted(n))
    }
    other => other.clone(),
});

fn eval_overlap(op: &Op, operands: &[&Value], _: &Type) -> Result<Value, EvalError> {
    fn go<T: Element>(t: &Tensor<T>, windows: &Windows, plus: impl Fn(T, T) -> T) -> Value {
        let mut out = ArrayD::from_elem(IxDyn(&windows.shape), T::default());
        if !windows.is_empty() {
            for (array, patches) in windows.offsets() {
                out.slice_mut(array.as_slice())
                    .zip_mut_with(&t.slice(patches.as_slice()), |a, &b| *a = plus(*a, b));
            }
        }
        Value::from(out)
    }
    let Op::Overlap(windows) = op else { return Ok(operands[0].clone()) };
    Ok(match operands[0] {
        Value::F32(t) => go(t, windows, |a, b| a + b),
        Value::F64(t) => go(t, windows, |a, b| a + b),
        Value::I64(t) => go(t, windows, i64::wrapping_add),
        Value::Bool(t) => Value::Bool(t.clone()),
    })
}
