//! `[train.optimizer]`: how parameters follow gradients.
//!
//! Names and hyper-parameters are those of the optimisers and minimisers themselves: nothing here knows one of them.

use super::ConfigError;
use super::check::check;
use super::training::TrainingConfig;
use crate::loss::Loss;
use crate::minimize::Minimizer;
use crate::optim::{Adam, Allowed, Clip, Hyper, Optimizer, Schedule, Sgd};
use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

/// How parameters follow gradients: an optimiser, its learning rate and the numbers that are not as usual; or a minimiser
/// of the loss of all samples at once, which finds its own way and takes each of its iterations for an epoch.
#[derive(Clone, PartialEq, Debug)]
pub struct OptimizerConfig {
    /// How far parameters follow in a step; with a schedule, at most. A minimiser has none.
    pub learning_rate: f64,
    /// The optimiser or minimiser with its usual numbers.
    usual: Rule,
    /// The numbers that were told, by name, whether the optimiser has them or not.
    told: BTreeMap<&'static str, f64>,
}

/// What moves parameters.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Rule {
    /// After every batch.
    Steps(Optimizer),
    /// On all samples at once.
    Whole(Minimizer),
}

impl Rule {
    fn named(name: &str) -> Option<Rule> {
        Optimizer::named(name).map(Rule::Steps).or_else(|| Minimizer::named(name).map(Rule::Whole))
    }

    fn name(&self) -> &'static str {
        match self {
            Rule::Steps(optimizer) => optimizer.name(),
            Rule::Whole(minimizer) => minimizer.name(),
        }
    }

    fn hypers(&self) -> Vec<Hyper> {
        match self {
            Rule::Steps(optimizer) => optimizer.hypers(),
            Rule::Whole(minimizer) => minimizer.hypers(),
        }
    }

    fn set(&mut self, name: &str, value: f64) -> bool {
        match self {
            Rule::Steps(optimizer) => optimizer.set(name, value),
            Rule::Whole(minimizer) => minimizer.set(name, value),
        }
    }
}

/// The names of all optimisers, then those of all minimisers.
static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| [Optimizer::NAMES, Minimizer::NAMES].concat());

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
    NAMES.iter().filter_map(|name| Rule::named(name)).flat_map(|rule| rule.hypers())
}

impl OptimizerConfig {
    /// An optimiser with all its numbers.
    pub fn new(optimizer: Optimizer, learning_rate: f64) -> OptimizerConfig {
        let usual = Optimizer::named(optimizer.name()).unwrap_or(optimizer);
        let numbers = optimizer.hypers().into_iter().zip(usual.hypers());
        let told = numbers.filter(|(o, u)| o.value != u.value).map(|(o, _)| (o.name, o.value)).collect();
        OptimizerConfig { learning_rate, usual: Rule::Steps(usual), told }
    }

    /// A minimiser with its usual numbers.
    pub fn whole(minimizer: Minimizer) -> OptimizerConfig {
        OptimizerConfig { learning_rate: 1.0, usual: Rule::Whole(minimizer), told: BTreeMap::new() }
    }

    /// Gradient descent, with momentum.
    pub fn sgd(learning_rate: f64, momentum: f64) -> OptimizerConfig {
        OptimizerConfig::new(Optimizer::Sgd(Sgd { momentum }), learning_rate)
    }

    /// Adam as it usually is.
    pub fn adam(learning_rate: f64) -> OptimizerConfig {
        OptimizerConfig::new(Optimizer::Adam(Adam::default()), learning_rate)
    }

    /// The optimiser; for a minimiser plain descent, which keeps no state and takes no step.
    pub fn optimizer(&self) -> Optimizer {
        match self.rule() {
            Rule::Steps(optimizer) => optimizer,
            Rule::Whole(_) => Optimizer::Sgd(Sgd::default()),
        }
    }

    /// The minimiser, if it is one.
    pub fn minimizer(&self) -> Option<Minimizer> {
        match self.rule() {
            Rule::Steps(_) => None,
            Rule::Whole(minimizer) => Some(minimizer),
        }
    }

    fn rule(&self) -> Rule {
        let mut rule = self.usual;
        for (name, &value) in &self.told {
            rule.set(name, value);
        }
        rule
    }

