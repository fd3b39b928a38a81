//! Reductions, their kept forms, positions of extremes, running sums.

use super::along::{Along, resolve_axis};
use crate::expr::Expr;
use crate::op::{Extremum, Op, Reduction};
use crate::ty::{DType, Shape};

impl<'b> Expr<'b> {
    /// The sum over axes.
    #[track_caller]
    pub fn sum(self, axes: impl Into<Along>) -> Expr<'b> {
        self.reduce_along(Reduction::Sum, &axes.into(), false)
    }

    /// The product over axes.
    #[track_caller]
    pub fn prod(self, axes: impl Into<Along>) -> Expr<'b> {
        self.reduce_along(Reduction::Prod, &axes.into(), false)
    }

    /// The greatest element over axes; ties share the derivative, NaN propagates.
    #[track_caller]
    pub fn max(self, axes: impl Into<Along>) -> Expr<'b> {
        self.reduce_along(Reduction::Max, &axes.into(), false)
    }

    /// The least element over axes; ties share the derivative, NaN propagates.
    #[track_caller]
    pub fn min(self, axes: impl Into<Along>) -> Expr<'b> {
        self.reduce_along(Reduction::Min, &axes.into(), false)
    }

    /// A reduction over axes, which stay with extent 1 if `keep`.
    #[track_caller]
    pub fn reduce_along(self, reduction: Reduction, axes: &Along, keep: bool) -> Expr<'b> {
        let shape = self.shape();
        match axes.resolve(shape.rank()) {
            Ok(axes) => self.reduce(reduction, &axes).restore(&axes, &shape, keep),
            Err(error) => self.builder().fail(reduction.row().name, error, &[self]),
        }
    }

    #[track_caller]
    pub(crate) fn reduce(self, reduction: Reduction, axes: &[u8]) -> Expr<'b> {
        let x = if self.dtype() == DType::Bool { self.cast(DType::I64) } else { self };
        if axes.is_empty() { x } else { self.builder().add(Op::Reduce(reduction, axes.into()), &[x]) }
    }

    /// A reduced array, with the axes of `shape` that were reduced put back at extent 1 if `keep`.
    #[track_caller]
    pub(crate) fn restore(self, axes: &[u8], shape: &Shape, keep: bool) -> Expr<'b> {
        if !keep {
            return self;
        }
        let extent = |(i, &n): (usize, &usize)| if axes.contains(&(i as u8)) { 1 } else { n };
        self.reshape_to(&shape.iter().enumerate().map(extent).collect::<Shape>())
    }

    /// The position of the first greatest element along an axis, as `i64`.
    #[track_caller]
    pub fn argmax(self, axis: i64) -> Expr<'b> {
        self.arg(Extremum::ArgMax, axis)
    }

    /// The position of the first least element along an axis, as `i64`.
    #[track_caller]
    pub fn argmin(self, axis: i64) -> Expr<'b> {
        self.arg(Extremum::ArgMin, axis)
    }

    /// The position of an extreme element along an axis.
    #[track_caller]
    pub fn arg(self, extremum: Extremum, axis: i64) -> Expr<'b> {
        match resolve_axis(axis, self.rank()) {
            Ok(axis) => self.builder().add(Op::Arg(extremum, axis), &[self]),
            Err(error) => self.builder().fail(extremum.row().name, error, &[self]),
        }
    }

    /// Running sums along an axis, from its end if `reverse`.
    #[track_caller]
    pub fn cumsum(self, axis: i64, reverse: bool) -> Expr<'b> {
        let x = if self.dtype() == DType::Bool { self.cast(DType::I64) } else { self };
        match resolve_axis(axis, self.rank()) {
            Ok(axis) => self.builder().add(Op::Cumsum { axis, reverse }, &[x]),
            Err(error) => self.builder().fail("cumsum", error, &[self]),
        }
    }

    /// For every element the product of all others over these axes: a tree of products of logarithmic depth, without
    /// division, so right where there are zeros.
    #[track_caller]
    pub(crate) fn product_of_others(self, axes: &[u8]) -> Expr<'b> {
        let shape = self.shape();
        let free: Vec<u8> = (0..shape.rank() as u8).filter(|a| !axes.contains(a)).collect();
        let order: Vec<u8> = free.iter().chain(axes).copied().collect();
        let extent = |axes: &[u8]| axes.iter().map(|&a| shape[usize::from(a)]).product::<usize>();
        let rows = self.permute(&order).reshape_to(&[extent(&free), extent(axes)]);
        let others = others_in_rows(rows);
        let permuted: Shape = order.iter().map(|&a| shape[usize::from(a)]).collect();
        let mut back = vec![0u8; order.len()];
        for (i, &axis) in order.iter().enumerate() {
            back[usize::from(axis)] = i as u8;
        }
        others.reshape_to(&permuted).permute(&back)
    }
}

/// Pairs are multiplied up the tree; on the way down each half gets its pair's product of others times the other half.
#[track_caller]
fn others_in_rows(rows: Expr<'_>) -> Expr<'_> {
    let mut levels = Vec::new();
    let mut level = rows;
    while level.shape().get(1).is_some_and(|&n| n > 1) {
        let columns = level.shape()[1];
        let half = columns / 2;
        let (left, right) = (level.columns(0, half), level.columns(half, half));
        let pairs = left * right;
        let odd = (columns % 2 == 1).then(|| level.columns(2 * half, 1));
        level = match odd {
            Some(odd) => pairs.concatenate(&[odd], 1),
            None => pairs,
        };
        levels.push((left, right));
    }
    let top = level.shape();
    let mut others = rows.number(1.0).broadcast_to(top);
    for (left, right) in levels.into_iter().rev() {
        let half = left.shape()[1];
        let pairs = others.columns(0, half);
        let parts = [pairs * left, others.columns(half, others.shape()[1] - half)];
        others = (pairs * right).concatenate(&parts, 1);
    }
    others
}
