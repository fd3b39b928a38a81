//! Registers for the values of a tape: one scan over its order, evicting what is used furthest in the future (Belady 1966).
//!
//! Always holds: a value has at most one register and one slot; a slot, once written, keeps its value until the value is dead;
//! what memory has anyway is never written to a slot. The registers of values that last through all rounds of a loop aren't
//! given to others.

use super::action::{Act, Action, Place};
use super::liveness::{Liveness, NEVER};
use super::registers::File;
use super::shape::Shape;
use super::tape::{Class, Id, Prim, Tape};

/// What the scan gives.
#[derive(Debug, Default)]
pub(super) struct Allocation {
    pub(super) actions: Vec<Action>,
    /// What is to be put where before the first round.
    pub(super) homes: Vec<(Id, Place)>,
    /// Where each reduction has its state, for each vector of a round.
    pub(super) states: Vec<Vec<Place>>,
    pub(super) slots: u32,
    pub(super) mask_slots: u32,
}

const NO_REGISTER: u8 = u8::MAX;
const NO_SLOT: u32 = u32::MAX;

pub(super) struct Allocator<'a> {
    tape: &'a Tape,
    live: &'a Liveness,
    shape: Shape,
    vectors: File,
    masks: File,
    register: Vec<u8>,
    slot: Vec<u32>,
    /// The position of each value's next use.
    upcoming: Vec<u32>,
    at: usize,
    out: Allocation,
}

/// Masks 1 and 7 have their own purposes; 0 can't be a write mask.
const MASKS: u32 = 0b0111_1100;

/// Gives registers to a tape's values; each reduction has `states` vectors.
pub(super) fn allocate(tape: &Tape, live: &Liveness, shape: Shape, states: usize) -> Allocation {
    let mut allocator = Allocator {
        tape,
        live,
        shape,
        vectors: File::new(u32::MAX),
        masks: File::new(MASKS),
        register: vec![NO_REGISTER; tape.entries.len()],
        slot: vec![NO_SLOT; tape.entries.len()],
        upcoming: live.first.clone(),
        at: 0,
        out: Allocation { actions: Vec::with_capacity(live.order.len() * 5 / 4), ..Allocation::default() },
    };
    allocator.settle(states);
    for at in 0..live.order.len() {
        allocator.at = at;
        allocator.vectors.advance();
        allocator.masks.advance();
        allocator.entry(live.order[at]);
    }
    allocator.out.slots = allocator.vectors.count;
    allocator.out.mask_slots = allocator.masks.count;
    allocator.out
}

