//! The words for a token that the grammar does not allow where it stands.

use super::diagnostic::Diagnostic;
use super::quote::hides;
use super::span::Span;
use super::token::{Token, TokenKind};
use std::fmt::Write;

/// `what` was expected, `found` is there.
pub(super) fn expected(source: &str, what: &str, found: Token) -> Diagnostic {
    let message = format!("expected {what}, found {}", describe(source, found));
    let error = Diagnostic::new(source, found.span, message).label(format!("expected {what}"));
    match found.kind {
        TokenKind::Equal => error.help("`==` compares; `=` follows a name that is given a value"),
        TokenKind::Header => error.help("headers stand alone on their lines, before the first statement"),
        kind if kind.is_keyword() => error.help(format!(
            "a name that is a keyword stands in backquotes: `{}`",
            &source[found.span.range()]
        )),
        _ => error,
    }
}

/// After an expression, which ends with `previous`, an operator or `what` was expected.
pub(super) fn expected_after_expression(
    source: &str,
    what: &str,
    previous: Token,
    found: Token,
) -> Diagnostic {
    if !found.kind.starts_operand() {
        return expected(source, what, found);
    }
    let both_numbers = [previous, found].iter().all(|token| is_number(token.kind));
    if both_numbers && previous.span.end == found.span.start {
        let span = previous.span.to(found.span);
        let message = format!("{} is not a number", clip(&source[span.range()]));
        return Diagnostic::new(source, span, message);
    }
    let [left, right] = [previous, found].map(|token| describe(source, token));
    let missing = if what.contains('`') { "operator or comma" } else { "operator" };
    let error = Diagnostic::new(source, found.span, format!("missing {missing} between {left} and {right}"))
        .label("expected an operator before this");
    let words = [previous, found].map(|token| &source[token.span.range()]);
    match words.into_iter().find_map(instead_of_word) {
        Some(help) => error.help(help),
        None => error.help("a product is written `a * b`"),
    }
}

fn is_number(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Integer | TokenKind::Float)
}

/// What a reader who wrote a word of another language may have wanted.
fn instead_of_word(word: &str) -> Option<&'static str> {
    Some(match word {
        "and" => "for booleans, write `logical_and(a, b)`",
        "or" => "for booleans, write `logical_or(a, b)`",
        "not" => "for booleans, write `logical_not(a)`",
        "if" | "else" => "a choice is written `where(condition, a, b)`",
        "let" | "var" | "const" => "an assignment has no keyword: `c = a + b`",
        "def" | "lambda" => "a function is written `fn g(a, b) = a * b`",
        "return" => "an output is written `output e`",
        _ => return None,
    })
}

/// A token as messages name it.
pub(super) fn describe(source: &str, token: Token) -> String {
    let text = &source[token.span.range()];
    match token.kind {
        TokenKind::Newline => "the end of the line".to_owned(),
        TokenKind::End => "the end of the program".to_owned(),
        TokenKind::Header => "a header".to_owned(),
        kind if kind.is_keyword() => format!("the keyword `{text}`"),
        _ => clip(text),
    }
}

/// At most [`SHOWN`] characters of `text`, in backquotes unless it has its own, nothing hidden in it.
pub(super) fn clip(text: &str) -> String {
    let mut shown = String::new();
    for (position, character) in text.chars().enumerate() {
        if position == SHOWN {
            shown.push_str("...");
            break;
        }
        if hides(character) {
            // Writing to a String cannot fail.
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
        } else {
            shown.push(character);
        }
    }
    if text.starts_with('`') { shown } else { format!("`{shown}`") }
}

/// How many characters of a token a message shows.
const SHOWN: usize = 40;

/// A `kind` of name that stands twice in one list.
pub(super) fn given_twice(source: &str, kind: &str, first: Span, second: Span) -> Diagnostic {
    let name = clip(&source[second.range()]);
    Diagnostic::new(source, second, format!("{kind} {name} is given twice"))
        .label("given again here")
        .secondary(source, first, "given first here")
}
