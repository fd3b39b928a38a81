//! The rows' own values of single elements: what is computed where there is no body without branches, or it does not reach.

use wengert_expr::{Binary, Kernel, Unary};

/// The operation's reference value; none for what is not from float to float.
pub(crate) fn unary(f: Unary) -> Option<fn(f64) -> f64> {
    match f.row().kernel {
        Kernel::Unary(f) | Kernel::UnaryInt(f, _) => Some(f),
        _ => None,
    }
}

/// The operation's reference value; none for what is not from floats to float.
pub(crate) fn binary(f: Binary) -> Option<fn(f64, f64) -> f64> {
    match f.row().kernel {
        Kernel::Binary(f) | Kernel::BinaryInt(f, _) => Some(f),
        _ => None,
    }
}
