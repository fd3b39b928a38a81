//! The items of an index: expressions, slices, `...` and new axes.

use super::ast::{ExprId, IndexItem};
use super::diagnostic::Diagnostic;
use super::input::{Input, Operand, Parsed, next_kind, next_token};
use super::span::Span;
use super::token::{Token, TokenKind};
use winnow::Parser;
use winnow::combinator::opt;

/// The items so far.
#[derive(Debug, Default)]
pub(super) struct IndexItems {
    items: Vec<IndexItem>,
    slice: Option<PartialSlice>,
    ellipsis: Option<Span>,
}

/// A slice of which some parts have been read.
#[derive(Debug)]
struct PartialSlice {
    start: Span,
    parts: [Option<ExprId>; 3],
    /// The part that comes next.
    next: usize,
}

impl IndexItems {
    /// Reads an item, or a part of a slice, that has no expression; says whether it was one.
    pub(super) fn start_item(&mut self, input: &mut Input<'_, '_>) -> Parsed<bool> {
        if self.slice.is_some() {
            return Ok(!next_kind(input).starts_expression());
        }
        let next = next_token(input);
        if next.kind == TokenKind::Colon {
            self.slice = Some(PartialSlice { start: next.span, parts: [None; 3], next: 0 });
        } else if next.kind == TokenKind::Ellipsis {
            if let Some(first) = self.ellipsis.replace(next.span) {
                let message = "an index can have one `...` only";
                return Err(Diagnostic::new(input.state.source, next.span, message)
                    .secondary(input.state.source, first, "the first one")
                    .into());
            }
            self.items.push(IndexItem::Ellipsis(next.span));
            TokenKind::Ellipsis.parse_next(input)?;
        } else if at_new_axis(input) {
            self.items.push(IndexItem::NewAxis(next.span));
            TokenKind::Name.parse_next(input)?;
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// Takes an expression, before a token of kind `next`.
    pub(super) fn value(&mut self, value: Operand, next: TokenKind) {
        match &mut self.slice {
            Some(slice) => slice.parts[slice.next] = Some(value.id),
            None if next == TokenKind::Colon => {
                let parts = [Some(value.id), None, None];
                self.slice = Some(PartialSlice { start: value.span, parts, next: 0 });
            }
            None => self.items.push(IndexItem::At(value.id)),
        }
    }

    /// Reads a colon inside a slice, which another part may follow; says whether there was one.
    pub(super) fn colon(&mut self, input: &mut Input<'_, '_>) -> Parsed<bool> {
        let Some(slice) = self.slice.as_mut().filter(|slice| slice.next + 1 < slice.parts.len()) else {
            return Ok(false);
        };
        let colon = opt(TokenKind::Colon).parse_next(input)?.is_some();
        slice.next += usize::from(colon);
        Ok(colon)
    }

    /// Ends an item, the last token of which is at `last`.
    pub(super) fn end_item(&mut self, last: Span) {
        if let Some(PartialSlice { start: first, parts: [start, stop, step], .. }) = self.slice.take() {
            self.items.push(IndexItem::Slice { start, stop, step, span: first.to(last) });
        }
    }

    pub(super) fn finish(self) -> Vec<IndexItem> {
        self.items
    }
}

/// Whether `None` or `newaxis` comes next, alone in its item.
fn at_new_axis(input: &Input<'_, '_>) -> bool {
    let Some([Token { kind: TokenKind::Name, span }, next]) = input.get(..2) else { return false };
    matches!(&input.state.source[span.range()], "None" | "newaxis")
        && matches!(next.kind, TokenKind::Comma | TokenKind::CloseBracket)
}
