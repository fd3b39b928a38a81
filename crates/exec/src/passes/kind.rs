//! Kinds of operations, whatever their attributes: what rows in code look for.

use super::rule::Kind;
use wengert_expr::{Binary, Op, Reduction, Unary};

macro_rules! kinds {
    ($($(#[$about:meta])* $name:ident: $pattern:pat,)*) => {$(
        $(#[$about])*
        pub(crate) fn $name(op: &Op) -> bool {
            matches!(op, $pattern)
        }
    )*};
}

kinds! {
    is_constant: Op::Constant(_),
    /// A constant, stretched or not, as far as the operation says.
    is_number: Op::Constant(_) | Op::Broadcast { .. },
    is_negation: Op::Unary(Unary::Neg),
    is_exp: Op::Unary(Unary::Exp),
    is_log: Op::Unary(Unary::Log),
    is_add: Op::Binary(Binary::Add),
    is_product: Op::Binary(Binary::Mul),
    is_quotient: Op::Binary(Binary::Div),
    is_cast: Op::Cast(_),
    is_extreme: Op::Reduce(Reduction::Max | Reduction::Min, _),
    is_sum: Op::Reduce(Reduction::Sum, _),
    is_sum_or_prod: Op::Reduce(Reduction::Sum | Reduction::Prod, _),
    is_broadcast: Op::Broadcast { .. },
    is_reshape: Op::Reshape(_),
    is_transpose: Op::Transpose(_),
    is_flip: Op::Flip(_),
    /// The same elements elsewhere, perhaps with zeros between.
    is_moved: Op::Reshape(_) | Op::Transpose(_) | Op::Flip(_) | Op::Pad(_),
    is_slice: Op::Slice(_),
    is_pad: Op::Pad(_),
    is_concatenate: Op::Concatenate(_),
    is_dot: Op::Dot(_),
}

/// What stands behind a root wherever a row in code fires, so that it need not be tried elsewhere.
#[derive(Clone, Copy)]
pub(crate) enum Behind {
    /// Anything.
    Anything,
    /// The first operand is of this kind.
    First(Kind),
    /// The second operand is.
    Second(Kind),
    /// All operands are.
    Each(Kind),
    /// One operand at least is.
    One(Kind),
}

impl Behind {
    /// Whether these may be the operations behind a root: the first ones, if there are `more`.
    pub(super) fn allows(self, operands: &[&Op], more: bool) -> bool {
        match self {
            Behind::Anything => true,
            Behind::First(kind) => operands.first().is_some_and(|op| kind(op)),
            Behind::Second(kind) => operands.get(1).is_some_and(|op| kind(op)),
            Behind::Each(kind) => operands.iter().all(|op| kind(op)),
            Behind::One(kind) => more || operands.iter().any(|op| kind(op)),
        }
    }
}
