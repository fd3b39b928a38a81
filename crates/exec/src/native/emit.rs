//! Actions into machine code, for one vector of elements.
//!
//! General registers: `rax` counts the elements of the row before this vector's round, `rcx` points to working memory, `rdx`
//! is how many elements a row has, `r8` points into the pool of constants; `r9` and `r10` are for moments. Mask 1 says which
//! elements there are, mask 7 is for moments.

use super::action::{Act, Action, Place};
use super::assembler::{Address, Assembler, Label, Masking, Operand};
use super::calls::Call;
use super::codes::{code, fused, sized};
use super::detour::Detour;
use super::layout::{CURSOR, Layout};
use super::pool::Pool;
use super::shape::{Shape, vector};
use super::tape::{Class, Fold, Prim, Tape};
use iced_x86::Code::*;
use iced_x86::{Code, Register};

pub(super) const INDEX: Register = Register::RAX;
pub(super) const WORK: Register = Register::RCX;
pub(super) const COUNT: Register = Register::RDX;
pub(super) const POOL: Register = Register::R8;
pub(super) const A: Register = Register::R9;
pub(super) const B: Register = Register::R10;
pub(super) const THERE: Register = Register::K1;
pub(super) const SPARE_MASK: Register = Register::K7;

pub(super) struct Emitter<'a> {
    pub(super) asm: Assembler,
    pub(super) shape: Shape,
    pub(super) tape: &'a Tape,
    pub(super) layout: Layout,
    pub(super) pool: Pool,
    /// Which vector of a round is written.
    pub(super) part: usize,
    /// Whether all elements of the round are there. What is stored without a mask can be loaded again at once.
    pub(super) whole: bool,
    pub(super) states: &'a [Vec<Place>],
    pub(super) calls: &'a [Call],
    pub(super) detours: Vec<Detour>,
    /// What all calls go through, once there is one.
    pub(super) routine: Option<Label>,
}

