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
use std::ops::Range;
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

/// Functions with as many nodes are rewritten by all passes at once.
const LARGE: usize = 10_000;

/// Rules that fire once in so many nodes, or less often, are not worth another round over a large function.
const LITTLE: usize = 8;

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

    /// The function after all passes, and what was done. Of functions with 10,000 nodes and more all passes are applied in one walk,
    /// and the walk is repeated only while it changes much.
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
        let draft = Draft::new(function.clone(), &mut index);
        let report = Report { nodes_before: draft.live, ..Report::default() };
        let mut run = Run { passes: &self.passes, options, index, report };
        let draft = if draft.live < LARGE { run.in_order(draft)? } else { run.at_once(draft)? };
        run.report.nodes_after = draft.live;
        Ok((draft.function, run.report))
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

/// A run of a pipeline.
struct Run<'r> {
    passes: &'r [Pass],
    options: &'r Options,
    index: Index<'r>,
    report: Report,
}

impl Run<'_> {
    /// Pass after pass, round after round, until none of them changes anything.
    fn in_order(&mut self, mut draft: Draft) -> Result<Draft, PassError> {
        // Passes since the last one that changed something: all of them, and each has seen what comes out.
        let mut idle = 0;
        for number in (0..self.passes.len()).cycle().take(ROUNDS * self.passes.len()) {
            if idle == self.passes.len() {
                break;
            }
            let fired = self.report.fired;
            draft = self.apply(draft, number..number + 1)?;
            // A pass that fired runs again: it knew how often nodes were used before.
            idle = if self.report.fired > fired { 0 } else { idle + 1 };
        }
        self.report.settled = idle == self.passes.len() && self.left() > 0;
        Ok(draft)
    }

    /// All passes at each node, until little changes: writing a large function again takes longer than what is left saves.
    fn at_once(&mut self, mut draft: Draft) -> Result<Draft, PassError> {
        for _ in 0..ROUNDS {
            let fired = self.report.fired;
            draft = self.apply(draft, 0..self.passes.len())?;
            if (self.report.fired - fired) * LITTLE <= draft.live {
                self.report.settled = self.report.fired == fired && self.left() > 0;
                break;
            }
        }
        Ok(draft)
    }

    /// How often rules may fire yet.
    fn left(&self) -> usize {
        self.options.stop_after.unwrap_or(usize::MAX) - self.report.fired
    }

    /// The draft after these passes, all of them at each node.
    fn apply(&mut self, draft: Draft, now: Range<usize>) -> Result<Draft, PassError> {
        let (passes, left) = (self.passes, self.left());
        let Options { explain, budget, .. } = *self.options;
        let names = &passes[now.clone()];
        let index = &mut self.index;
        let draft = if names.iter().all(|pass| pass.rules.is_empty()) {
            draft.without_dead(index)
        } else {
            rewrite(
                draft,
                &mut Context { passes, now, index, budget, left, explain, report: &mut self.report },
            )
        };
        if self.options.verify
            && let Some(violation) = verify(&draft.function).first()
        {
            let pass = names.iter().map(|p| p.name).collect::<Vec<_>>().join(", ");
            return Err(PassError::Invalid { pass, violation: violation.to_string() });
        }
        Ok(draft)
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
