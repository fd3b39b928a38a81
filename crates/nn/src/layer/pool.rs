//! Windows along one axis or two, each brought to one number for each channel.

use super::window::{Padding, Windows};
use super::{Misfit, Own, Rule};
use serde::{Deserialize, Serialize};
use wengert_expr::Expr;

/// The greatest number of each window over samples `[length, channels]`.
pub type MaxPool1d = Pool<1, true>;
/// The greatest number of each window over samples `[height, width, channels]`.
pub type MaxPool2d = Pool<2, true>;
/// The mean of each window over samples `[length, channels]`.
pub type AveragePool1d = Pool<1, false>;
/// The mean of each window over samples `[height, width, channels]`.
pub type AveragePool2d = Pool<2, false>;

/// The greatest number, or the mean, of each window. Equal greatest ones share the slope. Padding is never the greatest, and
/// counts as zeros in a mean.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pool<const AXES: usize, const MAX: bool> {
    /// The extent of a window along each axis.
    pub size: usize,
    /// From one window to the next; the extent of a window unless told, so that they do not overlap.
    pub stride: Option<usize>,
    /// What stands around the samples.
    #[serde(default)]
    pub padding: Padding,
}

impl<const AXES: usize, const MAX: bool> Pool<AXES, MAX> {
    /// Windows of this extent that do not overlap.
    pub fn new(size: usize) -> Pool<AXES, MAX> {
        Pool { size, stride: None, padding: Padding::Valid }
    }
}

impl<const AXES: usize, const MAX: bool> Rule for Pool<AXES, MAX> {
    #[track_caller]
    fn apply<'b>(&self, x: Expr<'b>, _: &mut Own<'_, 'b>) -> Result<Expr<'b>, Misfit> {
        let Pool { size, stride, padding } = *self;
        let windows = Windows { size, stride: stride.unwrap_or(size), dilation: 1, padding };
        let outside = if MAX { f64::NEG_INFINITY } else { 0.0 };
        let (parts, inside) = windows.parted(x, AXES, outside)?;
        Ok(if MAX { parts.max(&inside[..]) } else { parts.mean(&inside[..]) })
    }
}
