//! A place where a rewrite may fire: the root, and questions about what stands behind it.

use super::options::Budget;
use std::cell::Cell;
use wengert_expr::{Builder, Expr, NodeId, Op, Shape, Value};

/// A place where a rewrite may fire. Everything behind the root has its final form already.
pub(crate) struct Site<'b> {
    pub(crate) root: Expr<'b>,
    pub(crate) budget: Budget,
    uses: &'b [u8],
    /// Whether the row asked how often something is used. What it does without asking is the same for ever.
    pub(crate) asked: Cell<bool>,
}

impl<'b> Site<'b> {
    pub(crate) fn new(b: &'b Builder, node: NodeId, uses: &'b [u8], budget: Budget) -> Site<'b> {
        Site { root: b.node(node), budget, uses, asked: Cell::new(false) }
    }

    /// Whether only one operand or output is this node, so that without it the work is not done twice. Nodes made by
    /// rules count as used often until the next pass.
    pub(crate) fn is_used_once(&self, e: Expr<'b>) -> bool {
        self.asked.set(true);
        self.uses.get(e.id().index()) == Some(&1)
    }

    /// The root's operand.
    pub(crate) fn x(&self, i: usize) -> Expr<'b> {
        operand(self.root, i)
    }

    pub(crate) fn op(&self) -> Op {
        op(self.root)
    }
}

/// What a node does.
pub(crate) fn op(e: Expr<'_>) -> Op {
    e.builder().read(|g| g.op(e.id()).clone())
}

/// Whether what a node does is of this kind.
pub(crate) fn is(e: Expr<'_>, kind: fn(&Op) -> bool) -> bool {
    e.builder().read(|g| kind(g.op(e.id())))
}

/// A node's operand.
pub(crate) fn operand(e: Expr<'_>, i: usize) -> Expr<'_> {
    e.builder().node(e.builder().read(|g| g.operands(e.id())[i]))
}

/// A node's operands.
pub(crate) fn operands(e: Expr<'_>) -> Vec<Expr<'_>> {
    e.builder().read(|g| g.operands(e.id()).to_vec()).into_iter().map(|n| e.builder().node(n)).collect()
}

/// The one value of all elements, if this is a constant of one element, stretched or not.
pub(crate) fn uniform(e: Expr<'_>) -> Option<Value> {
    e.as_constant().filter(|v| v.len() == 1)
}

/// That this is +0 everywhere.
pub(crate) fn is_zero(e: Expr<'_>) -> bool {
    uniform(e).and_then(|v| v.item()).is_some_and(|x| x.to_bits() == 0)
}

/// +0 everywhere, of the dtype of `like`.
pub(crate) fn zeros<'b>(like: Expr<'b>, shape: Shape) -> Expr<'b> {
    let zero = Value::zeros(&wengert_expr::Type::scalar(like.dtype()));
    like.builder().constant(zero).broadcast_to(shape)
}
