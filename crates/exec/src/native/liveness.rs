//! Which entries of a tape are run, in what order, and when each value is used next.
//!
//! Always holds: what is pure and unused isn't run; a value that memory still has when it is used (a constant, an element of
//! a stream that nothing has written to since) isn't run either: its users fetch it.

use super::schedule::schedule;
use super::tape::{Class, Entry, Id, Prim, Tape};

/// The position after the last one.
pub(super) const NEVER: u32 = u32::MAX;

/// What is known about the values of a tape.
#[derive(Debug)]
pub(super) struct Liveness {
    /// The entries that are run.
    pub(super) order: Vec<Id>,
    /// For each of them and each operand, the position in `order` of the operand's next use after this one.
    pub(super) next: Vec<[u32; 3]>,
    /// The position of each entry's first use.
    pub(super) first: Vec<u32>,
    /// How often each entry is used.
    pub(super) uses: Vec<u32>,
    /// True for entries that are fetched where they are used.
    pub(super) fetched: Vec<bool>,
    /// Where each entry's value lives.
    pub(super) classes: Vec<Option<Class>>,
    /// How many vectors are live at once, at most.
    pub(super) pressure: u32,
}

/// True if every use of the value can have it from memory, whenever that is.
fn is_home(entry: &Entry) -> bool {
    use Prim::*;
    matches!(entry.prim, Constant | Truth | Uniform | UniformTruth | Steps | Accumulator)
}

impl Liveness {
    pub(super) fn new(tape: &Tape) -> Liveness {
        let entries = &tape.entries;
        let used = used(entries);
        let fetched = fetched(entries, &used);
        let classes: Vec<Option<Class>> = entries.iter().map(Entry::class).collect();
        let written: Vec<Id> =
            (0..entries.len()).filter(|&i| used[i] && !fetched[i]).map(|i| i as Id).collect();
        let order = schedule(entries, &classes, written);
        let mut next = vec![[NEVER; 3]; order.len()];
        let mut first = vec![NEVER; entries.len()];
        let mut uses = vec![0; entries.len()];
        for (at, &id) in order.iter().enumerate().rev() {
            for (i, &operand) in entries[id as usize].operands().iter().enumerate().rev() {
                next[at][i] = first[operand as usize];
                first[operand as usize] = at as u32;
                uses[operand as usize] += 1;
            }
        }
        let pressure = pressure(entries, &classes, &order, &next, &fetched);
        Liveness { order, next, first, uses, fetched, classes, pressure }
    }
}

fn used(entries: &[Entry]) -> Vec<bool> {
    let mut used: Vec<bool> = entries.iter().map(|e| e.class().is_none()).collect();
    for (i, entry) in entries.iter().enumerate().rev() {
        if used[i] {
            entry.operands().iter().for_each(|&o| used[o as usize] = true);
        }
    }
    used
}

/// A load is fetched if nothing is stored between it and its last use.
fn fetched(entries: &[Entry], used: &[bool]) -> Vec<bool> {
    let mut fetched: Vec<bool> = entries.iter().map(|e| is_home(e) || matches!(e.prim, Prim::Load)).collect();
    let mut stores = 0;
    for (i, entry) in entries.iter().enumerate() {
        if used[i] {
            for &o in entry.operands() {
                let operand = &entries[o as usize];
                if operand.prim == Prim::Load && operand.args[2] != stores {
                    fetched[o as usize] = false;
                }
            }
        }
        stores += u32::from(entry.stores());
    }
    fetched
}

/// Fetched loads with several uses count from the first to the last.
fn pressure(
    entries: &[Entry],
    classes: &[Option<Class>],
    order: &[Id],
    next: &[[u32; 3]],
    fetched: &[bool],
) -> u32 {
    let vector = |id: Id| {
        let class = classes[id as usize];
        matches!(class, Some(Class::Narrow | Class::Wide)) && !is_home(&entries[id as usize])
    };
    let mut live = 0_u32;
    let mut most = 0;
    let mut seen = vec![false; entries.len()];
    for (at, &id) in order.iter().enumerate() {
        let mut dying = 0;
        for (i, &o) in entries[id as usize].operands().iter().enumerate() {
            if !vector(o) {
                continue;
            }
            let last = next[at][i] == NEVER;
            if fetched[o as usize] && !seen[o as usize] {
                live += 1;
            }
            seen[o as usize] = true;
            dying += u32::from(last);
        }
        most = most.max(live);
        live -= dying;
        live += u32::from(vector(id));
        most = most.max(live);
    }
    most
}