    /// Whether the rest of the table goes with a minimiser, if there is one.
    pub(super) fn validate_beside(&self, train: &TrainingConfig) -> Result<(), ConfigError> {
        let Some(minimizer) = self.minimizer() else { return Ok(()) };
        let because = format!("for {}", minimizer.name());
        let tuning = train.tuning();
        for (key, absent) in [
            ("train.schedule", tuning.schedule == Schedule::default()),
            ("train.clip_value or train.clip_norm", tuning.clip == Clip::default()),
            ("train.checkpoint", train.checkpoint.is_none()),
            ("train.early_stopping", train.early_stopping.is_none()),
            ("train.penalty.l1", !minimizer.takes_residuals() || tuning.penalty.l1 == 0.0),
        ] {
            if !absent {
                return Err(ConfigError::Meaningless { key, because });
            }
        }
        let squares = matches!(train.loss, Loss::Mse | Loss::HalfMse);
        let expected = format!("mse or half_mse, whose squares {} takes", minimizer.name());
        check(squares || !minimizer.takes_residuals(), "train.loss", train.loss, &expected)
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
        for hyper in self.rule().hypers() {
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
        if let Rule::Steps(_) = self.usual {
            table.serialize_entry("learning_rate", &self.learning_rate)?;
        }
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
        let usual = usual.ok_or_else(|| missing("name"))?;
        let learning_rate = match (usual, learning_rate) {
            (Rule::Steps(_), rate) => rate.ok_or_else(|| missing("learning_rate"))?,
            (Rule::Whole(_), None) => 1.0,
            (Rule::Whole(minimizer), Some(_)) => {
                let name = minimizer.name();
                return Err(de::Error::custom(format!("`learning_rate` has no meaning for {name}")));
            }
        };
        Ok(OptimizerConfig { usual, learning_rate, told })
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

/// The optimiser or minimiser of a name.
struct Name(Rule);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Name, D::Error> {
        let found = String::deserialize(deserializer)?;
        let known = Rule::named(&found).map(Name);
        known.ok_or_else(|| de::Error::unknown_variant(&found, &NAMES))
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
    fn every_minimiser_is_read_and_written() {
        for &name in Minimizer::NAMES {
            let config = read(&format!("name = '{name}'")).unwrap();
            assert_eq!(config.minimizer(), Minimizer::named(name));
            for hyper in config.rule().hypers() {
                let config = read(&format!("name = '{name}'\n{} = 2", hyper.name)).unwrap();
                assert_eq!(config.rule().hypers()[0].value, 2.0);
                assert_eq!(toml::from_str::<OptimizerConfig>(&toml::to_string(&config).unwrap()), Ok(config));
            }
            let error = read(&format!("name = '{name}'\nlearning_rate = 1")).unwrap_err();
            assert_eq!(error, format!("`learning_rate` has no meaning for {name}"));
        }
    }

    #[test]
    fn what_a_minimiser_leaves_without_a_meaning_is_named() {
        let message = |loss: &str, name: &str, more: &str| {
            let text = format!(
                "data.source = 'xor'\nmodel.hidden = [2]\n[train]\nloss = '{loss}'\nepochs = 3\n\
                 optimizer = {{ name = '{name}' }}\n{more}"
            );
            crate::TrainConfig::from_toml(&text).map(|_| ()).map_err(|e| e.to_string())
        };
        assert_eq!(message("mse", "gauss_newton", "penalty.l2 = 0.1"), Ok(()));
        assert_eq!(message("bce_with_logits", "lbfgs", "penalty.l1 = 0.1"), Ok(()));
        let error = |loss, name, more| message(loss, name, more).unwrap_err();
        let squares = "line 4, column 8: `train.loss` = bce_with_logits: expected mse or half_mse, whose squares gauss_newton takes";
        assert_eq!(error("bce_with_logits", "gauss_newton", ""), squares);
        assert_eq!(
            error("mse", "levenberg_marquardt", "penalty.l1 = 1"),
            "line 7, column 14: `train.penalty.l1` has no meaning for levenberg_marquardt"
        );
        let schedule = "schedule = { name = 'cosine', steps = 2 }";
        assert_eq!(
            error("mse", "lbfgs", schedule),
            "line 7, column 1: `train.schedule` has no meaning for lbfgs"
        );
        assert!(error("mse", "newton_cg", "clip_norm = 1").contains("has no meaning for newton_cg"));
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
