//! From a source to tokens the parser can rely on.
//!
//! Brackets match and nest at most [`MAX_NESTING`] deep, so each item in one ends in it; quoted tokens
//! are closed; inside brackets there are no newlines; the last token, and only it, is the end.

use super::diagnostic::Diagnostic;
use super::quote::hides;
use super::span::Span;
use super::token::{Token, TokenKind};
use logos::Logos;

/// How deep brackets nest: no program that makes sense comes near it, and memory stays small where one does not.
pub const MAX_NESTING: usize = 100_000;

/// The tokens of `source`.
pub(super) fn tokens(source: &str) -> Result<Vec<Token>, Diagnostic> {
    let size = u32::try_from(source.len()).map_err(|_| {
        let message = format!("the program has {} bytes, more than 2^32 - 1", source.len());
        Diagnostic::new(source, Span::default(), message)
    })?;
    let mut tokens = Vec::new();
    let mut open = Vec::new();
    let mut lexer = TokenKind::lexer(source);
    if source.starts_with(BYTE_ORDER_MARK) {
        lexer.bump(BYTE_ORDER_MARK.len_utf8());
    }
    while let Some(kind) = lexer.next() {
        let span = Span::new(lexer.span().start as u32, lexer.span().end as u32);
        let kind = kind.map_err(|()| unknown_character(source, span))?;
        let token = Token { kind, span };
        match kind {
            TokenKind::OpenParen | TokenKind::OpenBracket => {
                if open.len() == MAX_NESTING {
                    return Err(too_deep(source, span));
                }
                open.push(token);
            }
            TokenKind::CloseParen | TokenKind::CloseBracket => close(source, open.pop(), token)?,
            TokenKind::OpenName | TokenKind::OpenText => return Err(unterminated(source, token)),
            TokenKind::Newline if !open.is_empty() => continue,
            _ => {}
        }
        tokens.push(token);
    }
    if let Some(bracket) = open.last() {
        return Err(never_closed(source, *bracket));
    }
    tokens.push(Token { kind: TokenKind::End, span: Span::new(size, size) });
    Ok(tokens)
}

const BYTE_ORDER_MARK: char = '\u{feff}';

fn close(source: &str, open: Option<Token>, token: Token) -> Result<(), Diagnostic> {
    let found = if token.kind == TokenKind::CloseParen { ')' } else { ']' };
    let Some(open) = open else {
        return Err(Diagnostic::new(source, token.span, format!("`{found}` closes nothing"))
            .label("no bracket is open here"));
    };
    let (opening, expected) = brackets(open.kind);
    if found == expected {
        return Ok(());
    }
    let message = format!("expected `{expected}` to close `{opening}`, found `{found}`");
    Err(Diagnostic::new(source, token.span, message).secondary(source, open.span, "opened here"))
}

/// The bracket that a token opens, and the one that closes it.
fn brackets(kind: TokenKind) -> (char, char) {
    if kind == TokenKind::OpenParen { ('(', ')') } else { ('[', ']') }
}

fn never_closed(source: &str, open: Token) -> Diagnostic {
    let (opening, closing) = brackets(open.kind);
    Diagnostic::new(source, open.span, format!("`{opening}` is never closed"))
        .label(format!("expected a matching `{closing}`"))
}

fn too_deep(source: &str, span: Span) -> Diagnostic {
    Diagnostic::new(source, span, format!("brackets nest deeper than the limit of {MAX_NESTING} levels"))
        .label("one level too deep")
        .help("give an inner expression a name: `t = ...`")
}

fn unterminated(source: &str, token: Token) -> Diagnostic {
    let (what, mark) = if token.kind == TokenKind::OpenName { ("name", '`') } else { ("string", '"') };
    let start = Span::new(token.span.start, token.span.start + 1);
    Diagnostic::new(source, start, format!("this {what} has no closing {mark} on its line"))
        .label("starts here")
        .help("inside quotes, a newline is written `\\n`, a quote after a backslash")
}

