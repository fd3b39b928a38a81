//! Statements, and the programs they make.

use super::ast::{Declaration, Header, HeaderKind, Output, Statement, StatementKind, TypeExpr};
use super::diagnostic::Diagnostic;
use super::expression::tree;
use super::input::{
    Failure, Input, Parsed, ident, name_and_equal, next_kind, next_token, previous_token, required,
};
use super::list::{bracketed, distinct};
use super::span::Span;
use super::suggest::suggest;
use super::token::{Token, TokenKind};
use super::unexpected::{clip, expected, expected_after_expression};
use crate::Role;
use winnow::Parser;
use winnow::combinator::{opt, preceded, repeat, separated, terminated};
use winnow::token::one_of;

/// The headers and statements of a whole program.
pub(super) fn program(input: &mut Input<'_, '_>) -> Parsed<(Vec<Header>, Vec<Statement>)> {
    separators(input)?;
    let headers = repeat(0.., terminated(header, separators)).parse_next(input)?;
    let statements: Vec<Statement> = repeat(0.., terminated(statement, separators)).parse_next(input)?;
    required(TokenKind::End, "a statement").parse_next(input)?;
    if statements.is_empty() {
        let error = Diagnostic::new(input.state.source, Span::default(), "the program is empty");
        return Err(error.help("a program is an expression at least, such as `x * y`").into());
    }
    Ok((headers, statements))
}

fn separators(input: &mut Input<'_, '_>) -> Parsed<()> {
    repeat(0.., one_of([TokenKind::Newline, TokenKind::Semicolon])).parse_next(input)
}

fn header(input: &mut Input<'_, '_>) -> Parsed<Header> {
    let span = TokenKind::Header.parse_next(input)?.span;
    let text = input.state.source[span.range()]["#!".len()..].trim();
    if text == NO_SHARE {
        return Ok(Header { kind: HeaderKind::NoShare, span });
    }
    let error = Diagnostic::new(input.state.source, span, format!("unknown header {}", clip(text)));
    Err(match suggest(text, [NO_SHARE]) {
        Some(near) => error.help(format!("did you mean `#! {near}`?")),
        None => error.help("a comment starts with `#` and another character than `!`"),
    }
    .into())
}

const NO_SHARE: &str = "no-share";

/// A statement up to where it ends.
fn statement(input: &mut Input<'_, '_>) -> Parsed<Statement> {
    let start = next_token(input).span;
    let kind = match next_kind(input) {
        TokenKind::Input => declare(input, Role::Input)?,
        TokenKind::Param => declare(input, Role::Param)?,
        TokenKind::Fn => define(input)?,
        TokenKind::Output => output(input)?,
        kind if kind.starts_expression() => match name_and_equal(input)? {
            Some(name) => StatementKind::Assign { name, value: tree(input)? },
            None => StatementKind::Evaluate(tree(input)?),
        },
        _ => return Err(Failure::Mismatch),
    };
    let found = next_token(input);
    let last = previous_token(input).unwrap_or(found);
    let span = start.to(last.span);
    if found.kind.ends_statement() {
        return Ok(Statement { kind, span });
    }
    Err(no_end(input.state.source, &kind, span, last, found).into())
}

/// The error that `found` follows a statement whose last token is `last`.
fn no_end(source: &str, kind: &StatementKind, span: Span, last: Token, found: Token) -> Diagnostic {
    match kind {
        StatementKind::Declare { declarations, .. } => {
            let typed = declarations.last().is_some_and(|declaration| declaration.ty.is_some());
            let what = if typed {
                "`,` or the end of the statement"
            } else {
                "`:`, `,` or the end of the statement"
            };
            expected(source, what, found)
        }
        StatementKind::Evaluate(_) if found.kind == TokenKind::Equal => {
            Diagnostic::new(source, span, "only a name can stand left of `=`")
                .label("not a name")
                .help("a comparison is written `==`")
        }
        StatementKind::Output(_) => {
            expected_after_expression(source, "`,` or the end of the statement", last, found)
        }
        StatementKind::Evaluate(_) | StatementKind::Assign { .. } | StatementKind::Define { .. } => {
            expected_after_expression(source, "the end of the statement", last, found)
        }
    }
}

/// `input a, b: f64[3], c` or the same with `param`.
fn declare(input: &mut Input<'_, '_>, role: Role) -> Parsed<StatementKind> {
    let keyword = match role {
        Role::Input => TokenKind::Input,
        Role::Param => TokenKind::Param,
    };
    let names = separated(1.., required(ident, "a name"), TokenKind::Comma);
    let ty = opt(preceded(TokenKind::Colon, required(type_expr, "a dtype")));
    let declaration = (names, ty).map(|(names, ty)| Declaration { names, ty });
    let declarations = preceded(keyword, separated(1.., declaration, TokenKind::Comma)).parse_next(input)?;
    Ok(StatementKind::Declare { role, declarations })
}

/// `f64[3, 2]`.
fn type_expr(input: &mut Input<'_, '_>) -> Parsed<TypeExpr> {
    let dtype = ident(input)?;
    if next_kind(input) != TokenKind::OpenBracket {
        return Ok(TypeExpr { dtype, sizes: Vec::new(), span: dtype.span });
    }
    let (sizes, span) = bracketed(input, size, "a size")?;
    Ok(TypeExpr { dtype, sizes, span: dtype.span.to(span) })
}

fn size(input: &mut Input<'_, '_>) -> Parsed<(usize, Span)> {
    let span = TokenKind::Integer.parse_next(input)?.span;
    let source = input.state.source;
    // Digits are all that the token has, so only their number can be wrong.
    match source[span.range()].replace('_', "").parse() {
        Ok(size) => Ok((size, span)),
        Err(_) => {
            let message = format!("the size {} is too large", clip(&source[span.range()]));
            Err(Diagnostic::new(source, span, message).label(format!("more than {}", usize::MAX)).into())
        }
    }
}

/// `fn g(a, b) = a*b`.
fn define(input: &mut Input<'_, '_>) -> Parsed<StatementKind> {
    let name = preceded(TokenKind::Fn, required(ident, "the function's name")).parse_next(input)?;
    let found = next_token(input);
    if found.kind != TokenKind::OpenParen {
        return Err(expected(input.state.source, "`(` and the parameters", found).into());
    }
    let (parameters, _) = bracketed(input, ident, "a parameter")?;
    distinct(input.state.source, "parameter", parameters.iter().copied())?;
    let body = preceded(required(TokenKind::Equal, "`=`"), tree).parse_next(input)?;
    Ok(StatementKind::Define { name, parameters, body })
}

/// `output e, y = f + 1`.
fn output(input: &mut Input<'_, '_>) -> Parsed<StatementKind> {
    let one = |input: &mut Input<'_, '_>| Ok(Output { name: name_and_equal(input)?, value: tree(input)? });
    let outputs = preceded(TokenKind::Output, separated(1.., one, TokenKind::Comma)).parse_next(input)?;
    Ok(StatementKind::Output(outputs))
}
