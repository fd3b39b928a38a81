//! Windows that move over the inner axes of a batch `[samples, extents.., channels]`: what convolution and pooling share.

use super::misfit::{Misfit, allowed};
use serde::{Deserialize, Serialize};
use wengert_expr::{Expr, Window};

/// What stands around a batch where windows move over it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Padding {
    /// Nothing: only whole windows.
    #[default]
    Valid,
    /// As much as makes `ceil(extent / stride)` windows, half of it on either side, the odd one behind.
    Same,
}

/// Windows of one size along each moving axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Windows {
    pub(super) size: usize,
    pub(super) stride: usize,
    pub(super) dilation: usize,
    pub(super) padding: Padding,
}

impl Windows {
    /// All windows along `axes` inner axes of a batch, what is outside of it being `fill`: `[samples, windows.., channels,
    /// size..]`.
    #[track_caller]
    pub(super) fn of<'b>(&self, x: Expr<'b>, axes: usize, fill: f64) -> Result<Expr<'b>, Misfit> {
        for (key, n) in [("size", self.size), ("stride", self.stride), ("dilation", self.dilation)] {
            allowed((1..=crate::model::MAX_UNITS).contains(&n), key, n, "1 or more, within reason")?;
        }
        let shape = x.shape();
        if shape.rank() != axes + 2 {
            let expected = if axes == 1 { "[length, channels]" } else { "[height, width, channels]" };
            return Err(Misfit::shape(format!("{expected} (a reshape in front gives it)"), &shape));
        }
        let reach = (self.size - 1) * self.dilation + 1;
        let mut around = vec![(0, 0, 0); shape.rank()];
        for axis in 1..=axes {
            let extent = shape[axis];
            let more = match self.padding {
                Padding::Valid => 0,
                Padding::Same => (extent.div_ceil(self.stride).saturating_sub(1) * self.stride + reach)
                    .saturating_sub(extent),
            };
            if extent + more < reach {
                return Err(Misfit::Window { reach, extent: extent + more });
            }
            around[axis] = ((more / 2) as i64, more.div_ceil(2) as i64, 0);
        }
        let padded = match (around.iter().all(|&a| a == (0, 0, 0)), fill == 0.0) {
            (true, _) => x,
            (false, true) => x.pad(&around),
            (false, false) => x.pad_with(&around, x.number(fill)),
        };
        let window =
            |axis| Window { axis: axis as u8, size: self.size, stride: self.stride, dilation: self.dilation };
        Ok(padded.patches(&(1..=axes).map(window).collect::<Vec<_>>()))
    }
}

/// 1, which serde asks for by name.
pub(super) fn one() -> usize {
    1
}
