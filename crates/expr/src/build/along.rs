//! The axes that a user names: all, one or several, negative ones from the end.

use crate::error::OpError;
use std::ops::RangeFull;

/// Axes of an array: `..` for all, `-1` for the last, `[0, 2]` for two of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Along {
    /// Every axis.
    All,
    /// These axes.
    Axes(Vec<i64>),
}

impl Along {
    /// The axes as an array of this rank counts them, ascending.
    ///
    /// # Errors
    /// An axis that does not exist or stands there twice.
    pub fn resolve(&self, rank: usize) -> Result<Vec<u8>, OpError> {
        match self {
            Along::All => Ok((0..rank as u8).collect()),
            Along::Axes(axes) => {
                let mut resolved: Vec<u8> =
                    axes.iter().map(|&a| resolve_axis(a, rank)).collect::<Result<_, _>>()?;
                resolved.sort_unstable();
                match resolved.windows(2).find(|w| w[0] == w[1]) {
                    Some(twice) => Err(OpError::RepeatedAxis { axis: usize::from(twice[0]) }),
                    None => Ok(resolved),
                }
            }
        }
    }
}

/// One axis, counted from the end if negative.
pub(crate) fn resolve_axis(axis: i64, rank: usize) -> Result<u8, OpError> {
    let from_start = if axis < 0 { axis.checked_add(rank as i64) } else { Some(axis) };
    match from_start {
        Some(a) if (0..rank as i64).contains(&a) => Ok(a as u8),
        _ => Err(OpError::Axis { axis, rank }),
    }
}

impl From<RangeFull> for Along {
    fn from(_: RangeFull) -> Along {
        Along::All
    }
}

impl From<i64> for Along {
    fn from(axis: i64) -> Along {
        Along::Axes(vec![axis])
    }
}

impl From<&[i64]> for Along {
    fn from(axes: &[i64]) -> Along {
        Along::Axes(axes.to_vec())
    }
}

impl<const N: usize> From<[i64; N]> for Along {
    fn from(axes: [i64; N]) -> Along {
        Along::Axes(axes.to_vec())
    }
}
