//! The function around a tape: rows, rounds of a vector or a few, and what is done before and after a row.
//!
//! Always holds: in every round mask 1 has a bit for each element that there is, so memory beyond a row's end is neither read
//! nor written, and what is folded there stays out.

use super::action::{Act, Place};
use super::allocate::{Allocation, allocate};
use super::assembler::{Address, Assembler, Label, Masking, Operand};
use super::calls::Call;
use super::codes::sized;
use super::emit::{A, B, COUNT, Emitter, INDEX, POOL, WORK};
use super::layout::{CURSOR, CURSORS, Layout, MASK, ROW, ROW_STEP, ROWS, STEP, is_saved};
use super::liveness::Liveness;
use super::pool::{MIDDLE, Pool};
use super::shape::{Shape, vector};
use super::tape::{Prim, Tape};
use iced_x86::Code::*;
use iced_x86::Register;

/// Finished code, whose first byte is its entry, and the working memory that it needs.
pub(super) struct Machine {
    pub(super) code: Vec<u8>,
    pub(super) scratch: usize,
    /// What the code calls, by address.
    pub(super) calls: Box<[Call]>,
}

/// Code for a tape that uses `streams` streams; reductions have `states` vectors.
pub(super) fn assemble(tape: &Tape, shape: Shape, streams: usize, states: usize) -> Option<Machine> {
    let live = Liveness::new(tape);
    let allocation = allocate(tape, &live, shape, states);
    let uses = stream_uses(&allocation, streams);
    let layout = Layout::new(&uses, allocation.mask_slots, allocation.slots, !tape.calls.is_empty());
    let calls: Box<[Call]> = tape.calls.clone().into();
    let scratch = layout.size(shape);
    const BYTES_AN_ACTION: usize = 10;
    let capacity = allocation.actions.len() * BYTES_AN_ACTION * states * 2 + 1024;
    let emitter = Emitter {
        asm: Assembler::new(capacity)?,
        shape,
        tape,
        layout,
        pool: Pool::default(),
        part: 0,
        whole: false,
        states: &allocation.states,
        calls: &calls,
        detours: Vec::new(),
        routine: None,
    };
    let mut frame = Frame { emit: emitter, allocation: &allocation, uses, states };
    if shape.scalar {
        frame.once()
    } else {
        frame.rows()
    }
    Some(Machine { code: frame.emit.asm.finish()?, scratch, calls })
}

/// How often each stream is used in a round.
fn stream_uses(allocation: &Allocation, streams: usize) -> Vec<u32> {
    let mut uses = vec![0; streams];
    for place in allocation.actions.iter().filter(|a| !matches!(a.act, Act::Spill(_))).flat_map(|a| a.args) {
        if let Place::Stream(stream) = place {
            uses[stream as usize] += 1;
        }
    }
    uses
}

pub(super) struct Frame<'a> {
    pub(super) emit: Emitter<'a>,
    pub(super) allocation: &'a Allocation,
    uses: Vec<u32>,
    pub(super) states: usize,
}

/// The register that has the cursors' address while a row starts and ends.
pub(super) const HERE: Register = Register::RDI;

