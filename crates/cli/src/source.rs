//! The text of a program: from a file, standard input or the command line.

use crate::args::ProgramArgs;
use crate::failure::Failure;
use std::io::{self, Read};
use std::path::Path;
use wengert::expr::text::{Diagnostic, Span};

/// A text and where it came from.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    text: String,
    origin: String,
}

impl Source {
    /// A text that came from somewhere.
    pub(crate) fn new(text: impl Into<String>, origin: impl Into<String>) -> Source {
        Source { text: text.into(), origin: origin.into() }
    }

    /// Reads the program that the command line names.
    pub(crate) fn read(args: &ProgramArgs) -> Result<Source, Failure> {
        let (bytes, origin) = match (&args.text, &args.file) {
            (Some(text), _) => (text.clone().into_bytes(), "-e".to_owned()),
            (None, Some(path)) if path.as_os_str() == "-" => (standard_input()?, "standard input".to_owned()),
            (None, Some(path)) => (file(path)?, path.display().to_string()),
            (None, None) => {
                return Err(Failure::input("no program: name a file, `-` for standard input, or -e TEXT"));
            }
        };
        let text = String::from_utf8(bytes).map_err(|error| not_utf8(&error, &origin))?;
        if text.trim_start_matches('\u{feff}').trim().is_empty() {
            return Err(Failure::input(format!("{origin}: the program is empty")));
        }
        Ok(Source { text, origin })
    }

    /// The text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Where it came from.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// A message about a place of the text, from 1; nothing if there is no such place.
    pub(crate) fn diagnostic(&self, line: usize, column: usize, message: &str) -> Option<Diagnostic> {
        let start: usize = self.text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
        let rest = self.text.get(start..)?.split('\n').next()?;
        let mut characters = rest.char_indices().skip(column.checked_sub(1)?).map(|(at, _)| start + at);
        let begin = characters.next()?;
        let end = characters.next().unwrap_or(start + rest.len());
        let span = Span::new(u32::try_from(begin).ok()?, u32::try_from(end).ok()?);
        Some(Diagnostic::new(&self.text, span, message))
    }
}

fn file(path: &Path) -> Result<Vec<u8>, Failure> {
    if path.is_dir() {
        return Err(Failure::input(format!("{} is a folder, not a program", path.display())));
    }
    std::fs::read(path).map_err(|error| Failure::input(format!("cannot read {}: {error}", path.display())))
}

fn standard_input() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|error| Failure::input(format!("cannot read standard input: {error}")))?;
    Ok(bytes)
}

fn not_utf8(error: &std::string::FromUtf8Error, origin: &str) -> Failure {
    let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
    let line = 1 + before.iter().filter(|&&b| b == b'\n').count();
    Failure::input(format!("{origin}: line {line}: the program is not UTF-8 text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(file: Option<&Path>, text: Option<&str>) -> ProgramArgs {
        ProgramArgs { file: file.map(Path::to_owned), text: text.map(str::to_owned), at: Vec::new() }
    }

    fn message(file: &Path) -> String {
        Source::read(&args(Some(file), None)).unwrap_err().to_text()
    }

    #[test]
    fn what_cannot_be_a_program_is_named() {
        let folder = std::env::temp_dir().join(format!("wengert-source-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        assert!(message(&folder).ends_with("is a folder, not a program\n"));
        assert!(message(&folder.join("none.wg")).starts_with("error: cannot read "));
        std::fs::write(folder.join("a.wg"), b"x\n\xff").unwrap();
        assert!(message(&folder.join("a.wg")).ends_with("a.wg: line 2: the program is not UTF-8 text\n"));
        std::fs::write(folder.join("a.wg"), " \n\t").unwrap();
        assert!(message(&folder.join("a.wg")).ends_with("a.wg: the program is empty\n"));
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(Source::read(&args(None, Some("x + y"))).unwrap().text(), "x + y");
    }

    #[test]
    fn a_place_is_a_character() {
        let source = Source::new("a = 1\nβ + ß", "-e");
        let diagnostic = source.diagnostic(2, 5, "here").unwrap();
        assert_eq!((diagnostic.line(), diagnostic.column()), (2, 5));
        assert_eq!(source.text()[diagnostic.span().range()].to_owned(), "ß");
        assert!(source.diagnostic(3, 1, "").is_none() && source.diagnostic(2, 9, "").is_none());
        assert!(source.diagnostic(0, 0, "").is_none());
    }
}
