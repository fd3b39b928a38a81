//! What coefficients are: nodes of a graph that is written, or nothing where an order is only costed.
//!
//! The algebra says what is multiplied and added; whether that makes nodes or numbers in a tally is decided here. So a
//! cost is counted by the same code that emits, and a search writes nothing into any graph.

use super::apply::apply;
use super::cost::{ApplyCost, apply_cost};
use crate::tangent::Tangent;
use smallvec::SmallVec;
use std::cell::Cell;
use std::fmt::Debug;
use wengert_expr::{Builder, DType, LinearMap, NodeId, Shape, Type, TypeId, TypeTable, Value};

/// The extent of each label.
pub type Extents = SmallVec<[usize; 16]>;

/// The shape of an array with these labels.
pub(super) fn shape_of(labels: &[u8], extents: &Extents) -> Shape {
    labels.iter().map(|&l| extents[l as usize]).collect()
}

fn size_of(labels: &[u8], extents: &Extents) -> u64 {
    labels.iter().fold(1u64, |n, &l| n.saturating_mul(extents[l as usize] as u64))
}

/// An array of coefficients with the labels of its axes.
pub type Array<'a, C> = (&'a C, &'a [u8]);

/// Arithmetic on arrays of coefficients.
pub trait Coefficients: Copy {
    /// An array of coefficients.
    type C: Clone + PartialEq + Debug;

    /// The type of an entry of the graph's table of types.
    fn ty(self, id: TypeId) -> Type;
    /// One number.
    fn number(self, x: f64, dtype: DType) -> Self::C;
    /// The sign changed.
    fn negated(self, a: &Self::C) -> Self::C;
    /// Axes permuted, summed where `output` lacks them, repeated where only `output` has them.
    fn relabel(self, a: Array<'_, Self::C>, output: &[u8], extents: &Extents) -> Self::C;
    /// Products summed over the labels that `output` lacks.
    fn einsum(
        self,
        a: Array<'_, Self::C>,
        b: Array<'_, Self::C>,
        output: &[u8],
        extents: &Extents,
    ) -> Self::C;
    /// The sum of two arrays of so many elements.
    fn plus(self, a: &Self::C, b: &Self::C, elements: u64) -> Self::C;
    /// The array where the mask is true, zeros elsewhere.
    fn select(self, mask: &Self::C, a: &Self::C, dtype: DType) -> Self::C;
    /// Where both masks are true.
    fn and(self, a: &Self::C, b: &Self::C) -> Self::C;
    /// Where either mask is true.
    fn or(self, a: &Self::C, b: &Self::C) -> Self::C;
    /// A map applied to each of a stack of tangents, whose axes stand in front of the map's own.
    fn apply_to(self, map: &LinearMap<Self::C>, stack: &Self::C, leading: &[usize]) -> Self::C;
    /// True on the diagonal of so many rows and columns.
    fn diagonal(self, n: usize) -> Self::C;
    /// The diagonal as numbers, reshaped: one tangent of this type for each of its elements.
    fn basis(self, ty: &Type) -> Self::C;
}

impl Coefficients for &Builder {
    type C = NodeId;

    fn ty(self, id: TypeId) -> Type {
        self.read(|g| g.type_of(id).clone())
    }

    fn number(self, x: f64, dtype: DType) -> NodeId {
        self.constant(Value::from_f64s(&Type::scalar(dtype), &[x])).id()
    }

    fn negated(self, a: &NodeId) -> NodeId {
        (-self.node(*a)).id()
    }

    fn relabel(self, (a, labels): Array<'_, NodeId>, output: &[u8], extents: &Extents) -> NodeId {
        self.node(*a).relabel(labels, output, &shape_of(output, extents)).id()
    }

    fn einsum(
        self,
        (a, a_labels): Array<'_, NodeId>,
        (b, b_labels): Array<'_, NodeId>,
        output: &[u8],
        extents: &Extents,
    ) -> NodeId {
        let shape = shape_of(output, extents);
        self.node(*a).einsum(a_labels, self.node(*b), b_labels, output, &shape).id()
    }

    fn plus(self, a: &NodeId, b: &NodeId, _: u64) -> NodeId {
        (self.node(*a) + self.node(*b)).id()
    }

    fn select(self, mask: &NodeId, a: &NodeId, _: DType) -> NodeId {
        let a = self.node(*a);
        self.node(*mask).select(a, a.number(0.0)).id()
    }

