//! A tangent or cotangent: a value and a mask.
//!
//! What it stands for is the value where the mask is true and exactly nothing elsewhere, whatever the value holds there.
//! The selection is made as late as possible. So a branch not taken contributes nothing, in every mode, even through
//! an infinite coefficient further on; a zero that does not come from a mask is never strong.

use wengert_expr::{Expr, Scale, Type};

/// A direction at one node: a tangent in forward mode, a cotangent in reverse mode.
#[derive(Clone, Copy, Debug)]
pub struct Tangent<'b> {
    /// The value; `One` and `MinusOne` are all ones and all minus ones, so a unit seed costs no product.
    pub value: Scale<Expr<'b>>,
    /// Where it is not zero; everywhere if absent.
    pub mask: Option<Expr<'b>>,
}

impl<'b> Tangent<'b> {
    /// All ones.
    pub fn one() -> Tangent<'b> {
        Tangent { value: Scale::One, mask: None }
    }

    /// This value.
    pub fn of(value: Expr<'b>) -> Tangent<'b> {
        Tangent { value: Scale::By(value), mask: None }
    }

    /// The value as a node of this type, whatever it is where the mask is false.
    pub fn unmasked(self, like: Expr<'b>, ty: &Type) -> Expr<'b> {
        let fill = |x: f64| like.builder().number(x, ty.dtype).broadcast_to(ty.shape.clone());
        match self.value {
            Scale::One => fill(1.0),
            Scale::MinusOne => fill(-1.0),
            Scale::By(e) => e,
        }
    }

    /// What it stands for, as a node of this type.
    pub fn settled(self, like: Expr<'b>, ty: &Type) -> Expr<'b> {
        let value = self.unmasked(like, ty);
        match self.mask {
            Some(mask) => mask.select(value, value.number(0.0)),
            None => value,
        }
    }

    /// With this mask as well.
    pub fn masked(self, mask: Option<Expr<'b>>) -> Tangent<'b> {
        Tangent { mask: both(self.mask, mask), ..self }
    }

    /// With its sign changed.
    pub fn negated(self) -> Tangent<'b> {
        let value = match self.value {
            Scale::One => Scale::MinusOne,
            Scale::MinusOne => Scale::One,
            Scale::By(e) => Scale::By(-e),
        };
        Tangent { value, ..self }
    }

    /// The sum of two tangents where both are plain values: what nearly all sums are, and what needs no type.
    pub(crate) fn plain_sum(self, other: Tangent<'b>) -> Option<Tangent<'b>> {
        match (self, other) {
            (Tangent { value: Scale::By(a), mask: None }, Tangent { value: Scale::By(b), mask: None }) => {
                Some(Tangent::of(a + b))
            }
            _ => None,
        }
    }

    /// The sum of two tangents of this type; it is nothing where both are.
    pub fn plus(self, other: Tangent<'b>, like: Expr<'b>, ty: &Type) -> Tangent<'b> {
        if self.mask.map(|m| m.id()) == other.mask.map(|m| m.id()) {
            let value = self.unmasked(like, ty) + other.unmasked(like, ty);
            return Tangent { value: Scale::By(value), mask: self.mask };
        }
        let mask = match (self.mask, other.mask) {
            (Some(a), Some(b)) => Some(a.logical_or(b)),
            (None, _) | (_, None) => None,
        };
        Tangent { value: Scale::By(self.settled(like, ty) + other.settled(like, ty)), mask }
    }
}

/// Where both masks are true.
pub(crate) fn both<'b>(a: Option<Expr<'b>>, b: Option<Expr<'b>>) -> Option<Expr<'b>> {
    match (a, b) {
        (Some(a), Some(b)) if a.id() != b.id() => Some(a.logical_and(b)),
        (Some(a), _) => Some(a),
        (None, b) => b,
    }
}
