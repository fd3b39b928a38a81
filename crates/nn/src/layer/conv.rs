//! Convolution along one axis or two: windows, and a product with the kernel.

use super::misfit::{Misfit, units};
use super::window::{Padding, Windows, one};
use super::{Own, Rule, Start};
use serde::{Deserialize, Serialize};
use wengert_expr::Expr;

/// Convolution over samples `[length, channels]`.
pub type Conv1d = Conv<1>;
/// Convolution over samples `[height, width, channels]`.
pub type Conv2d = Conv<2>;

/// The sum over a kernel's places `i, j` and the channels `c` of `x[h + i, w + j, c] W[i, j, c, o]`, and `b[o]`: the
/// cross-correlation that networks call convolution (LeCun et al., 1989). `W` has the shape `[kernel, kernel, channels that
/// come in, channels that go out]`, along one axis without the second one.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conv<const AXES: usize> {
    /// How many channels go out.
    pub channels: usize,
    /// The extent of the kernel along each axis.
    pub kernel: usize,
    /// From one window to the next.
    #[serde(default = "one")]
    pub stride: usize,
    /// From one element of a window to the next.
    #[serde(default = "one")]
    pub dilation: usize,
    /// What stands around the samples: zeros, or nothing.
    #[serde(default)]
    pub padding: Padding,
}

impl<const AXES: usize> Conv<AXES> {
    /// A kernel of this extent that moves in steps of one over whole windows.
    pub fn new(channels: usize, kernel: usize) -> Conv<AXES> {
        Conv { channels, kernel, stride: 1, dilation: 1, padding: Padding::Valid }
    }

    /// With this padding.
    pub fn padded(self, padding: Padding) -> Conv<AXES> {
        Conv { padding, ..self }
    }
}

impl<const AXES: usize> Rule for Conv<AXES> {
    const WEIGHTED: bool = true;

    #[track_caller]
    fn apply<'b>(&self, x: Expr<'b>, own: &mut Own<'_, 'b>) -> Result<Expr<'b>, Misfit> {
        units("channels", self.channels)?;
        let Conv { channels, kernel: size, stride, dilation, padding } = *self;
        let patches = Windows { size, stride, dilation, padding }.of(x, AXES, 0.0)?;
        let mut shape = vec![size; AXES];
        shape.extend([patches.shape()[AXES + 1], channels]);
        let w = own.param("W", &shape, Start::Init, x);
        let b = own.param("b", &[channels], Start::Constant(0.0), x);
        // Channels innermost, as they lie in memory: the patches of a product are then copied in long runs.
        let rank = patches.shape().rank();
        let order = (0..=AXES).chain(AXES + 2..rank).chain([AXES + 1]).map(|axis| axis as i64);
        let patches = patches.transpose(&order.collect::<Vec<_>>());
        let product = if AXES == 1 { "ntic,ico->nto" } else { "nhwijc,ijco->nhwo" };
        Ok(x.builder().einsum(product, &[patches, w]) + b)
    }
}
