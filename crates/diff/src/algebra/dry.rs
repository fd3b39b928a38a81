//! Coefficients that are only counted: what a cost and a pattern are made of.

use super::coefficients::{Array, Coefficients, Extents, Style, size_of};
use super::cost::{ApplyCost, apply_cost};
use smallvec::SmallVec;
use std::cell::Cell;
use wengert_expr::{DType, LinearMap, NodeId, Part, Type, TypeId, TypeTable};

/// What is known of an array that a map refers to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Slot {
    /// Numbers or a mask: that they are there.
    Coefficients,
    /// Positions: which ones, since maps that move elements elsewhere are others.
    Positions(NodeId),
}

impl Slot {
    /// A map of which nothing is kept but its structure.
    pub fn bones(map: &LinearMap<NodeId>) -> LinearMap<Slot> {
        map.map_parts(&mut |part| match part {
            Part::Coefficient(_) => Slot::Coefficients,
            Part::Position(&node) => Slot::Positions(node),
        })
    }
}

/// Arithmetic that is only counted.
#[derive(Clone, Copy, Debug)]
pub struct Dry<'g> {
    types: &'g TypeTable,
    tally: &'g Cell<ApplyCost>,
    style: Style,
}

impl<'g> Dry<'g> {
    /// Counts into this tally.
    pub fn new(types: &'g TypeTable, tally: &'g Cell<ApplyCost>) -> Dry<'g> {
        Dry { types, tally, style: Style::default() }
    }

    /// The same with another style of multiplying out.
    pub fn styled(self, style: Style) -> Dry<'g> {
        Dry { style, ..self }
    }

    fn count(self, products: u64, sums: u64) {
        self.tally.set(self.tally.get() + ApplyCost { products, sums });
    }
}

impl Coefficients for Dry<'_> {
    type C = Slot;

    fn ty(self, id: TypeId) -> Type {
        self.types.get(id).clone()
    }

    fn number(self, _: f64, _: DType) -> Slot {
        Slot::Coefficients
    }

    fn negated(self, _: &Slot) -> Slot {
        Slot::Coefficients
    }

    fn relabel(self, (_, labels): Array<'_, Slot>, output: &[u8], extents: &Extents) -> Slot {
        let kept: SmallVec<[u8; 16]> = labels.iter().copied().filter(|l| output.contains(l)).collect();
        self.count(0, size_of(labels, extents).saturating_sub(size_of(&kept, extents)));
        Slot::Coefficients
    }

    fn einsum(
        self,
        (_, a): Array<'_, Slot>,
        (_, b): Array<'_, Slot>,
        output: &[u8],
        extents: &Extents,
    ) -> Slot {
        // What only one of them has and the result lacks is summed first.
        let kept = |of: &[u8], other: &[u8]| -> SmallVec<[u8; 16]> {
            of.iter().copied().filter(|l| other.contains(l) || output.contains(l)).collect()
        };
        let (a_kept, b_kept) = (kept(a, b), kept(b, a));
        let folded = |of: &[u8], kept: &[u8]| size_of(of, extents).saturating_sub(size_of(kept, extents));
        let before = folded(a, &a_kept).saturating_add(folded(b, &b_kept));
        let mut all = a_kept;
        all.extend(b_kept.iter().copied().filter(|l| !a.contains(l)).collect::<SmallVec<[u8; 16]>>());
        let products = size_of(&all, extents);
        all.retain(|l| output.contains(l));
        // Of nothing there is nothing to add, though the sum is there.
        self.count(products, before.saturating_add(products.saturating_sub(size_of(&all, extents))));
        Slot::Coefficients
    }

    fn plus(self, _: &Slot, _: &Slot, elements: u64) -> Slot {
        self.count(0, elements);
        Slot::Coefficients
    }

    fn select(self, _: &Slot, _: &Slot, _: DType) -> Slot {
        Slot::Coefficients
    }

    fn and(self, _: &Slot, _: &Slot) -> Slot {
        Slot::Coefficients
    }

    fn or(self, _: &Slot, _: &Slot) -> Slot {
        Slot::Coefficients
    }

    fn apply_to(self, map: &LinearMap<Slot>, _: &Slot, leading: &[usize]) -> Slot {
        let once = apply_cost(self.types, map);
        let n: u64 = leading.iter().map(|&e| e as u64).product();
        self.count(once.products.saturating_mul(n), once.sums.saturating_mul(n));
        Slot::Coefficients
    }

    fn diagonal(self, _: usize) -> Slot {
        Slot::Coefficients
    }

    fn basis(self, _: &Type) -> Slot {
        Slot::Coefficients
    }

    fn style(self) -> Style {
        self.style
    }
}
