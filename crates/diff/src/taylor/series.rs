//! Truncated series of every node along a curve, from the local linear maps alone.
//!
//! A node y with local maps L to its operands x satisfies y' = sum L(t) x'(t), so the coefficients of y of order k follow
//! from those of the operands up to order k and those of the maps' coefficients up to order k - 1 (Griewank and Walther,
//! Evaluating Derivatives, chapter 13, where each operation has its own recurrence; here the maps' coefficients are nodes,
//! with series of their own). Each pair of a node and an order is worked out once, when it is needed; masks and positions do not move.

use super::combination::Combination;
use crate::algebra;
use crate::error::DiffError;
use crate::local::Locals;
use crate::tangent::{Tangent, both};
use rustc_hash::FxHashMap;
use wengert_expr::{Axes, Builder, Kind, Labelled, Labels, LinearMap, NodeId, Scale, Type, TypeId};

/// What is written down of a series of order k.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Norm {
    /// The k-th derivative: whole numbers stay whole.
    Derivatives,
    /// The k-th derivative over k!: nothing grows without need.
    Coefficients,
}

impl Norm {
    /// How often the product of orders j and k - j stands in order k, and by what the sum of all is divided.
    fn weights(self, k: usize) -> (Vec<f64>, f64) {
        match self {
            Norm::Coefficients => ((0..k).map(|j| (k - j) as f64).collect(), k as f64),
            Norm::Derivatives => {
                let next = |(j, w): &(usize, f64)| Some((j + 1, w * (k - 1 - j) as f64 / (j + 1) as f64));
                (std::iter::successors(Some((0, 1.0)), next).take(k).map(|(_, w)| w).collect(), 1.0)
            }
        }
    }
}

/// A map that is neither a chain nor a sum, from one series to another.
struct Edge {
    from: usize,
    map: LinearMap<NodeId>,
    /// The series of its coefficients, if it has any.
    scale: Option<usize>,
}

/// The series of one node, or of what stands between two links of a chain.
struct Slot<'b> {
    node: NodeId,
    ty: TypeId,
    /// Absent until an order above 0 is asked for.
    edges: Option<Vec<Edge>>,
    /// What a variable adds, from order 1.
    seed: Vec<Option<Tangent<'b>>>,
    /// From order 1 to the highest that was asked for; `None` is zero.
    orders: Vec<Option<Tangent<'b>>>,
}

/// The series of all nodes met so far.
pub(super) struct Series<'b> {
    b: &'b Builder,
    norm: Norm,
    locals: Locals<'b>,
    slots: Vec<Slot<'b>>,
    at: FxHashMap<NodeId, usize>,
}

impl<'b> Series<'b> {
    /// Series along a curve that is given by the variables' terms from order 1.
    pub(super) fn new(
        b: &'b Builder,
        norm: Norm,
        variables: Vec<(NodeId, Vec<Option<Tangent<'b>>>)>,
    ) -> Series<'b> {
        let locals = Locals::new(b, variables.iter().map(|(v, _)| *v));
        let mut series = Series { b, norm, locals, slots: Vec::new(), at: FxHashMap::default() };
        for (node, seed) in variables {
            let (like, ty) = (b.node(node), b.read(|g| g.ty(node).clone()));
            let slot = series.slot(node);
            let seeds = &mut series.slots[slot].seed;
            seeds.resize(seeds.len().max(seed.len()), None);
            for (sum, t) in seeds.iter_mut().zip(seed) {
                *sum = match (*sum, t) {
                    (Some(a), Some(t)) => Some(a.plus(t, like, &ty)),
                    (a, t) => a.or(t),
                };
            }
        }
        series
    }

