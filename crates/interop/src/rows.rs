//! The rows of a text and the fields of each row.
//!
//! Blank lines are no rows. A quoted field may hold delimiters, doubled quotes and line breaks, except between whitespace delimiters.

use csv::{Position, StringRecord};

/// What stands between the fields of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delimiter {
    /// One ASCII character, as a comma; fields may be quoted.
    Char(u8),
    /// Any number of blanks and tabs; fields are not quoted.
    Whitespace,
}

/// Reads row after row.
pub(crate) struct Rows<'t> {
    text: &'t str,
    source: Source<'t>,
    record: StringRecord,
}

enum Source<'t> {
    Delimited(csv::Reader<&'t [u8]>),
    Whitespace { offset: usize },
}

/// A row, borrowed until the next is read.
#[derive(Clone, Copy)]
pub(crate) struct Row<'r> {
    text: &'r str,
    record: &'r StringRecord,
}

impl<'t> Rows<'t> {
    pub(crate) fn new(text: &'t str, delimiter: Delimiter) -> Rows<'t> {
        let source = match delimiter {
            Delimiter::Char(c) => Source::Delimited(
                csv::ReaderBuilder::new()
                    .delimiter(c)
                    .has_headers(false)
                    .flexible(true)
                    .from_reader(text.as_bytes()),
            ),
            Delimiter::Whitespace => Source::Whitespace { offset: 0 },
        };
        Rows { text, source, record: StringRecord::new() }
    }

    /// The next row that is not blank.
    pub(crate) fn next(&mut self) -> Result<Option<Row<'_>>, csv::Error> {
        loop {
            let more = match &mut self.source {
                Source::Delimited(reader) => reader.read_record(&mut self.record)?,
                Source::Whitespace { offset } => split_line(self.text, offset, &mut self.record),
            };
            if !more {
                return Ok(None);
            }
            let blank =
                self.record.is_empty() || self.record.len() == 1 && self.record[0].trim_ascii().is_empty();
            if !blank {
                return Ok(Some(Row { text: self.text, record: &self.record }));
            }
        }
    }
}

/// Splits the line at `offset` and moves on; false at the end of the text.
fn split_line(text: &str, offset: &mut usize, record: &mut StringRecord) -> bool {
    let rest = &text[*offset..];
    let line = rest.split_inclusive('\n').next().unwrap_or_default();
    let mut position = Position::new();
    position.set_byte(*offset as u64);
    record.clear();
    record.extend(line.split_ascii_whitespace());
    record.set_position(Some(position));
    *offset += line.len();
    !line.is_empty()
}

impl<'r> Row<'r> {
    pub(crate) fn len(self) -> usize {
        self.record.len()
    }

    pub(crate) fn fields(self) -> impl Iterator<Item = &'r str> {
        self.record.iter().map(str::trim_ascii)
    }

    /// The line that the row starts on. Counted anew each time: for messages.
    pub(crate) fn line(self) -> usize {
        let start = self.record.position().map_or(0, |p| p.byte() as usize);
        // The csv crate reports where it went on reading, which is before any line breaks that it then skips.
        let skipped = self.text[start..].len() - self.text[start..].trim_start_matches(['\r', '\n']).len();
        1 + self.text[..start + skipped].matches('\n').count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str, delimiter: Delimiter) -> Vec<(usize, Vec<String>)> {
        let mut rows = Rows::new(text, delimiter);
        let mut all = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            all.push((row.line(), row.fields().map(str::to_owned).collect()));
        }
        all
    }

    fn row(line: usize, fields: &[&str]) -> (usize, Vec<String>) {
        (line, fields.iter().map(|&f| f.to_owned()).collect())
    }

    #[test]
    fn lines_are_counted_with_blank_ones_and_carriage_returns() {
        let expected = [row(1, &["a", "b"]), row(4, &["1", "2"]), row(6, &["3", ""])];
        for text in ["a,b\n\n\n1, 2\n  \n3,", "a,b\r\n\r\n\r\n1, 2\r\n  \r\n3,\r\n"] {
            assert_eq!(all(text, Delimiter::Char(b',')), expected, "{text:?}");
        }
    }

    #[test]
    fn quoted_fields_hold_delimiters_quotes_and_line_breaks() {
        let expected = [row(1, &["a,b", "c \"d\"", "e\nf"]), row(3, &["1", "2", "3"])];
        assert_eq!(all("\"a,b\",\"c \"\"d\"\"\",\"e\nf\"\n1,\"2\",3", Delimiter::Char(b',')), expected);
    }

    #[test]
    fn whitespace_is_one_delimiter_however_long() {
        let expected = [row(2, &["1", "2"]), row(4, &["3", "4", "5"])];
        assert_eq!(all("\n 1 \t 2\r\n \t\n3 4\t5", Delimiter::Whitespace), expected);
        assert_eq!(all("", Delimiter::Whitespace), []);
    }
}
