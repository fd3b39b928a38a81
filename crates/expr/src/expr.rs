//! An expression: a handle on a node of a builder's graph, with operators.

use crate::builder::{Builder, DEAD};
use crate::graph::NodeId;
use crate::op::{Binary, Op, Unary};
use crate::ty::{DType, Shape, Type};
use crate::value::Value;
use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

/// A node of a graph that is being written. Operators build nodes and never panic; see [`Builder`].
#[derive(Clone, Copy)]
pub struct Expr<'b> {
    builder: &'b Builder,
    node: NodeId,
}

impl<'b> Expr<'b> {
    pub(crate) fn new(builder: &'b Builder, node: NodeId) -> Expr<'b> {
        Expr { builder, node }
    }

    /// The builder whose graph this is in.
    pub fn builder(self) -> &'b Builder {
        self.builder
    }

    /// The node, to keep in structures of one's own. Of a dead expression it is no node of any graph.
    pub fn id(self) -> NodeId {
        self.node
    }

    /// True if this could not be built; [`Builder::finish`] says why.
    pub fn is_dead(self) -> bool {
        self.node == DEAD
    }

    /// The type; `f64` for a dead expression.
    pub fn ty(self) -> Type {
        if self.is_dead() { Type::scalar(DType::F64) } else { self.builder.read(|g| g.ty(self.node).clone()) }
    }

    /// The extents.
    pub fn shape(self) -> Shape {
        self.ty().shape
    }

    /// The number of axes.
    pub fn rank(self) -> usize {
        self.ty().shape.rank()
    }

    /// The element type.
    pub fn dtype(self) -> DType {
        if self.is_dead() { DType::F64 } else { self.builder.read(|g| g.ty(self.node).dtype) }
    }

    /// Gives the node a name for texts and pictures.
    pub fn named(self, name: impl Into<String>) -> Expr<'b> {
        if !self.is_dead() {
            self.builder.write(|g| g.set_name(self.node, name));
        }
        self
    }

    /// The value, if this is a constant or one constant broadcast.
    pub fn as_constant(self) -> Option<Value> {
        if self.is_dead() {
            return None;
        }
        self.builder.read(|g| match g.op(self.node) {
            Op::Constant(literal) => Some(literal.value().clone()),
            Op::Broadcast { .. } => match g.op(g.operands(self.node)[0]) {
                Op::Constant(literal) if literal.value().len() == 1 => Some(literal.value().clone()),
                _ => None,
            },
            _ => None,
        })
    }

    /// A number of this expression's dtype; of a float dtype where this one holds no fractions and `x` has one.
    #[track_caller]
    pub fn number(self, x: f64) -> Expr<'b> {
        let dtype = match self.dtype() {
            DType::Bool | DType::I64 if x.fract() != 0.0 || !x.is_finite() => DType::F64,
            DType::Bool => DType::I64,
            dtype => dtype,
        };
        self.builder.constant(Value::from_f64s(&Type::scalar(dtype), &[x]))
    }
}

impl fmt::Debug for Expr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expr({})", self.node.index())
    }
}

macro_rules! operator {
    ($($trait:ident :: $method:ident => $op:ident),* $(,)?) => {$(
        impl<'b> $trait<Expr<'b>> for Expr<'b> {
            type Output = Expr<'b>;
            #[track_caller]
            fn $method(self, other: Expr<'b>) -> Expr<'b> {
                self.binary(Binary::$op, other)
            }
        }
        impl<'b> $trait<f64> for Expr<'b> {
            type Output = Expr<'b>;
            #[track_caller]
            fn $method(self, other: f64) -> Expr<'b> {
                self.binary(Binary::$op, self.number(other))
            }
        }
        impl<'b> $trait<Expr<'b>> for f64 {
            type Output = Expr<'b>;
            #[track_caller]
            fn $method(self, other: Expr<'b>) -> Expr<'b> {
                other.number(self).binary(Binary::$op, other)
            }
        }
    )*};
}
operator!(Add::add => Add, Sub::sub => Sub, Mul::mul => Mul, Div::div => Div, Rem::rem => Remainder);

impl<'b> Neg for Expr<'b> {
    type Output = Expr<'b>;
    #[track_caller]
    fn neg(self) -> Expr<'b> {
        self.unary(Unary::Neg)
    }
}
