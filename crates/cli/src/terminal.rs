//! Texts and values as a person reads them on a terminal: names quoted, control characters escaped, arrays cut short.

use comfy_table::{CellAlignment, Table};
use std::fmt;
use wengert::expr::text::name_to_source;
use wengert::expr::{Value, with_tensor};

/// A text that cannot steer the terminal: control characters but the newline are escaped.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => shown.push(c),
            '\t' => shown.push(' '),
            _ if steers(c) => shown.extend(c.escape_unicode()),
            _ => shown.push(c),
        }
    }
    shown
}

/// Whether a character moves the cursor, is invisible, or turns the order of its neighbours.
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A name as the language writes it: plain, or in backquotes with escapes.
pub(crate) fn name(name: &str) -> String {
    name_to_source(name).into_owned()
}

/// A line `what = value`, the further lines of an array under its first.
pub(crate) fn line(what: &str, value: &Value) -> String {
    let indent = " ".repeat(what.chars().count() + 3);
    let shown = text(value).replace('\n', &format!("\n{indent}"));
    match value.is_empty() {
        true => format!("{what} = {} (no elements)\n", value.ty()),
        false => format!("{what} = {shown}\n"),
    }
}

/// A value: a number, or nested lists that are cut short.
fn text(value: &Value) -> String {
    with_tensor!(value, t => t.map(|x| Number(x.shown())).to_string())
}

/// A number in the shortest form that reads back to it.
#[derive(Clone)]
struct Number(String);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

trait Shown {
    fn shown(&self) -> String;
}

impl Shown for bool {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for i64 {
    fn shown(&self) -> String {
        self.to_string()
    }
}

macro_rules! shown_float {
    ($($t:ty),*) => {$(
        impl Shown for $t {
            fn shown(&self) -> String {
                let size = self.abs();
                let plain = size == 0.0 || !size.is_finite() || (1e-5..1e16).contains(&size);
                if plain { self.to_string() } else { format!("{self:e}") }
            }
        }
    )*};
}
shown_float!(f32, f64);

/// A float on its own.
pub(crate) fn number(x: f64) -> String {
    x.shown()
}

/// A table with a header; all columns but the first are numbers.
pub(crate) fn table(header: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(header.to_vec());
    table.add_rows(rows);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!("{}\n", table.trim_fmt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_are_not_steered() {
        assert_eq!(printable("a\u{1b}[31m\nb\r\u{202e}"), "a\\u{1b}[31m\nb\\u{d}\\u{202e}");
        assert_eq!(name("-x\n"), "`-x\\n`");
    }

    #[test]
    fn numbers_are_short_and_exact() {
        for (x, expected) in [
            (6.0, "6"),
            (-0.0, "-0"),
            (0.1, "0.1"),
            (1e-300, "1e-300"),
            (1.5e300, "1.5e300"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(number(x), expected);
        }
        assert_eq!(line("y", &Value::scalar(0.1f32)), "y = 0.1\n");
    }

    #[test]
    fn arrays_stand_under_their_first_line() {
        let value = Value::new([2, 2], vec![1.0, 2.0, 3.0, 1e-9]);
        assert_eq!(line("ab", &value), "ab = [[1, 2],\n      [3, 1e-9]]\n");
        assert_eq!(line("z", &Value::new([0, 3], Vec::<f64>::new())), "z = f64[0, 3] (no elements)\n");
    }
}
