//! The order of a tape's entries: independent chains side by side, so that their latencies hide each other.
//!
//! Always holds: stores stay where they are among all others, so what memory has when something is loaded doesn't change.
//! While many values are live, entries come in the order in which they were written, which is one that keeps few alive.

use super::tape::{Class, Entry, Id, Prim};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Longer tapes are left as they are: the time would no more be worth it.
const LONGEST: usize = 4096;
/// As many live vectors are many.
const MANY: i32 = 20;

/// Cycles until a value can be used; about so on all processors with AVX-512.
fn latency(prim: Prim) -> u32 {
    match prim {
        Prim::Div => 13,
        Prim::Sqrt => 18,
        Prim::Gather | Prim::GatherBytes | Prim::Call | Prim::CallPair => 30,
        Prim::And | Prim::Or | Prim::Xor | Prim::Copysign | Prim::IntAdd | Prim::IntSub => 1,
        Prim::Select | Prim::Keep | Prim::Shl | Prim::Shr => 1,
        _ => 4,
    }
}

/// Puts entries, given in the order in which they were written, into the one in which they are run.
pub(super) fn schedule(entries: &[Entry], classes: &[Option<Class>], order: Vec<Id>) -> Vec<Id> {
    if order.len() > LONGEST {
        return order;
    }
    let mut scheduler = Scheduler::new(entries, classes, &order);
    let mut done = Vec::with_capacity(order.len());
    for segment in order.split_inclusive(|&id| entries[id as usize].stores()) {
        let (last, free) = match segment.split_last() {
            Some((last, rest)) if entries[*last as usize].stores() => (Some(*last), rest),
            _ => (None, segment),
        };
        scheduler.segment(free, &mut done);
        if let Some(store) = last {
            scheduler.issue(store);
            done.push(store);
        }
    }
    done
}

struct Scheduler<'a> {
    entries: &'a [Entry],
    classes: &'a [Option<Class>],
    facts: Vec<Fact>,
    /// The entries that read each one, those of one after those of the other.
    users: Vec<Id>,
    cycle: u32,
    live: i32,
}

/// What is known about an entry.
#[derive(Clone, Copy, Default)]
struct Fact {
    /// False for what is fetched.
    runs: bool,
    issued: bool,
    /// Operands that aren't there yet.
    missing: u8,
    /// Cycles from its start to the end of all that depends on it.
    height: u32,
    /// Reads that are still to come.
    reads: u32,
    /// When its operands are there.
    ready: u32,
    /// Where its users start, and where they end.
    users: (u32, u32),
}

impl<'a> Scheduler<'a> {
    fn new(entries: &'a [Entry], classes: &'a [Option<Class>], order: &[Id]) -> Scheduler<'a> {
        let mut facts = vec![Fact::default(); entries.len()];
        for &id in order {
            facts[id as usize].runs = true;
            for &o in entries[id as usize].operands() {
                facts[o as usize].reads += 1;
            }
        }
        let mut end = 0;
        for fact in &mut facts {
            fact.users = (end, end);
            end += fact.reads;
        }
        let mut users = vec![0; end as usize];
        for &id in order.iter().rev() {
            let entry = &entries[id as usize];
            let height = facts[id as usize].height + latency(entry.prim);
            facts[id as usize].height = height;
            for &o in entry.operands() {
                let operand = &mut facts[o as usize];
                if operand.runs {
                    operand.height = operand.height.max(height);
                    users[operand.users.1 as usize] = id;
                    operand.users.1 += 1;
                    facts[id as usize].missing += 1;
                }
            }
        }
        Scheduler { entries, classes, facts, users, cycle: 0, live: 0 }
    }

    /// Entries that nothing but their operands keeps in order.
    fn segment(&mut self, segment: &[Id], done: &mut Vec<Id>) {
        let (Some(&first), Some(&last)) = (segment.first(), segment.last()) else { return };
        let start = |s: &Self, id: Id| Reverse((s.facts[id as usize].ready, id));
        let complete = segment.iter().filter(|&&id| self.facts[id as usize].missing == 0);
        let mut waiting: BinaryHeap<Reverse<(u32, Id)>> = complete.map(|&id| start(self, id)).collect();
        let mut highest = BinaryHeap::new();
        let mut oldest = BinaryHeap::new();
        let end = done.len() + segment.len();
        while done.len() < end {
            while let Some(&Reverse((ready, id))) = waiting.peek()
                && ready <= self.cycle
            {
                waiting.pop();
                highest.push((self.facts[id as usize].height, Reverse(id)));
                oldest.push(Reverse(id));
            }
            let next = match self.live >= MANY {
                true => oldest.pop().map(|Reverse(id)| id),
                false => highest.pop().map(|(_, Reverse(id))| id),
            };
            let Some(id) = next else {
                let Some(&Reverse((ready, _))) = waiting.peek() else { break };
                self.cycle = ready;
                continue;
            };
            if self.facts[id as usize].issued {
                continue;
            }
            self.issue(id);
            done.push(id);
            for at in self.users_of(id) {
                let user = self.users[at];
                if self.facts[user as usize].missing == 0 && (first..=last).contains(&user) {
                    waiting.push(start(self, user));
                }
            }
        }
    }

    fn users_of(&self, id: Id) -> std::ops::Range<usize> {
        let (start, end) = self.facts[id as usize].users;
        start as usize..end as usize
    }

    /// Takes note of an entry that starts in this cycle.
    fn issue(&mut self, id: Id) {
        let entry = &self.entries[id as usize];
        let end = self.cycle + latency(entry.prim);
        self.cycle += 1;
        self.facts[id as usize].issued = true;
        for at in self.users_of(id) {
            let user = &mut self.facts[self.users[at] as usize];
            user.missing -= 1;
            user.ready = user.ready.max(end);
        }
        let vector = |id: Id| matches!(self.classes[id as usize], Some(Class::Narrow | Class::Wide));
        self.live += i32::from(vector(id));
        for &o in entry.operands() {
            let operand = &mut self.facts[o as usize];
            operand.reads -= 1;
            self.live -= i32::from(operand.runs && operand.reads == 0 && vector(o));
        }
    }
}