    fn and(self, a: &NodeId, b: &NodeId) -> NodeId {
        if a == b { *a } else { self.node(*a).logical_and(self.node(*b)).id() }
    }

    fn or(self, a: &NodeId, b: &NodeId) -> NodeId {
        if a == b { *a } else { self.node(*a).logical_or(self.node(*b)).id() }
    }

    fn apply_to(self, map: &LinearMap<NodeId>, stack: &NodeId, leading: &[usize]) -> NodeId {
        let (from, to) = (self.ty(map.from), self.ty(map.to));
        let n = leading.iter().product();
        let stacked = self.node(*stack).reshape_to(&from.shape.stacked(n));
        let moved = apply(self, map, Tangent::of(stacked), Some(n));
        let ty = to.with_shape(to.shape.stacked(n));
        let settled = match moved {
            Some(t) => t.settled(stacked, &ty),
            None => self.node(self.number(0.0, to.dtype)).broadcast_to(ty.shape),
        };
        let shape: Shape = leading.iter().chain(to.shape.iter()).copied().collect();
        settled.reshape_to(&shape).id()
    }

    fn diagonal(self, n: usize) -> NodeId {
        self.iota([n, n], 0, DType::I64).equal(self.iota([n, n], 1, DType::I64)).id()
    }

    fn basis(self, ty: &Type) -> NodeId {
        let n = ty.shape.elements();
        self.node(self.diagonal(n)).cast(ty.dtype).reshape_to(&ty.shape.stacked(n)).id()
    }
}

/// Coefficients that are only counted: of each array nothing is kept but that it is there.
#[derive(Clone, Copy, Debug)]
pub struct Dry<'g> {
    types: &'g TypeTable,
    tally: &'g Cell<ApplyCost>,
}

impl<'g> Dry<'g> {
    /// Counts into this tally.
    pub fn new(types: &'g TypeTable, tally: &'g Cell<ApplyCost>) -> Dry<'g> {
        Dry { types, tally }
    }

    fn count(self, products: u64, sums: u64) {
        self.tally.set(self.tally.get() + ApplyCost { products, sums });
    }
}

impl Coefficients for Dry<'_> {
    type C = ();

    fn ty(self, id: TypeId) -> Type {
        self.types.get(id).clone()
    }

    fn number(self, _: f64, _: DType) {}

    fn negated(self, _: &()) {}

    fn relabel(self, (_, labels): Array<'_, ()>, output: &[u8], extents: &Extents) {
        let kept: SmallVec<[u8; 16]> = labels.iter().copied().filter(|l| output.contains(l)).collect();
        self.count(0, size_of(labels, extents).saturating_sub(size_of(&kept, extents)));
    }

    fn einsum(self, (_, a): Array<'_, ()>, (_, b): Array<'_, ()>, output: &[u8], extents: &Extents) {
        // What only one of them has and the result lacks is summed first.
        let kept = |of: &[u8], other: &[u8]| -> SmallVec<[u8; 16]> {
            of.iter().copied().filter(|l| other.contains(l) || output.contains(l)).collect()
        };
        let (a_kept, b_kept) = (kept(a, b), kept(b, a));
        // Along an empty axis there is nothing to sum.
        let summed = |of: &[u8], kept: &[u8]| size_of(of, extents).saturating_sub(size_of(kept, extents));
        let before = summed(a, &a_kept).saturating_add(summed(b, &b_kept));
        let mut all = a_kept;
        all.extend(b_kept.iter().copied().filter(|l| !a.contains(l)).collect::<SmallVec<[u8; 16]>>());
        let products = size_of(&all, extents);
        all.retain(|l| output.contains(l));
        self.count(products, before.saturating_add(products.saturating_sub(size_of(&all, extents))));
    }

    fn plus(self, _: &(), _: &(), elements: u64) {
        self.count(0, elements);
    }

    fn select(self, _: &(), _: &(), _: DType) {}

    fn and(self, _: &(), _: &()) {}

    fn or(self, _: &(), _: &()) {}

    fn apply_to(self, map: &LinearMap<()>, _: &(), leading: &[usize]) {
        let once = apply_cost(self.types, map);
        let n: u64 = leading.iter().map(|&e| e as u64).product();
        self.count(once.products.saturating_mul(n), once.sums.saturating_mul(n));
    }

    fn diagonal(self, _: usize) {}

    fn basis(self, _: &Type) {}
}
