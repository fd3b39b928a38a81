//! The engine of all rewriting passes: rules applied bottom-up to a fixpoint.
//!
//! Always holds: a node is looked at only when its operands have their final form; what a rule makes is brought into its
//! final form before anything that uses it is looked at; operands get their final form before their users, so that order is
//! again one of evaluation. Time is linear in the nodes looked at, and nothing recurses over depth.

use super::compact::compact;
use super::formula::formula;
use super::options::Budget;
use super::pattern::Pattern;
use super::report::{Firing, Report};
use super::rule::{Rewrite, Rule};
use super::site::{Site, operands};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::rc::Rc;
use wengert_expr::{Builder, Expr, Function, NodeId, Op, Output};

/// A rule that is on.
#[derive(Clone, Copy)]
pub(super) struct Active {
    pub(super) rule: &'static Rule,
    pub(super) pattern: Option<&'static Pattern>,
}

impl Active {
    fn heads(&self, op: &Op) -> bool {
        match (self.rule.rewrite, self.pattern) {
            (Rewrite::Code { head, .. }, _) => head(op),
            (Rewrite::Pattern, Some(pattern)) => pattern.head() == Some(op),
            (Rewrite::Pattern, None) => false,
        }
    }

    /// What stands for the site's root, if the row fires there; an error where that could not be written.
    fn apply<'b>(&self, site: &Site<'b>) -> Option<Expr<'b>> {
        let b = site.root.builder();
        let written = match (self.rule.rewrite, self.pattern) {
            (Rewrite::Code { apply, .. }, _) if self.rule.on.contain(site.root.dtype()) => {
                let mut fires = false;
                let attempt = || apply(site).inspect(|_| fires = true).unwrap_or(site.root);
                let written = b.attempt(attempt);
                if fires { written } else { return None }
            }
            (Rewrite::Pattern, Some(pattern)) => {
                let found = pattern.find(site.root, self.rule.on)?;
                let inner = |e: &Expr<'b>| !found.binds(e.id());
                if self.rule.once
                    && !operands(site.root).into_iter().filter(inner).all(|e| site.is_used_once(e))
                {
                    return None;
                }
                b.attempt(|| pattern.build(site.root, &found))
            }
            (Rewrite::Code { .. } | Rewrite::Pattern, _) => return None,
        };
        debug_assert!(written.is_ok(), "rule {} writes {written:?}", self.rule.name);
        written.ok()
    }
}

/// What a pass works with.
pub(super) struct Context<'a> {
    pub(super) pass: &'static str,
    pub(super) rules: &'a [Active],
    pub(super) budget: Budget,
    /// How many applications are left.
    pub(super) left: usize,
    pub(super) explain: bool,
    pub(super) report: &'a mut Report,
}

/// More applications than this for each node and no rule of a pass fires any more: a rule would be without end.
const FIRINGS_A_NODE: usize = 32;

/// Applies rules wherever they fire.
pub(super) fn rewrite(function: Function, context: &mut Context<'_>) -> Function {
    if context.rules.is_empty() || context.left == 0 {
        return function;
    }
    let live = function.live();
    let mut heads = Heads::default();
    let graph = function.graph();
    let mut idle = |n: &NodeId| !live[n.index()] || heads.of(graph.op(*n), context.rules).is_empty();
    if graph.nodes().all(|n| idle(&n)) {
        return function;
    }
    let uses = uses(&function, &live);
    let outputs = function.outputs().to_vec();
    let nodes = function.graph().len();
    let before = context.report.fired;
    let endless = nodes.saturating_mul(FIRINGS_A_NODE).saturating_add(1024).saturating_add(before);
    let mut driver = Driver {
        b: Builder::on(function.into_graph()),
        states: vec![State::New; nodes],
        order: Vec::with_capacity(nodes),
        uses,
        heads,
        endless,
        context,
    };
    for (index, _) in live.iter().enumerate().filter(|(_, live)| **live) {
        driver.settle(NodeId::from_index(index));
    }
    let Driver { b, states, order, .. } = driver;
    // Nothing that stays was written, so the builder holds no mistake.
    let graph = b.finish().expect("rules that fail leave nothing").into_graph();
    if context.report.fired == before && graph.len() == nodes {
        return Function::new(graph, outputs);
    }
    let outputs: Vec<Output> = outputs
        .into_iter()
        .map(|o| match states[o.node.index()] {
            State::Settled(node) => Output { node, name: o.name },
            State::New | State::Waiting(_) => o,
        })
        .collect();
    let written = Function::new(graph, outputs);
    let live = written.live();
    let order = order.into_iter().filter(|n| live[n.index()]);
    compact(written.graph(), written.outputs().to_vec(), order)
}

/// How many operands and outputs of live nodes each node is.
fn uses(function: &Function, live: &[bool]) -> Vec<u32> {
    let mut uses = vec![0; live.len()];
    for node in function.graph().nodes().filter(|n| live[n.index()]) {
        function.graph().operands(node).iter().for_each(|o| uses[o.index()] += 1);
    }
    function.outputs().iter().for_each(|o| uses[o.node.index()] += 1);
    uses
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// Not looked at.
    New,
    /// Replaced by a node that is to get its final form.
    Waiting(NodeId),
    /// Its final form.
    Settled(NodeId),
}

/// For each operation, by the address of its row, the rules that may fire at it.
#[derive(Default)]
struct Heads(FxHashMap<usize, Rc<[Active]>>);

