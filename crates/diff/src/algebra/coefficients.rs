//! What coefficients are: nodes of a graph that is written, or nothing where an order is only costed.
//!
//! The algebra says what is multiplied and added; whether that makes nodes or numbers in a tally is decided here. So a
//! cost is counted by the same code that emits, and a search writes nothing into any graph.

use super::apply::apply;
use crate::tangent::Tangent;
use smallvec::SmallVec;
use std::fmt::Debug;
use wengert_expr::{Builder, DType, LinearMap, NodeId, Shape, Type, TypeId};

/// The extent of each label.
pub type Extents = SmallVec<[usize; 16]>;

/// The shape of an array with these labels.
pub(super) fn shape_of(labels: &[u8], extents: &Extents) -> Shape {
    labels.iter().map(|&l| extents[l as usize]).collect()
}

pub(super) fn size_of(labels: &[u8], extents: &Extents) -> u64 {
    labels.iter().fold(1u64, |n, &l| n.saturating_mul(extents[l as usize] as u64))
}

/// An array of coefficients with the labels of its axes.
pub type Array<'a, C> = (&'a C, &'a [u8]);

/// Which products of maps become one array of coefficients.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Style {
    /// Those that hold no more than they should.
    #[default]
    Sparing,
    /// All that can be, however much they hold: what others count.
    Eager,
    /// Only the structure is wanted. Labelled maps become one, but chains and sums stay as they are, even where one array
    /// would hold them, since zeros that an operation moved into it would be taken for coefficients.
    Structural,
}

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
    /// What is multiplied out.
    fn style(self) -> Style {
        Style::Sparing
    }
}

impl Coefficients for &Builder {
    type C = NodeId;

    fn ty(self, id: TypeId) -> Type {
        self.read(|g| g.type_of(id).clone())
    }

    fn number(self, x: f64, dtype: DType) -> NodeId {
        Builder::number(self, x, dtype).id()
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
            None => self.number(0.0, to.dtype).broadcast_to(ty.shape),
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
