//! CSV: a table of numbers as text, one row a line.
//!
//! Every row of a [`CsvTable`] has as many fields as the first, and every field is a number; finite unless the options allow others.

use crate::error::excerpt;
use crate::heading::{Header, Heading};
use crate::rows::{Delimiter, Row, Rows};
use crate::{InteropError, Result, gzip};
use std::path::{Path, PathBuf};
use wengert_expr::Value;

/// How to read a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvOptions {
    /// What stands between fields; a comma unless told.
    pub delimiter: Delimiter,
    /// Whether the first line names the columns; found out unless told.
    pub header: Header,
    /// Accept NaN and infinities, which are errors unless told.
    pub allow_non_finite: bool,
}

impl Default for CsvOptions {
    fn default() -> CsvOptions {
        CsvOptions { delimiter: Delimiter::Char(b','), header: Header::Auto, allow_non_finite: false }
    }
}

/// A table of numbers.
#[derive(Clone, Debug)]
pub struct CsvTable {
    /// The names of the columns, where the first line gives them.
    pub columns: Option<Vec<String>>,
    /// The names of the classes that the last column numbers, where the first line gives them.
    pub classes: Option<Vec<String>>,
    /// The numbers, `f64[rows, columns]`.
    pub values: Value,
    path: PathBuf,
}

impl CsvTable {
    /// The columns before the last as f64, and the last as i64 class labels, which must be whole numbers from 0.
    pub fn split_labels(&self) -> Result<(Value, Value)> {
        let &[rows, columns] = self.values.shape() else { unreachable!("a table has two axes") };
        let limit = self.classes.as_ref().map_or(i64::MAX, |names| names.len() as i64);
        let data = self.values.slice::<f64>().unwrap_or_default();
        let mut features = Vec::with_capacity(rows * (columns - 1));
        let mut labels = Vec::with_capacity(rows);
        for (index, row) in data.chunks_exact(columns).enumerate() {
            let (&label, row) = row.split_last().unwrap_or((&0.0, &[]));
            features.extend_from_slice(row);
            labels.push(class(label, limit).ok_or_else(|| self.not_a_label(index, label))?);
        }
        Ok((Value::new([rows, columns - 1], features), Value::from(labels)))
    }

    fn not_a_label(&self, index: usize, found: f64) -> InteropError {
        let expected = match &self.classes {
            Some(names) => format!("from 0 to {}", names.len() - 1),
            None => "that is a whole number from 0".to_owned(),
        };
        InteropError::NotALabel { path: self.path.clone(), row: index + 1, expected, found }
    }
}

fn class(number: f64, limit: i64) -> Option<i64> {
    let class = number as i64;
    (class as f64 == number && (0..limit).contains(&class)).then_some(class)
}

/// The table in a CSV file, plain or gzipped.
pub fn read_csv(path: impl AsRef<Path>, options: &CsvOptions) -> Result<CsvTable> {
    let path = path.as_ref();
    parse_csv(&std::fs::read(path).map_err(InteropError::io(path))?, path, options)
}

/// As [`read_csv`], of bytes in memory; `path` is what errors call them.
pub fn parse_csv(bytes: &[u8], path: &Path, options: &CsvOptions) -> Result<CsvTable> {
    let bytes = gzip::unpacked(bytes, path)?;
    let text = text(&bytes, path)?;
    let mut rows = Rows::new(text, options.delimiter);
    let empty = || InteropError::Empty { path: path.to_owned() };
    let first = next(&mut rows, path)?.ok_or_else(empty)?;
    let heading = Heading::of(first, options.header);
    let mut body = Body { path, allow_non_finite: options.allow_non_finite, width: None, data: Vec::new() };
    match &heading {
        Heading::Data => body.push(first)?,
        Heading::Columns(names) => body.width = Some(names.len()),
        Heading::Classes { features, .. } => body.width = Some(features.saturating_add(1)),
    }
    while let Some(row) = next(&mut rows, path)? {
        body.push(row)?;
    }
    let values = body.finish().ok_or_else(empty)?;
    let (columns, classes) = match heading {
        Heading::Data => (None, None),
        Heading::Columns(names) => (Some(names), None),
        Heading::Classes { rows: expected, names, .. } => {
            let found = values.shape()[0];
            if found != expected {
                return Err(InteropError::RowCount { path: path.to_owned(), expected, found });
            }
            (None, Some(names))
        }
    };
    Ok(CsvTable { columns, classes, values, path: path.to_owned() })
}

