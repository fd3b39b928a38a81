//! What a run of passes did.

use std::collections::BTreeMap;
use wengert_expr::Place;

/// One rule application.
#[derive(Clone, PartialEq, Debug)]
pub struct Firing {
    /// The pass.
    pub pass: &'static str,
    /// The rule.
    pub rule: &'static str,
    /// Where the user made the node.
    pub place: Place,
    /// The node before, as a formula.
    pub before: String,
    /// What stands there now.
    pub after: String,
}

/// What a run of passes did.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Report {
    /// Every application in order, if they were asked for.
    pub firings: Vec<Firing>,
    /// How often each rule fired.
    pub counts: BTreeMap<&'static str, usize>,
    /// How many applications there were.
    pub fired: usize,
    /// Nodes that the outputs need, before.
    pub nodes_before: usize,
    /// Nodes that the outputs need, afterwards.
    pub nodes_after: usize,
    /// False where rules might fire still: where a limit ended the run, that of the options or the one that a rule without end would
    /// meet, or where so little changed in a large function that the passes were left at that.
    pub settled: bool,
}
