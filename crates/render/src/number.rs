//! Values in few characters: six significant digits, the first few elements.

use wengert_expr::{Value, with_tensor};

/// How many elements of an array are shown.
const SHOWN: usize = 6;

/// A number with six significant digits; integers below 10^9 with all of theirs.
pub(crate) fn short_number(x: f64) -> String {
    if x.is_nan() {
        return "nan".to_owned();
    }
    if x.is_infinite() {
        return if x > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    if x.fract() == 0.0 && x.abs() < 1e9 {
        return format!("{x:.0}");
    }
    let scientific = format!("{x:.5e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    match exponent.parse::<i32>() {
        Ok(e @ -4..=5) => trimmed(&format!("{x:.*}", (5 - e) as usize)).to_owned(),
        _ => format!("{}e{exponent}", trimmed(mantissa)),
    }
}

fn trimmed(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

trait Short {
    fn short(&self) -> String;
}

impl Short for bool {
    fn short(&self) -> String {
        self.to_string()
    }
}

impl Short for i64 {
    fn short(&self) -> String {
        self.to_string()
    }
}

impl Short for f32 {
    fn short(&self) -> String {
        short_number(f64::from(*self))
    }
}

impl Short for f64 {
    fn short(&self) -> String {
        short_number(*self)
    }
}

/// A scalar as its number, an array as a nested list of its first elements.
pub(crate) fn short_value(value: &Value) -> String {
    let elements: Vec<String> = with_tensor!(value, t => t.iter().take(SHOWN).map(Short::short).collect());
    let shape = value.shape();
    if shape.is_empty() {
        return elements.concat();
    }
    if elements.is_empty() {
        return "[]".to_owned();
    }
    let mut text = String::new();
    for (i, element) in elements.iter().enumerate() {
        let starting = boundaries(shape, i);
        if i > 0 {
            text.push_str(&"]".repeat(starting));
            text.push_str(", ");
        }
        text.push_str(&"[".repeat(starting));
        text.push_str(element);
    }
    if value.len() > SHOWN {
        text.push_str(", …");
    }
    text + &"]".repeat(shape.len())
}

/// How many lists begin with the element at this position.
fn boundaries(shape: &[usize], position: usize) -> usize {
    let mut size = 1;
    shape
        .iter()
        .rev()
        .take_while(|&&n| {
            size *= n;
            position.is_multiple_of(size)
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits() {
        let cases = [
            (3.0, "3"),
            (-0.0, "-0"),
            (0.1, "0.1"),
            (1.0 / 3.0, "0.333333"),
            (123456.789, "123457"),
            (999999.5, "1e6"),
            (12345678.0, "12345678"),
            (1.5e-7, "1.5e-7"),
            (6.02214076e23, "6.02214e23"),
            (f64::NAN, "nan"),
            (f64::NEG_INFINITY, "-inf"),
            (0.00012345678, "0.000123457"),
            (1e300, "1e300"),
            (5e-324, "4.94066e-324"),
        ];
        for (x, expected) in cases {
            assert_eq!(short_number(x), expected);
        }
    }

    #[test]
    fn arrays_are_cut_short() {
        assert_eq!(short_value(&Value::scalar(2.5f32)), "2.5");
        assert_eq!(short_value(&Value::new([2, 2], vec![1i64, 2, 3, 4])), "[[1, 2], [3, 4]]");
        assert_eq!(short_value(&Value::new([2, 1, 2], vec![1i64, 2, 3, 4])), "[[[1, 2]], [[3, 4]]]");
        assert_eq!(short_value(&Value::full([1000, 1000], 0.5f64)), "[[0.5, 0.5, 0.5, 0.5, 0.5, 0.5, …]]");
        assert_eq!(short_value(&Value::full([2, 0], false)), "[]");
    }
}