impl Emitter<'_> {
    pub(super) fn slot(&self, slot: u32) -> Address {
        Address::new(WORK, self.layout.slot(self.shape, slot))
    }

    pub(super) fn mask_slot(&self, slot: u32) -> Address {
        Address::new(WORK, self.layout.mask_slot(slot))
    }

    pub(super) fn constant(&mut self, wide: bool, bits: u64) -> Address {
        Address::new(POOL, self.pool.constant(wide, bits)).broadcast()
    }

    /// Where an entry's constant is.
    pub(super) fn constant_of(&mut self, id: u32) -> Address {
        let entry = self.tape.entries[id as usize];
        self.constant(entry.wide, u64::from(entry.args[0]) | u64::from(entry.args[1]) << 32)
    }

    /// Where a contiguous stream's elements of `size` bytes are.
    fn stream(&mut self, stream: u32, size: usize) -> Address {
        if self.shape.scalar {
            self.asm.plain(
                Mov_r64_rm64,
                &[A.into(), Address::new(Register::RDI, i64::from(stream) * CURSOR).into()],
            );
            return Address::new(A, 0);
        }
        let base = self.pointer(stream, A);
        let displacement = (self.part * self.shape.lanes * size) as i64;
        Address { base, index: INDEX, scale: size as u32, displacement, broadcast: false }
    }

    /// The register that points to a stream's row, which is `spare` for those that have none of their own.
    fn pointer(&mut self, stream: u32, spare: Register) -> Register {
        if let Some(register) = self.layout.pointers[stream as usize] {
            return register;
        }
        let place = Address::new(WORK, self.layout.pointer(stream));
        self.asm.plain(Mov_r64_rm64, &[spare.into(), place.into()]);
        spare
    }

    /// An operand of elements of 64 bits if `wide`, and whether memory behind it ends where elements do.
    pub(super) fn operand(&mut self, place: Place, wide: bool) -> (Operand, bool) {
        let class = if wide { Class::Wide } else { Class::Narrow };
        match place {
            Place::Register(r) => (self.shape.register(class, r).into(), false),
            Place::Pool(id) => (self.constant_of(id).into(), false),
            Place::Slot(slot) => (self.slot(slot).into(), false),
            Place::State(reduce) => {
                let state = self.states[reduce as usize][self.part];
                self.operand(state, wide)
            }
            Place::Stream(stream) if self.shape.scalar => {
                (self.stream(stream, if wide { 8 } else { 4 }).broadcast().into(), false)
            }
            Place::Stream(stream) => (self.stream(stream, if wide { 8 } else { 4 }).into(), !self.whole),
            Place::MaskSlot(_) | Place::Truth(_) | Place::Nowhere => (Operand::Immediate(0), false),
        }
    }

    /// The masking of what reaches beyond the row's end, where the round does.
    fn ending(&self, masking: Masking) -> Masking {
        if self.whole { Masking::All } else { masking }
    }

    fn mask(&self, place: Place) -> Register {
        match place {
            Place::Register(r) => Register::K0 + u32::from(r),
            _ => Register::K0,
        }
    }

    pub(super) fn action(&mut self, action: &Action) {
        match action.act {
            Act::Move(Class::Mask) => self.move_mask(action.register, action.args[0]),
            Act::Move(_) => self.move_vector(action.register, action.wide, action.args[0]),
            Act::Spill(Class::Mask) => {
                if let Place::MaskSlot(slot) = action.args[0] {
                    let mask = Register::K0 + u32::from(action.register);
                    self.asm.plain(VEX_Kmovw_m16_kr, &[self.mask_slot(slot).into(), mask.into()]);
                }
            }
            Act::Spill(class) => {
                let register = self.shape.register(class, action.register);
                let (place, _) = self.operand(action.args[0], action.wide);
                let code = sized(EVEX_Vmovups_xmmm128_k1z_xmm, self.shape.length(action.wide));
                self.asm.plain(code, &[place, register.into()]);
            }
            Act::Run(prim) => self.run(prim, action),
        }
    }

    fn move_mask(&mut self, register: u8, from: Place) {
        let to = Register::K0 + u32::from(register);
        match from {
            Place::MaskSlot(slot) => {
                self.asm.plain(VEX_Kmovw_kr_km16, &[to.into(), self.mask_slot(slot).into()]);
            }
            Place::Truth(true) => self.asm.plain(VEX_Kxnorw_kr_kr_kr, &[to.into(); 3]),
            _ => self.asm.plain(VEX_Kxorw_kr_kr_kr, &[to.into(); 3]),
        }
    }

    pub(super) fn move_vector(&mut self, register: u8, wide: bool, from: Place) {
        let (from, ends) = self.operand(from, wide);
        let masking = if ends { Masking::Zero(THERE) } else { Masking::All };
        self.fetch(register, wide, from, masking);
    }

    /// Copies an operand, or one element of memory to all of a register.
    pub(super) fn fetch(&mut self, register: u8, wide: bool, from: Operand, masking: Masking) {
        let length = self.shape.length(wide);
        let to = vector(length, register);
        match from {
            Operand::Memory(address) if address.broadcast => {
                let element = Address { broadcast: false, ..address };
                let code =
                    if wide { EVEX_Vpbroadcastq_xmm_k1z_xmmm64 } else { EVEX_Vpbroadcastd_xmm_k1z_xmmm32 };
                self.asm.emit(sized(code, length), masking, &[to.into(), element.into()]);
            }
            _ => {
                let code = if wide { EVEX_Vmovupd_xmm_k1z_xmmm128 } else { EVEX_Vmovups_xmm_k1z_xmmm128 };
                self.asm.emit(sized(code, length), masking, &[to.into(), from]);
            }
        }
    }

    fn run(&mut self, prim: Prim, action: &Action) {
        let wide = action.wide;
        match prim {
            Prim::Fma | Prim::Copysign => self.tied(prim, action),
            Prim::Select => {
                let (no, _) = self.operand(action.args[1], wide);
                let (yes, _) = self.operand(action.args[2], wide);
                let masking = Masking::Merge(self.mask(action.args[0]));
                self.vector(prim, wide, action.register, masking, &[no, yes]);
            }
            Prim::Keep => {
                let (from, _) = self.operand(action.args[1], wide);
                let masking = Masking::Zero(self.mask(action.args[0]));
                self.fetch(action.register, wide, from, masking);
            }
            Prim::MaskAnd | Prim::MaskAndNot | Prim::MaskOr | Prim::MaskXor | Prim::MaskNot => {
                let to = Register::K0 + u32::from(action.register);
                let mut operands = vec![Operand::from(to), self.mask(action.args[0]).into()];
                if prim != Prim::MaskNot {
                    operands.push(self.mask(action.args[1]).into());
                }
                self.asm.plain(code(prim, false).unwrap_or_default(), &operands);
            }
            Prim::Fold(fold) => self.fold(fold, action),
            Prim::Load => self.move_vector(action.register, wide, action.args[1]),
            Prim::Broadcast => {
                let Place::Stream(stream) = action.args[1] else { return };
                let element = Address::new(self.pointer(stream, A), 0).broadcast();
                self.fetch(action.register, wide, element.into(), Masking::All);
            }
            Prim::Store => self.store(action),
            Prim::LoadBytes | Prim::StoreBytes => self.bytes(prim, action),
            Prim::Gather | Prim::Scatter => self.strided(prim, action),
            Prim::GatherBytes | Prim::ScatterBytes => self.strided_bytes(prim, action),
            Prim::Patch => self.patch(action),
            Prim::Call | Prim::CallPair => self.call(action),
            _ => self.plain(prim, action),
        }
    }

    /// Emits a primitive that is one instruction.
    fn vector(&mut self, prim: Prim, wide: bool, register: u8, masking: Masking, rest: &[Operand]) {
        let class = prim.class(wide).unwrap_or(if wide { Class::Wide } else { Class::Narrow });
        let code = sized(code(prim, wide).unwrap_or_default(), self.shape.length(wide));
        let mut operands = [Operand::Immediate(0); 4];
        operands[0] = self.shape.register(class, register).into();
        operands[1..=rest.len()].copy_from_slice(rest);
        self.asm.emit(code, masking, &operands[..=rest.len()]);
    }

    fn plain(&mut self, prim: Prim, action: &Action) {
        let reads = prim.reads_wide(action.wide);
        let mut rest = [Operand::Immediate(0); 3];
        let mut count = 0;
        let mut masking = Masking::All;
        for &place in action.args.iter().filter(|&&p| p != Place::Nowhere) {
            let (operand, ends) = self.operand(place, reads);
            if ends {
                let mask = prim.class(action.wide) == Some(Class::Mask);
                masking = if mask { Masking::Merge(THERE) } else { Masking::Zero(THERE) };
            }
            rest[count] = operand;
            count += 1;
        }
        match prim {
            Prim::NonZero => {
                rest[1] = rest[0];
                count = 2;
            }
            Prim::Mantissa => {
                /// The interval [3/4, 3/2), and NaN for what is negative.
                const FORM: u8 = 0b10_11;
                rest[count] = Operand::Immediate(FORM);
                count += 1;
            }
            Prim::Round | Prim::Shl | Prim::Shr | Prim::Compare | Prim::IntCompare => {
                const NO_EXCEPTION: u16 = 8;
                let quiet = if prim == Prim::Round { NO_EXCEPTION } else { 0 };
                rest[count] = Operand::Immediate((action.imm | quiet) as u8);
                count += 1;
            }
            _ => {}
        }
        self.vector(prim, action.wide, action.register, masking, &rest[..count]);
    }

    /// A primitive whose result takes the place of an operand: `imm` says which ones are the result, first and second.
    fn tied(&mut self, prim: Prim, action: &Action) {
        let wide = action.wide;
        let role = |shift: u16| usize::from(action.imm >> shift & 3);
        let [tie, first, second] = [role(4), role(6), role(8)];
        let (a, _) = self.operand(action.args[0], wide);
        let (b, ends) = self.operand(action.args[1], wide);
        let masking = if ends { Masking::Merge(THERE) } else { Masking::All };
        if prim == Prim::Copysign {
            let table = Operand::Immediate(copysign_table([tie, first, second]));
            return self.vector(prim, wide, action.register, masking, &[a, b, table]);
        }
        let form = match (tie, second) {
            (2, _) => 2,
            (_, 2) => 1,
            _ => 0,
        };
        let length = self.shape.length(wide);
        let code = sized(fused(form, action.imm & 3, wide), length);
        self.asm.emit(code, masking, &[vector(length, action.register).into(), a, b]);
    }

    fn fold(&mut self, fold: Fold, action: &Action) {
        let Place::State(reduce) = action.args[1] else { return };
        let state = self.states[reduce as usize][self.part];
        let (value, _) = self.operand(action.args[0], action.wide);
        let masking = self.ending(Masking::Merge(THERE));
        let register = match (state, action.args[2]) {
            (Place::Register(r), _) => r,
            (_, Place::Register(spare)) => {
                self.move_vector(spare, action.wide, state);
                spare
            }
            _ => return,
        };
        let to = vector(self.shape.length(action.wide), register).into();
        if fold == Fold::Replace {
            self.fetch(register, action.wide, value, masking);
        } else {
            self.vector(Prim::Fold(fold), action.wide, register, masking, &[to, value]);
        }
        if let Place::Slot(slot) = state {
            let code = sized(EVEX_Vmovups_xmmm128_k1z_xmm, self.shape.length(action.wide));
            self.asm.plain(code, &[self.slot(slot).into(), to]);
        }
    }

    fn store(&mut self, action: &Action) {
        let Place::Stream(stream) = action.args[1] else { return };
        let wide = action.wide;
        let (value, _) = self.operand(action.args[0], wide);
        let to = self.stream(stream, if wide { 8 } else { 4 }).into();
        if self.shape.scalar {
            let code = if wide { EVEX_Vmovsd_m64_k1_xmm } else { EVEX_Vmovss_m32_k1_xmm };
            return self.asm.plain(code, &[to, value]);
        }
        let code = if wide { EVEX_Vmovupd_xmmm128_k1z_xmm } else { EVEX_Vmovups_xmmm128_k1z_xmm };
        let masking = self.ending(Masking::Merge(THERE));
        self.asm.emit(sized(code, self.shape.length(wide)), masking, &[to, value]);
    }

    fn bytes(&mut self, prim: Prim, action: &Action) {
        let Place::Stream(stream) = action.args[1] else { return };
        let memory = self.stream(stream, 1).into();
        let length = self.shape.length(false);
        match (prim == Prim::LoadBytes, self.shape.scalar) {
            (true, true) => {
                self.asm.plain(Movzx_r32_rm8, &[Register::R10D.into(), memory]);
                let to = vector(0, action.register).into();
                self.asm.plain(EVEX_Vmovd_xmm_rm32, &[to, Register::R10D.into()]);
            }
            (true, false) => self.widen_bytes(action.register, memory),
            (false, scalar) => {
                let (value, _) = self.operand(action.args[0], false);
                match scalar {
                    true => {
                        self.asm.plain(EVEX_Vpextrb_r32m8_xmm_imm8, &[memory, value, Operand::Immediate(0)])
                    }
                    false => {
                        let masking = self.ending(Masking::Merge(THERE));
                        self.asm.emit(narrow_bytes(length), masking, &[memory, value]);
                    }
                }
            }
        }
    }

    pub(super) fn widen_bytes(&mut self, register: u8, memory: Operand) {
        let length = self.shape.length(false);
        let to = vector(length, register).into();
        let masking = self.ending(Masking::Zero(THERE));
        self.asm.emit(sized(EVEX_Vpmovzxbd_xmm_k1z_xmmm32, length), masking, &[to, memory]);
    }
}

pub(super) fn narrow_bytes(length: usize) -> Code {
    sized(EVEX_Vpmovdb_xmmm32_k1z_xmm, length)
}

/// The table of bits of the magnitude (role 0) and the sign (1) by the mask (2), for operands of these roles.
fn copysign_table(roles: [usize; 3]) -> u8 {
    let mut table = 0;
    for i in 0..8_usize {
        let mut bits = [0; 3];
        for (operand, &role) in roles.iter().enumerate() {
            bits[role] = i >> (2 - operand) & 1;
        }
        table |= (if bits[2] == 1 { bits[1] } else { bits[0] } as u8) << i;
    }
    table
}
