//! Axes added, stretched, merged and permuted.

use super::along::{Along, resolve_axis};
use crate::error::{ExtentList, OpError};
use crate::expr::Expr;
use crate::op::{AxisList, Op};
use crate::ty::Shape;

/// The shape to which two shapes stretch, by NumPy's rule.
pub(super) fn broadcast_shape(a: &Shape, b: &Shape) -> Option<Shape> {
    let rank = a.rank().max(b.rank());
    let extent = |s: &Shape, i: usize| if i + s.rank() < rank { 1 } else { s[i + s.rank() - rank] };
    (0..rank)
        .map(|i| match (extent(a, i), extent(b, i)) {
            (n, m) if n == m || m == 1 => Some(n),
            (1, m) => Some(m),
            _ => None,
        })
        .collect()
}

impl<'b> Expr<'b> {
    /// Stretched to this shape by NumPy's rule: axes are matched from the last one, an extent of 1 repeats.
    #[track_caller]
    pub fn broadcast_to(self, shape: impl Into<Shape>) -> Expr<'b> {
        let shape = shape.into();
        let from = self.shape();
        if from == shape {
            return self;
        }
        let Some(offset) = shape.rank().checked_sub(from.rank()) else {
            return self.builder().fail("broadcast_to", OpError::Broadcast { from, to: shape }, &[self]);
        };
        let axes = (offset as u8..shape.rank() as u8).collect();
        self.broadcast_axes(shape, axes)
    }

    /// Stretched to this shape, axis `i` becoming axis `axes[i]`.
    #[track_caller]
    pub fn broadcast_axes(self, shape: Shape, axes: AxisList) -> Expr<'b> {
        if self.shape() == shape {
            return self;
        }
        self.builder().add(Op::Broadcast { shape: Box::new(shape), axes }, &[self])
    }

    /// Stretched to the shape of another.
    #[track_caller]
    pub fn broadcast_like(self, other: Expr<'b>) -> Expr<'b> {
        self.broadcast_to(other.shape())
    }

    /// Both stretched to their common shape.
    #[track_caller]
    pub(crate) fn broadcast_together(self, other: Expr<'b>) -> (Expr<'b>, Expr<'b>) {
        let (a, b) = (self.shape(), other.shape());
        if a == b {
            return (self, other);
        }
        match broadcast_shape(&a, &b) {
            Some(shape) => (self.broadcast_to(shape.clone()), other.broadcast_to(shape)),
            None => {
                let what = "shapes cannot be broadcast together";
                let error = OpError::Mismatch { what, left: self.ty(), right: other.ty() };
                let dead = self.builder().fail("broadcast", error, &[self, other]);
                (dead, dead)
            }
        }
    }

    /// A reduced array stretched back over the axes that were reduced.
    #[track_caller]
    pub fn spread(self, reduced: &[u8], shape: &Shape) -> Expr<'b> {
        let axes = (0..shape.rank() as u8).filter(|a| !reduced.contains(a)).collect();
        self.broadcast_axes(shape.clone(), axes)
    }

    /// The same elements under another shape; one extent may be -1, to be inferred.
    #[track_caller]
    pub fn reshape(self, extents: &[i64]) -> Expr<'b> {
        let from = self.shape();
        match resolve_extents(&from, extents) {
            Some(shape) => self.reshape_to(&shape),
            None => {
                let error = OpError::Reshape { from, to: ExtentList(extents.to_vec()) };
                self.builder().fail("reshape", error, &[self])
            }
        }
    }

    /// The same elements under this shape.
    #[track_caller]
    pub fn reshape_to(self, shape: &[usize]) -> Expr<'b> {
        if *self.shape() == *shape {
            return self;
        }
        self.builder().add(Op::Reshape(Box::new(Shape::new(shape))), &[self])
    }

    /// Axes in another order: axis `i` of the result is axis `axes[i]`.
    #[track_caller]
    pub fn transpose(self, axes: &[i64]) -> Expr<'b> {
        let rank = self.rank();
        match axes.iter().map(|&a| resolve_axis(a, rank)).collect::<Result<Vec<u8>, _>>() {
            Ok(axes) => self.permute(&axes),
            Err(error) => self.builder().fail("transpose", error, &[self]),
        }
    }

    /// Axes in another order.
    #[track_caller]
    pub(crate) fn permute(self, axes: &[u8]) -> Expr<'b> {
        let identity = axes.iter().enumerate().all(|(i, &a)| i == usize::from(a));
        if identity && axes.len() == self.rank() {
            return self;
        }
        self.builder().add(Op::Transpose(axes.into()), &[self])
    }

    /// All axes in reverse order.
    #[track_caller]
    pub fn t(self) -> Expr<'b> {
        let axes: Vec<u8> = (0..self.rank() as u8).rev().collect();
        self.permute(&axes)
    }

    /// A new axis of extent 1 before the axis `axis` of the result.
    #[track_caller]
    pub fn expand_dims(self, axis: i64) -> Expr<'b> {
        let shape = self.shape();
        match resolve_axis(axis, shape.rank() + 1) {
            Ok(axis) => {
                let mut extents = shape.to_vec();
                extents.insert(usize::from(axis), 1);
                self.reshape_to(&extents)
            }
            Err(error) => self.builder().fail("expand_dims", error, &[self]),
        }
    }

    /// Without these axes of extent 1; `..` drops every one.
    #[track_caller]
    pub fn squeeze(self, axes: impl Into<Along>) -> Expr<'b> {
        let shape = self.shape();
        let axes = match axes.into() {
            Along::All => Ok((0..shape.rank() as u8).filter(|&a| shape[usize::from(a)] == 1).collect()),
            along => along.resolve(shape.rank()),
        };
        let axes = match axes {
            Ok(axes) => axes,
            Err(error) => return self.builder().fail("squeeze", error, &[self]),
        };
        if let Some(&axis) = axes.iter().find(|&&a| shape[usize::from(a)] != 1) {
            let error =
                OpError::Attribute(format!("axis {axis} has extent {}, not 1", shape[usize::from(axis)]));
            return self.builder().fail("squeeze", error, &[self]);
        }
        let axes: Vec<usize> = axes.into_iter().map(usize::from).collect();
        self.reshape_to(&shape.without(&axes))
    }
}

fn resolve_extents(from: &Shape, extents: &[i64]) -> Option<Shape> {
    let known = extents.iter().filter(|&&n| n != -1);
    let known: usize = known.map(|&n| usize::try_from(n).ok()).try_fold(1usize, |a, n| a.checked_mul(n?))?;
    let inferred = match extents.iter().filter(|&&n| n == -1).count() {
        0 => 0,
        1 if known > 0 && from.elements().is_multiple_of(known) => from.elements() / known,
        _ => return None,
    };
    let shape: Shape = extents.iter().map(|&n| if n == -1 { inferred } else { n as usize }).collect();
    (shape.checked_elements() == Some(from.elements())).then_some(shape)
}
