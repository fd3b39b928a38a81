//! The engine of all rewriting passes: rules applied bottom-up to a fixpoint.
//!
//! Always holds: a node is looked at only when its operands have their final form; what a rule makes is brought into its
//! final form before anything that uses it is looked at; operands get their final form before their users, so that order is
//! again one of evaluation. Time is linear in the nodes looked at, and nothing recurses over depth.

use super::draft::Draft;
use super::formula::formula;
use super::index::{Active, Index, Note};
use super::options::Budget;
use super::pipeline::Pass;
use super::report::{Firing, Report};
use super::rule::Rewrite;
use super::site::{Site, operands};
use super::states::{State, States};
use smallvec::SmallVec;
use std::ops::Range;
use wengert_expr::{Builder, Expr, Function, NodeId, Op, Output};

impl Active {
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
                let found = b.read(|g| pattern.find(g, site.root.id(), self.rule.on))?;
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

/// What a pass, or several at once, work with.
pub(super) struct Context<'c, 'a> {
    /// All passes.
    pub(super) passes: &'c [Pass],
    /// Those that are applied, in their order at each node.
    pub(super) now: Range<usize>,
    pub(super) index: &'c mut Index<'a>,
    pub(super) budget: Budget,
    /// How many applications are left.
    pub(super) left: usize,
    pub(super) explain: bool,
    pub(super) report: &'c mut Report,
}

/// More applications than this for each node and no rule of a pass fires any more: a rule would be without end.
const FIRINGS_A_NODE: usize = 32;

/// Nodes whose operands are read at once.
pub(super) const AHEAD: usize = 32;

/// Applies the rules of the context's passes wherever they fire.
pub(super) fn rewrite(draft: Draft, context: &mut Context<'_, '_>) -> Draft {
    let mark = context.now.clone().fold(Note::UNKNOWN, |marks, pass| marks.or(Note::mark(pass)));
    if context.left == 0 || !draft.any.has(mark) {
        return draft;
    }
    let Draft { function, uses, notes, any, live, dead } = draft;
    let outputs = function.outputs().to_vec();
    let nodes = function.graph().len();
    let before = context.report.fired;
    let endless = nodes.saturating_mul(FIRINGS_A_NODE).saturating_add(1024).saturating_add(before);
    let (b, states, order) = (Builder::on(function.into_graph()), States::new(nodes), Vec::new());
    let mut driver = Driver { b, states, order, uses, notes, mark, endless, context };
    driver.run();
    let Driver { b, states, order, uses, notes, .. } = driver;
    // Nothing that stays was written, so the builder holds no mistake.
    let graph = b.finish().expect("rules that fail leave nothing").into_graph();
    if context.report.fired == before {
        let function = Function::new(graph, outputs);
        return Draft { function, uses, notes, any, live, dead }.tried(context.index);
    }
    let settled = |node: NodeId| match states.of(node) {
        State::Settled(end) => end,
        State::New | State::Waiting(_) => node,
    };
    let outputs = outputs.into_iter().map(|o| Output { node: settled(o.node), name: o.name }).collect();
    drop((states, uses));
    let written = Function::new(graph, outputs);
    let live = written.live();
    let order = order.into_iter().filter(|n| live[n.index()]);
    Draft::reordered(written, order, &notes, context.index)
}

struct Driver<'d, 'c, 'a> {
    b: Builder,
    states: States,
    /// Nodes in the order in which they were found to be final.
    order: Vec<NodeId>,
    uses: Vec<u8>,
    notes: Vec<Note>,
    /// Those of the passes.
    mark: Note,
    endless: usize,
    context: &'d mut Context<'c, 'a>,
}

/// What the next thing to do with a node is.
enum Next {
    Operand(NodeId),
    Rebuild(SmallVec<[NodeId; 4]>),
    Rules,
}

