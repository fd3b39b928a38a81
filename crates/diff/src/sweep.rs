//! Forward and reverse mode: maps applied to tangents from the inputs up, their transposes to cotangents from the
//! outputs down.
//!
//! One sweep visits every edge once and builds no Jacobian. A stack of directions goes through together.

use crate::algebra::{self, transposed};
use crate::edge_list::AHEAD;
use crate::linearize::Linearized;
use crate::tangent::Tangent;
use petgraph::stable_graph::NodeIndex;
use wengert_expr::{Builder, Expr, Handle, Kind, Labelled, LinearMap, NodeId, Scale, Type};

/// A vertex of what a sweep goes through: its node, and where what arrives there waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vertex {
    pub(crate) node: NodeId,
    pub(crate) slot: usize,
}

impl Vertex {
    /// The vertex of a node where vertices are numbered like nodes.
    pub(crate) fn of(node: NodeId) -> Vertex {
        Vertex { node, slot: node.index() }
    }
}

/// Edges into one vertex, in the order of operands: where they come from, and their maps.
pub(crate) trait Edges<'l>: Iterator<Item = (Vertex, &'l LinearMap<NodeId>)> {}
impl<'l, I: Iterator<Item = (Vertex, &'l LinearMap<NodeId>)>> Edges<'l> for I {}

/// What a sweep goes through: a linearised graph in a topological order.
pub(crate) trait Swept {
    /// How many slots there are.
    fn slots(&self) -> usize;
    /// The vertices of the variables; `None` where no output depends on one.
    fn inputs(&self) -> impl Iterator<Item = Option<Vertex>>;
    /// The vertices of the outputs; `None` where one depends on no variable.
    fn outputs(&self) -> impl Iterator<Item = Option<Vertex>>;
    /// Vertices and the edges into them; vertices without any may be left out.
    fn vertices(&self) -> impl DoubleEndedIterator<Item = (Vertex, impl Edges<'_>)>;
}

impl Swept for Linearized {
    fn slots(&self) -> usize {
        self.graph.node_count()
    }

    fn inputs(&self) -> impl Iterator<Item = Option<Vertex>> {
        self.inputs.iter().map(|v| v.map(|v| self.vertex(v)))
    }

    fn outputs(&self) -> impl Iterator<Item = Option<Vertex>> {
        self.outputs.iter().map(|v| v.map(|v| self.vertex(v)))
    }

    fn vertices(&self) -> impl DoubleEndedIterator<Item = (Vertex, impl Edges<'_>)> {
        let into = |v| self.incoming(v).into_iter().map(|(source, map)| (self.vertex(source), map));
        self.graph.node_indices().map(move |v| (self.vertex(v), into(v)))
    }
}

impl Linearized {
    fn vertex(&self, v: NodeIndex) -> Vertex {
        Vertex { node: self.node(v), slot: v.index() }
    }
}

/// Tangents or cotangents waiting at vertices. Kept small: in a large graph edges lead far, and what they lead to is in no cache.
struct Waiting<'b> {
    b: &'b Builder,
    stack: Option<usize>,
    /// What is at each vertex: nothing, units, or what stands in `values`. To learn that nothing is there yet is most frequent.
    kinds: Vec<Option<Scale<()>>>,
    values: Vec<Handle>,
    /// As long as the others once there is a mask, empty before.
    masks: Vec<Option<Handle>>,
}

impl<'b> Waiting<'b> {
    /// Seeds waiting at these vertices.
    fn seeded(
        b: &'b Builder,
        slots: usize,
        at: impl Iterator<Item = Option<Vertex>>,
        seeds: &[Option<Tangent<'b>>],
        stack: Option<usize>,
    ) -> Waiting<'b> {
        let (kinds, values) = (vec![None; slots], vec![Handle::default(); slots]);
        let mut waiting = Waiting { b, stack, kinds, values, masks: Vec::new() };
        for (vertex, seed) in at.zip(seeds) {
            if let (Some(vertex), Some(seed)) = (vertex, seed) {
                waiting.add(vertex, *seed);
            }
        }
        waiting
    }

