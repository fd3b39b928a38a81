//! Expressions, read without recursion: operators and brackets wait on one stack until they are complete.
//!
//! So a chain of operators or a tower of brackets of any size takes heap, and no stack.

use super::arguments::Arguments;
use super::ast::{BinaryOp, Expr, NumberKind, Tree};
use super::bracket::{Bracket, Content};
use super::diagnostic::Diagnostic;
use super::index::IndexItems;
use super::input::{Failure, Input, Operand, Parsed, ident, next_kind, next_token, required, unescaped};
use super::operator::{Operator, binary_operator, chained, unary_operator};
use super::token::TokenKind;
use super::unexpected::expected;
use winnow::Parser;
use winnow::combinator::{opt, preceded};

/// What waits for the rest of its operands.
#[derive(Debug)]
pub(super) enum Pending {
    Operator(Operator),
    Bracket(Bracket),
}

/// What comes next.
#[derive(Debug)]
pub(super) enum Next {
    /// A sign or an operand.
    Operand,
    /// An item of a bracket, or its end.
    Item(Bracket),
    /// What may follow an operand: an index, a method, an operator, or the end of the expression.
    After(Operand),
    /// Nothing: the expression is complete.
    Done(Operand),
}

/// An expression and all that belongs to it, which must come next.
pub(super) fn tree(input: &mut Input<'_, '_>) -> Parsed<Tree> {
    let first = input.state.next_id();
    let root = required(expression, "an expression").parse_next(input)?.id;
    Ok(Tree { first, root })
}

/// An expression. A mismatch unless the next token starts one.
fn expression(input: &mut Input<'_, '_>) -> Parsed<Operand> {
    if !next_kind(input).starts_expression() {
        return Err(Failure::Mismatch);
    }
    let mut pending = Vec::new();
    let mut next = Next::Operand;
    loop {
        next = match next {
            Next::Operand => operand(input, &mut pending)?,
            Next::Item(bracket) => bracket.item(input, &mut pending)?,
            Next::After(operand) => after(input, &mut pending, operand)?,
            Next::Done(operand) => return Ok(operand),
        }
    }
}

/// Signs, and then what they apply to, or the bracket that opens it.
fn operand(input: &mut Input<'_, '_>, pending: &mut Vec<Pending>) -> Parsed<Next> {
    while let Some((op, span)) = opt(unary_operator).parse_next(input)? {
        pending.push(Pending::Operator(Operator::Unary { op, span }));
    }
    match next_kind(input) {
        TokenKind::Name | TokenKind::QuotedName => name_or_call(input),
        kind @ TokenKind::Integer => number(input, kind, NumberKind::Integer),
        kind @ TokenKind::Float => number(input, kind, NumberKind::Float),
        TokenKind::Text => text(input),
        TokenKind::OpenParen => open(input, Content::Group(Vec::new())),
        TokenKind::OpenBracket => open(input, Content::List(Vec::new())),
        _ => Err(expected(input.state.source, "an expression", next_token(input)).into()),
    }
}

fn name_or_call(input: &mut Input<'_, '_>) -> Parsed<Next> {
    let name = ident(input)?;
    if next_kind(input) == TokenKind::OpenParen {
        return open(input, Content::Call { callee: name, args: Arguments::default() });
    }
    Ok(Next::After(input.state.operand(Expr::Name(name.name), name.span)))
}

fn number(input: &mut Input<'_, '_>, mut token: TokenKind, kind: NumberKind) -> Parsed<Next> {
    let span = token.parse_next(input)?.span;
    Ok(Next::After(input.state.operand(Expr::Number(kind), span)))
}

fn text(input: &mut Input<'_, '_>) -> Parsed<Next> {
    let token = TokenKind::Text.parse_next(input)?;
    let text = unescaped(input, token)?.into();
    Ok(Next::After(input.state.operand(Expr::Text(text), token.span)))
}

/// What follows `operand`: more of it, an operator, or the end of the expression that it closes.
fn after(input: &mut Input<'_, '_>, pending: &mut Vec<Pending>, operand: Operand) -> Parsed<Next> {
    match next_kind(input) {
        TokenKind::OpenBracket => {
            return open(input, Content::Index { target: operand, items: IndexItems::default() });
        }
        TokenKind::Dot => return member(input, operand),
        TokenKind::OpenParen => return Err(not_callable(input, operand).into()),
        _ => {}
    }
    let Some((op, op_span)) = opt(binary_operator).parse_next(input)? else {
        return end(input, pending, operand);
    };
    let lhs = reduce(input, pending, operand, op);
    if let Some(Pending::Operator(Operator::Binary { op: waiting, op_span: first, .. })) = pending.last()
        && waiting.is_comparison()
        && op.is_comparison()
    {
        return Err(chained(input.state.source, *first, op_span).into());
    }
    pending.push(Pending::Operator(Operator::Binary { lhs, op, op_span }));
    Ok(Next::Operand)
}

/// Applies the operators that come before `next`, innermost first.
fn reduce(
    input: &mut Input<'_, '_>,
    pending: &mut Vec<Pending>,
    mut operand: Operand,
    next: BinaryOp,
) -> Operand {
    while let Some(&Pending::Operator(operator)) = pending.last()
        && operator.binds_before(next)
    {
        pending.pop();
        operand = operator.apply(&mut input.state, operand);
    }
    operand
}

/// Applies all operators of an expression, and gives it to its bracket if it stands in one.
fn end(input: &mut Input<'_, '_>, pending: &mut Vec<Pending>, mut operand: Operand) -> Parsed<Next> {
    loop {
        operand = match pending.pop() {
            Some(Pending::Operator(operator)) => operator.apply(&mut input.state, operand),
            Some(Pending::Bracket(bracket)) => return bracket.value(input, operand),
            None => return Ok(Next::Done(operand)),
        }
    }
}

/// The opening bracket of `content`.
fn open(input: &mut Input<'_, '_>, content: Content) -> Parsed<Next> {
    Bracket::open(input, content).map(Next::Item)
}

/// `x.T`, or `x.astype(f32)` up to its bracket, from the dot on.
fn member(input: &mut Input<'_, '_>, target: Operand) -> Parsed<Next> {
    let name = preceded(TokenKind::Dot, required(ident, "a name")).parse_next(input)?;
    if next_kind(input) == TokenKind::OpenParen {
        return open(input, Content::Method { receiver: target, method: name, args: Arguments::default() });
    }
    let attribute = Expr::Attribute { target: target.id, attribute: name };
    Ok(Next::After(input.state.operand(attribute, target.span.to(name.span))))
}

fn not_callable(input: &Input<'_, '_>, operand: Operand) -> Diagnostic {
    let source = input.state.source;
    Diagnostic::new(source, next_token(input).span, "only a name can be called")
        .secondary(source, operand.span, "this is not a function's name")
        .help("a product is written `a * (b + c)`")
}