    /// The term of this order, from 1, of a node; `None` is zero.
    pub(super) fn term(&mut self, node: NodeId, order: usize) -> Result<Option<Tangent<'b>>, DiffError> {
        let wanted = self.slot(node);
        // An explicit stack: chains of nodes and towers of derivatives are deep.
        let mut stack = vec![(wanted, order)];
        while let Some(&(slot, k)) = stack.last() {
            if self.slots[slot].orders.len() >= k {
                stack.pop();
                continue;
            }
            self.expand(slot)?;
            let before = stack.len();
            self.push_missing(slot, k, &mut stack);
            if stack.len() == before {
                stack.pop();
                let t = self.step(slot, k);
                self.slots[slot].orders.push(t);
            }
        }
        self.b.set_place(None);
        Ok(self.slots[wanted].orders[order - 1])
    }

    fn slot(&mut self, node: NodeId) -> usize {
        let (b, slots) = (self.b, &mut self.slots);
        *self.at.entry(node).or_insert_with(|| {
            slots.push(Slot::new(node, b.read(|g| g.type_id(node))));
            slots.len() - 1
        })
    }

    /// Finds a series' edges. The links of a chain get series of their own, the terms of a sum are edges side by side.
    fn expand(&mut self, slot: usize) -> Result<(), DiffError> {
        if self.slots[slot].edges.is_some() {
            return Ok(());
        }
        let node = self.slots[slot].node;
        self.slots[slot].edges = Some(Vec::new());
        let mut waiting: Vec<(usize, usize, LinearMap<NodeId>)> = Vec::new();
        for (operand, map) in self.locals.edges(node)?.iter() {
            waiting.push((self.slot(*operand), slot, map.clone()));
        }
        waiting.reverse();
        while let Some((from, to, map)) = waiting.pop() {
            let scale = match map.kind {
                Kind::Zero => continue,
                Kind::Cast | Kind::Index(_) => None,
                Kind::Labelled(Labelled { scale: Scale::By(c), .. }) => Some(self.slot(c)),
                Kind::Labelled(_) => None,
                Kind::Sum(terms) => {
                    waiting.extend(terms.into_iter().rev().map(|t| (from, to, t)));
                    continue;
                }
                Kind::Chain(links) if links.is_empty() => {
                    waiting.push((from, to, LinearMap { kind: Kind::identity(), ..map }));
                    continue;
                }
                Kind::Chain(links) => {
                    let mut start = from;
                    let last = links.len() - 1;
                    for (i, link) in links.into_iter().enumerate() {
                        let end = if i == last { to } else { self.between(node, link.to) };
                        waiting.push((start, end, link));
                        start = end;
                    }
                    continue;
                }
            };
            self.slots[to].edges.get_or_insert_default().push(Edge { from, map, scale });
        }
        Ok(())
    }

    /// A series that belongs to no node.
    fn between(&mut self, node: NodeId, ty: TypeId) -> usize {
        self.slots.push(Slot { edges: Some(Vec::new()), ..Slot::new(node, ty) });
        self.slots.len() - 1
    }

    /// What has to be known before this order.
    fn push_missing(&self, slot: usize, k: usize, stack: &mut Vec<(usize, usize)>) {
        let known = |s: usize| self.slots[s].orders.len();
        if known(slot) + 1 < k {
            stack.push((slot, k - 1));
            return;
        }
        for edge in self.slots[slot].edges.iter().flatten() {
            if known(edge.from) < k {
                stack.push((edge.from, k));
            }
            if let Some(scale) = edge.scale
                && known(scale) + 1 < k
            {
                stack.push((scale, k - 1));
            }
        }
    }

    /// One step of the recurrence.
    fn step(&self, slot: usize, k: usize) -> Option<Tangent<'b>> {
        let (b, Slot { node, ty, edges, seed, .. }) = (self.b, &self.slots[slot]);
        let (weights, divisor) = self.norm.weights(k);
        b.set_place_of(*node);
        let mut sum = Combination::default();
        if let Some(t) = seed.get(k - 1).copied().flatten() {
            sum.add(t, divisor);
        }
        for edge in edges.iter().flatten() {
            for (j, &weight) in weights.iter().enumerate() {
                let Some(x) = self.slots[edge.from].orders[k - j - 1] else { continue };
                let moved = match j {
                    0 => algebra::apply(b, &edge.map, x, None),
                    _ => self.moving(edge, j).and_then(|map| algebra::apply(b, &map, x, None)),
                };
                if let Some(t) = moved {
                    sum.add(t, weight);
                }
            }
        }
        sum.divided(divisor, b.node(*node), &b.read(|g| g.type_of(*ty).clone()))
    }

    /// The term of order j, from 1, of a map's own series: the map with its coefficients' term in their place.
    fn moving(&self, edge: &Edge, j: usize) -> Option<LinearMap<NodeId>> {
        let c = self.slots[edge.scale?].orders[j - 1]?;
        let Kind::Labelled(l) = &edge.map.kind else { return None };
        let rank = self.b.read(|g| g.type_of(edge.map.from).shape.rank());
        let kind = Kind::Labelled(with_coefficients(self.b, l, rank, c));
        Some(LinearMap { kind, ..edge.map })
    }
}

impl Slot<'_> {
    fn new(node: NodeId, ty: TypeId) -> Self {
        Slot { node, ty, edges: None, seed: Vec::new(), orders: Vec::new() }
    }
}

/// The map with other coefficients. Their mask becomes the map's, since nothing times anything is nothing.
fn with_coefficients<'b>(
    b: &'b Builder,
    l: &Labelled<NodeId>,
    rank: usize,
    c: Tangent<'b>,
) -> Labelled<NodeId> {
    let axes = l.axes(rank);
    let coefficients = |c: Tangent<'b>| match c.value {
        Scale::One => (Scale::One, Labels::new()),
        Scale::MinusOne => (Scale::MinusOne, Labels::new()),
        Scale::By(e) => (Scale::By(e.id()), axes.scale.clone()),
    };
    let (c, mask, mask_axes) = match (l.mask.map(|m| b.node(m)), c.mask) {
        (mask, None) => (c, mask, axes.mask.clone()),
        (None, mask) => (c, mask, axes.scale.clone()),
        (mask, other) if axes.mask == axes.scale => (c, both(mask, other), axes.scale.clone()),
        (Some(mask), Some(other)) => {
            // Masks on different axes: the coefficients' own is written into them.
            let ty: Type = other.ty().with_dtype(dtype_of(b, l));
            (Tangent::of(c.settled(b.node(mask.id()), &ty)), Some(mask), axes.mask.clone())
        }
    };
    let (scale, scale_axes) = coefficients(c);
    let axes = Axes { scale: scale_axes, mask: mask_axes, ..axes };
    Labelled::new(scale, mask.map(|m| m.id()), axes)
}

fn dtype_of(b: &Builder, l: &Labelled<NodeId>) -> wengert_expr::DType {
    match l.scale {
        Scale::By(c) => b.read(|g| g.ty(c).dtype),
        Scale::One | Scale::MinusOne => wengert_expr::DType::F64,
    }
}