impl Frame<'_> {
    pub(super) fn plain(&mut self, code: iced_x86::Code, operands: &[Operand]) {
        self.emit.asm.plain(code, operands);
    }

    pub(super) fn set<T>(&mut self, register: Register, from: T)
    where
        Operand: From<T>,
    {
        self.plain(Mov_r64_rm64, &[register.into(), Operand::from(from)]);
    }

    fn keep(&mut self, place: i64, register: Register) {
        self.plain(Mov_rm64_r64, &[Address::new(WORK, place).into(), register.into()]);
    }

    /// One element, once.
    fn once(&mut self) {
        let pool = self.emit.asm.label();
        self.emit.asm.address(POOL, pool);
        self.part();
        self.plain(Retnq, &[]);
        self.lay_behind(pool);
    }

    fn rows(&mut self) {
        let pointers = self.emit.layout.pointers.clone();
        let saved: Vec<Register> = pointers.into_iter().flatten().filter(|&r| is_saved(r)).collect();
        for &register in &saved {
            self.plain(Push_r64, &[register.into()]);
        }
        let [pool, row, end] = [(); 3].map(|()| self.emit.asm.label());
        self.keep(CURSORS, HERE);
        self.keep(ROWS, Register::RSI);
        self.emit.asm.address(POOL, pool);
        self.prepare_all();
        self.plain(Xor_r32_rm32, &[Register::R9D.into(), Register::R9D.into()]);
        self.plain(Cmp_r64_rm64, &[A.into(), Address::new(WORK, ROWS).into()]);
        self.emit.asm.jump(Jae_rel32_64, end);
        self.emit.asm.bind(row);
        self.keep(ROW, A);
        self.prepare_row();
        self.pointers();
        self.start_reduces();
        self.rounds();
        self.set(HERE, Address::new(WORK, CURSORS));
        self.set(A, Address::new(WORK, ROW));
        self.finish_reduces();
        self.plain(Inc_rm64, &[A.into()]);
        self.plain(Cmp_r64_rm64, &[A.into(), Address::new(WORK, ROWS).into()]);
        self.emit.asm.jump(Jb_rel32_64, row);
        self.emit.asm.bind(end);
        for &register in saved.iter().rev() {
            self.plain(Pop_r64, &[register.into()]);
        }
        self.plain(VEX_Vzeroupper, &[]);
        self.plain(Retnq, &[]);
        self.lay_behind(pool);
    }

    /// What isn't run in order: detours and constants.
    fn lay_behind(&mut self, pool: Label) {
        self.emit.behind();
        self.emit.asm.align(64);
        self.emit.asm.bind_after(pool, MIDDLE);
        let bytes = std::mem::take(&mut self.emit.pool.bytes);
        self.emit.asm.data(&bytes);
    }

    /// The address of a stream's element in row `A`, or of its first one there.
    pub(super) fn row_pointer(&mut self, to: Register, stream: u32) {
        let cursor = i64::from(stream) * CURSOR;
        let step = Address::new(HERE, cursor + ROW_STEP).into();
        if to == HERE {
            self.set(B, A);
            self.plain(Imul_r64_rm64, &[B.into(), step]);
            self.set(HERE, Address::new(HERE, cursor));
            return self.plain(Add_r64_rm64, &[HERE.into(), B.into()]);
        }
        self.set(to, A);
        self.plain(Imul_r64_rm64, &[to.into(), step]);
        self.plain(Add_r64_rm64, &[to.into(), Address::new(HERE, cursor).into()]);
    }

    /// Points to the row of each stream that rounds use; what loses the cursors' address comes last.
    fn pointers(&mut self) {
        let mut streams: Vec<usize> = (0..self.uses.len()).filter(|&s| self.uses[s] > 0).collect();
        streams.sort_by_key(|&s| self.emit.layout.pointers[s] == Some(HERE));
        for stream in streams {
            let register = self.emit.layout.pointers[stream];
            self.row_pointer(register.unwrap_or(B), stream as u32);
            if register.is_none() {
                let place = self.emit.layout.pointer(stream as u32);
                self.keep(place, B);
            }
        }
    }

    /// Puts what lasts through all rows into its place.
    fn prepare_all(&mut self) {
        for &(id, place) in &self.allocation.homes {
            let entry = self.emit.tape.entries[id as usize];
            let register = working(place);
            match entry.prim {
                Prim::Constant => {
                    let from = self.emit.constant_of(id).into();
                    self.emit.fetch(register, entry.wide, from, Masking::All);
                }
                Prim::Steps => {
                    let step = Address::new(HERE, i64::from(entry.args[0]) * CURSOR + STEP).broadcast();
                    self.emit.fetch(register, true, step.into(), Masking::All);
                    let count = Address::new(POOL, self.emit.pool.count()).into();
                    let to = (Register::ZMM0 + u32::from(register)).into();
                    self.plain(EVEX_Vpmullq_zmm_k1z_zmm_zmmm512b64, &[to, to, count]);
                }
                _ => continue,
            }
            self.put(register, entry.wide, place);
        }
    }

    /// Puts what lasts through row `A` into its place.
    fn prepare_row(&mut self) {
        for &(id, place) in &self.allocation.homes {
            let entry = self.emit.tape.entries[id as usize];
            match (entry.prim, place) {
                (Prim::Uniform, _) => {
                    self.row_pointer(B, entry.args[0]);
                    let register = working(place);
                    let element = Address::new(B, 0).broadcast().into();
                    self.emit.fetch(register, entry.wide, element, Masking::All);
                    self.put(register, entry.wide, place);
                }
                (Prim::UniformTruth, Place::MaskSlot(slot)) => {
                    self.row_pointer(B, entry.args[0]);
                    self.plain(Movzx_r32_rm8, &[Register::R10D.into(), Address::new(B, 0).into()]);
                    self.plain(Neg_rm64, &[B.into()]);
                    let place = self.emit.mask_slot(slot).into();
                    self.plain(Mov_rm64_r64, &[place, B.into()]);
                }
                _ => {}
            }
        }
    }

    /// From a register to the place, if that is another one.
    pub(super) fn put(&mut self, register: u8, wide: bool, place: Place) {
        if let Place::Slot(slot) = place {
            let length = self.emit.shape.length(wide);
            let to = self.emit.slot(slot).into();
            self.plain(sized(EVEX_Vmovups_xmmm128_k1z_xmm, length), &[to, vector(length, register).into()]);
        }
    }

    /// The row, a few vectors a round. The last round has less, if a row isn't full of them, and code of its own.
    fn rounds(&mut self) {
        let elements = (self.emit.shape.lanes * self.states) as i32;
        let [round, rest, end] = [(); 3].map(|()| self.emit.asm.label());
        self.plain(Xor_r32_rm32, &[Register::EAX.into(), Register::EAX.into()]);
        self.emit.asm.immediate(Cmp_rm64_imm32, COUNT, elements);
        self.emit.asm.jump(Jb_rel32_64, rest);
        self.emit.asm.immediate(Mov_rm64_imm32, B, -1);
        self.set_mask();
        self.emit.asm.bind(round);
        self.round(true);
        self.emit.asm.immediate(Add_rm64_imm32, INDEX, elements);
        self.plain(Lea_r64_m, &[A.into(), Address::new(INDEX, elements.into()).into()]);
        self.plain(Cmp_r64_rm64, &[A.into(), COUNT.into()]);
        self.emit.asm.jump(Jbe_rel32_64, round);
        self.emit.asm.bind(rest);
        self.set(A, COUNT);
        self.plain(Sub_r64_rm64, &[A.into(), INDEX.into()]);
        self.emit.asm.jump(Jbe_rel32_64, end);
        self.emit.asm.immediate(Mov_rm64_imm32, B, -1);
        self.plain(VEX_Bzhi_r64_rm64_r64, &[B.into(), B.into(), A.into()]);
        self.set_mask();
        self.round(false);
        self.emit.asm.bind(end);
    }

    /// A few vectors, all of whose elements are there or not.
    fn round(&mut self, whole: bool) {
        self.emit.whole = whole;
        for part in 0..self.states {
            self.emit.part = part;
            self.move_mask();
            self.part();
        }
    }

    /// The mask of the next round's elements, from `B`.
    fn set_mask(&mut self) {
        match self.states {
            1 => self.plain(VEX_Kmovq_kr_r64, &[Register::K1.into(), B.into()]),
            _ => self.keep(MASK, B),
        }
    }

    /// The mask of this part of a round.
    fn move_mask(&mut self) {
        let mask = Register::K1.into();
        let lanes = Operand::Immediate(self.emit.shape.lanes as u8);
        match (self.states, self.emit.part) {
            (1, _) => {}
            (_, 0) => self.plain(VEX_Kmovq_kr_km64, &[mask, Address::new(WORK, MASK).into()]),
            _ => self.plain(VEX_Kshiftrq_kr_kr_imm8, &[mask, mask, lanes]),
        }
    }

    /// One vector of elements.
    fn part(&mut self) {
        let actions = &self.allocation.actions;
        actions.iter().for_each(|action| self.emit.action(action));
    }
}

/// The register in which the content of a place is made.
pub(super) fn working(place: Place) -> u8 {
    match place {
        Place::Register(register) => register,
        _ => 0,
    }
}
