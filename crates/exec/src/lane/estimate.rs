//! How long a program takes.

use super::program::{Op, Program};
use wengert_expr::{Binary, Unary};

impl Program {
    /// About how long one element takes, from the throughput of scalar code.
    pub(crate) fn nanoseconds(&self) -> f64 {
        let cost = |op: Op| match op {
            Op::Unary(Unary::Neg | Unary::Abs | Unary::Square | Unary::Not | Unary::IsFinite) => 0.25,
            Op::Unary(_) | Op::Polygamma | Op::Binary(Binary::Pow | Binary::Atan2 | Binary::Hypot) => 8.0,
            Op::Binary(Binary::Div | Binary::Remainder) => 1.5,
            Op::Constant => 0.0,
            _ => 0.3,
        };
        self.insts.iter().map(|i| cost(i.op)).sum()
    }
}
