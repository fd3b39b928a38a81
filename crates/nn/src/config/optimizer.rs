//! `[train.optimizer]`: how parameters follow gradients.
//!
//! Names and hyper-parameters are those of the optimisers themselves: nothing here knows one of them.

use super::ConfigError;
use super::check::check;
use crate::optim::{Adam, Allowed, Hyper, Optimizer, Sgd};
use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

/// How parameters follow gradients: an optimiser, its learning rate and the numbers that are not as usual.
#[derive(Clone, PartialEq, Debug)]
pub struct OptimizerConfig {
    /// How far parameters follow in a step; with a schedule, at most.
    pub learning_rate: f64,
    /// The optimiser with its usual numbers.
    usual: Optimizer,
    /// The numbers that were told, by name, whether the optimiser has them or not.
    told: BTreeMap<&'static str, f64>,
}

/// The keys of the table: the two of every optimiser, then the hyper-parameters of all.
static KEYS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut keys = vec!["name", "learning_rate"];
    for hyper in all_hypers() {
        if !keys.contains(&hyper.name) {
            keys.push(hyper.name);
        }
    }
    keys
});

fn all_hypers() -> impl Iterator<Item = Hyper> {
    Optimizer::NAMES.iter().filter_map(|name| Optimizer::named(name)).flat_map(|o| o.hypers())
}

impl OptimizerConfig {
    /// An optimiser with all its numbers.
    pub fn new(optimizer: Optimizer, learning_rate: f64) -> OptimizerConfig {
        let usual = Optimizer::named(optimizer.name()).unwrap_or(optimizer);
        let numbers = optimizer.hypers().into_iter().zip(usual.hypers());
        let told = numbers.filter(|(o, u)| o.value != u.value).map(|(o, _)| (o.name, o.value)).collect();
        OptimizerConfig { learning_rate, usual, told }
    }

    /// Gradient descent, with momentum.
    pub fn sgd(learning_rate: f64, momentum: f64) -> OptimizerConfig {
        OptimizerConfig::new(Optimizer::Sgd(Sgd { momentum }), learning_rate)
    }

    /// Adam as it usually is.
    pub fn adam(learning_rate: f64) -> OptimizerConfig {
        OptimizerConfig::new(Optimizer::Adam(Adam::default()), learning_rate)
    }

    /// The optimiser.
    pub fn optimizer(&self) -> Optimizer {
        let mut optimizer = self.usual;
        for (name, &value) in &self.told {
            optimizer.set(name, value);
        }
        optimizer
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        let (rate, positive) = (self.learning_rate, Allowed::Positive);
        check(positive.contains(rate), "train.optimizer.learning_rate", rate, positive.expected())?;
        let own = self.usual.hypers();
        for name in self.told.keys() {
            if !own.iter().any(|h| h.name == *name) {
                let key = all_hypers().find(|h| h.name == *name).map_or("train.optimizer", |h| h.key);
                return Err(ConfigError::Meaningless { key, because: format!("for {}", self.usual.name()) });
            }
        }
        for hyper in self.optimizer().hypers() {
            let Hyper { key, value, allowed, .. } = hyper;
            check(allowed.contains(value), key, value, allowed.expected())?;
        }
        Ok(())
    }
}

impl Serialize for OptimizerConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut table = serializer.serialize_map(Some(2 + self.told.len()))?;
        table.serialize_entry("name", self.usual.name())?;
        table.serialize_entry("learning_rate", &self.learning_rate)?;
        for (name, value) in &self.told {
            table.serialize_entry(name, value)?;
        }
        table.end()
    }
}

impl<'de> Deserialize<'de> for OptimizerConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<OptimizerConfig, D::Error> {
        deserializer.deserialize_map(Table)
    }
}

struct Table;

impl<'de> Visitor<'de> for Table {
    type Value = OptimizerConfig;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table with the name of an optimiser and a learning_rate")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<OptimizerConfig, A::Error> {
        let (mut usual, mut learning_rate, mut told) = (None, None, BTreeMap::new());
        while let Some(Key(key)) = map.next_key()? {
            match key {
                "name" => usual = Some(map.next_value::<Name>()?.0),
                "learning_rate" => learning_rate = Some(map.next_value()?),
                hyper => _ = told.insert(hyper, map.next_value()?),
            }
        }
        let missing = <A::Error as de::Error>::missing_field;
        Ok(OptimizerConfig {
            usual: usual.ok_or_else(|| missing("name"))?,
            learning_rate: learning_rate.ok_or_else(|| missing("learning_rate"))?,
            told,
        })
    }
}

/// A key of the table.
struct Key(&'static str);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Key, D::Error> {
        let found = String::deserialize(deserializer)?;
        let known = KEYS.iter().find(|key| **key == found);
        known.map(|key| Key(key)).ok_or_else(|| de::Error::unknown_field(&found, &KEYS))
    }
}

/// The optimiser of a name.
struct Name(Optimizer);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Name, D::Error> {
        let found = String::deserialize(deserializer)?;
        let known = Optimizer::named(&found).map(Name);
        known.ok_or_else(|| de::Error::unknown_variant(&found, Optimizer::NAMES))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<OptimizerConfig, String> {
        let config: OptimizerConfig = toml::from_str(text).map_err(|e| e.message().to_owned())?;
        config.validate().map_err(|e| e.to_string())?;
        Ok(config)
    }

    #[test]
    fn every_optimiser_is_read_and_written() {
        for &name in Optimizer::NAMES {
            let config = read(&format!("name = '{name}'\nlearning_rate = 1")).unwrap();
            assert_eq!(config.optimizer(), Optimizer::named(name).unwrap());
            for hyper in config.optimizer().hypers() {
                let text = format!("name = '{name}'\nlearning_rate = 0.5\n{} = 0.25", hyper.name);
                let config = read(&text).unwrap();
                let found = config.optimizer().hypers().into_iter().find(|h| h.name == hyper.name);
                assert_eq!(found.map(|h| h.value), Some(0.25));
                assert_eq!(toml::from_str::<OptimizerConfig>(&toml::to_string(&config).unwrap()), Ok(config));
            }
        }
    }

    #[test]
    fn mistakes_are_named() {
        let message = |text: &str| read(text).unwrap_err();
        let sgd = "name = 'sgd'\nlearning_rate = 0.1\n";
        assert_eq!(message(&format!("{sgd}beta1 = 0.9")), "`train.optimizer.beta1` has no meaning for sgd");
        assert_eq!(
            message(&format!("{sgd}momentum = 1")),
            "`train.optimizer.momentum` = 1: expected at least 0 and less than 1"
        );
        assert!(
            message(&format!("{sgd}colour = 1"))
                .starts_with("unknown field `colour`, expected one of `name`")
        );
        assert_eq!(message("name = 'sgd'"), "missing field `learning_rate`");
        let unknown = message("name = 'adamm'\nlearning_rate = 1");
        assert!(unknown.starts_with("unknown variant `adamm`, expected one of `sgd`, `adam`"), "{unknown}");
        let decay = message("name = 'adamw'\nlearning_rate = 1\nweight_decay = -1");
        assert_eq!(decay, "`train.optimizer.weight_decay` = -1: expected 0 or a positive number");
    }
}