/// The bytes as text, less a byte order mark.
fn text<'b>(bytes: &'b [u8], path: &Path) -> Result<&'b str> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line_start = before.iter().rposition(|&b| b == b'\n').map_or(0, |n| n + 1);
        let line = 1 + before.iter().filter(|&&b| b == b'\n').count();
        InteropError::NotUtf8 { path: path.to_owned(), line, byte: before.len() - line_start }
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn next<'r>(rows: &'r mut Rows<'_>, path: &Path) -> Result<Option<Row<'r>>> {
    rows.next().map_err(|error| InteropError::io(path)(error.into()))
}

/// The rows of data read so far.
struct Body<'p> {
    path: &'p Path,
    allow_non_finite: bool,
    width: Option<usize>,
    data: Vec<f64>,
}

impl Body<'_> {
    fn push(&mut self, row: Row<'_>) -> Result<()> {
        let (expected, found) = (*self.width.get_or_insert(row.len()), row.len());
        if expected != found {
            return Err(InteropError::Ragged {
                path: self.path.to_owned(),
                line: row.line(),
                expected,
                found,
            });
        }
        for (index, field) in row.fields().enumerate() {
            match field.parse::<f64>() {
                Ok(number) if number.is_finite() || self.allow_non_finite => self.data.push(number),
                parsed => {
                    let (path, line, column) = (self.path.to_owned(), row.line(), index + 1);
                    let text = excerpt(field);
                    return Err(match parsed {
                        Ok(_) => InteropError::NotFinite { path, line, column, text },
                        Err(_) => InteropError::NotANumber { path, line, column, text },
                    });
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> Option<Value> {
        let width = self.width.filter(|_| !self.data.is_empty())?;
        Some(Value::new([self.data.len() / width, width], self.data))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gzip::tests::pack;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<CsvTable> {
        parse_csv(text.as_bytes(), Path::new("x.csv"), &CsvOptions::default())
    }

    fn parse_with(text: &str, options: CsvOptions) -> Result<CsvTable> {
        parse_csv(text.as_bytes(), Path::new("x.csv"), &options)
    }

    fn message(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn with_and_without_a_header() {
        let expected = Value::new([2, 2], vec![1.0, -2.5, 3e-3, 4.0]);
        let plain = parse("1,-2.5\n3e-3,4\n").unwrap();
        assert!(plain.values.bit_eq(&expected) && plain.columns.is_none());
        let named = parse("\u{feff}\"width, cm\",height\r\n1,-2.5\r\n\r\n \"3e-3\" , 4").unwrap_err();
        assert!(matches!(named, InteropError::NotANumber { line: 4, column: 1, .. }), "{named}");
        let named = parse("\u{feff}\"width, cm\",height\r\n1,-2.5\r\n\r\n\"3e-3\", 4").unwrap();
        assert!(named.values.bit_eq(&expected));
        assert_eq!(named.columns.unwrap(), ["width, cm", "height"]);
    }

    #[test]
    fn the_header_can_be_told() {
        let text = "0,1\n2,3\n";
        let header = |header| CsvOptions { header, ..CsvOptions::default() };
        let named = parse_with(text, header(Header::Yes)).unwrap();
        assert_eq!(named.columns.unwrap(), ["0", "1"]);
        assert!(named.values.bit_eq(&Value::new([1, 2], vec![2.0, 3.0])));
        let error = parse_with("a,b\n2,3\n", header(Header::No)).unwrap_err();
        assert_eq!(error.to_string(), "x.csv: line 1, column 1: expected a number, found \"a\"");
    }

    #[test]
    fn counts_and_class_names() {
        let table = parse("2,3,no,yes\n1,2,3,0\n4,5,6,1\n").unwrap();
        assert_eq!(table.classes.as_ref().unwrap(), &["no", "yes"]);
        let (features, labels) = table.split_labels().unwrap();
        assert!(features.bit_eq(&Value::new([2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0])));
        assert!(labels.bit_eq(&Value::from(vec![0i64, 1])));
        assert_eq!(message("3,1,no,yes\n1,0\n2,1\n"), "x.csv: the first line promises 3 rows, found 2");
        assert_eq!(message("1,3,no,yes\n1,0\n"), "x.csv: line 2: expected 4 fields, found 2");
    }

    #[test]
    fn labels_are_whole_numbers_within_the_classes() {
        let split = |text: &str| parse(text).unwrap().split_labels().unwrap_err().to_string();
        let beyond = split("1,1,no,yes\n0.5,2\n");
        assert_eq!(beyond, "x.csv: row 1: expected a class label from 0 to 1, found 2");
        assert!(
            split("1,0\n1,0.5\n")
                .ends_with("row 2: expected a class label that is a whole number from 0, found 0.5")
        );
        assert!(split("1,-1\n").ends_with("found -1"));
        assert!(split("1,1e300\n").contains("row 1"));
    }

    #[test]
    fn delimiters() {
        let expected = Value::new([2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        for (text, delimiter) in [
            ("1;2;3\n4;5;6", Delimiter::Char(b';')),
            ("1\t2\t3\n4\t5\t6", Delimiter::Char(b'\t')),
            (" 1  2\t3\n\n4 5 6 \n", Delimiter::Whitespace),
        ] {
            let table = parse_with(text, CsvOptions { delimiter, ..CsvOptions::default() }).unwrap();
            assert!(table.values.bit_eq(&expected), "{text:?}");
        }
    }

    #[test]
    fn gzipped_whatever_the_name() {
        let table = parse_csv(&pack(b"a\n1\n2\n"), Path::new("x.csv"), &CsvOptions::default()).unwrap();
        assert!(table.values.bit_eq(&Value::new([2, 1], vec![1.0, 2.0])));
    }

    #[test]
    fn faults_are_placed() {
        assert_eq!(message("1,2\n\n3,4x\n"), "x.csv: line 3, column 2: expected a number, found \"4x\"");
        assert_eq!(message("1,2\n3,\n"), "x.csv: line 2, column 2: expected a number, found \"\"");
        assert_eq!(message("a,b\n1,2\n3\n"), "x.csv: line 3: expected 2 fields, found 1");
        assert_eq!(message("a,b\n1,2,3\n"), "x.csv: line 2: expected 2 fields, found 3");
        assert_eq!(message("x,1\n"), "x.csv: line 1, column 1: expected a number, found \"x\"");
        let long = message(&format!("1\n{}\n", "é\u{1b}".repeat(50)));
        assert!(long.ends_with("é\\u{1b}...\"") && long.len() < 300, "{long}");
        let latin1 = parse_csv(b"a,b\n1,\xe9\n", Path::new("x.csv"), &CsvOptions::default()).unwrap_err();
        assert_eq!(latin1.to_string(), "x.csv: line 2, byte 2 of the line: expected UTF-8 text");
    }

    #[test]
    fn no_data_is_an_error() {
        for text in ["", "\n\n", " \n", "a,b\n", "\u{feff}"] {
            assert_eq!(message(text), "x.csv: the file holds no rows of numbers", "{text:?}");
        }
    }

    #[test]
    fn non_finite_numbers_are_refused_unless_allowed() {
        assert_eq!(
            message("1,2\n3,nan\n"),
            "x.csv: line 2, column 2: expected a finite number, found \"nan\""
        );
        assert!(message("-inf\n").contains("column 1: expected a finite number"));
        assert!(message("1e999\n").contains("found \"1e999\""));
        let allowed = CsvOptions { allow_non_finite: true, ..CsvOptions::default() };
        let values = parse_with("1,NaN\n-inf,Infinity\n", allowed).unwrap().values.to_f64s();
        assert!(values[0] == 1.0 && values[1].is_nan());
        assert_eq!(values[2..], [f64::NEG_INFINITY, f64::INFINITY]);
    }

    proptest! {
        #[test]
        fn printed_numbers_come_back_to_the_bit(
            data in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO, 1..30),
        ) {
            let text: String = data.iter().map(|x| format!("{x:?},{x}\n")).collect();
            let expected = data.iter().flat_map(|&x| [x, x]).collect();
            prop_assert!(parse(&text).unwrap().values.bit_eq(&Value::new([data.len(), 2], expected)));
        }

        #[test]
        fn no_text_panics(text in "[0-9a,\"\r\n \tNi.é-]{0,60}", whitespace: bool, cut: prop::sample::Index) {
            let delimiter = if whitespace { Delimiter::Whitespace } else { Delimiter::Char(b',') };
            let bytes = &text.as_bytes()[..cut.index(text.len() + 1)];
            let options = CsvOptions { delimiter, ..CsvOptions::default() };
            if let Ok(table) = parse_csv(bytes, Path::new("x"), &options) {
                let _ = table.split_labels();
            }
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>, delimiter: u8) {
            let options = CsvOptions { delimiter: Delimiter::Char(delimiter), ..CsvOptions::default() };
            let _ = parse_csv(&bytes, Path::new("x"), &options);
        }
    }
}
