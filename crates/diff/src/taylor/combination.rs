//! Sums of tangents with weights: the right-hand side of one step of a recurrence.
//!
//! Equal tangents are added by their weights, so that of the two halves of a product rule one is left, and what has the same
//! weight is added before it is multiplied.

use crate::tangent::Tangent;
use rustc_hash::FxHashMap;
use wengert_expr::{Expr, NodeId, Scale, Type};

/// What makes two tangents the same: the value, where it is more than a sign, and the mask.
type Key = (Option<NodeId>, Option<NodeId>);

/// A sum of tangents of one type.
#[derive(Default)]
pub(super) struct Combination<'b> {
    terms: Vec<(Tangent<'b>, f64)>,
    at: FxHashMap<Key, usize>,
}

impl<'b> Combination<'b> {
    /// Adds a tangent so many times.
    pub(super) fn add(&mut self, t: Tangent<'b>, weight: f64) {
        let (value, weight) = match t.value {
            Scale::MinusOne => (Scale::One, -weight),
            Scale::One | Scale::By(_) => (t.value, weight),
        };
        let node = if let Scale::By(e) = value { Some(e.id()) } else { None };
        match self.at.entry((node, t.mask.map(|m| m.id()))) {
            std::collections::hash_map::Entry::Occupied(entry) => self.terms[*entry.get()].1 += weight,
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(self.terms.len());
                self.terms.push((Tangent { value, ..t }, weight));
            }
        }
    }

    /// The sum over the divisor; `None` is zero.
    pub(super) fn divided(self, divisor: f64, like: Expr<'b>, ty: &Type) -> Option<Tangent<'b>> {
        let mut sums: Vec<(Tangent<'b>, f64)> = Vec::new();
        for (t, weight) in self.terms {
            // Ones that cancel are exactly nothing; another value might not be finite.
            if weight == 0.0 && matches!(t.value, Scale::One) {
                continue;
            }
            match sums.iter_mut().find(|(_, w)| *w == weight) {
                Some((sum, _)) => *sum = sum.plus(t, like, ty),
                None => sums.push((t, weight)),
            }
        }
        let scaled = sums.into_iter().map(|(t, weight)| times(t, weight / divisor, like, ty));
        scaled.reduce(|sum, t| sum.plus(t, like, ty))
    }
}

fn times<'b>(t: Tangent<'b>, factor: f64, like: Expr<'b>, ty: &Type) -> Tangent<'b> {
    if factor == 1.0 {
        t
    } else if factor == -1.0 {
        t.negated()
    } else {
        let value = match t.value {
            Scale::One => like.number(factor).broadcast_to(ty.shape.clone()),
            Scale::MinusOne | Scale::By(_) => t.unmasked(like, ty) * factor,
        };
        Tangent { value: Scale::By(value), ..t }
    }
}