impl Driver<'_, '_, '_> {
    /// Brings all live nodes into final form, if a rule fires anywhere.
    fn run(&mut self) {
        let nodes = self.states.len();
        let marked = |d: &Self, n: usize| d.uses[n] > 0 && d.notes[n].has(d.mark);
        for first in 0..nodes {
            let node = NodeId::from_index(first);
            let made = if marked(self, first) { self.fire(node) } else { None };
            if let Some(made) = made {
                self.order.reserve(nodes);
                self.pass_over(0..first, false);
                self.set(node, State::Waiting(made));
                self.settle(node);
                return self.run_from(first + 1, nodes);
            }
        }
    }

    fn run_from(&mut self, mut start: usize, end: usize) {
        while start < end {
            let stretch = start..end.min(start + AHEAD);
            start = stretch.end;
            self.read_ahead(stretch.clone());
            let mut from = stretch.start;
            while let Some(node) = self.pass_over(from..stretch.end, true) {
                self.settle(node);
                from = node.index() + 1;
            }
        }
    }

    /// Reads what is known of these nodes' operands, all at once: one after another each read would wait for the one before.
    fn read_ahead(&self, nodes: Range<usize>) {
        let (states, notes) = (&self.states, &self.notes);
        let final_form = |operand: NodeId| match states.of(operand) {
            State::Settled(to) => to,
            State::New | State::Waiting(_) => operand,
        };
        self.b.read(|g| {
            let operands = nodes.flat_map(|n| g.operands(NodeId::from_index(n)));
            let forms: SmallVec<[NodeId; 2 * AHEAD]> = operands.map(|&o| final_form(o)).collect();
            g.touch(forms.iter().copied());
            std::hint::black_box(forms.iter().any(|n| notes.get(n.index()) == Some(&Note::UNKNOWN)));
        });
    }

    /// Leaves nodes as they are, up to the first one that may become another.
    fn pass_over(&mut self, nodes: Range<usize>, stop: bool) -> Option<NodeId> {
        let (states, order) = (&mut self.states, &mut self.order);
        let (uses, notes, mark) = (&self.uses, &self.notes, self.mark);
        self.b.read(|g| {
            for index in nodes.filter(|&n| uses[n] > 0) {
                let node = NodeId::from_index(index);
                let same = |o: &NodeId| states.of(*o) == State::Settled(*o);
                if states.of(node) != State::New {
                    continue;
                }
                if stop && (notes[index].has(mark) || !g.operands(node).iter().all(same)) {
                    return Some(node);
                }
                states.set(node, State::Settled(node));
                order.push(node);
            }
            None
        })
    }

    fn state(&self, node: NodeId) -> State {
        self.states.of(node)
    }

    fn set(&mut self, node: NodeId, state: State) {
        self.states.set(node, state);
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
            Next::Rebuild(operands) => {
                let added = self.b.write(|g| g.add_again(node, &operands));
                let Some(new) = added.ok().filter(|&new| new != node) else {
                    return self.finish(node);
                };
                if let Some(&uses) = self.uses.get(node.index())
                    && new.index() >= self.uses.len()
                {
                    self.uses.resize(new.index(), u8::MAX);
                    self.uses.push(uses);
                }
                self.set(node, State::Waiting(new));
                if self.state(new) == State::New {
                    // Its operands are final.
                    self.look(new);
                    stack.push(new);
                }
            }
            Next::Rules => self.look(node),
        }
    }

    fn next(&mut self, node: NodeId) -> Next {
        let states = &self.states;
        self.b.read(|g| {
            let mut changed = false;
            for operand in g.operands(node) {
                match states.of(*operand) {
                    State::Settled(to) => changed |= to != *operand,
                    State::New | State::Waiting(_) => return Next::Operand(*operand),
                }
            }
            if !changed {
                return Next::Rules;
            }
            let settled = g.operands(node).iter().map(|o| match states.of(*o) {
                State::Settled(to) => to,
                State::New | State::Waiting(_) => *o,
            });
            Next::Rebuild(settled.collect())
        })
    }

    /// Looks for what stands for a node whose operands are final.
    fn look(&mut self, node: NodeId) {
        if node.index() >= self.notes.len() {
            self.notes.resize(node.index() + 1, Note::UNKNOWN);
        }
        if self.notes[node.index()] == Note::UNKNOWN {
            let (index, notes) = (&mut *self.context.index, &self.notes);
            self.notes[node.index()] = self.b.read(|g| index.note(g, node, notes));
        }
        let made = if self.notes[node.index()].has(self.mark) { self.fire(node) } else { None };
        match made {
            Some(made) => self.set(node, State::Waiting(made)),
            None => self.finish(node),
        }
    }

    /// What stands for the node by the first rule that fires. The mark of a node at which none ever will is taken away.
    fn fire(&mut self, node: NodeId) -> Option<NodeId> {
        if self.context.left == 0 || self.context.report.fired >= self.endless {
            return None;
        }
        let rules = self.b.read(|g| self.context.index.rules(g, node, &self.notes));
        self.b.set_place_of(node);
        let (now, note) = (self.context.now.clone(), self.notes[node.index()]);
        let mut never = true;
        for active in rules.iter().filter(|a| now.contains(&a.pass) && note.has(Note::mark(a.pass))) {
            let site = Site::new(&self.b, node, &self.uses, self.context.budget);
            let Some(made) = active.apply(&site) else {
                never &= !site.asked.get();
                continue;
            };
            never = false;
            if made.id() == node {
                continue;
            }
            let typed = made.ty() == site.root.ty();
            debug_assert!(typed, "rule {} makes {} of {}", active.rule.name, made.ty(), site.root.ty());
            if !typed || matches!(self.state(made.id()), State::Waiting(_)) {
                continue;
            }
            let made = made.id();
            self.record(active, node, made);
            return Some(made);
        }
        if never {
            self.notes[node.index()] = self.notes[node.index()].without(self.mark);
        }
        None
    }

    fn record(&mut self, active: &Active, node: NodeId, made: NodeId) {
        let context = &mut *self.context;
        context.left -= 1;
        context.report.fired += 1;
        *context.report.counts.entry(active.rule.name).or_default() += 1;
        if context.explain {
            let firing = self.b.read(|g| Firing {
                pass: context.passes[active.pass].name,
                rule: active.rule.name,
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