impl Heads {
    fn of(&mut self, op: &Op, rules: &[Active]) -> &Rc<[Active]> {
        let key = std::ptr::from_ref(op.row()) as usize;
        self.0.entry(key).or_insert_with(|| rules.iter().copied().filter(|r| r.heads(op)).collect())
    }
}

struct Driver<'c, 'a> {
    b: Builder,
    states: Vec<State>,
    /// Nodes in the order in which they were found to be final.
    order: Vec<NodeId>,
    uses: Vec<u32>,
    heads: Heads,
    endless: usize,
    context: &'c mut Context<'a>,
}

/// What the next thing to do with a node is.
enum Next {
    Operand(NodeId),
    Rebuild(Op, SmallVec<[NodeId; 4]>),
    Rules(Rc<[Active]>),
}

impl Driver<'_, '_> {
    fn state(&self, node: NodeId) -> State {
        self.states.get(node.index()).copied().unwrap_or(State::New)
    }

    fn set(&mut self, node: NodeId, state: State) {
        if node.index() >= self.states.len() {
            self.states.resize(node.index() + 1, State::New);
        }
        self.states[node.index()] = state;
    }

    fn finish(&mut self, node: NodeId) {
        self.set(node, State::Settled(node));
        self.order.push(node);
    }

    /// Brings a node, and whatever stands for it, into final form.
    fn settle(&mut self, root: NodeId) {
        let mut stack: SmallVec<[NodeId; 8]> = SmallVec::from_elem(root, 1);
        while let Some(&node) = stack.last() {
            match self.state(node) {
                State::Settled(_) => {
                    stack.pop();
                }
                State::Waiting(next) => match self.state(next) {
                    State::Settled(end) => {
                        self.rename(node, end);
                        self.set(node, State::Settled(end));
                    }
                    // What stands for it needs the node itself: the rule did not get anywhere.
                    State::Waiting(_) => self.finish(node),
                    State::New => stack.push(next),
                },
                State::New => self.step(node, &mut stack),
            }
        }
    }

    fn step(&mut self, node: NodeId, stack: &mut SmallVec<[NodeId; 8]>) {
        match self.next(node) {
            Next::Operand(operand) => match self.state(operand) {
                State::Waiting(_) => self.finish(operand),
                State::New | State::Settled(_) => stack.push(operand),
            },
            Next::Rebuild(op, operands) => {
                let added = self.b.write(|g| {
                    let place = g.place(node);
                    g.add(op, &operands, place)
                });
                match added {
                    Ok(new) if new != node => {
                        if let Some(&uses) = self.uses.get(node.index())
                            && new.index() >= self.uses.len()
                        {
                            self.uses.resize(new.index(), u32::MAX);
                            self.uses.push(uses);
                        }
                        self.set(node, State::Waiting(new));
                    }
                    Ok(_) | Err(_) => self.finish(node),
                }
            }
            Next::Rules(rules) => match self.fire(node, &rules) {
                Some(new) => self.set(node, State::Waiting(new)),
                None => self.finish(node),
            },
        }
    }

    fn next(&mut self, node: NodeId) -> Next {
        let (b, states, heads, rules) = (&self.b, &self.states, &mut self.heads, self.context.rules);
        b.read(|g| {
            let mut changed = false;
            for operand in g.operands(node) {
                match states.get(operand.index()) {
                    Some(State::Settled(to)) => changed |= to != operand,
                    Some(State::New | State::Waiting(_)) | None => return Next::Operand(*operand),
                }
            }
            if changed {
                let settled = g.operands(node).iter().map(|o| match states[o.index()] {
                    State::Settled(to) => to,
                    State::New | State::Waiting(_) => *o,
                });
                return Next::Rebuild(g.op(node).clone(), settled.collect());
            }
            Next::Rules(heads.of(g.op(node), rules).clone())
        })
    }

    /// What stands for the node by the first rule that fires.
    fn fire(&mut self, node: NodeId, rules: &[Active]) -> Option<NodeId> {
        if rules.is_empty() || self.context.left == 0 || self.context.report.fired >= self.endless {
            return None;
        }
        let place = self.b.read(|g| g.place(node));
        self.b.set_place(Some(place));
        for active in rules {
            let site = Site::new(&self.b, node, &self.uses, self.context.budget);
            let Some(made) = active.apply(&site) else { continue };
            if made.id() == node {
                continue;
            }
            let typed = made.ty() == site.root.ty();
            debug_assert!(typed, "rule {} makes {} of {}", active.rule.name, made.ty(), site.root.ty());
            if !typed || matches!(self.state(made.id()), State::Waiting(_)) {
                continue;
            }
            let made = made.id();
            self.record(active.rule, node, made);
            return Some(made);
        }
        None
    }

    fn record(&mut self, rule: &Rule, node: NodeId, made: NodeId) {
        let context = &mut *self.context;
        context.left -= 1;
        context.report.fired += 1;
        *context.report.counts.entry(rule.name).or_default() += 1;
        if context.explain {
            let firing = self.b.read(|g| Firing {
                pass: context.pass,
                rule: rule.name,
                place: g.place(node),
                before: formula(g, node),
                after: formula(g, made),
            });
            context.report.firings.push(firing);
        }
    }

    /// What stands for a named node takes its name, unless it has one.
    fn rename(&mut self, node: NodeId, end: NodeId) {
        self.b.write(|g| {
            let constant = matches!(g.op(end), Op::Constant(_));
            if let Some(name) = g.name(node).filter(|_| !constant).map(str::to_owned) {
                g.set_name(end, name);
            }
        });
    }
}
