//! Names on the command line: any text, in backquotes where a comma or an equals sign would end it.

use crate::failure::Failure;
use wengert::expr::text::parse_program;

/// The names in texts with commas between them, each once.
pub(crate) fn list(texts: &[String]) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    for text in texts {
        let mut rest = Some(text.as_str());
        while let Some(text) = rest {
            let (name, after) = split(text, ',')?;
            if names.contains(&name) {
                return Err(Failure::input(format!("{name:?} is named twice in --wrt")));
            }
            names.push(name);
            rest = after;
        }
    }
    Ok(names)
}

/// The name and the expression of `NAME=EXPR`; nothing without an equals sign.
pub(crate) fn assignment(text: &str) -> Result<Option<(String, &str)>, Failure> {
    if !text.starts_with('`') && !text.contains('=') {
        return Ok(None);
    }
    let (name, rest) = split(text, '=')?;
    Ok(rest.map(|expression| (name, expression)))
}

/// The name before a mark, and what follows the mark if there is one.
fn split(text: &str, mark: char) -> Result<(String, Option<&str>), Failure> {
    let text = text.trim_start();
    if text.starts_with('`') {
        let end = closing_quote(text)
            .ok_or_else(|| Failure::input(format!("{text:?} lacks a closing backquote")))?;
        let rest = text[end..].trim_start();
        let name = unquote(&text[..end])?;
        return match rest.strip_prefix(mark) {
            Some(after) => Ok((name, Some(after))),
            None if rest.is_empty() => Ok((name, None)),
            None => Err(Failure::input(format!("expected `{mark}` after {}, found {rest:?}", &text[..end]))),
        };
    }
    let (name, after) = text.split_once(mark).map_or((text, None), |(name, after)| (name, Some(after)));
    match name.trim() {
        "" => Err(Failure::input(format!("a name is missing in {text:?}; an empty name is written ``"))),
        name => Ok((name.to_owned(), after)),
    }
}

/// Where a text in backquotes at the start of another ends.
fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '`' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The name that the language reads in backquotes.
fn unquote(quoted: &str) -> Result<String, Failure> {
    let program = parse_program(quoted).map_err(|diagnostic| Failure::in_text(&diagnostic, "name"))?;
    program
        .names()
        .iter()
        .next()
        .map(str::to_owned)
        .ok_or_else(|| Failure::input(format!("{quoted} is no name")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Result<Vec<String>, String> {
        list(&[text.to_owned()]).map_err(|failure| failure.to_text())
    }

    #[test]
    fn lists() {
        assert_eq!(names("a, b").unwrap(), ["a", "b"]);
        assert_eq!(names("`x,y`,-z,``").unwrap(), ["x,y", "-z", ""]);
        assert_eq!(names(r"`a\`\n`").unwrap(), ["a`\n"]);
        assert_eq!(list(&["a".into(), "b".into()]).unwrap(), ["a", "b"]);
        for wrong in ["", "a,", "a,a", "`a", "`a`b", r"`\q`"] {
            assert!(names(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn assignments() {
        let split = |text| assignment(text).unwrap().map(|(name, e)| (name, e.to_owned()));
        assert_eq!(split("x=2"), Some(("x".into(), "2".into())));
        assert_eq!(split("--x y=-1=2"), Some(("--x y".into(), "-1=2".into())));
        assert_eq!(split("`a=b` = 3"), Some(("a=b".into(), " 3".into())));
        assert_eq!(split("a\nb=3"), Some(("a\nb".into(), "3".into())));
        assert_eq!((split("values.npz"), split("")), (None, None));
        assert!(assignment("=3").is_err() && assignment("`x").is_err());
    }
}
