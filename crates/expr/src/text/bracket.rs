//! Brackets inside expressions: groups, tuples, lists, arguments and indices, item by item.

use super::arguments::Arguments;
use super::ast::{Expr, ExprId, Ident};
use super::diagnostic::Diagnostic;
use super::expression::{Next, Pending};
use super::index::IndexItems;
use super::input::{Input, Operand, Parsed, next_kind, previous_token};
use super::list::{Before, close};
use super::span::Span;
use super::token::TokenKind;
use winnow::Parser;
use winnow::combinator::{alt, opt};

/// An open bracket with what has been read of it.
#[derive(Debug)]
pub(super) struct Bracket {
    open: Span,
    content: Content,
    before: Before,
}

/// What a bracket is for, and its items so far.
#[derive(Debug)]
pub(super) enum Content {
    /// `(a)`, or the tuples `(a, b)`, `(a,)` and `()`.
    Group(Vec<ExprId>),
    /// `[a, b]`.
    List(Vec<ExprId>),
    /// `f(a, k=b)`.
    Call { callee: Ident, args: Arguments },
    /// `x.f(a, k=b)`.
    Method { receiver: Operand, method: Ident, args: Arguments },
    /// `x[a, b:c]`.
    Index { target: Operand, items: IndexItems },
}

impl Bracket {
    /// Reads the opening bracket.
    pub(super) fn open(input: &mut Input<'_, '_>, content: Content) -> Parsed<Self> {
        let open = alt((TokenKind::OpenParen, TokenKind::OpenBracket)).parse_next(input)?.span;
        Ok(Self { open, content, before: Before::FirstItem })
    }

    /// Reads an item up to its expression, or the end of the bracket.
    pub(super) fn item(mut self, input: &mut Input<'_, '_>, pending: &mut Vec<Pending>) -> Parsed<Next> {
        let needs_value = match &mut self.content {
            Content::Group(_) | Content::List(_) => false,
            Content::Call { args, .. } | Content::Method { args, .. } => args.start_item(input)?,
            Content::Index { items, .. } => {
                if items.start_item(input)? {
                    return self.end_item(input);
                }
                false
            }
        };
        if needs_value || next_kind(input).starts_expression() {
            pending.push(Pending::Bracket(self));
            return Ok(Next::Operand);
        }
        self.close(input)
    }

    /// Takes the expression of an item, and reads on to the next.
    pub(super) fn value(mut self, input: &mut Input<'_, '_>, value: Operand) -> Parsed<Next> {
        match &mut self.content {
            Content::Group(values) | Content::List(values) => values.push(value.id),
            Content::Call { args, .. } | Content::Method { args, .. } => args.value(input, value)?,
            Content::Index { items, .. } => items.value(value, next_kind(input)),
        }
        self.end_item(input)
    }

    /// Reads what follows an item, or a part of a slice.
    fn end_item(mut self, input: &mut Input<'_, '_>) -> Parsed<Next> {
        if let Content::Index { items, .. } = &mut self.content {
            if items.colon(input)? {
                return Ok(Next::Item(self));
            }
            items.end_item(previous_token(input).map_or(self.open, |token| token.span));
        }
        self.before = Before::Separator;
        if opt(TokenKind::Comma).parse_next(input)?.is_some() {
            self.before = Before::Item;
            return Ok(Next::Item(self));
        }
        self.close(input)
    }

    /// Reads the closing bracket, and makes the node.
    fn close(self, input: &mut Input<'_, '_>) -> Parsed<Next> {
        let (closing, item) = match &self.content {
            Content::Group(_) => (TokenKind::CloseParen, "an expression"),
            Content::List(_) => (TokenKind::CloseBracket, "an expression"),
            Content::Call { .. } | Content::Method { .. } => (TokenKind::CloseParen, "an argument"),
            Content::Index { .. } => (TokenKind::CloseBracket, "an index"),
        };
        let close = close(input, closing, item, self.before)?;
        let brackets = self.open.to(close);
        let (expr, span) = match self.content {
            Content::Group(values) => match values[..] {
                [id] if self.before == Before::Separator => {
                    return Ok(Next::After(Operand { id, span: brackets }));
                }
                _ => (Expr::Tuple(values), brackets),
            },
            Content::List(values) => (Expr::List(values), brackets),
            Content::Call { callee, args } => {
                (Expr::Call { callee, args: args.finish(input)? }, callee.span.to(close))
            }
            Content::Method { receiver, method, args } => {
                let expr = Expr::Method { receiver: receiver.id, method, args: args.finish(input)? };
                (expr, receiver.span.to(close))
            }
            Content::Index { .. } if self.before == Before::FirstItem => {
                let message = "expected an index between the brackets";
                return Err(Diagnostic::new(input.state.source, brackets, message).into());
            }
            Content::Index { target, items } => {
                (Expr::Index { target: target.id, items: items.finish() }, target.span.to(close))
            }
        };
        Ok(Next::After(input.state.operand(expr, span)))
    }
}
