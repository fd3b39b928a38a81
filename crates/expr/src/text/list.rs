//! Lists in brackets: how they end, that their names differ, and those without expressions.

use super::ast::Ident;
use super::input::{Failure, Input, Parsed, next_token, previous_token};
use super::span::Span;
use super::token::TokenKind;
use super::unexpected::{expected, expected_after_expression, given_twice};
use rustc_hash::FxHashMap;
use winnow::Parser;
use winnow::combinator::{alt, opt, separated};

/// Where in a list the next token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// After the opening bracket.
    FirstItem,
    /// After a comma.
    Item,
    /// After an item.
    Separator,
}

/// Reads `closing`, or says what was expected instead of what is there.
pub(super) fn close(
    input: &mut Input<'_, '_>,
    mut closing: TokenKind,
    item: &str,
    before: Before,
) -> Parsed<Span> {
    let found = next_token(input);
    if found.kind == closing {
        return Ok(closing.parse_next(input)?.span);
    }
    let source = input.state.source;
    let mark = if closing == TokenKind::CloseParen { ')' } else { ']' };
    Err(match before {
        Before::FirstItem | Before::Item => expected(source, &format!("{item} or `{mark}`"), found),
        Before::Separator => {
            let last = previous_token(input).unwrap_or(found);
            expected_after_expression(source, &format!("`,` or `{mark}`"), last, found)
        }
    }
    .into())
}

/// Items with commas between them, one after the last allowed, from the bracket that comes next to its partner;
/// and the span from bracket to bracket. An item is no expression: those are read without recursion.
pub(super) fn bracketed<'t, 's, T>(
    input: &mut Input<'t, 's>,
    item: impl Parser<Input<'t, 's>, T, Failure>,
    what: &str,
) -> Parsed<(Vec<T>, Span)> {
    let open = alt((TokenKind::OpenParen, TokenKind::OpenBracket)).parse_next(input)?;
    let items: Vec<T> = separated(0.., item, TokenKind::Comma).parse_next(input)?;
    let before = if items.is_empty() {
        Before::FirstItem
    } else if opt(TokenKind::Comma).parse_next(input)?.is_some() {
        Before::Item
    } else {
        Before::Separator
    };
    let closing =
        if open.kind == TokenKind::OpenParen { TokenKind::CloseParen } else { TokenKind::CloseBracket };
    let close = close(input, closing, what, before)?;
    Ok((items, open.span.to(close)))
}

/// That no name stands twice among `names`, each of which is a `kind`.
pub(super) fn distinct(source: &str, kind: &str, names: impl IntoIterator<Item = Ident>) -> Parsed<()> {
    let mut places = FxHashMap::default();
    for ident in names {
        if let Some(first) = places.insert(ident.name, ident.span) {
            return Err(given_twice(source, kind, first, ident.span).into());
        }
    }
    Ok(())
}