    /// Reads ahead what moving along these edges will read; see [`Graph::touch`](wengert_expr::Graph::touch).
    fn touch<'l>(&self, edges: impl Edges<'l>) {
        let coefficients = edges.filter_map(|(vertex, map)| {
            std::hint::black_box((self.kinds[vertex.slot], self.values[vertex.slot]));
            match &map.kind {
                Kind::Labelled(Labelled { scale: Scale::By(c), .. }) => Some(*c),
                _ => None,
            }
        });
        self.b.read(|g| g.touch(coefficients));
    }

    fn at(&self, vertex: Vertex) -> Option<Tangent<'b>> {
        let value = match self.kinds[vertex.slot]? {
            Scale::One => Scale::One,
            Scale::MinusOne => Scale::MinusOne,
            Scale::By(()) => Scale::By(self.b.expr(self.values[vertex.slot])),
        };
        let mask = self.masks.get(vertex.slot).copied().flatten().map(|h| self.b.expr(h));
        Some(Tangent { value, mask })
    }

    /// What waits at these vertices.
    fn at_each(&self, vertices: impl Iterator<Item = Option<Vertex>>) -> Vec<Option<Tangent<'b>>> {
        vertices.map(|v| self.at(v?)).collect()
    }

    fn add(&mut self, vertex: Vertex, t: Tangent<'b>) {
        let sum = self.at(vertex).map_or(t, |before| {
            before.plain_sum(t).unwrap_or_else(|| {
                let ty = self.b.read(|g| g.ty(vertex.node).clone());
                let ty = self.stack.map_or(ty.clone(), |n: usize| ty.with_shape(ty.shape.stacked(n)));
                before.plus(t, self.b.node(vertex.node), &ty)
            })
        });
        self.kinds[vertex.slot] = Some(sum.value.map(|_| ()));
        if let Scale::By(e) = sum.value {
            self.values[vertex.slot] = e.handle();
        }
        if sum.mask.is_some() {
            self.masks.resize(self.kinds.len(), None);
        }
        if let Some(mask) = self.masks.get_mut(vertex.slot) {
            *mask = sum.mask.map(Expr::handle);
        }
    }
}

/// Tangents of the outputs from tangents of the variables; `None` is zero.
pub fn forward<'b>(
    b: &'b Builder,
    linear: &Linearized,
    seeds: &[Option<Tangent<'b>>],
    stack: Option<usize>,
) -> Vec<Option<Tangent<'b>>> {
    push_forward(b, linear, seeds, stack)
}

/// Cotangents of the variables from cotangents of the outputs; `None` is zero.
pub fn reverse<'b>(
    b: &'b Builder,
    linear: &Linearized,
    seeds: &[Option<Tangent<'b>>],
    stack: Option<usize>,
) -> Vec<Option<Tangent<'b>>> {
    pull_back(b, linear, seeds, stack)
}

/// Tangents of the outputs from tangents of the variables; `None` is zero.
pub(crate) fn push_forward<'b>(
    b: &'b Builder,
    linear: &impl Swept,
    seeds: &[Option<Tangent<'b>>],
    stack: Option<usize>,
) -> Vec<Option<Tangent<'b>>> {
    let mut waiting = Waiting::seeded(b, linear.slots(), linear.inputs(), seeds, stack);
    for (vertex, edges) in linear.vertices() {
        b.set_place_of(vertex.node);
        for (source, map) in edges {
            let moved = waiting.at(source).and_then(|t| algebra::apply(b, map, t, stack));
            if let Some(moved) = moved {
                waiting.add(vertex, moved);
            }
        }
    }
    b.set_place(None);
    waiting.at_each(linear.outputs())
}

/// Cotangents of the variables from cotangents of the outputs; `None` is zero.
pub(crate) fn pull_back<'b>(
    b: &'b Builder,
    linear: &impl Swept,
    seeds: &[Option<Tangent<'b>>],
    stack: Option<usize>,
) -> Vec<Option<Tangent<'b>>> {
    let mut waiting = Waiting::seeded(b, linear.slots(), linear.outputs(), seeds, stack);
    let mut ahead = linear.vertices().rev();
    for (i, (vertex, edges)) in linear.vertices().rev().enumerate() {
        if i.is_multiple_of(AHEAD) {
            waiting.touch(ahead.by_ref().take(AHEAD).flat_map(|(_, edges)| edges));
        }
        let Some(t) = waiting.at(vertex) else { continue };
        b.set_place_of(vertex.node);
        for (source, map) in edges {
            if let Some(moved) = algebra::apply(b, &transposed(map), t, stack) {
                waiting.add(source, moved);
            }
        }
    }
    b.set_place(None);
    waiting.at_each(linear.inputs())
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
