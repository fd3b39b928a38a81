//! The general product: batch axes side by side, contracting axes multiplied and summed.

use super::shape::check_axes;
use crate::error::{EvalError, OpError};
use crate::graph::NodeId;
use crate::map::{Labels, Local};
use crate::op::{AxisList, Op};
use crate::row::{Arity, Maps, Row};
use crate::rule::Rule;
use crate::ty::{DType, Shape, Type};
use crate::value::{Element, Tensor, Value};
use crate::work::Work;
use ndarray::{ArcArray, ArrayD, Axis, Ix3, IxDyn, LinalgScalar};
use std::num::Wrapping;

/// Which axes of two operands belong together. The result has the batch axes, then the free axes of the left operand,
/// then those of the right one.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct DotAxes {
    /// Batch axes of the left operand and of the right one, pairwise.
    pub batch: (AxisList, AxisList),
    /// Contracting axes of the left operand and of the right one, pairwise.
    pub contract: (AxisList, AxisList),
}

impl DotAxes {
    fn free(rank: usize, batch: &[u8], contract: &[u8]) -> Vec<u8> {
        (0..rank as u8).filter(|a| !batch.contains(a) && !contract.contains(a)).collect()
    }

    /// Labels of the left operand, the right one and the result.
    fn labels(&self, left_rank: usize, right_rank: usize) -> (Labels, Labels, Labels) {
        let left: Labels = (0..left_rank as u8).collect();
        let mut right: Labels = (0..right_rank as u8).map(|i| left_rank as u8 + i).collect();
        let pairs =
            self.batch.0.iter().zip(&self.batch.1).chain(self.contract.0.iter().zip(&self.contract.1));
        for (&l, &r) in pairs {
            right[usize::from(r)] = l;
        }
        let free_left = Self::free(left_rank, &self.batch.0, &self.contract.0);
        let free_right = Self::free(right_rank, &self.batch.1, &self.contract.1);
        let output = self.batch.0.iter().copied().chain(free_left);
        let output = output.chain(free_right.into_iter().map(|r| left_rank as u8 + r)).collect();
        (left, right, output)
    }
}

pub(crate) static DOT: Row = Row::structural(
    "dot_general",
    Arity::Exactly(2),
    infer_dot,
    eval_dot,
    Maps::Of(&[|c| derive_dot(c, 0), |c| derive_dot(c, 1)]),
)
.working(|op, operands, to| {
    let Op::Dot(axes) = op else { return Work::default() };
    let left = operands[0];
    let depth = axes.contract.0.iter().map(|&a| left.shape[usize::from(a)] as u64).product::<u64>();
    let results = to.shape.elements() as u64;
    let sums = results.saturating_mul(depth.saturating_sub(1));
    Work { products: results.saturating_mul(depth), sums, calls: 0 }
});

fn derive_dot(c: &Rule<'_>, operand: usize) -> Local<NodeId> {
    let Op::Dot(axes) = c.op() else { return c.identity() };
    let (left, right, output) = axes.labels(c.shape(0).rank(), c.shape(1).rank());
    if operand == 0 { c.einsum(left, c.x(1), right, output) } else { c.einsum(right, c.x(0), left, output) }
}

fn infer_dot(op: &Op, operands: &[&Type]) -> Result<Type, OpError> {
    let Op::Dot(axes) = op else { return Ok(operands[0].clone()) };
    let (left, right) = (operands[0], operands[1]);
    let misfit = |what| OpError::Mismatch { what, left: left.clone(), right: right.clone() };
    if left.dtype != right.dtype {
        return Err(misfit("factors must have the same dtype"));
    }
    if left.dtype == DType::Bool {
        return Err(OpError::DType { operand: 0, expected: "of numbers", found: DType::Bool });
    }
    check_axes(&[&*axes.batch.0, &*axes.contract.0].concat(), left.shape.rank())?;
    check_axes(&[&*axes.batch.1, &*axes.contract.1].concat(), right.shape.rank())?;
    let agree = |(l, r): (&AxisList, &AxisList)| {
        l.len() == r.len()
            && l.iter().zip(r).all(|(&l, &r)| left.shape[usize::from(l)] == right.shape[usize::from(r)])
    };
    if !agree((&axes.contract.0, &axes.contract.1)) {
        return Err(misfit("contracting axes must have the same extents"));
    }
    if !agree((&axes.batch.0, &axes.batch.1)) {
        return Err(misfit("batch axes must have the same extents"));
    }
    let (left_labels, right_labels, output) = axes.labels(left.shape.rank(), right.shape.rank());
    let extent = |label: &u8| match left_labels.iter().position(|l| l == label) {
        Some(i) => left.shape[i],
        None => right_labels.iter().position(|l| l == label).map_or(1, |i| right.shape[i]),
    };
    Ok(left.with_shape(output.iter().map(extent).collect::<Shape>()))
}

