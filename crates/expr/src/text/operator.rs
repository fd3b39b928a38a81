//! Operators: how strongly they bind, and the nodes they make.

use super::ast::{BinaryOp, Expr, UnaryOp};
use super::diagnostic::Diagnostic;
use super::input::{Builder, Input, Operand, Parsed};
use super::span::Span;
use super::token::{Token, TokenKind};
use winnow::Parser;
use winnow::token::any;

/// An operator that waits for its right operand.
#[derive(Clone, Copy, Debug)]
pub(super) enum Operator {
    Unary { op: UnaryOp, span: Span },
    Binary { lhs: Operand, op: BinaryOp, op_span: Span },
}

impl Operator {
    /// Whether an operand between this operator and `next` belongs to this one.
    pub(super) fn binds_before(self, next: BinaryOp) -> bool {
        match self {
            Self::Unary { .. } => UNARY_POWER > next.power(),
            Self::Binary { op, .. } => {
                op.power() > next.power() || op.power() == next.power() && next.is_left()
            }
        }
    }

    /// Applies the operator to its right operand.
    pub(super) fn apply(self, builder: &mut Builder<'_>, operand: Operand) -> Operand {
        let (expr, start) = match self {
            Self::Unary { op, span } => (Expr::Unary { op, operand: operand.id }, span),
            Self::Binary { lhs, op, op_span } => {
                (Expr::Binary { op, op_span, lhs: lhs.id, rhs: operand.id }, lhs.span)
            }
        };
        builder.operand(expr, start.to(operand.span))
    }
}

/// The power of a sign: over products, under `**`.
const UNARY_POWER: u8 = 4;

impl BinaryOp {
    /// How strongly the operator binds.
    fn power(self) -> u8 {
        match self {
            Self::Eq | Self::Ne | Self::Lt | Self::Le | Self::Gt | Self::Ge => 1,
            Self::Add | Self::Sub => 2,
            Self::Mul | Self::Div | Self::MatMul => 3,
            Self::Pow => 5,
        }
    }

    /// Whether it is a comparison, which has no chains.
    pub fn is_comparison(self) -> bool {
        self.power() == Self::Eq.power()
    }

    /// Whether `a op b op c` is `(a op b) op c`.
    fn is_left(self) -> bool {
        self != Self::Pow && !self.is_comparison()
    }
}

/// That the comparison at `second` follows the one at `first`.
pub(super) fn chained(source: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(source, second, "comparisons cannot be chained")
        .label("a second comparison")
        .secondary(source, first, "the first one")
        .help("compare twice, `logical_and(a < b, b < c)`, or put one comparison in brackets")
}

/// A sign.
pub(super) fn unary_operator(input: &mut Input<'_, '_>) -> Parsed<(UnaryOp, Span)> {
    any.verify_map(|token: &Token| {
        let op = match token.kind {
            TokenKind::Plus => UnaryOp::Pos,
            TokenKind::Minus => UnaryOp::Neg,
            _ => return None,
        };
        Some((op, token.span))
    })
    .parse_next(input)
}

/// An operator between operands.
pub(super) fn binary_operator(input: &mut Input<'_, '_>) -> Parsed<(BinaryOp, Span)> {
    any.verify_map(|token: &Token| {
        let op = match token.kind {
            TokenKind::Plus => BinaryOp::Add,
            TokenKind::Minus => BinaryOp::Sub,
            TokenKind::Star => BinaryOp::Mul,
            TokenKind::Slash => BinaryOp::Div,
            TokenKind::At => BinaryOp::MatMul,
            TokenKind::StarStar => BinaryOp::Pow,
            TokenKind::EqualEqual => BinaryOp::Eq,
            TokenKind::NotEqual => BinaryOp::Ne,
            TokenKind::Less => BinaryOp::Lt,
            TokenKind::LessEqual => BinaryOp::Le,
            TokenKind::Greater => BinaryOp::Gt,
            TokenKind::GreaterEqual => BinaryOp::Ge,
            _ => return None,
        };
        Some((op, token.span))
    })
    .parse_next(input)
}
