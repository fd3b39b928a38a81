//! The ordered list of passes, each a named function of a function, run round after round until none changes anything.

use super::compact::remove_dead;
use super::driver::{Active, Context, rewrite};
use super::error::PassError;
use super::options::Options;
use super::pattern::Pattern;
use super::report::Report;
use super::rule::{Rewrite, Rule};
use super::rules;
use rustc_hash::FxHashMap;
use std::fmt;
use std::sync::LazyLock;
use wengert_expr::{Function, verify};

/// One pass.
#[derive(Clone, Copy)]
pub struct Pass {
    /// Its name, unique among rules and passes.
    pub name: &'static str,
    /// What it does, in a few words.
    pub about: &'static str,
    /// Its rules in the order in which they are tried; the pass that removes dead code has none.
    pub rules: &'static [Rule],
}

/// An ordered list of passes.
#[derive(Clone)]
pub struct Pipeline {
    passes: Vec<Pass>,
}

/// Rounds after which a pipeline gives up. Every round but the last one fires, and most of what fires does so in the first.
const ROUNDS: usize = 64;

static PATTERNS: LazyLock<FxHashMap<&'static str, Pattern>> = LazyLock::new(|| {
    let rows = rules::PASSES.iter().flat_map(|p| p.rules);
    rows.filter(|r| matches!(r.rewrite, Rewrite::Pattern)).map(|r| (r.name, Pattern::new(r))).collect()
});

impl Pipeline {
    /// All passes in their usual order.
    pub fn standard() -> Pipeline {
        Pipeline::new(rules::PASSES.to_vec())
    }

    /// These passes in this order.
    pub fn new(passes: Vec<Pass>) -> Pipeline {
        Pipeline { passes }
    }

    /// The passes in order.
    pub fn passes(&self) -> &[Pass] {
        &self.passes
    }

    /// The names of all passes and rules.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + Clone + '_ {
        self.passes.iter().flat_map(|p| std::iter::once(p.name).chain(p.rules.iter().map(|r| r.name)))
    }

    /// The function after all passes, and what was done.
    ///
    /// ```
    /// use wengert_exec::passes::{Options, Pipeline};
    /// use wengert_expr::text::{parse, print};
    /// let f = parse("output y = -(-(x * 1)) + sin(z) - (-w)", &Default::default())?;
    /// let (f, report) = Pipeline::standard().run(&f, &Options::default())?;
    /// assert_eq!(report.counts["subtract-negation"], 1);
    /// assert!(print(&f)?.ends_with("v0 = sin(z)\nv1 = x + v0\nv2 = w + v1\noutput y = v2\n"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A name in the options that no rule has; and a function that is not valid after a pass, if the options ask.
    pub fn run(&self, function: &Function, options: &Options) -> Result<(Function, Report), PassError> {
        options.check(self.names())?;
        let active: Vec<Vec<Active>> = self.passes.iter().map(|p| p.active(options)).collect();
        let mut report = Report { nodes_before: function.live_count(), settled: true, ..Report::default() };
        let limit = options.stop_after.unwrap_or(usize::MAX);
        let mut function = function.clone();
        // Passes since the last one that changed something: all of them, and each has seen what comes out.
        let mut idle = 0;
        for (pass, active) in self.passes.iter().zip(&active).cycle().take(ROUNDS * self.passes.len()) {
            if idle == self.passes.len() {
                break;
            }
            let fired = report.fired;
            let left = limit - fired;
            function = pass.run(function, active, left, options, &mut report);
            // A pass that fired runs again: it knew how often nodes were used before.
            idle = if report.fired > fired { 0 } else { idle + 1 };
            if options.verify
                && let Some(violation) = verify(&function).first()
            {
                return Err(PassError::Invalid { pass: pass.name, violation: violation.to_string() });
            }
        }
        report.settled = idle == self.passes.len() && report.fired < limit;
        report.nodes_after = function.live_count();
        Ok((function, report))
    }
}

impl Pass {
    fn active(&self, options: &Options) -> Vec<Active> {
        let on = self.rules.iter().filter(|r| options.is_on(self.name, r));
        on.map(|rule| Active { rule, pattern: PATTERNS.get(rule.name) }).collect()
    }

    fn run(
        &self,
        function: Function,
        rules: &[Active],
        left: usize,
        options: &Options,
        report: &mut Report,
    ) -> Function {
        if self.rules.is_empty() {
            return remove_dead(function).0;
        }
        let (explain, budget) = (options.explain, options.budget);
        rewrite(function, &mut Context { pass: self.name, rules, budget, left, explain, report })
    }
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pass").field("name", &self.name).field("rules", &self.rules.len()).finish()
    }
}

/// The names of the passes, in order.
impl fmt::Display for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, pass) in self.passes.iter().enumerate() {
            write!(f, "{}{}", if i > 0 { ", " } else { "" }, pass.name)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.passes).finish()
    }
}
