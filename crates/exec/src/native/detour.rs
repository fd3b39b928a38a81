//! Calls from native code: rare elements that have no vector form, or all elements of a function that has none.
//!
//! Always holds: a call leaves all registers as they were, but those for moments and the one for its result; the code for it
//! lies behind the function, out of the way of what is frequent.

use super::action::{Action, Place};
use super::assembler::{Address, Label, Masking};
use super::calls::{Operands, enter};
use super::codes::sized;
use super::emit::{A, B, Emitter, POOL, THERE, WORK};
use super::layout::SAVED_MASKS;
use super::shape::vector;
use iced_x86::Code::*;
use iced_x86::Register;
use std::mem::offset_of;

/// What isn't frequent, to be written behind the function.
pub(super) struct Detour {
    label: Label,
    back: Label,
    action: Action,
}

const X: i64 = offset_of!(Operands, x) as i64;
const Y: i64 = offset_of!(Operands, y) as i64;
const OUT: i64 = offset_of!(Operands, out) as i64;
const ASKED: i64 = offset_of!(Operands, mask) as i64;

/// The general registers that a called function may change, but those for moments.
const CHANGED: [Register; 7] =
    [Register::RAX, Register::RCX, Register::RDX, Register::RSI, Register::RDI, Register::R8, Register::R11];

impl Emitter<'_> {
    /// Goes on, unless the mask asks for a detour.
    pub(super) fn patch(&mut self, action: &Action) {
        let Place::Register(mask) = action.args[2] else { return };
        let mask = (Register::K0 + u32::from(mask)).into();
        let test = if self.shape.lanes == 16 { VEX_Kortestw_kr_kr } else { VEX_Kortestb_kr_kr };
        self.asm.plain(test, &[mask, mask]);
        let (label, back) = (self.asm.label(), self.asm.label());
        self.asm.jump(Jne_rel32_64, label);
        self.asm.bind(back);
        self.detours.push(Detour { label, back, action: *action });
    }

    /// Calls for all elements that there are.
    pub(super) fn call(&mut self, action: &Action) {
        for (place, offset) in action.args.into_iter().zip([X, Y]) {
            if let Place::Register(register) = place {
                self.hand(register, action.wide, offset);
            }
        }
        self.invoke(action, THERE);
    }

    /// A vector to where calls have theirs.
    fn hand(&mut self, register: u8, wide: bool, offset: i64) {
        let length = self.shape.length(wide);
        let to = Address::new(WORK, self.layout.operands(self.shape) + offset).into();
        self.asm.plain(sized(EVEX_Vmovups_xmmm128_k1z_xmm, length), &[to, vector(length, register).into()]);
    }

    fn invoke(&mut self, action: &Action, mask: Register) {
        match (self.shape.scalar, self.shape.lanes) {
            (true, _) if mask == THERE => self.asm.immediate(Mov_rm64_imm32, B, 1),
            (true, _) => {
                self.asm.plain(VEX_Kmovb_r32_kr, &[Register::R10D.into(), mask.into()]);
                self.asm.immediate(And_rm64_imm32, B, 1);
            }
            (false, 8) => self.asm.plain(VEX_Kmovb_r32_kr, &[Register::R10D.into(), mask.into()]),
            (false, _) => self.asm.plain(VEX_Kmovw_r32_kr, &[Register::R10D.into(), mask.into()]),
        }
        let operands = self.layout.operands(self.shape);
        self.asm.plain(Mov_rm64_r64, &[Address::new(WORK, operands + ASKED).into(), B.into()]);
        let call = &raw const self.calls[usize::from(action.imm)];
        let place = Address::new(POOL, self.pool.constant(true, call.addr() as u64)).into();
        self.asm.plain(Mov_r64_rm64, &[A.into(), place]);
        let routine = match self.routine {
            Some(routine) => routine,
            None => *self.routine.insert(self.asm.label()),
        };
        self.asm.jump(Call_rel32_64, routine);
        let result = Address::new(WORK, operands + OUT).into();
        self.fetch(action.register, action.wide, result, Masking::All);
    }

    /// Everything that lies behind the function.
    pub(super) fn behind(&mut self) {
        for Detour { label, back, action } in std::mem::take(&mut self.detours) {
            let [_, Place::Register(x), Place::Register(mask)] = action.args else { continue };
            self.asm.bind(label);
            self.hand(x, action.wide, X);
            self.hand(action.register, action.wide, OUT);
            self.invoke(&action, Register::K0 + u32::from(mask));
            self.asm.jump(Jmp_rel32_64, back);
        }
        if let Some(routine) = self.routine {
            self.asm.bind(routine);
            self.save(true);
            self.enter();
            self.save(false);
            self.asm.plain(Retnq, &[]);
        }
    }

    /// Calls the function at `A`, of this machine's ordinary kind.
    fn enter(&mut self) {
        for register in CHANGED.into_iter().chain([Register::RBP]) {
            self.asm.plain(Push_r64, &[register.into()]);
        }
        let operands = Address::new(WORK, self.layout.operands(self.shape)).into();
        self.asm.plain(Lea_r64_m, &[Register::RDI.into(), operands]);
        self.asm.plain(Mov_r64_rm64, &[Register::RSI.into(), A.into()]);
        let address = self.pool.constant(true, (enter as *const ()).addr() as u64);
        self.asm.plain(Mov_r64_rm64, &[Register::RAX.into(), Address::new(POOL, address).into()]);
        self.asm.plain(Mov_r64_rm64, &[Register::RBP.into(), Register::RSP.into()]);
        self.asm.immediate(And_rm64_imm32, Register::RSP, -16);
        self.asm.plain(VEX_Vzeroupper, &[]);
        self.asm.plain(Call_rm64, &[Register::RAX.into()]);
        self.asm.plain(Mov_r64_rm64, &[Register::RSP.into(), Register::RBP.into()]);
        for register in [Register::RBP].into_iter().chain(CHANGED.into_iter().rev()) {
            self.asm.plain(Pop_r64, &[register.into()]);
        }
    }

    /// Saves all vectors and masks, or takes them back.
    fn save(&mut self, save: bool) {
        let start = self.layout.saved(self.shape);
        for number in 0..32_u8 {
            let place = Address::new(WORK, start + 64 * i64::from(number)).into();
            let register = vector(2, number).into();
            match save {
                true => self.asm.plain(EVEX_Vmovups_zmmm512_k1z_zmm, &[place, register]),
                false => self.asm.plain(EVEX_Vmovups_zmm_k1z_zmmm512, &[register, place]),
            }
        }
        for number in 1..8_u32 {
            let place = Address::new(WORK, start + SAVED_MASKS + 8 * i64::from(number)).into();
            let register = (Register::K0 + number).into();
            match save {
                true => self.asm.plain(VEX_Kmovq_m64_kr, &[place, register]),
                false => self.asm.plain(VEX_Kmovq_kr_km64, &[register, place]),
            }
        }
    }
}
