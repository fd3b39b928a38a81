//! Elements chosen and put by position.

use super::along::{Along, resolve_axis};
use crate::builder::Builder;
use crate::error::OpError;
use crate::expr::Expr;
use crate::op::{Op, Padding, Range, Window, Windows};
use crate::ty::{DType, Shape};

impl Builder {
    /// 0, 1, 2, ... along one axis of a shape, the same along the others.
    #[track_caller]
    pub fn iota(&self, shape: impl Into<Shape>, axis: i64, dtype: DType) -> Expr<'_> {
        let shape = shape.into();
        match resolve_axis(axis, shape.rank()) {
            Ok(axis) => self.add(Op::Iota { shape: Box::new(shape), axis, dtype }, &[]),
            Err(error) => self.fail("iota", error, &[]),
        }
    }
}

impl<'b> Expr<'b> {
    /// Some positions along every axis.
    #[track_caller]
    pub fn slice(self, ranges: &[Range]) -> Expr<'b> {
        let shape = self.shape();
        if ranges.len() == shape.rank() && ranges.iter().zip(shape.iter()).all(|(r, &n)| *r == Range::all(n))
        {
            return self;
        }
        self.builder().add(Op::Slice(ranges.into()), &[self])
    }

    /// Columns `start..start + count` of a matrix.
    #[track_caller]
    pub(crate) fn columns(self, start: usize, count: usize) -> Expr<'b> {
        let rows = self.shape().first().copied().unwrap_or(0);
        self.slice(&[Range::all(rows), Range { start, count, step: 1 }])
    }

    /// The entry at a fixed position along an axis, which goes away; negative positions count from the end.
    #[track_caller]
    pub fn entry(self, axis: i64, index: i64) -> Expr<'b> {
        let shape = self.shape();
        let axis = match resolve_axis(axis, shape.rank()) {
            Ok(axis) => usize::from(axis),
            Err(error) => return self.builder().fail("index", error, &[self]),
        };
        let extent = shape[axis];
        let from_start = if index < 0 { index.saturating_add(extent as i64) } else { index };
        if !(0..extent as i64).contains(&from_start) {
            return self.builder().fail("index", OpError::Index { index, axis, extent }, &[self]);
        }
        let mut ranges: Vec<Range> = shape.iter().map(|&n| Range::all(n)).collect();
        ranges[axis] = Range { start: from_start as usize, count: 1, step: 1 };
        self.slice(&ranges).reshape_to(&shape.without(&[axis]))
    }

    /// Zeros before and after, and `interior` of them between neighbours, for each axis; a negative number crops.
    #[track_caller]
    pub fn pad(self, paddings: &[(i64, i64, usize)]) -> Expr<'b> {
        let shape = self.shape();
        if paddings.len() != shape.rank() {
            let error = OpError::Permutation { rank: shape.rank(), found: paddings.len() };
            return self.builder().fail("pad", error, &[self]);
        }
        let grow = |n: i64| usize::try_from(n).unwrap_or(0);
        let wide: Vec<Padding> = paddings
            .iter()
            .map(|&(low, high, interior)| Padding { low: grow(low), high: grow(high), interior })
            .collect();
        let padded = match wide.iter().all(|p| *p == Padding::default()) {
            true => self,
            false => self.builder().add(Op::Pad(wide.into()), &[self]),
        };
        let extents = padded.shape();
        let crops = paddings.iter().zip(extents.iter()).map(|(&(low, high, _), &n)| {
            let (low, high) = (grow(low.saturating_neg()), grow(high.saturating_neg()));
            let count = n.saturating_sub(low.saturating_add(high));
            Range { start: low.min(n), count, step: 1 }
        });
        let crops: Vec<Range> = crops.collect();
        if padded.is_dead() { padded } else { padded.slice(&crops) }
    }

    /// As [`Expr::pad`], with another value than zero outside.
    #[track_caller]
    pub fn pad_with(self, paddings: &[(i64, i64, usize)], fill: Expr<'b>) -> Expr<'b> {
        let inside = self.builder().constant(true).broadcast_to(self.shape()).pad(paddings);
        inside.select(self.pad(paddings), fill)
    }

    /// This array and others, one after another along an axis.
    #[track_caller]
    pub fn concatenate(self, others: &[Expr<'b>], axis: i64) -> Expr<'b> {
        let dtype = others.iter().map(|e| e.dtype()).fold(self.dtype(), DType::max);
        let mut parts: Vec<Expr<'b>> = std::iter::once(self).chain(others.iter().copied()).collect();
        for part in &mut parts {
            *part = part.cast(dtype);
        }
        match resolve_axis(axis, self.rank()) {
            Ok(_) if parts.len() == 1 => parts[0],
            Ok(axis) => self.builder().add(Op::Concatenate(axis), &parts),
            Err(error) => self.builder().fail("concatenate", error, &parts),
        }
    }

    /// This array and others of its shape, along a new axis.
    #[track_caller]
    pub fn stack(self, others: &[Expr<'b>], axis: i64) -> Expr<'b> {
        let mut others = others.to_vec();
        for other in &mut others {
            *other = other.expand_dims(axis);
        }
        self.expand_dims(axis).concatenate(&others, axis)
    }

    /// The order along some axes turned round.
    #[track_caller]
    pub fn flip(self, axes: impl Into<Along>) -> Expr<'b> {
        match axes.into().resolve(self.rank()) {
            Ok(axes) if axes.is_empty() => self,
            Ok(axes) => self.builder().add(Op::Flip(axes.into()), &[self]),
            Err(error) => self.builder().fail("flip", error, &[self]),
        }
    }

    /// Entries along an axis at positions that are data; the positions' axes take the axis' place.
    #[track_caller]
    pub fn take(self, positions: Expr<'b>, axis: i64) -> Expr<'b> {
        match resolve_axis(axis, self.rank()) {
            Ok(axis) => self.builder().add(Op::Gather(axis), &[self, positions]),
            Err(error) => self.builder().fail("take", error, &[self, positions]),
        }
    }

    /// For every position the element of its own row: `positions` has this array's shape but for the axis.
    #[track_caller]
    pub fn take_along_axis(self, positions: Expr<'b>, axis: i64) -> Expr<'b> {
        let (shape, wanted) = (self.shape(), positions.shape());
        let axis = match resolve_axis(axis, shape.rank()) {
            Ok(axis) => usize::from(axis),
            Err(error) => return self.builder().fail("take_along_axis", error, &[self, positions]),
        };
        if shape.rank() != wanted.rank() || shape.without(&[axis]) != wanted.without(&[axis]) {
            let what = "positions must have the array's shape but for the axis";
            let error = OpError::Mismatch { what, left: self.ty(), right: positions.ty() };
            return self.builder().fail("take_along_axis", error, &[self, positions]);
        }
        let b = self.builder();
        let extent = b.constant(shape[axis] as i64);
        let from_start = positions.less(b.constant(0i64)).select(positions + extent, positions);
        let outside = from_start.less(b.constant(0i64)).logical_or(from_start.greater_equal(extent));
        let stride = |a: usize| shape[a + 1..].iter().product::<usize>() as i64;
        let mut flat = b.constant(0i64);
        for a in 0..shape.rank() {
            let index = if a == axis { from_start } else { b.iota(wanted.clone(), a as i64, DType::I64) };
            flat = flat + index * b.constant(stride(a));
        }
        // A position outside its own axis must not find a neighbour's element: it stays outside of the flat array.
        let flat = outside.select(b.constant(i64::MAX), flat);
        self.reshape(&[-1]).take(flat, 0)
    }

    /// This array with entries added at positions along an axis; positions that occur twice add up.
    #[track_caller]
    pub fn scatter_add(self, positions: Expr<'b>, updates: Expr<'b>, axis: i64) -> Expr<'b> {
        let shape = self.shape();
        match resolve_axis(axis, shape.rank()) {
            Ok(axis) => {
                let extent = shape[usize::from(axis)];
                let updates = updates.cast(self.dtype());
                self + self.builder().add(Op::ScatterAdd { axis, extent }, &[updates, positions])
            }
            Err(error) => self.builder().fail("scatter_add", error, &[self, positions, updates]),
        }
    }

    /// Every window of the array, one axis of offsets appended for each window. Pad first for padding.
    #[track_caller]
    pub fn patches(self, windows: &[Window]) -> Expr<'b> {
        let windows = Windows { windows: windows.to_vec(), shape: self.shape() };
        self.builder().add(Op::Patches(Box::new(windows)), &[self])
    }
}
