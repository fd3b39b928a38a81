//! Names in backquotes and strings in double quotes: how any text is written, and read back.
//!
//! What `quote` writes is one line without control characters, and `unquote` reads the same text from it.

use super::token::TokenKind;
use logos::Logos;
use std::borrow::Cow;
use std::fmt::Write;

/// A name as a program writes it: in backquotes unless it is a plain name.
pub fn name_to_source(name: &str) -> Cow<'_, str> {
    let mut tokens = TokenKind::lexer(name);
    let plain = tokens.next() == Some(Ok(TokenKind::Name)) && tokens.span() == (0..name.len());
    if plain { Cow::Borrowed(name) } else { Cow::Owned(quote(name, '`')) }
}

/// A string as a program writes it.
pub fn text_to_source(text: &str) -> String {
    quote(text, '"')
}

fn quote(text: &str, mark: char) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push(mark);
    for character in text.chars() {
        match character {
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\\' => quoted.push_str("\\\\"),
            _ if character == mark => quoted.extend(['\\', mark]),
            _ if hides(character) => {
                // Writing to a String cannot fail.
                let _ = write!(quoted, "\\u{{{:x}}}", u32::from(character));
            }
            _ => quoted.push(character),
        }
    }
    quoted.push(mark);
    quoted
}

/// Whether a character is invisible, or changes how its neighbours are shown.
pub(super) fn hides(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A bad escape: the bytes of the token where it stands, and what is wrong.
pub(super) type BadEscape = (std::ops::Range<usize>, &'static str);

/// The text of a quoted token, marks included.
pub(super) fn unquote(token: &str) -> Result<Cow<'_, str>, BadEscape> {
    let inner = &token[1..token.len() - 1];
    if !inner.contains('\\') {
        return Ok(Cow::Borrowed(inner));
    }
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(backslash) = rest.find('\\') {
        text.push_str(&rest[..backslash]);
        rest = &rest[backslash..];
        let place = 1 + inner.len() - rest.len();
        let (character, length) =
            unescape(rest).map_err(|(length, problem)| (place..place + length, problem))?;
        text.push(character);
        rest = &rest[length..];
    }
    text.push_str(rest);
    Ok(Cow::Owned(text))
}

/// The character that the escape at the start of `text` stands for, and the escape's length in bytes.
fn unescape(text: &str) -> Result<(char, usize), (usize, &'static str)> {
    let Some(kind) = text[1..].chars().next() else { return Err((1, "an escape has no character")) };
    let character = match kind {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '\\' | '`' | '"' => kind,
        'u' => return unescape_unicode(text),
        _ => return Err((1 + kind.len_utf8(), "unknown escape")),
    };
    Ok((character, 2))
}

fn unescape_unicode(text: &str) -> Result<(char, usize), (usize, &'static str)> {
    let Some((digits, _)) = text[2..].strip_prefix('{').and_then(|rest| rest.split_once('}')) else {
        return Err((2, "`\\u` needs a code in braces"));
    };
    let length = digits.len() + "\\u{}".len();
    // from_str_radix allows a sign, which an escape does not.
    let code = if digits.starts_with('+') { None } else { u32::from_str_radix(digits, 16).ok() };
    match code.and_then(char::from_u32) {
        Some(character) => Ok((character, length)),
        None => Err((length, "no character has this code")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HARD: [&str; 12] = [
        "",
        " ",
        "a b",
        "`",
        "\\",
        "\n\r\t",
        "\"q\"",
        "\u{0}\u{1b}[31m",
        "<script>",
        "input",
        "9lives",
        "\u{202e}rtl",
    ];

    #[test]
    fn quoted_text_reads_back_and_is_one_token() {
        for text in HARD {
            for (source, kind) in
                [(quote(text, '`'), TokenKind::QuotedName), (text_to_source(text), TokenKind::Text)]
            {
                assert_eq!(unquote(&source).unwrap(), text);
                assert_eq!(TokenKind::lexer(&source).collect::<Vec<_>>(), [Ok(kind)], "{source}");
                assert!(!source.contains(char::is_control));
            }
        }
    }

    #[test]
    fn plain_names_stay_plain() {
        assert_eq!(["x", "θ_1", "_"].map(name_to_source), ["x", "θ_1", "_"]);
        assert_eq!(["fn", "a-b", "", "2"].map(name_to_source), ["`fn`", "`a-b`", "``", "`2`"]);
        assert_eq!(name_to_source("a`\n\u{7f}"), "`a\\`\\n\\u{7f}`");
    }

    #[test]
    fn bad_escapes_are_placed() {
        let failure = |token| unquote(token).unwrap_err();
        assert_eq!(failure(r"`a\qb`"), (2..4, "unknown escape"));
        assert_eq!(failure(r"`\u{d800}`"), (1..9, "no character has this code"));
        assert_eq!(failure(r"`\u{+41}`"), (1..8, "no character has this code"));
        assert_eq!(failure(r"`é\u41`"), (3..5, "`\\u` needs a code in braces"));
    }
}
