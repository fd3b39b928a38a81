//! Checks of single values.

use super::ConfigError;
use std::fmt::Display;

/// An error unless the value is good.
pub(super) fn check(
    good: bool,
    key: &'static str,
    value: impl Display,
    expected: &str,
) -> Result<(), ConfigError> {
    match good {
        true => Ok(()),
        false => Err(ConfigError::Value { key, value: value.to_string(), expected: expected.to_owned() }),
    }
}

/// An error if a key that must not be there is there.
pub(super) fn check_absent<T>(
    value: &Option<T>,
    key: &'static str,
    because: &str,
) -> Result<(), ConfigError> {
    match value {
        None => Ok(()),
        Some(_) => Err(ConfigError::Meaningless { key, because: because.to_owned() }),
    }
}

/// An error if a key that must be there is not.
pub(super) fn check_present<T>(
    value: &Option<T>,
    key: &'static str,
    because: &str,
) -> Result<(), ConfigError> {
    match value {
        Some(_) => Ok(()),
        None => Err(ConfigError::Missing { key, because: because.to_owned() }),
    }
}
