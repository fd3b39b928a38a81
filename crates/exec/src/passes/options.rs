//! What a run of passes may do.

use super::error::PassError;
use super::rule::Rule;

/// Which rules are on by themselves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Level {
    /// Those that keep every bit.
    #[default]
    Exact,
    /// All.
    Relaxed,
}

/// What a run of passes may do.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which rules are on by themselves.
    pub level: Level,
    /// Changes to that, in order: the name of a rule or a pass, or `all`, turns rules on, behind a `-` off.
    pub rules: Vec<String>,
    /// How many rule applications are made before all rules are off.
    pub stop_after: Option<usize>,
    /// Whether the report lists every application.
    pub explain: bool,
    /// Whether the verifier runs after each pass.
    pub verify: bool,
    /// What constant folding may spend.
    pub budget: Budget,
}

/// What constant folding may spend on one node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Budget {
    /// Elements of a constant that is made.
    pub elements: usize,
    /// Arithmetic to make it.
    pub flops: u64,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            level: Level::Exact,
            rules: Vec::new(),
            stop_after: None,
            explain: false,
            verify: false,
            budget: Budget { elements: 1 << 16, flops: 1 << 20 },
        }
    }
}

impl Options {
    /// Every rule, also those that may change a value in exact arithmetic's favour or a rounding.
    pub fn relaxed() -> Options {
        Options { level: Level::Relaxed, ..Options::default() }
    }

    /// Whether a rule of this pass is on.
    pub(crate) fn is_on(&self, pass: &str, rule: &Rule) -> bool {
        let start = self.level == Level::Relaxed || rule.is_exact();
        self.rules.iter().fold(start, |on, entry| {
            let (name, to) = entry.strip_prefix('-').map_or((entry.as_str(), true), |name| (name, false));
            if name == "all" || name == pass || name == rule.name { to } else { on }
        })
    }

    /// That every entry names something.
    pub(crate) fn check<'n>(&self, known: impl Iterator<Item = &'n str> + Clone) -> Result<(), PassError> {
        for entry in &self.rules {
            let name = entry.strip_prefix('-').unwrap_or(entry);
            if name != "all" && !known.clone().any(|k| k == name) {
                let near = wengert_expr::text::suggest(name, known.clone()).map(str::to_owned);
                return Err(PassError::Unknown { name: name.to_owned(), near });
            }
        }
        Ok(())
    }
}
