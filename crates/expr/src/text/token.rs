//! Tokens of the language, and the lexical grammar as logos reads it.
//!
//! A token is its kind and its place; what it says is read from the source when the parser needs it.

use super::span::Span;
use logos::Logos;

/// A token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

impl PartialEq<TokenKind> for Token {
    fn eq(&self, kind: &TokenKind) -> bool {
        self.kind == *kind
    }
}

/// What a token is.
#[derive(Logos, Clone, Copy, Debug, PartialEq, Eq)]
#[logos(skip r"[ \t\r\x0c]+")]
#[logos(skip(r"#[^\n]*", allow_greedy = true))]
#[logos(subpattern digits = r"[0-9](_?[0-9])*")]
#[logos(subpattern exponent = r"[eE][+-]?(?&digits)")]
pub(super) enum TokenKind {
    #[token("\n")]
    Newline,
    #[token(";")]
    Semicolon,
    #[regex(r"#![^\n]*", priority = 10, allow_greedy = true)]
    Header,

    #[regex(r"(?&digits)")]
    Integer,
    #[regex(r"(?&digits)\.(?&digits)?(?&exponent)?|\.(?&digits)(?&exponent)?|(?&digits)(?&exponent)")]
    Float,
    #[regex(r"[\p{XID_Start}_]\p{XID_Continue}*", priority = 1)]
    Name,
    #[regex(r"`([^`\\\n]|\\[^\n])*`")]
    QuotedName,
    #[regex(r#""([^"\\\n]|\\[^\n])*""#)]
    Text,
    /// A backquote without its partner on the line.
    #[regex(r"`([^`\\\n]|\\[^\n])*")]
    OpenName,
    /// A double quote without its partner on the line.
    #[regex(r#""([^"\\\n]|\\[^\n])*"#)]
    OpenText,

    #[token("input")]
    Input,
    #[token("param")]
    Param,
    #[token("output")]
    Output,
    #[token("fn")]
    Fn,

    #[token("+")]
    Plus,
    #[token("-")]
    Minus,
    #[token("*")]
    Star,
    #[token("/")]
    Slash,
    #[token("@")]
    At,
    #[token("**")]
    StarStar,
    #[token("==")]
    EqualEqual,
    #[token("!=")]
    NotEqual,
    #[token("<")]
    Less,
    #[token("<=")]
    LessEqual,
    #[token(">")]
    Greater,
    #[token(">=")]
    GreaterEqual,

    #[token("=")]
    Equal,
    #[token(",")]
    Comma,
    #[token(":")]
    Colon,
    #[token(".")]
    Dot,
    #[token("...")]
    Ellipsis,
    #[token("(")]
    OpenParen,
    #[token(")")]
    CloseParen,
    #[token("[")]
    OpenBracket,
    #[token("]")]
    CloseBracket,

    /// The end of the source: the last token, and only it.
    End,
}

impl TokenKind {
    /// Whether it is a name, in backquotes or not.
    pub(super) fn is_name(self) -> bool {
        matches!(self, Self::Name | Self::QuotedName)
    }

    /// Whether it is a reserved word.
    pub(super) fn is_keyword(self) -> bool {
        matches!(self, Self::Input | Self::Param | Self::Output | Self::Fn)
    }

    /// Whether a statement ends before it.
    pub(super) fn ends_statement(self) -> bool {
        matches!(self, Self::Newline | Self::Semicolon | Self::End)
    }

    /// Whether an expression can start with it.
    pub(super) fn starts_expression(self) -> bool {
        self.starts_operand() || matches!(self, Self::Plus | Self::Minus)
    }

    /// Whether an operand, which has no sign, can start with it.
    pub(super) fn starts_operand(self) -> bool {
        self.is_name()
            || matches!(self, Self::Integer | Self::Float | Self::Text | Self::OpenParen | Self::OpenBracket)
    }
}

#[cfg(test)]
mod tests {
    use super::TokenKind::{self, *};
    use logos::Logos;

    fn kinds(source: &str) -> Vec<Result<TokenKind, ()>> {
        TokenKind::lexer(source).collect()
    }

    #[test]
    fn numbers() {
        for source in ["1.", ".5", "1e-3", "1_000.5", "1E+10", "1.e5", "2_0e1_0", "1.25"] {
            assert_eq!(kinds(source), [Ok(Float)], "{source}");
        }
        for source in ["0", "007", "1_000"] {
            assert_eq!(kinds(source), [Ok(Integer)], "{source}");
        }
        assert_eq!(kinds("1_"), [Ok(Integer), Ok(Name)]);
        assert_eq!(kinds("1e"), [Ok(Integer), Ok(Name)]);
        assert_eq!(kinds("1.2.3"), [Ok(Float), Ok(Float)]);
    }

    #[test]
    fn names_and_keywords() {
        for source in ["x", "_", "inputs", "fn1", "θ", "W_1", "été", "Δx"] {
            assert_eq!(kinds(source), [Ok(Name)], "{source}");
        }
        assert_eq!(kinds("input param output fn"), [Ok(Input), Ok(Param), Ok(Output), Ok(Fn)]);
        assert_eq!(kinds(r"`input` `a\`b` `` `\\`"), [Ok(QuotedName); 4]);
        assert_eq!(kinds("`abc"), [Ok(OpenName)]);
        assert_eq!(kinds("\"a\\\""), [Ok(OpenText)]);
    }

    #[test]
    fn operators_are_as_long_as_they_can_be() {
        assert_eq!(kinds("a***b"), [Ok(Name), Ok(StarStar), Ok(Star), Ok(Name)]);
        assert_eq!(kinds("<= == = ... ."), [Ok(LessEqual), Ok(EqualEqual), Ok(Equal), Ok(Ellipsis), Ok(Dot)]);
    }

    #[test]
    fn comments_are_skipped_and_headers_are_not() {
        assert_eq!(kinds("x # y\n#! no-share"), [Ok(Name), Ok(Newline), Ok(Header)]);
    }
}
