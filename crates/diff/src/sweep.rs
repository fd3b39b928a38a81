//! Forward and reverse mode: maps applied to tangents from the inputs up, their transposes to cotangents from the
//! outputs down.
//!
//! One sweep visits every edge once and builds no Jacobian. A stack of directions goes through together.

use crate::algebra::{self, transpose};
use crate::linearize::Linearized;
use crate::tangent::Tangent;
use petgraph::stable_graph::NodeIndex;
use wengert_expr::{Builder, NodeId, Type};

/// Tangents or cotangents waiting at vertices.
struct Waiting<'b> {
    b: &'b Builder,
    stack: Option<usize>,
    slots: Vec<Option<Tangent<'b>>>,
}

impl<'b> Waiting<'b> {
    /// Seeds waiting at these vertices.
    fn seeded(
        b: &'b Builder,
        linear: &Linearized,
        at: &[Option<NodeIndex>],
        seeds: &[Option<Tangent<'b>>],
        stack: Option<usize>,
    ) -> Waiting<'b> {
        let mut waiting = Waiting { b, stack, slots: vec![None; linear.graph.node_count()] };
        for (vertex, seed) in at.iter().zip(seeds) {
            if let (Some(vertex), Some(seed)) = (vertex, seed) {
                waiting.add(*vertex, linear.node(*vertex), *seed);
            }
        }
        waiting
    }

    /// What waits at these vertices.
    fn take(&self, at: &[Option<NodeIndex>]) -> Vec<Option<Tangent<'b>>> {
        at.iter().map(|v| v.and_then(|v| self.slots[v.index()])).collect()
    }

    fn add(&mut self, vertex: NodeIndex, node: NodeId, t: Tangent<'b>) {
        let slot = &mut self.slots[vertex.index()];
        *slot = Some(match slot.take() {
            None => t,
            Some(before) => {
                let ty = self.b.read(|g| g.ty(node).clone());
                let ty = self.stack.map_or(ty.clone(), |n: usize| ty.with_shape(ty.shape.stacked(n)));
                before.plus(t, self.b.node(node), &ty)
            }
        });
    }
}

/// Tangents of the outputs from tangents of the variables; `None` is zero.
pub fn forward<'b>(
    b: &'b Builder,
    linear: &Linearized,
    seeds: &[Option<Tangent<'b>>],
    stack: Option<usize>,
) -> Vec<Option<Tangent<'b>>> {
    let mut waiting = Waiting::seeded(b, linear, &linear.inputs, seeds, stack);
    for vertex in linear.graph.node_indices() {
        let node = linear.node(vertex);
        b.set_place(Some(b.read(|g| g.place(node))));
        for (source, map) in linear.incoming(vertex) {
            let moved = waiting.slots[source.index()].and_then(|t| algebra::apply(b, map, t, stack));
            if let Some(moved) = moved {
                waiting.add(vertex, node, moved);
            }
        }
    }
    b.set_place(None);
    waiting.take(&linear.outputs)
}

/// Cotangents of the variables from cotangents of the outputs; `None` is zero.
pub fn reverse<'b>(
    b: &'b Builder,
    linear: &Linearized,
    seeds: &[Option<Tangent<'b>>],
    stack: Option<usize>,
) -> Vec<Option<Tangent<'b>>> {
    let mut waiting = Waiting::seeded(b, linear, &linear.outputs, seeds, stack);
    for vertex in linear.graph.node_indices().rev() {
        let Some(t) = waiting.slots[vertex.index()] else { continue };
        b.set_place(Some(b.read(|g| g.place(linear.node(vertex)))));
        for (source, map) in linear.incoming(vertex) {
            if let Some(moved) = algebra::apply(b, &transpose(map), t, stack) {
                waiting.add(source, linear.node(source), moved);
            }
        }
    }
    b.set_place(None);
    waiting.take(&linear.inputs)
}

/// The identity as a stack: one direction for each element of a value of this type. A single direction needs no stack.
pub(crate) fn basis<'b>(b: &'b Builder, ty: &Type) -> (Tangent<'b>, Option<usize>) {
    if ty.shape.rank() == 0 {
        return (Tangent::one(), None);
    }
    let n = ty.shape.elements();
    let square = [n, n];
    let row = b.iota(square, 0, wengert_expr::DType::I64);
    let diagonal = row.equal(b.iota(square, 1, wengert_expr::DType::I64));
    (Tangent::of(diagonal.cast(ty.dtype).reshape_to(&ty.shape.stacked(n))), Some(n))
}
