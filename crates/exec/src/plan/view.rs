//! Where the elements of a node's value lie: in the memory of some node, its root, at strides.
//!
//! Always holds: strides are in elements, one for each axis of the shape, and every element lies inside the root's memory.
//! Moving elements without touching them (broadcast, transpose, slice, flip, windows, most reshapes) only changes a view.

use smallvec::SmallVec;
use wengert_expr::{NodeId, Op, Shape};

pub(crate) type Strides = SmallVec<[isize; 4]>;

/// A view of a root's memory.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct View {
    pub(crate) root: NodeId,
    pub(crate) offset: isize,
    pub(crate) shape: Shape,
    pub(crate) strides: Strides,
}

/// The strides of an array of this shape in row-major order.
pub(crate) fn row_major(shape: &[usize]) -> Strides {
    let mut strides: Strides = SmallVec::from_elem(1, shape.len());
    for i in (1..shape.len()).rev() {
        strides[i - 1] = strides[i] * shape[i].max(1) as isize;
    }
    strides
}

impl View {
    /// All of a root's memory, in row-major order.
    pub(crate) fn whole(root: NodeId, shape: &Shape) -> View {
        View { root, offset: 0, shape: shape.clone(), strides: row_major(shape) }
    }

    /// True if the elements lie one after another in row-major order.
    pub(crate) fn is_row_major(&self) -> bool {
        is_row_major(&self.shape, &self.strides)
    }

    /// What an operation that only moves elements makes of this view; `None` if it has to touch them.
    pub(crate) fn through(&self, op: &Op) -> Option<View> {
        let (mut offset, old) = (self.offset, &self.strides);
        let (shape, strides): (Shape, Strides) = match op {
            Op::StopGradient | Op::Custom(_) => (self.shape.clone(), old.clone()),
            Op::Broadcast { shape, axes } => {
                let mut strides: Strides = SmallVec::from_elem(0, shape.rank());
                for ((&to, &stride), &extent) in axes.iter().zip(old).zip(self.shape.iter()) {
                    strides[usize::from(to)] = if extent == 1 { 0 } else { stride };
                }
                ((**shape).clone(), strides)
            }
            Op::Reshape(shape) => ((**shape).clone(), regrouped(&self.shape, old, shape)?),
            Op::Transpose(axes) => {
                let of = |f: &dyn Fn(usize) -> isize| axes.iter().map(|&a| f(usize::from(a))).collect();
                let shape = axes.iter().map(|&a| self.shape[usize::from(a)]).collect();
                (shape, of(&|a| old[a]))
            }
            Op::Slice(ranges) => {
                if ranges.iter().all(|r| r.count > 0) {
                    offset += ranges.iter().zip(old).map(|(r, s)| r.start as isize * s).sum::<isize>();
                }
                let strides = ranges.iter().zip(old).map(|(r, s)| s * r.step as isize).collect();
                (ranges.iter().map(|r| r.count).collect(), strides)
            }
            Op::Flip(axes) => {
                let mut strides = old.clone();
                for axis in axes.iter().map(|&a| usize::from(a)) {
                    offset += (self.shape[axis].max(1) - 1) as isize * old[axis];
                    strides[axis] = -old[axis];
                }
                (self.shape.clone(), strides)
            }
            Op::Patches(windows) => {
                let mut strides = old.clone();
                for w in &windows.windows {
                    strides[usize::from(w.axis)] = old[usize::from(w.axis)] * w.stride as isize;
                }
                strides
                    .extend(windows.windows.iter().map(|w| old[usize::from(w.axis)] * w.dilation as isize));
                (windows.patches(), strides)
            }
            _ => return None,
        };
        Some(View { root: self.root, offset, shape, strides })
    }
}

/// True if strides visit every element of a dense block in order.
pub(crate) fn is_row_major(shape: &[usize], strides: &[isize]) -> bool {
    if shape.contains(&0) {
        return true;
    }
    let expected = row_major(shape);
    shape.iter().zip(strides.iter().zip(&expected)).all(|(&n, (s, e))| n == 1 || s == e)
}

/// Strides for the same elements under another shape: both shapes fall into runs of axes with equal products, and inside
/// a run the old axes must lie evenly.
fn regrouped(from: &[usize], strides: &[isize], to: &[usize]) -> Option<Strides> {
    if from.contains(&0) {
        return Some(row_major(to));
    }
    let old: SmallVec<[(usize, isize); 4]> =
        from.iter().copied().zip(strides.iter().copied()).filter(|(n, _)| *n != 1).collect();
    let mut result: Strides = SmallVec::from_elem(0, to.len());
    let (mut i, mut j) = (0, 0);
    while i < old.len() {
        let (start, mut have, mut want) = (j, old[i].0, 1);
        let first = i;
        i += 1;
        loop {
            if want < have {
                want *= to[j];
                j += 1;
            } else if have < want {
                have *= old[i].0;
                i += 1;
            } else {
                break;
            }
        }
        let even = old[first..i].windows(2).all(|w| w[0].1 == w[1].1 * w[1].0 as isize);
        if !even {
            return None;
        }
        let mut stride = old[i - 1].1;
        for axis in (start..j).rev() {
            result[axis] = stride;
            stride *= to[axis] as isize;
        }
    }
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reshapes_of_dense_and_strided_arrays() {
        assert_eq!(regrouped(&[2, 6], &[6, 1], &[3, 4]).as_deref(), Some(&[4, 1][..]));
        assert_eq!(regrouped(&[4, 3], &[1, 4], &[12]), None);
        assert_eq!(regrouped(&[4, 3], &[1, 4], &[2, 2, 3, 1]).as_deref(), Some(&[2, 1, 4, 0][..]));
        assert_eq!(regrouped(&[3, 4], &[0, 0], &[2, 6]).as_deref(), Some(&[0, 0][..]));
        assert_eq!(regrouped(&[1, 1], &[7, 9], &[]).as_deref(), Some(&[][..]));
        assert_eq!(regrouped(&[0, 5], &[5, 1], &[5, 0]).as_deref(), Some(&[1, 1][..]));
    }

    #[test]
    fn a_view_knows_where_elements_went() {
        let root = NodeId::from_index(0);
        let view = View::whole(root, &Shape::new(&[3, 4]));
        let flipped = view.through(&Op::Flip([1].into())).unwrap();
        assert_eq!((flipped.offset, &flipped.strides[..]), (3, &[4, -1][..]));
        let turned = flipped.through(&Op::Transpose([1, 0].into())).unwrap();
        assert_eq!((&turned.shape[..], &turned.strides[..]), (&[4, 3][..], &[-1, 4][..]));
        assert!(turned.through(&Op::Reshape(Box::new(Shape::new(&[12])))).is_none());
        assert!(view.is_row_major() && !turned.is_row_major());
    }
}
