//! In which order the axes of a temporary array lie in memory.
//!
//! Loops are quick along a long innermost axis. Where the last axis is short and another one is long, the long one lies
//! innermost; the rule looks at the shape alone, so all arrays of a shape agree.

use super::view::{Strides, row_major};
use smallvec::SmallVec;

/// A last axis at least this long is left where it is.
const SHORT: usize = 16;

/// Another axis has to be this long to take its place.
const LONG: usize = 32;

/// The strides of an array of this shape, if they are other than in row-major order.
pub(super) fn strides(shape: &[usize]) -> Option<Strides> {
    let (&last, outer) = shape.split_last()?;
    let (long, &extent) = outer.iter().enumerate().max_by_key(|&(i, &n)| (n, usize::MAX - i))?;
    if last >= SHORT || extent < LONG || last <= 1 {
        return None;
    }
    let order: SmallVec<[usize; 4]> = (0..shape.len()).filter(|&a| a != long).chain([long]).collect();
    let extents: SmallVec<[usize; 4]> = order.iter().map(|&a| shape[a]).collect();
    let mut strides: Strides = SmallVec::from_elem(0, shape.len());
    for (&axis, stride) in order.iter().zip(row_major(&extents)) {
        strides[axis] = stride;
    }
    Some(strides)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_axes_lie_inside_short_ones() {
        assert_eq!(strides(&[1000, 25, 10]).as_deref(), Some(&[1, 10_000, 1000][..]));
        assert_eq!(strides(&[128, 10]).as_deref(), Some(&[1, 128][..]));
        assert_eq!(strides(&[32, 10]).as_deref(), Some(&[1, 32][..]));
        assert_eq!(strides(&[31, 10]), None);
        assert_eq!(strides(&[1000, 64]), None);
        assert_eq!(strides(&[1000]), None);
        assert_eq!(strides(&[]), None);
    }
}
