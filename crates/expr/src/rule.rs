//! What a rule sees: the node whose derivative is asked for, and the ways to state a linear map.

use crate::builder::Builder;
use crate::expr::Expr;
use crate::graph::NodeId;
use crate::map::{Axes, Index, Kind, Labelled, Labels, Local, Scale, Structural};
use crate::op::Op;
use crate::ty::{Shape, Type};

/// A node and one of its operands, inside the graph to which the coefficients are added.
#[derive(Clone, Copy, Debug)]
pub struct Rule<'b> {
    builder: &'b Builder,
    node: NodeId,
    operand: usize,
}

impl<'b> Rule<'b> {
    /// The derivative of `node` with respect to its operand number `operand`, coefficients added to the builder's graph.
    pub fn derivative(builder: &'b Builder, node: NodeId, operand: usize) -> Local<NodeId> {
        let rule = builder.read(|g| g.op(node).row().rule(operand));
        match rule {
            Some(rule) => rule(&Rule { builder, node, operand }),
            None => Local::Map(Kind::Zero),
        }
    }

    /// Which operand is meant.
    pub fn operand(&self) -> usize {
        self.operand
    }

    /// What the node does.
    pub fn op(&self) -> Op {
        self.builder.read(|g| g.op(self.node).clone())
    }

    /// An operand.
    pub fn x(&self, i: usize) -> Expr<'b> {
        self.builder.node(self.builder.read(|g| g.operands(self.node)[i]))
    }

    /// The node itself. Only where that is accurate: `exp` is its own derivative, `1 - tanh(20)**2` is 0.
    pub fn y(&self) -> Expr<'b> {
        self.builder.node(self.node)
    }

    /// The type of an operand.
    pub fn ty(&self, i: usize) -> Type {
        self.x(i).ty()
    }

    /// The extents of an operand.
    pub fn shape(&self, i: usize) -> Shape {
        self.x(i).shape()
    }

    /// No influence.
    pub fn zero(&self) -> Local<NodeId> {
        Local::Map(Kind::Zero)
    }

    /// The tangent as it is.
    pub fn identity(&self) -> Local<NodeId> {
        Local::Map(Kind::identity())
    }

    /// The tangent with its sign changed.
    pub fn minus(&self) -> Local<NodeId> {
        Local::Map(Kind::Labelled(Labelled::elementwise(Scale::MinusOne, None)))
    }

    /// The tangent times these coefficients, element by element.
    pub fn diagonal(&self, coefficient: Expr<'b>) -> Local<NodeId> {
        Local::Map(Kind::diagonal(coefficient.id()))
    }

    /// The tangent where `mask` is true, and nothing, not even NaN, elsewhere.
    pub fn mask(&self, mask: Expr<'b>) -> Local<NodeId> {
        Local::Map(Kind::Labelled(Labelled::elementwise(Scale::One, Some(mask.id()))))
    }

    /// The tangent times these coefficients where `mask` is true, and nothing, not even NaN, elsewhere.
    pub fn masked(&self, mask: Expr<'b>, coefficient: Expr<'b>) -> Local<NodeId> {
        Local::Map(Kind::Labelled(Labelled::elementwise(Scale::By(coefficient.id()), Some(mask.id()))))
    }

    /// The tangent in the node's dtype.
    pub fn cast(&self) -> Local<NodeId> {
        Local::Map(Kind::Cast)
    }

    /// An einsum without coefficients: axes renamed, summed or repeated.
    pub fn relabel(&self, input: Labels, output: Labels) -> Local<NodeId> {
        let axes = Axes { input, output, scale: Labels::new(), mask: Labels::new() };
        Local::Map(Kind::Labelled(Labelled::new(Scale::One, None, axes)))
    }

    /// An einsum of the tangent and these coefficients.
    pub fn einsum(
        &self,
        input: Labels,
        coefficient: Expr<'b>,
        scale: Labels,
        output: Labels,
    ) -> Local<NodeId> {
        let axes = Axes { input, output, scale, mask: Labels::new() };
        Local::Map(Kind::Labelled(Labelled::new(Scale::By(coefficient.id()), None, axes)))
    }

    /// An einsum of the tangent and coefficients, with a mask that has the labels of the coefficients.
    pub fn einsum_masked(
        &self,
        input: Labels,
        coefficient: Expr<'b>,
        scale: Labels,
        mask: Option<Expr<'b>>,
        output: Labels,
    ) -> Local<NodeId> {
        let axes =
            Axes { input, output, mask: if mask.is_some() { scale.clone() } else { Labels::new() }, scale };
        let mask = mask.map(|e| e.id());
        Local::Map(Kind::Labelled(Labelled::new(Scale::By(coefficient.id()), mask, axes)))
    }

    /// A structural operation on the tangent, beside the operation that transposes it.
    pub fn index(&self, apply: Op, transpose: Op, data: &[Expr<'b>]) -> Local<NodeId> {
        let data = || data.iter().map(|e| e.id()).collect();
        let apply = Structural { op: apply, data: data() };
        Local::Map(Kind::Index(Box::new(Index {
            apply,
            transpose: Structural { op: transpose, data: data() },
        })))
    }

    /// No derivative exists, for this reason.
    pub fn undefined(&self, reason: &str) -> Local<NodeId> {
        Local::Undefined(reason.into())
    }
}
