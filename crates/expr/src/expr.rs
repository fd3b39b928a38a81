//! An expression: a handle on a node of a builder's graph, with operators.

use crate::builder::{Builder, DEAD};
use crate::graph::NodeId;
use crate::map::TypeId;
use crate::op::{Binary, Op, Unary};
use crate::ty::{DType, Shape, Type};
use crate::value::Value;
use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

/// A node of a graph that is being written. Operators build nodes and never panic; see [`Builder`].
#[derive(Clone, Copy)]
pub struct Expr<'b> {
    builder: &'b Builder,
    handle: Handle,
}

/// An expression without its builder, for tables of many. It knows its type, so that operators need not look at nodes made
/// long ago: in a large graph that costs more than all else.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Handle {
    pub(crate) node: NodeId,
    pub(crate) ty: TypeId,
}

impl Handle {
    /// The handle of what could not be built.
    pub(crate) const DEAD: Handle = Handle { node: DEAD, ty: TypeId(0) };
}

/// The handle of what could not be built, to fill a table with.
impl Default for Handle {
    fn default() -> Handle {
        Handle::DEAD
    }
}

impl<'b> Expr<'b> {
    pub(crate) fn new(builder: &'b Builder, handle: Handle) -> Expr<'b> {
        Expr { builder, handle }
    }

    /// The same without its builder, which makes an expression of it again: [`Builder::expr`].
    pub fn handle(self) -> Handle {
        self.handle
    }

    pub(crate) fn type_id(self) -> TypeId {
        self.handle.ty
    }

    /// The builder whose graph this is in.
    pub fn builder(self) -> &'b Builder {
        self.builder
    }

    /// The node, to keep in structures of one's own. Of a dead expression it is no node of any graph.
    pub fn id(self) -> NodeId {
        self.handle.node
    }

    /// True if this could not be built; [`Builder::finish`] says why.
    pub fn is_dead(self) -> bool {
        self.handle.node == DEAD
    }

    /// The type; `f64` for a dead expression.
    pub fn ty(self) -> Type {
        if self.is_dead() { Type::scalar(DType::F64) } else { self.read_type(Type::clone) }
    }

    /// The extents.
    pub fn shape(self) -> Shape {
        self.ty().shape
    }

    /// The number of axes.
    pub fn rank(self) -> usize {
        if self.is_dead() { 0 } else { self.read_type(|ty| ty.shape.rank()) }
    }

    /// The element type.
    pub fn dtype(self) -> DType {
        if self.is_dead() { DType::F64 } else { self.read_type(|ty| ty.dtype) }
    }

    fn read_type<R>(self, read: impl FnOnce(&Type) -> R) -> R {
        self.builder.read(|g| read(g.type_of(self.handle.ty)))
    }

    /// Gives the node a name for texts and pictures.
    pub fn named(self, name: impl Into<String>) -> Expr<'b> {
        if !self.is_dead() {
            self.builder.write(|g| g.set_name(self.id(), name));
        }
        self
    }

    /// The value, if this is a constant or one constant broadcast.
    pub fn as_constant(self) -> Option<Value> {
        if self.is_dead() {
            return None;
        }
        self.builder.read(|g| match g.op(self.id()) {
            Op::Constant(literal) => Some(literal.value().clone()),
            Op::Broadcast { .. } => match g.op(g.operands(self.id())[0]) {
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
        self.builder.number(x, dtype)
    }
}

impl fmt::Debug for Expr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expr({})", self.id().index())
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
