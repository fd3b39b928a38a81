//! Values as JSON: numbers round-trip exactly, arrays are nested lists.

use serde_json::{Map, Number, Value as Json, json};
use wengert::diff::Count;
use wengert::expr::Value;

/// Integers beyond this are not exact in every reader of JSON.
const EXACT: u64 = 1 << 53;

/// A document as it is printed: one line.
pub(crate) fn document(document: &Json) -> String {
    format!("{document}\n")
}

/// A float; what is no number is a string.
pub(crate) fn float(x: f64) -> Json {
    match Number::from_f64(x) {
        Some(number) => Json::Number(number),
        None if x.is_nan() => json!("NaN"),
        None if x > 0.0 => json!("Infinity"),
        None => json!("-Infinity"),
    }
}

/// A value: a number or nested lists; without elements its shape and dtype.
pub(crate) fn value(value: &Value) -> Json {
    let shape = value.shape();
    if value.is_empty() {
        return json!({"shape": shape, "dtype": value.dtype().name(), "data": []});
    }
    match value {
        Value::Bool(t) => nested(t.iter().map(|&x| Json::Bool(x)).collect(), shape),
        Value::I64(t) => nested(t.iter().map(|&x| json!(x)).collect(), shape),
        Value::F32(t) => nested(t.iter().map(|&x| float(f64::from(x))).collect(), shape),
        Value::F64(t) => nested(t.iter().map(|&x| float(x)).collect(), shape),
    }
}

/// Row-major elements as lists of lists; no list for a scalar.
fn nested(mut items: Vec<Json>, shape: &[usize]) -> Json {
    for &extent in shape.iter().rev() {
        let mut rest = items.into_iter();
        let mut lists = Vec::new();
        loop {
            let list: Vec<Json> = rest.by_ref().take(extent).collect();
            if list.is_empty() {
                break;
            }
            lists.push(Json::Array(list));
        }
        items = lists;
    }
    items.into_iter().next().unwrap_or(Json::Null)
}

/// A count: a number where every reader reads it exactly, else a string.
pub(crate) fn count(count: &Count) -> Json {
    match count.to_u64() {
        Some(n) if n <= EXACT => json!(n),
        Some(_) | None => json!(count.to_string()),
    }
}

/// An object of named values.
pub(crate) fn object<'v>(entries: impl IntoIterator<Item = (String, &'v Value)>) -> Json {
    Json::Object(entries.into_iter().map(|(name, v)| (name, value(v))).collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_round_trip() {
        for x in [0.1, -0.0, 1.0 / 3.0, 5e-324, f64::MAX, 1e21, 6.0, 9_007_199_254_740_993.0] {
            let back: f64 = serde_json::from_str(&float(x).to_string()).unwrap();
            assert_eq!(back.to_bits(), x.to_bits());
        }
        assert_eq!((float(6.0).to_string(), float(-0.0).to_string()), ("6.0".into(), "-0.0".into()));
        let back: f64 = serde_json::from_str(&value(&Value::scalar(0.1f32)).to_string()).unwrap();
        assert_eq!(back, f64::from(0.1f32));
    }

    #[test]
    fn what_is_no_number_is_a_string() {
        let value = value(&Value::from(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY]));
        assert_eq!(value.to_string(), r#"["NaN","Infinity","-Infinity"]"#);
    }

    #[test]
    fn arrays_are_nested_lists() {
        let numbers = Value::new([2, 1, 3], vec![1i64, 2, 3, 4, 5, i64::MIN]);
        assert_eq!(value(&numbers).to_string(), "[[[1,2,3]],[[4,5,-9223372036854775808]]]");
        assert_eq!(value(&Value::from(vec![true, false])).to_string(), "[true,false]");
        let empty = Value::new([0, 3], Vec::<f32>::new());
        assert_eq!(value(&empty).to_string(), r#"{"shape":[0,3],"dtype":"f32","data":[]}"#);
    }

    #[test]
    fn counts_beyond_exact_floats_are_strings() {
        assert_eq!(count(&Count::from(9u64)), json!(9));
        assert_eq!(count(&Count::from(EXACT + 1)), json!("9007199254740993"));
    }
}