impl Allocator<'_> {
    /// Gives what lasts through all rounds a register, if one is left, or a slot.
    fn settle(&mut self, states: usize) {
        const TEMPORARIES: u32 = 2;
        const MOST: u32 = 24;
        /// States get a register as long as the pool reaches above these.
        const STATES: u32 = 1 << 24;
        let mut left = 32_u32.saturating_sub(self.live.pressure + TEMPORARIES).min(MOST);
        for _ in 0..self.tape.reduces.len() {
            left = left.max(states as u32 * u32::from(self.vectors.pool > STATES));
            let places = (0..states).map(|_| self.lasting(&mut left)).collect();
            self.out.states.push(places);
        }
        let mut lasting: Vec<Id> = Vec::new();
        for (id, entry) in self.tape.entries.iter().enumerate() {
            let id = id as Id;
            if self.live.uses[id as usize] == 0 {
                continue;
            }
            match entry.prim {
                Prim::UniformTruth => {
                    let slot = self.masks.slot();
                    self.slot[id as usize] = slot;
                    self.out.homes.push((id, Place::MaskSlot(slot)));
                }
                Prim::Uniform | Prim::Steps => lasting.push(id),
                Prim::Constant if !self.shape.scalar => lasting.push(id),
                _ => {}
            }
        }
        let is_constant = |id: Id| self.tape.entries[id as usize].prim == Prim::Constant;
        lasting.sort_by_key(|&id| (is_constant(id), u32::MAX - self.live.uses[id as usize]));
        for id in lasting {
            if left == 0 && is_constant(id) {
                break;
            }
            let place = self.lasting(&mut left);
            match place {
                Place::Register(r) => self.register[id as usize] = r,
                Place::Slot(s) => self.slot[id as usize] = s,
                _ => {}
            }
            self.out.homes.push((id, place));
        }
    }

    fn lasting(&mut self, left: &mut u32) -> Place {
        if *left == 0 {
            return Place::Slot(self.vectors.slot());
        }
        *left -= 1;
        let register = 31 - self.vectors.pool.leading_zeros();
        self.vectors.pool &= !(1 << register);
        self.vectors.free = self.vectors.pool;
        Place::Register(register as u8)
    }

    fn class(&self, id: Id) -> Class {
        self.live.classes[id as usize].unwrap_or(Class::Narrow)
    }

    fn file(&mut self, class: Class) -> &mut File {
        if class == Class::Mask { &mut self.masks } else { &mut self.vectors }
    }

    fn push(&mut self, act: Act, wide: bool, imm: u16, register: u8, args: &[Place]) {
        let mut all = [Place::Nowhere; 3];
        for (to, &from) in all.iter_mut().zip(args) {
            *to = from;
        }
        self.out.actions.push(Action { act, wide, imm, register, args: all });
    }

    fn in_register(&self, id: Id) -> bool {
        self.register[id as usize] != NO_REGISTER
    }

    /// Where the value is outside the registers.
    fn home(&self, id: Id) -> Place {
        let entry = &self.tape.entries[id as usize];
        let slot = self.slot[id as usize];
        match entry.prim {
            Prim::Constant => Place::Pool(id),
            Prim::Truth => Place::Truth(entry.imm != 0),
            Prim::Accumulator => Place::State(entry.args[0]),
            Prim::Load if self.live.fetched[id as usize] => Place::Stream(entry.args[0]),
            _ if self.class(id) == Class::Mask => Place::MaskSlot(slot),
            _ => Place::Slot(slot),
        }
    }

    /// A register that nobody has, emptied if need be.
    fn take(&mut self, class: Class) -> u8 {
        let file = if class == Class::Mask { &mut self.masks } else { &mut self.vectors };
        if file.free != 0 {
            let register = file.free.trailing_zeros() as u8;
            file.free &= file.free - 1;
            return register;
        }
        let candidates = (0..32_u8).filter(|r| (file.pool & !file.locked) >> r & 1 == 1);
        let furthest = candidates.max_by_key(|&r| self.upcoming[file.owner[r as usize] as usize]);
        let register = furthest.expect("no entry reads as many values as there are registers");
        let owner = file.owner[register as usize];
        self.evict(owner, register);
        register
    }

    fn evict(&mut self, id: Id, register: u8) {
        self.register[id as usize] = NO_REGISTER;
        if self.live.fetched[id as usize] || self.slot[id as usize] != NO_SLOT {
            return;
        }
        let class = self.class(id);
        self.slot[id as usize] = self.file(class).slot();
        let home = self.home(id);
        self.push(Act::Spill(class), class == Class::Wide, 0, register, &[home]);
    }

    fn own(&mut self, id: Id, register: u8) {
        let class = self.class(id);
        let file = self.file(class);
        file.owner[register as usize] = id;
        file.locked |= 1 << register;
        self.register[id as usize] = register;
    }

    /// The value in a register.
    fn load(&mut self, id: Id) -> Place {
        let class = self.class(id);
        if !self.in_register(id) {
            let register = self.take(class);
            let home = self.home(id);
            self.push(Act::Move(class), class == Class::Wide, 0, register, &[home]);
            self.own(id, register);
        }
        let register = self.register[id as usize];
        self.file(class).locked |= 1 << register;
        Place::Register(register)
    }

    /// The value in a register or in memory, whichever is cheaper; `later` is its next use after this one.
    fn flexible(&mut self, id: Id, later: u32) -> Place {
        if self.in_register(id) {
            return self.load(id);
        }
        let home = self.home(id);
        let again = later != NEVER && self.vectors.free != 0;
        match home {
            Place::Pool(_) | Place::State(_) => home,
            Place::Slot(_) | Place::Stream(_) if !again => home,
            _ => self.load(id),
        }
    }

    /// As [`Allocator::flexible`], but not from a stream, whose mask the entry has no room for.
    fn unmasked(&mut self, id: Id, later: u32) -> Place {
        if matches!(self.home(id), Place::Stream(_)) { self.load(id) } else { self.flexible(id, later) }
    }

    /// Takes note of this entry's uses; what was used for the last time gives back its places.
    fn retire(&mut self, id: Id) {
        let operands = self.tape.entries[id as usize].operands();
        let next = self.live.next[self.at];
        for (i, &o) in operands.iter().enumerate() {
            self.upcoming[o as usize] = next[i];
        }
        for &o in operands {
            if self.upcoming[o as usize] == NEVER && !self.lasts(o) {
                self.release(o);
            }
        }
    }

    /// True for values that have their register for all rounds.
    fn lasts(&self, id: Id) -> bool {
        let register = self.register[id as usize];
        register != NO_REGISTER && self.class(id) != Class::Mask && self.vectors.pool >> register & 1 == 0
    }

    fn release(&mut self, id: Id) {
        let class = self.class(id);
        let register = std::mem::replace(&mut self.register[id as usize], NO_REGISTER);
        let fetched = self.live.fetched[id as usize];
        let slot = self.slot[id as usize];
        let file = self.file(class);
        if register != NO_REGISTER {
            file.free |= 1 << register;
        }
        if slot != NO_SLOT && !fetched {
            file.leaving.push(slot);
            self.slot[id as usize] = NO_SLOT;
        }
    }

    fn define(&mut self, id: Id) -> u8 {
        let class = self.class(id);
        let register = self.take(class);
        self.own(id, register);
        register
    }

    fn entry(&mut self, id: Id) {
        use Prim::*;
        let entry = self.tape.entries[id as usize];
        let [a, b, c] = entry.args;
        let next = self.live.next[self.at];
        let mut imm = entry.imm;
        let args: [Place; 3] = match entry.prim {
            Fma | Copysign => return self.tied(id),
            Patch => return self.patch(id),
            Gather | Scatter => return self.strided(id),
            Constant | Truth | Uniform | UniformTruth | Steps | Accumulator | Load | Broadcast
            | LoadBytes | GatherBytes => [Place::Nowhere; 3],
            Sqrt | Round | Exponent | Mantissa | IntAbs | Shl | Shr | Widen | Shorten | FromInt
            | LongToSingle | ToInt | SingleToLong => {
                [self.flexible(a, next[0]), Place::Nowhere, Place::Nowhere]
            }
            Fold(_) => [self.flexible(a, next[0]), Place::State(b), self.spare_for_state(b)],
            NonZero | MaskNot | Store | StoreBytes | ScatterBytes | Call => {
                [self.load(a), Place::Nowhere, Place::Nowhere]
            }
            MaskAnd | MaskAndNot | MaskOr | MaskXor | CallPair => {
                [self.load(a), self.load(b), Place::Nowhere]
            }
            Add | Mul | And | Or | Xor | IntAdd | IntMul | IntMax | IntMin if self.better_swapped(a, b) => {
                [self.load(b), self.flexible(a, next[0]), Place::Nowhere]
            }
            Compare | IntCompare if self.better_swapped(a, b) => {
                imm = mirrored(entry.prim, imm);
                [self.load(b), self.flexible(a, next[0]), Place::Nowhere]
            }
            Add | Sub | Mul | Div | Max | Min | Scale | And | Or | Xor | IntAdd | IntSub | IntMul
            | IntMax | IntMin | Compare | IntCompare => {
                [self.load(a), self.flexible(b, next[1]), Place::Nowhere]
            }
            Select => [self.load(a), self.load(c), self.unmasked(b, next[1])],
            Keep => [self.load(a), self.unmasked(b, next[1]), Place::Nowhere],
        };
        self.retire(id);
        let register = if self.live.classes[id as usize].is_some() { self.define(id) } else { NO_REGISTER };
        let args = match entry.prim {
            Store | StoreBytes | ScatterBytes => [args[0], Place::Stream(b), Place::Nowhere],
            Load | Broadcast | LoadBytes | GatherBytes => [Place::Nowhere, Place::Stream(a), Place::Nowhere],
            _ => args,
        };
        self.push(Act::Run(entry.prim), entry.wide, imm, register, &args);
    }

    /// A vector to work with for a reduction whose state isn't in registers.
    fn spare_for_state(&mut self, reduce: u32) -> Place {
        if self.out.states[reduce as usize].iter().all(|p| matches!(p, Place::Register(_))) {
            return Place::Nowhere;
        }
        let register = self.take(Class::Narrow);
        self.vectors.free |= 1 << register;
        Place::Register(register)
    }

    /// True if the first operand would better be the one from memory.
    fn better_swapped(&self, a: Id, b: Id) -> bool {
        let constant = |id: Id| matches!(self.home(id), Place::Pool(_) | Place::State(_));
        !self.in_register(a) && (self.in_register(b) || constant(a) && !constant(b))
    }

    /// Entries of three operands whose result takes the place of one.
    fn tied(&mut self, id: Id) {
        let entry = self.tape.entries[id as usize];
        let ids = entry.args;
        let next = self.live.next[self.at];
        let twice = |i: usize| (0..3).any(|j| j != i && ids[j] == ids[i]);
        let outside = |s: &Self, i: usize| !s.in_register(ids[i]) && !twice(i);
        let constant = |s: &Self, i: usize| matches!(s.home(ids[i]), Place::Pool(_) | Place::State(_));
        let memory = (0..3)
            .rev()
            .find(|&i| outside(self, i) && constant(self, i))
            .or_else(|| (0..3).rev().find(|&i| outside(self, i)));
        let mut places = [Place::Nowhere; 3];
        for i in (0..3).filter(|&i| Some(i) != memory) {
            places[i] = self.load(ids[i]);
        }
        if let Some(i) = memory {
            places[i] = self.flexible(ids[i], next[i]);
        }
        let last = |i: usize| (0..3).rev().find(|&j| ids[j] == ids[i]).is_some_and(|j| next[j] == NEVER);
        let dying =
            (0..3).find(|&i| matches!(places[i], Place::Register(_)) && last(i) && !self.lasts(ids[i]));
        let class = self.class(id);
        let (tie, register) = match (dying, places) {
            (Some(i), _) => (i, self.register[ids[i] as usize]),
            (None, _) => {
                let in_memory = (0..3).find(|&i| !matches!(places[i], Place::Register(_)));
                let tie = in_memory.unwrap_or(2);
                let register = self.take(class);
                self.push(Act::Move(class), entry.wide, 0, register, &[places[tie]]);
                (tie, register)
            }
        };
        self.retire(id);
        self.vectors.free &= !(1 << register);
        self.own(id, register);
        let in_memory = |i: usize| i != tie && !matches!(places[i], Place::Register(_));
        let (first, second) = match tie {
            0 => (1, 2),
            1 => (0, 2),
            _ => (0, 1),
        };
        let (first, second) = if in_memory(first) { (second, first) } else { (first, second) };
        let imm = entry.imm | (tie as u16) << 4 | (first as u16) << 6 | (second as u16) << 8;
        self.push(Act::Run(entry.prim), entry.wide, imm, register, &[places[first], places[second]]);
    }

    /// The first operand is patched where it is.
    fn patch(&mut self, id: Id) {
        let entry = self.tape.entries[id as usize];
        let [y, x, mask] = entry.args;
        let class = self.class(id);
        let places = [self.load(y), self.load(x), self.load(mask)];
        let last = self.live.next[self.at][0] == NEVER && !self.lasts(y) && x != y;
        let register = if last {
            self.register[y as usize]
        } else {
            let register = self.take(class);
            self.push(Act::Move(class), entry.wide, 0, register, &[places[0]]);
            register
        };
        self.retire(id);
        self.vectors.free &= !(1 << register);
        self.own(id, register);
        self.push(Act::Run(entry.prim), entry.wide, entry.imm, register, &places);
    }

    /// Gathers and scatters: no result where an operand is, and one vector more to work with where two halves are moved.
    fn strided(&mut self, id: Id) {
        let entry = self.tape.entries[id as usize];
        let halves = !entry.wide && self.shape.lanes == 16;
        let gathers = entry.prim == Prim::Gather;
        let (value, steps, stream) = match gathers {
            true => (Place::Nowhere, self.load(entry.args[0]), entry.args[1]),
            false => (self.load(entry.args[0]), self.load(entry.args[1]), entry.args[2]),
        };
        let register = if gathers { self.define(id) } else { NO_REGISTER };
        let spare = if halves { self.take(Class::Narrow) } else { NO_REGISTER };
        self.retire(id);
        if halves {
            self.vectors.free |= 1 << spare;
        }
        let (register, spare) = match value {
            Place::Register(value) => (value, spare),
            _ => (register, spare),
        };
        let args = [steps, Place::Stream(stream), Place::Register(spare)];
        self.push(Act::Run(entry.prim), entry.wide, 0, register, &args);
    }
}

/// The predicate for operands the other way round.
fn mirrored(prim: Prim, predicate: u16) -> u16 {
    match (prim, predicate) {
        (Prim::IntCompare, 1) => 6,
        (Prim::IntCompare, 2) => 5,
        (Prim::IntCompare, 5) => 2,
        (Prim::IntCompare, 6) => 1,
        (Prim::Compare, 0x11) => 0x1e,
        (Prim::Compare, 0x12) => 0x1d,
        (Prim::Compare, 0x15) => 0x1a,
        (Prim::Compare, 0x16) => 0x19,
        (_, p) => p,
    }
}
