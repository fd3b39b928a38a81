//! What the parser reads, what it builds while it reads, and how it fails.
//!
//! Every parser decides by the tokens ahead and then keeps to its decision, so no node is ever given up: the arena
//! holds exactly the nodes of the program, each after its operands.

use super::ast::{Expr, ExprId, Ident, Node};
use super::diagnostic::Diagnostic;
use super::names::Names;
use super::quote::unquote;
use super::span::Span;
use super::token::{Token, TokenKind};
use super::unexpected::expected;
use std::borrow::Cow;
use winnow::Parser;
use winnow::combinator::{alt, terminated};
use winnow::error::ParserError;
use winnow::stream::{ContainsToken, Stateful, TokenSlice};
use winnow::token::one_of;

/// The tokens ahead, and the tree so far.
pub(super) type Input<'t, 's> = Stateful<TokenSlice<'t, Token>, Builder<'s>>;

/// The result of a parser.
pub(super) type Parsed<T> = Result<T, Failure>;

/// Why a parser gave nothing.
#[derive(Debug)]
pub(super) enum Failure {
    /// What it reads does not start here; nothing was built.
    Mismatch,
    /// The program is wrong.
    Wrong(Box<Diagnostic>),
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Wrong(Box::new(diagnostic))
    }
}

impl<'t, 's> ParserError<Input<'t, 's>> for Failure {
    type Inner = Self;

    fn from_input(_: &Input<'t, 's>) -> Self {
        Self::Mismatch
    }

    fn is_backtrack(&self) -> bool {
        matches!(self, Self::Mismatch)
    }

    fn into_inner(self) -> Result<Self, Self> {
        Ok(self)
    }
}

/// An expression that was read, with the brackets around it in its span.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operand {
    pub(super) id: ExprId,
    pub(super) span: Span,
}

/// The tree so far.
#[derive(Debug)]
pub(super) struct Builder<'s> {
    pub(super) source: &'s str,
    pub(super) names: Names,
    pub(super) nodes: Vec<Node>,
}

impl Builder<'_> {
    /// Adds a node after its operands.
    pub(super) fn operand(&mut self, expr: Expr, span: Span) -> Operand {
        let id = self.next_id();
        self.nodes.push(Node { expr, span });
        Operand { id, span }
    }

    /// The id of the node that comes next.
    pub(super) fn next_id(&self) -> ExprId {
        // A node takes a token, and the lexer has checked that those are fewer than 2^32.
        ExprId(self.nodes.len() as u32)
    }
}

impl ContainsToken<&Token> for TokenKind {
    fn contains_token(&self, token: &Token) -> bool {
        *self == token.kind
    }
}

impl<const N: usize> ContainsToken<&Token> for [TokenKind; N] {
    fn contains_token(&self, token: &Token) -> bool {
        self.contains(&token.kind)
    }
}

/// A kind of token is the parser of one such token.
impl<'t, 's> Parser<Input<'t, 's>, Token, Failure> for TokenKind {
    fn parse_next(&mut self, input: &mut Input<'t, 's>) -> Parsed<Token> {
        one_of(*self).map(|token: &Token| *token).parse_next(input)
    }
}

/// The next token, which stays there.
pub(super) fn next_token(input: &Input<'_, '_>) -> Token {
    let end = input.state.source.len() as u32;
    input.first().copied().unwrap_or(Token { kind: TokenKind::End, span: Span::new(end, end) })
}

/// The kind of the next token.
pub(super) fn next_kind(input: &Input<'_, '_>) -> TokenKind {
    next_token(input).kind
}

/// The name in `name =`, where both come next.
pub(super) fn name_and_equal(input: &mut Input<'_, '_>) -> Parsed<Option<Ident>> {
    match input[..] {
        [name, equal, ..] if name.kind.is_name() && equal.kind == TokenKind::Equal => {
            terminated(ident, TokenKind::Equal).map(Some).parse_next(input)
        }
        _ => Ok(None),
    }
}

/// The last token that was read.
pub(super) fn previous_token(input: &Input<'_, '_>) -> Option<Token> {
    input.input.previous_tokens().next().copied()
}

/// What `parser` reads, or the error that `what` was expected where it should start.
pub(super) fn required<'t, 's, T>(
    mut parser: impl Parser<Input<'t, 's>, T, Failure>,
    what: &'static str,
) -> impl Parser<Input<'t, 's>, T, Failure> {
    move |input: &mut Input<'t, 's>| {
        let found = next_token(input);
        parser.parse_next(input).map_err(|failure| match failure {
            Failure::Mismatch => expected(input.state.source, what, found).into(),
            Failure::Wrong(_) => failure,
        })
    }
}

/// A name, in backquotes or not.
pub(super) fn ident(input: &mut Input<'_, '_>) -> Parsed<Ident> {
    let token = alt((TokenKind::Name, TokenKind::QuotedName)).parse_next(input)?;
    let text = &input.state.source[token.span.range()];
    let text = if token.kind == TokenKind::Name { Cow::Borrowed(text) } else { unescaped(input, token)? };
    Ok(Ident { name: input.state.names.intern(&text), span: token.span })
}

/// The text of a quoted token.
pub(super) fn unescaped<'s>(input: &Input<'_, 's>, token: Token) -> Parsed<Cow<'s, str>> {
    let source = input.state.source;
    unquote(&source[token.span.range()]).map_err(|(place, problem)| {
        let start = token.span.start;
        let span = Span::new(start + place.start as u32, start + place.end as u32);
        Diagnostic::new(source, span, problem)
            .help("the escapes are \\n \\r \\t \\\\ \\` \\\" and \\u{1f600}")
            .into()
    })
}
