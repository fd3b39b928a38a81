//! The operations: few primitives, from which everything else is composed.
//!
//! An [`Op`] is what a node does and its static attributes; its operands stand in the graph. Everything known about an
//! operation is in its [`Row`], beside which its family's file keeps the attributes.

use crate::map::Local;
use crate::ops;
use crate::row::Row;
use crate::ty::{DType, Shape};
use crate::value::Value;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

pub use crate::ops::binary::Binary;
pub use crate::ops::compare::Comparison;
pub use crate::ops::dot::DotAxes;
pub use crate::ops::index::{Padding, Range};
pub use crate::ops::patches::{Window, Windows};
pub use crate::ops::reduce::{Extremum, Reduction};
pub use crate::ops::unary::Unary;

/// Axes of an array, ascending.
pub type AxisList = Box<[u8]>;

/// What a node does.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Op {
    /// A named input: an entry of the graph's table of inputs.
    Input(u32),
    /// A value.
    Constant(Literal),
    /// 0, 1, 2, ... along one axis, the same along the others.
    Iota {
        /// The shape of the result.
        shape: Box<Shape>,
        /// The axis along which it counts.
        axis: u8,
        /// The dtype of the result.
        dtype: DType,
    },
    /// One function of each element.
    Unary(Unary),
    /// The derivative of this order of the digamma function.
    Polygamma(u32),
    /// One function of two elements.
    Binary(Binary),
    /// A comparison of two elements.
    Compare(Comparison),
    /// Elements of the second operand where the first is true, else of the third.
    Select,
    /// Another dtype.
    Cast(DType),
    /// One value for all elements along some axes.
    Reduce(Reduction, AxisList),
    /// The position of the first greatest or least element along an axis.
    Arg(Extremum, u8),
    /// Running sums along an axis, from its end if `reverse`.
    Cumsum {
        /// The axis.
        axis: u8,
        /// From the end to the beginning.
        reverse: bool,
    },
    /// A larger shape: axis `i` of the operand becomes axis `axes[i]`, and an extent of 1 may become any.
    Broadcast {
        /// The shape of the result.
        shape: Box<Shape>,
        /// Where the operand's axes go.
        axes: AxisList,
    },
    /// The same elements in the same order under another shape.
    Reshape(Box<Shape>),
    /// Axis `i` of the result is axis `axes[i]` of the operand.
    Transpose(AxisList),
    /// Some positions along every axis.
    Slice(Box<[Range]>),
    /// Zeros around and between.
    Pad(Box<[Padding]>),
    /// Arrays one after another along an axis.
    Concatenate(u8),
    /// The order along some axes turned round.
    Flip(AxisList),
    /// Entries along an axis of the first operand, at the positions that the second operand gives.
    Gather(u8),
    /// Zeros with `extent` entries along `axis`, to which the first operand's entries are added at the second's positions.
    ScatterAdd {
        /// The axis.
        axis: u8,
        /// How many entries the result has along it.
        extent: usize,
    },
    /// Every window of an array, one axis of offsets appended for each windowed axis.
    Patches(Box<Windows>),
    /// The adjoint of `Patches`: windows added up where they overlap.
    Overlap(Box<Windows>),
    /// Products summed over contracting axes, for each entry of batch axes.
    Dot(Box<DotAxes>),
    /// Its operand, with derivative zero.
    StopGradient,
    /// Its first operand, with the derivatives given.
    Custom(Box<[Local<u32>]>),
}

impl Op {
    /// All that is known about the operation.
    #[inline]
    pub fn row(&self) -> &'static Row {
        match self {
            Op::Input(_) => &ops::leaf::INPUT,
            Op::Constant(_) => &ops::leaf::CONSTANT,
            Op::Iota { .. } => &ops::leaf::IOTA,
            Op::Unary(op) => op.row(),
            Op::Polygamma(_) => &ops::unary::POLYGAMMA,
            Op::Binary(op) => op.row(),
            Op::Compare(op) => op.row(),
            Op::Select => &ops::select::SELECT,
            Op::Cast(_) => &ops::select::CAST,
            Op::Reduce(op, _) => op.row(),
            Op::Arg(op, _) => op.row(),
            Op::Cumsum { .. } => &ops::reduce::CUMSUM,
            Op::Broadcast { .. } => &ops::shape::BROADCAST,
            Op::Reshape(_) => &ops::shape::RESHAPE,
            Op::Transpose(_) => &ops::shape::TRANSPOSE,
            Op::Slice(_) => &ops::index::SLICE,
            Op::Pad(_) => &ops::index::PAD,
            Op::Concatenate(_) => &ops::index::CONCATENATE,
            Op::Flip(_) => &ops::index::FLIP,
            Op::Gather(_) => &ops::gather::GATHER,
            Op::ScatterAdd { .. } => &ops::gather::SCATTER_ADD,
            Op::Patches(_) => &ops::patches::PATCHES,
            Op::Overlap(_) => &ops::patches::OVERLAP,
            Op::Dot(_) => &ops::dot::DOT,
            Op::StopGradient => &ops::custom::STOP_GRADIENT,
            Op::Custom(_) => &ops::custom::CUSTOM,
        }
    }

    /// The operation's name in the language.
    pub fn name(&self) -> &'static str {
        self.row().name
    }

    /// True for nodes without operands that a graph may hold once: inputs.
    pub(crate) fn is_input(&self) -> bool {
        matches!(self, Op::Input(_))
    }
}

/// A constant's value, equal to another by its bits.
#[derive(Clone, Debug)]
pub struct Literal(Arc<Value>);

impl Literal {
    /// This value as a constant.
    pub fn new(value: Value) -> Literal {
        Literal(Arc::new(value))
    }

    /// The value.
    pub fn value(&self) -> &Value {
        &self.0
    }
}

impl PartialEq for Literal {
    fn eq(&self, other: &Literal) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.bit_eq(&other.0)
    }
}

impl Eq for Literal {}

impl Hash for Literal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.dtype().hash(state);
        self.0.shape().hash(state);
        self.0.bits().hash(state);
    }
}
