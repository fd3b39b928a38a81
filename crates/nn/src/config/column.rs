//! A column of a table, by its name or its number.

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A column of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Column {
    /// By its number from 0, from the end if negative.
    Number(i64),
    /// By its name.
    Name(String),
}

impl Column {
    /// Its position among so many columns of these names, if there is one.
    pub(crate) fn position(&self, columns: usize, names: Option<&[String]>) -> Option<usize> {
        match self {
            Column::Number(n) if *n < 0 => columns.checked_sub(usize::try_from(n.unsigned_abs()).ok()?),
            Column::Number(n) => usize::try_from(*n).ok().filter(|&n| n < columns),
            Column::Name(name) => names?.iter().position(|n| n == name),
        }
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Column::Number(n) => write!(f, "{n}"),
            Column::Name(name) => write!(f, "{name:?}"),
        }
    }
}

impl Serialize for Column {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Column::Number(n) => serializer.serialize_i64(*n),
            Column::Name(name) => serializer.serialize_str(name),
        }
    }
}

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Column, D::Error> {
        deserializer.deserialize_any(Either)
    }
}

struct Either;

impl Visitor<'_> for Either {
    type Value = Column;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a column's name or number")
    }

    fn visit_i64<E: Error>(self, n: i64) -> Result<Column, E> {
        Ok(Column::Number(n))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Column, E> {
        Ok(Column::Name(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions() {
        let names = ["a".to_owned(), "b".to_owned()];
        let at = |column: Column| column.position(2, Some(&names));
        assert_eq!([0, 1, -1, -2].map(|n| at(Column::Number(n))), [Some(0), Some(1), Some(1), Some(0)]);
        assert_eq!([2, -3, i64::MIN, i64::MAX].map(|n| at(Column::Number(n))), [None; 4]);
        assert_eq!((at(Column::Name("b".into())), at(Column::Name("c".into()))), (Some(1), None));
    }
}
