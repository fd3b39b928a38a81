//! Operations on constants, computed once. A constant is never made larger than those it is made of.

use crate::passes::kind::{Behind, is_broadcast, is_constant, is_number};
use crate::passes::rule::Rule;
use crate::passes::site::Site;
use smallvec::SmallVec;
use wengert_expr::{Expr, Graph, Literal, NodeId, Op, Type, Value, Work, with_tensor};

pub(super) static RULES: &[Rule] = &[
    Rule::coded(
        "fold-constants",
        "f(constants)",
        "their value, within a budget",
        |op| !matches!(op, Op::Input(_) | Op::Constant(_) | Op::Iota { .. } | Op::Broadcast { .. }),
        Behind::Each(is_number),
        fold,
        "input x: f64[3]; y = x * [[1, 2, 3], [4, 5, 6]] @ [7, 8, 9]; z = y[0] + sin([0, 1, 2]) * x",
    ),
    Rule::coded(
        "repeated-constant",
        "a constant of equal elements",
        "the element, stretched",
        is_constant,
        Behind::Anything,
        repeated,
        "input x: f64[3]; y = x * [2, 2, 2]",
    ),
];

/// The value of a constant, stretched or not.
fn constant(graph: &Graph, node: NodeId) -> Option<(Value, usize)> {
    let stored = |node| match graph.op(node) {
        Op::Constant(literal) => Some(literal.value().clone()),
        _ => None,
    };
    match graph.op(node) {
        op @ Op::Broadcast { .. } => {
            let value = stored(graph.operands(node)[0])?;
            let wide = (op.row().eval)(op, &[&value], graph.ty(node)).ok()?;
            Some((wide, value.len()))
        }
        _ => stored(node).map(|value| (value.clone(), value.len())),
    }
}

fn fold<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let root = site.root;
    let budget = site.budget;
    let value = root.builder().read(|g| {
        let (op, operands, ty) = (g.op(root.id()), g.operands(root.id()), g.ty(root.id()));
        let fits = |n: &NodeId| is_known(g, *n) && g.shape(*n).elements() <= budget.elements;
        if ty.shape.elements() > budget.elements || !operands.iter().all(fits) {
            return None;
        }
        let types: SmallVec<[&Type; 4]> = operands.iter().map(|&n| g.ty(n)).collect();
        let work: Work = (op.row().work)(op, &types, ty);
        if work.flops() > budget.flops {
            return None;
        }
        let values: Vec<(Value, usize)> = operands.iter().map(|&n| constant(g, n)).collect::<Option<_>>()?;
        let stored: usize = values.iter().map(|(_, stored)| stored).sum();
        if ty.shape.elements() > stored {
            return None;
        }
        let values: Vec<&Value> = values.iter().map(|(v, _)| v).collect();
        (op.row().eval)(op, &values, ty).ok()
    })?;
    Some(root.builder().add(Op::Constant(Literal::new(value)), &[]))
}

/// A constant, stretched or not.
fn is_known(graph: &Graph, node: NodeId) -> bool {
    let is = |node| is_constant(graph.op(node));
    is(node) || (is_broadcast(graph.op(node)) && is(graph.operands(node)[0]))
}

fn repeated<'b>(site: &Site<'b>) -> Option<Expr<'b>> {
    let Op::Constant(literal) = site.op() else { return None };
    let value = literal.value();
    if value.len() <= 1 {
        return None;
    }
    let first = with_tensor!(value, t => t.iter().next().map(|&x| Value::scalar(x)))?;
    // By bits, so that 0 and -0 differ.
    let wide = match value {
        Value::Bool(t) => t.iter().all(|x| Some(x) == t.first()),
        Value::I64(t) => t.iter().all(|x| Some(x) == t.first()),
        Value::F32(t) => t.iter().all(|x| Some(x.to_bits()) == t.first().map(|x| x.to_bits())),
        Value::F64(t) => t.iter().all(|x| Some(x.to_bits()) == t.first().map(|x| x.to_bits())),
    };
    wide.then(|| site.root.builder().constant(first).broadcast_to(site.root.shape()))
}
