//! Windows that move over the inner axes of a batch `[samples, extents.., channels]`: what convolution and pooling share.

use super::misfit::{Misfit, allowed};
use serde::{Deserialize, Serialize};
use wengert_expr::{Expr, Range, Window};

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
        let padded = self.padded(x, axes, fill)?;
        let window =
            |axis| Window { axis: axis as u8, size: self.size, stride: self.stride, dilation: self.dilation };
        Ok(padded.patches(&(1..=axes).map(window).collect::<Vec<_>>()))
    }

    /// The same windows in an order that suits them, with the axes along each. Those that lie side by side need not be moved:
    /// they part the axes, `[samples, windows, size, .., channels]`.
    #[track_caller]
    pub(super) fn parted<'b>(
        &self,
        x: Expr<'b>,
        axes: usize,
        fill: f64,
    ) -> Result<(Expr<'b>, Vec<i64>), Misfit> {
        if self.stride != self.size || self.dilation != 1 {
            return Ok((self.of(x, axes, fill)?, (1..=axes as i64).map(|axis| -axis).collect()));
        }
        let padded = self.padded(x, axes, fill)?;
        let shape = padded.shape();
        let whole = |axis: usize| shape[axis] / self.size;
        let ranges = (0..shape.rank()).map(|axis| {
            let count = if (1..=axes).contains(&axis) { whole(axis) * self.size } else { shape[axis] };
            Range { start: 0, count, step: 1 }
        });
        let mut parts = vec![shape[0]];
        parts.extend((1..=axes).flat_map(|axis| [whole(axis), self.size]));
        parts.push(shape[axes + 1]);
        let kept = padded.slice(&ranges.collect::<Vec<_>>());
        Ok((kept.reshape_to(&parts), (1..=axes as i64).map(|axis| 2 * axis).collect()))
    }

    /// The batch with what stands around it.
    #[track_caller]
    fn padded<'b>(&self, x: Expr<'b>, axes: usize, fill: f64) -> Result<Expr<'b>, Misfit> {
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
        Ok(match (around.iter().all(|&a| a == (0, 0, 0)), fill == 0.0) {
            (true, _) => x,
            (false, true) => x.pad(&around),
            (false, false) => x.pad_with(&around, x.number(fill)),
        })
    }
}

/// 1, which serde asks for by name.
pub(super) fn one() -> usize {
    1
}
