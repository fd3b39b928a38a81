//! The line of a source that a diagnostic shows, cut around the place when it is long.
//!
//! An excerpt owns its text, so a diagnostic outlives the source and stays small whatever the source's size.

use super::span::Span;
use std::ops::Range;

/// The most characters of a line that are shown.
const WIDTH: usize = 160;
/// How many of them stand before the place when the line is cut.
const BEFORE: usize = 60;
/// What stands for the part that is cut off.
const CUT: &str = "...";

/// A line, or a part of it, and a place in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// The number of the line, from 1.
    pub(super) line: usize,
    /// The characters before the place, plus 1.
    pub(super) column: usize,
    /// The text that is shown.
    pub(super) text: String,
    /// Whether `text` is less than the line.
    pub(super) is_cut: bool,
    /// The bytes of `text` that the place covers: up to the end of the line where it goes further.
    pub(super) place: Range<usize>,
}

impl Excerpt {
    /// The line of `source` in which `span` starts.
    pub(super) fn new(source: &str, span: Span) -> Self {
        let start = floor_char_boundary(source, span.range().start);
        let end = floor_char_boundary(source, span.range().end).max(start);
        let line_start = source[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = source[start..].find('\n').map_or(source.len(), |length| start + length);
        let line_end = line_start.max(line_end - usize::from(source[..line_end].ends_with('\r')));
        let line = &source[line_start..line_end];
        let place = start.min(line_end) - line_start..end.min(line_end) - line_start;
        let (text, place) = cut(line, place);
        Self {
            line: 1 + source.as_bytes()[..line_start].iter().filter(|&&byte| byte == b'\n').count(),
            column: 1 + source[line_start..start].chars().count(),
            is_cut: text != line,
            text,
            place,
        }
    }
}

/// At most [`WIDTH`] characters of `line`, with `place` moved to where it is in them.
fn cut(line: &str, place: Range<usize>) -> (String, Range<usize>) {
    if line.chars().nth(WIDTH).is_none() {
        return (line.to_owned(), place);
    }
    let first =
        line[..place.start].char_indices().rev().take(BEFORE).last().map_or(place.start, |(at, _)| at);
    let last = line[first..].char_indices().nth(WIDTH).map_or(line.len(), |(at, _)| first + at);
    let before = if first > 0 { CUT } else { "" };
    let after = if last < line.len() { CUT } else { "" };
    let shift = |at: usize| at.min(last) - first + before.len();
    (format!("{before}{}{after}", &line[first..last]), shift(place.start)..shift(place.end))
}

fn floor_char_boundary(source: &str, at: usize) -> usize {
    let mut at = at.min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(source: &str, start: u32, end: u32) -> Excerpt {
        Excerpt::new(source, Span::new(start, end))
    }

    #[test]
    fn columns_count_characters() {
        let found = excerpt("a\r\nθé = 1 +\r\nb", 12, 13);
        assert_eq!((found.line, found.column), (2, 8));
        assert_eq!((&*found.text, found.place), ("θé = 1 +", 9..10));
    }

    #[test]
    fn a_place_over_lines_ends_with_its_first() {
        assert_eq!(excerpt("f(a,\nb)", 0, 7).place, 0..4);
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let source = format!("{}θ{}", "a".repeat(100_000), "b".repeat(100_000));
        let found = excerpt(&source, 100_000, 100_002);
        assert_eq!(found.column, 100_001);
        assert_eq!(found.text, format!("...{}θ{}...", "a".repeat(60), "b".repeat(99)));
        assert_eq!(&found.text[found.place], "θ");
        assert!(found.is_cut);
        let end = excerpt(&source, 200_002, 200_002);
        assert_eq!(end.text, format!("...{}", "b".repeat(60)));
        assert_eq!(end.place, 63..63);
        assert_eq!(excerpt(&source, 0, 200_002).place, 0..160);
    }

    #[test]
    fn a_place_outside_the_source_is_its_end() {
        let end = excerpt("ab", 7, 9);
        assert_eq!((end.place, end.is_cut), (2..2, false));
        assert_eq!(excerpt("", 0, 0).text, "");
    }
}
