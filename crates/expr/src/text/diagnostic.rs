//! What is wrong with a program, and where.
//!
//! A diagnostic holds the lines that it shows, so it needs no source to be rendered.

use super::excerpt::Excerpt;
use super::span::Span;
use annotate_snippets::{Annotation, AnnotationKind, Level, Renderer, Snippet};
use thiserror::Error;

/// An error in a program: a message, the place it is about, and what may help.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {}, column {}: {}", self.line(), self.column(), self.message())]
pub struct Diagnostic(Box<Report>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Report {
    message: String,
    primary: Mark,
    secondary: Vec<Mark>,
    notes: Vec<String>,
    helps: Vec<String>,
}

/// A place with a label.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mark {
    span: Span,
    label: String,
    excerpt: Excerpt,
}

impl Mark {
    fn new(source: &str, span: Span, label: String) -> Self {
        Self { span, label, excerpt: Excerpt::new(source, span) }
    }

    fn is_on_line_of(&self, other: &Self) -> bool {
        (self.excerpt.line, &self.excerpt.text) == (other.excerpt.line, &other.excerpt.text)
    }

    fn annotation(&self, kind: AnnotationKind) -> Annotation<'_> {
        kind.span(self.excerpt.place.clone()).label((!self.label.is_empty()).then_some(&*self.label))
    }
}

impl Diagnostic {
    /// An error about `span` of `source`.
    pub fn new(source: &str, span: Span, message: impl Into<String>) -> Self {
        Self(Box::new(Report {
            message: message.into(),
            primary: Mark::new(source, span, String::new()),
            secondary: Vec::new(),
            notes: Vec::new(),
            helps: Vec::new(),
        }))
    }

    /// Says at the place itself what it is about.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.0.primary.label = label.into();
        self
    }

    /// Shows another place of the same source.
    #[must_use]
    pub fn secondary(mut self, source: &str, span: Span, label: impl Into<String>) -> Self {
        self.0.secondary.push(Mark::new(source, span, label.into()));
        self
    }

    /// Adds a fact that explains the error.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.0.notes.push(note.into());
        self
    }

    /// Adds what the reader may do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.0.helps.push(help.into());
        self
    }

    /// What is wrong, in one sentence.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The place in the source.
    pub fn span(&self) -> Span {
        self.0.primary.span
    }

    /// The facts that explain the error.
    pub fn notes(&self) -> &[String] {
        &self.0.notes
    }

    /// What the reader may do.
    pub fn helps(&self) -> &[String] {
        &self.0.helps
    }

    /// The line of the place, from 1.
    pub fn line(&self) -> usize {
        self.0.primary.excerpt.line
    }

    /// The column of the place in characters, from 1.
    pub fn column(&self) -> usize {
        self.0.primary.excerpt.column
    }

    /// The error as text without colours: message, place in `origin` (a file's name), lines and carets.
    pub fn render(&self, origin: &str) -> String {
        // The renderer counts columns in what is shown, which in a cut line are not those of the source.
        let place =
            self.0.primary.excerpt.is_cut.then(|| format!("at {origin}:{}:{}", self.line(), self.column()));
        let notes = place.iter().chain(&self.0.notes).map(|note| Level::NOTE.message(note));
        let report = Level::ERROR
            .primary_title(&*self.0.message)
            .elements(self.snippets(origin))
            .elements(notes)
            .elements(self.0.helps.iter().map(|help| Level::HELP.message(help)));
        Renderer::plain().term_width(TERM_WIDTH).render(&[report])
    }

    /// One snippet for each line that is shown: the primary one, then the others in their order.
    fn snippets<'a>(&'a self, origin: &'a str) -> Vec<Snippet<'a, Annotation<'a>>> {
        let primary = (AnnotationKind::Primary, &self.0.primary);
        let secondary = self.0.secondary.iter().map(|mark| (AnnotationKind::Context, mark));
        let mut marks: Vec<_> = std::iter::once(primary).chain(secondary).collect();
        let line = |mark: &Mark| (!mark.is_on_line_of(&self.0.primary), mark.excerpt.line);
        marks.sort_by_key(|(_, mark)| line(mark));
        let snippet = |marks: &[(AnnotationKind, &'a Mark)]| {
            let excerpt = &marks[0].1.excerpt;
            Snippet::source(&*excerpt.text)
                .line_start(excerpt.line)
                .path((!excerpt.is_cut).then_some(origin))
                .annotations(marks.iter().map(|(kind, mark)| mark.annotation(*kind)))
        };
        marks.chunk_by(|(_, a), (_, b)| a.is_on_line_of(b)).map(snippet).collect()
    }
}

/// Wider than any excerpt with its line number, so that the renderer cuts nothing more.
const TERM_WIDTH: usize = 400;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_on_one_line_share_it() {
        let source = "input a: f64[3]\na + b\n";
        let error = Diagnostic::new(source, Span::new(18, 19), "shapes differ")
            .label("in this sum")
            .secondary(source, Span::new(16, 17), "f64[3]")
            .secondary(source, Span::new(6, 7), "declared here")
            .note("a note")
            .help("some help");
        let expected = "\
error: shapes differ
 --> sum.wg:2:3
  |
2 | a + b
  | - ^ in this sum
  | |
  | f64[3]
  |
 ::: sum.wg:1:7
  |
1 | input a: f64[3]
  |       - declared here
  |
  = note: a note
  = help: some help";
        assert_eq!(error.render("sum.wg"), expected);
        assert_eq!(error.to_string(), "line 2, column 3: shapes differ");
    }

    #[test]
    fn a_cut_line_keeps_its_true_column() {
        let source = format!("{}x y", "a + ".repeat(100));
        let rendered = Diagnostic::new(&source, Span::new(402, 403), "missing operator").render("long.wg");
        let lines: Vec<&str> = rendered.lines().collect();
        assert_eq!(lines[2], format!("1 | ...+ {}x y", "a + ".repeat(14)));
        assert_eq!(lines[5], "  = note: at long.wg:1:403");
    }

    #[test]
    fn an_empty_source_and_a_place_at_its_end_have_a_caret() {
        let rendered = Diagnostic::new("", Span::new(0, 0), "empty").render("x.wg");
        assert_eq!(rendered, "error: empty\n --> x.wg:1:1\n  |\n1 |\n  | ^");
        let rendered = Diagnostic::new("é +", Span::new(4, 4), "cut off").render("x.wg");
        assert_eq!(rendered, "error: cut off\n --> x.wg:1:4\n  |\n1 | é +\n  |    ^");
    }
}