fn eval_dot(op: &Op, operands: &[&Value], ty: &Type) -> Result<Value, EvalError> {
    let Op::Dot(axes) = op else { return Ok(operands[0].clone()) };
    Ok(match (operands[0], operands[1]) {
        (Value::F32(a), Value::F32(b)) => product(a, b, axes, &ty.shape),
        (Value::F64(a), Value::F64(b)) => product(a, b, axes, &ty.shape),
        (Value::I64(a), Value::I64(b)) => {
            // Integers wrap, as they do element by element.
            let wrapping = |t: &Tensor<i64>| t.mapv(Wrapping).into_shared();
            Value::from(contracted(&wrapping(a), &wrapping(b), axes, &ty.shape).mapv(|x| x.0))
        }
        (Value::Bool(_) | Value::F32(_) | Value::F64(_) | Value::I64(_), _) => Value::zeros(ty),
    })
}

fn product<T: Element + LinalgScalar>(a: &Tensor<T>, b: &Tensor<T>, axes: &DotAxes, shape: &Shape) -> Value {
    Value::from(contracted(a, b, axes, shape))
}

fn contracted<T: LinalgScalar>(
    a: &ArcArray<T, IxDyn>,
    b: &ArcArray<T, IxDyn>,
    axes: &DotAxes,
    shape: &Shape,
) -> ArrayD<T> {
    let free_left = DotAxes::free(a.ndim(), &axes.batch.0, &axes.contract.0);
    let free_right = DotAxes::free(b.ndim(), &axes.batch.1, &axes.contract.1);
    let left = matrices(a, [&axes.batch.0, &free_left, &axes.contract.0]);
    let right = matrices(b, [&axes.batch.1, &axes.contract.1, &free_right]);
    let (batch, rows, columns) = (left.shape()[0], left.shape()[1], right.shape()[2]);
    let mut out = ndarray::Array3::<T>::zeros((batch, rows, columns));
    for i in 0..batch {
        let (left, right) = (left.index_axis(Axis(0), i), right.index_axis(Axis(0), i));
        ndarray::linalg::general_mat_mul(
            T::one(),
            &left,
            &right,
            T::zero(),
            &mut out.index_axis_mut(Axis(0), i),
        );
    }
    out.into_dyn().into_shape_with_order(IxDyn(shape)).expect("the type rule gave this shape")
}

/// The array with its axes in three groups, each merged into one.
fn matrices<'t, T: Clone>(t: &'t ArcArray<T, IxDyn>, groups: [&[u8]; 3]) -> ndarray::CowArray<'t, T, Ix3> {
    let order: Vec<usize> = groups.concat().into_iter().map(usize::from).collect();
    let merged = groups.map(|g| g.iter().map(|&a| t.shape()[usize::from(a)]).product::<usize>());
    let permuted = t.view().permuted_axes(IxDyn(&order));
    // A plain matrix, transposed or not, goes to the product as it lies; anything else is copied into order.
    if groups.iter().all(|g| g.len() <= 1) {
        let mut view = permuted;
        for (i, group) in groups.iter().enumerate() {
            if group.is_empty() {
                view.insert_axis_inplace(Axis(i));
            }
        }
        if let Ok(view) = view.into_dimensionality::<Ix3>() {
            return view.into();
        }
    }
    let copied = t.view().permuted_axes(IxDyn(&order)).as_standard_layout().into_owned();
    copied.into_shape_with_order(merged).expect("merging keeps the number of elements").into()
}