fn unknown_character(source: &str, span: Span) -> Diagnostic {
    // logos may stop in the middle of what could have become a token: the first character is the unknown one.
    let character = source[span.range()].chars().next().unwrap_or(char::REPLACEMENT_CHARACTER);
    let span = Span::new(span.start, span.start + character.len_utf8() as u32);
    let shown = if hides(character) || character.is_whitespace() {
        format!("U+{:04X}", u32::from(character))
    } else {
        format!("`{character}`")
    };
    let error = Diagnostic::new(source, span, format!("unknown character {shown}"));
    match instead_of(character) {
        Some(help) => error.help(help),
        None => error,
    }
}

/// What a reader who wrote `character` may have wanted.
fn instead_of(character: char) -> Option<&'static str> {
    Some(match character {
        '^' => "a power is written `**`",
        '%' => "the remainder is written `remainder(a, b)`",
        '&' => "for booleans, write `logical_and(a, b)`",
        '|' => "for booleans, write `logical_or(a, b)`",
        '!' | '~' => "for booleans, write `logical_not(a)`",
        '{' | '}' => "lists are written `[1, 2]`, groups `(a + b)`",
        '\'' | '‘' | '’' | '“' | '”' => {
            "strings stand in double quotes, names with such characters in backquotes"
        }
        '\\' => "a statement goes on over lines inside brackets",
        '−' | '–' | '—' => "the minus sign is the ASCII `-`",
        '×' | '·' | '∙' | '⋅' => "a product is written `*`",
        '÷' => "a quotient is written `/`",
        '≤' => "write `<=`",
        '≥' => "write `>=`",
        '≠' => "write `!=`",
        _ if character.is_whitespace() => "write a plain space",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use TokenKind::*;

    fn kinds(source: &str) -> Vec<TokenKind> {
        tokens(source).unwrap().into_iter().map(|token| token.kind).collect()
    }

    fn failure(source: &str) -> (String, usize, usize) {
        let error = tokens(source).unwrap_err();
        (error.message().to_owned(), error.line(), error.column())
    }

    #[test]
    fn newlines_matter_outside_brackets_only() {
        assert_eq!(kinds("x\r\n"), [Name, Newline, End]);
        assert_eq!(
            kinds("(x\n[\n#c\n])\n"),
            [OpenParen, Name, OpenBracket, CloseBracket, CloseParen, Newline, End]
        );
        assert_eq!(kinds("\u{feff}x"), [Name, End]);
    }

    #[test]
    fn brackets_must_match() {
        let line_1 = |message: &str, column| (message.to_owned(), 1, column);
        assert_eq!(failure("f(a, [b, c)"), line_1("expected `]` to close `[`, found `)`", 11));
        assert_eq!(failure("a + b)"), line_1("`)` closes nothing", 6));
        assert_eq!(failure("c = (a + b\nd = (c)"), line_1("`(` is never closed", 5));
        assert_eq!(failure("x[0"), line_1("`[` is never closed", 2));
    }

    #[test]
    fn nesting_has_a_limit() {
        let nested = |depth: usize| "(".repeat(depth) + &")".repeat(depth);
        assert_eq!(tokens(&nested(MAX_NESTING)).unwrap().len(), 2 * MAX_NESTING + 1);
        let message = "brackets nest deeper than the limit of 100000 levels".to_owned();
        assert_eq!(failure(&nested(MAX_NESTING + 1)), (message.clone(), 1, MAX_NESTING + 1));
        assert_eq!(failure(&"(".repeat(1 << 20)), (message, 1, MAX_NESTING + 1));
    }

    #[test]
    fn unknown_characters_are_named() {
        assert_eq!(failure("x = 1\nx ^ 2"), ("unknown character `^`".to_owned(), 2, 3));
        assert_eq!(failure("x\u{a0}+ y"), ("unknown character U+00A0".to_owned(), 1, 2));
        assert_eq!(failure("a !b"), ("unknown character `!`".to_owned(), 1, 3));
        assert_eq!(failure("é\0"), ("unknown character U+0000".to_owned(), 1, 2));
        assert_eq!(tokens("x ^ 2").unwrap_err().helps(), ["a power is written `**`"]);
    }

    #[test]
    fn quotes_must_close_on_their_line() {
        assert_eq!(failure("a + `b c\n`"), ("this name has no closing ` on its line".to_owned(), 1, 5));
        assert_eq!(failure("f(\"b)"), ("this string has no closing \" on its line".to_owned(), 1, 3));
    }
}
