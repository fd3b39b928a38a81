//! The ordered list of passes, each a named function of a function, run round after round until none changes anything.

use super::draft::Draft;
use super::driver::{Context, rewrite};
use super::error::PassError;
use super::index::{Active, Index};
use super::options::Options;
use super::pattern::Pattern;
use super::report::Report;
use super::rule::{Rewrite, Rule};
use super::rules;
use rustc_hash::FxHashMap;
use std::fmt;
use std::sync::{LazyLock, OnceLock};
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

/// The patterns of all rows, read when they are first needed.
static PATTERNS: LazyLock<FxHashMap<&'static str, OnceLock<Pattern>>> = LazyLock::new(|| {
    let rows = rules::PASSES.iter().flat_map(|p| p.rules);
    rows.filter(|r| matches!(r.rewrite, Rewrite::Pattern)).map(|r| (r.name, OnceLock::new())).collect()
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
        let active = self.active(options);
        let mut index = Index::new(&active);
        let mut draft = Draft::new(function.clone(), &mut index);
        let mut report = Report { nodes_before: draft.live, settled: true, ..Report::default() };
        let limit = options.stop_after.unwrap_or(usize::MAX);
        // Passes since the last one that changed something: all of them, and each has seen what comes out.
        let mut idle = 0;
        for (number, pass) in self.passes.iter().enumerate().cycle().take(ROUNDS * self.passes.len()) {
            if idle == self.passes.len() {
                break;
            }
            let fired = report.fired;
            draft = if pass.rules.is_empty() {
                draft.without_dead(&mut index)
            } else {
                let (explain, budget, left) = (options.explain, options.budget, limit - fired);
                let (report, index) = (&mut report, &mut index);
                rewrite(draft, &mut Context { pass: pass.name, number, index, budget, left, explain, report })
            };
            // A pass that fired runs again: it knew how often nodes were used before.
            idle = if report.fired > fired { 0 } else { idle + 1 };
            if options.verify
                && let Some(violation) = verify(&draft.function).first()
            {
                return Err(PassError::Invalid { pass: pass.name, violation: violation.to_string() });
            }
        }
        report.settled = idle == self.passes.len() && report.fired < limit;
        report.nodes_after = draft.live;
        Ok((draft.function, report))
    }

    /// The rules that are on, in the order in which they are tried.
    fn active(&self, options: &Options) -> Vec<Active> {
        let passes = self.passes.iter().enumerate();
        let on = passes.flat_map(|(pass, p)| {
            p.rules.iter().filter(|r| options.is_on(p.name, r)).map(move |r| (pass, r))
        });
        let on: Vec<(usize, &'static Rule)> = on.collect();
        let slot = |rule: &Rule| PATTERNS.get(rule.name);
        let unread = |rule: &Rule| slot(rule).is_some_and(|slot| slot.get().is_none());
        let missing: Vec<&Rule> = on.iter().map(|(_, rule)| *rule).filter(|rule| unread(rule)).collect();
        if !missing.is_empty() {
            for (rule, pattern) in missing.iter().zip(Pattern::read(&missing)) {
                slot(rule).into_iter().for_each(|slot| drop(slot.set(pattern.clone())));
            }
        }
        let pattern = |rule| slot(rule).and_then(OnceLock::get);
        on.into_iter().map(|(pass, rule)| Active { pass, rule, pattern: pattern(rule) }).collect()
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
