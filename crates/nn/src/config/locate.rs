//! Where in a text a key's value stands.

use toml::de::{DeTable, DeValue};

/// The byte where the value of a key such as `train.optimizer.learning_rate` begins; where the key is not there, that of
/// the innermost table that is.
pub(super) fn locate(text: &str, key: &str) -> usize {
    let Ok(whole) = DeTable::parse(text) else { return 0 };
    let mut at = 0;
    let mut table = whole.get_ref();
    for part in key.split('.') {
        let Some((name, value)) = table.iter().find(|(name, _)| name.get_ref() == part) else { return at };
        match value.get_ref() {
            DeValue::Table(inner) => (at, table) = (name.span().start.min(value.span().start), inner),
            _ => return value.span().start,
        }
    }
    at
}
