//! Elements that are no neighbours: gathered and scattered eight at a time, truth values one at a time.

use super::action::{Action, Place};
use super::assembler::{Address, Masking, Operand};
use super::emit::{A, B, Emitter, INDEX, SPARE_MASK, THERE, WORK, narrow_bytes};
use super::layout::{BYTES, CURSOR, CURSORS, MOMENT, SAVED, STEP};
use super::shape::vector;
use super::tape::Prim;
use iced_x86::Code::*;
use iced_x86::{Code, Register};

impl Emitter<'_> {
    /// Leaves the address of a strided stream's first element of this vector in `B`, and the step in `A`.
    fn first_element(&mut self, stream: u32) {
        self.asm.plain(Mov_r64_rm64, &[A.into(), Address::new(WORK, CURSORS).into()]);
        let step = Address::new(A, i64::from(stream) * CURSOR + STEP);
        self.asm.plain(Mov_r64_rm64, &[A.into(), step.into()]);
        let before = (self.part * self.shape.lanes) as i64;
        self.asm.plain(Lea_r64_m, &[B.into(), Address::new(INDEX, before).into()]);
        self.asm.plain(Imul_r64_rm64, &[B.into(), A.into()]);
        let pointer = match self.layout.pointers[stream as usize] {
            Some(register) => register.into(),
            None => Address::new(WORK, self.layout.pointer(stream)).into(),
        };
        self.asm.plain(Add_r64_rm64, &[B.into(), pointer]);
    }

    pub(super) fn strided(&mut self, prim: Prim, action: &Action) {
        let [Place::Register(steps), Place::Stream(stream), spare] = action.args else { return };
        self.first_element(stream);
        let at = Address { index: Register::ZMM0 + u32::from(steps), ..Address::new(B, 0) };
        let value = u32::from(action.register);
        self.asm.plain(VEX_Kmovw_kr_km16, &[SPARE_MASK.into(), THERE.into()]);
        let Place::Register(spare) = spare else { return };
        match (prim == Prim::Gather, action.wide, self.shape.lanes) {
            (true, wide, 8) => self.gather(wide, action.register, at),
            (true, _, _) => {
                let high = Register::YMM0 + u32::from(spare);
                self.gather(false, action.register, at);
                self.second_half();
                self.gather(false, spare, at);
                let all = (Register::ZMM0 + value).into();
                let join = [all, all, high.into(), Operand::Immediate(1)];
                self.asm.plain(EVEX_Vinsertf32x8_zmm_k1z_zmm_ymmm256_imm8, &join);
            }
            (false, true, _) => self.scatter(EVEX_Vscatterqpd_vm64z_k1_zmm, Register::ZMM0 + value, at),
            (false, false, 8) => self.scatter(EVEX_Vscatterqps_vm64z_k1_ymm, Register::YMM0 + value, at),
            (false, false, _) => {
                let (low, high) = (Register::YMM0 + value, Register::YMM0 + u32::from(spare));
                self.scatter(EVEX_Vscatterqps_vm64z_k1_ymm, low, at);
                self.second_half();
                let split = [high.into(), (Register::ZMM0 + value).into(), Operand::Immediate(1)];
                self.asm.plain(EVEX_Vextractf32x8_ymmm256_k1z_zmm_imm8, &split);
                self.scatter(EVEX_Vscatterqps_vm64z_k1_ymm, high, at);
            }
        }
    }

    /// Moves the address, and the mask that is used up, eight elements on.
    fn second_half(&mut self) {
        let next = Address { index: A, scale: 8, ..Address::new(B, 0) };
        self.asm.plain(Lea_r64_m, &[B.into(), next.into()]);
        let shift = [SPARE_MASK.into(), THERE.into(), Operand::Immediate(8)];
        self.asm.plain(VEX_Kshiftrw_kr_kr_imm8, &shift);
    }

    /// Eight elements.
    fn gather(&mut self, wide: bool, to: u8, at: Address) {
        let length = if wide { 2 } else { 1 };
        let code = if wide { EVEX_Vgatherqpd_zmm_k1_vm64z } else { EVEX_Vgatherqps_ymm_k1_vm64z };
        let all = vector(2, to).into();
        self.asm.plain(EVEX_Vpxord_zmm_k1z_zmm_zmmm512b32, &[all, all, all]);
        self.asm.emit(code, Masking::Merge(SPARE_MASK), &[vector(length, to).into(), at.into()]);
    }

    fn scatter(&mut self, code: Code, from: Register, at: Address) {
        self.asm.emit(code, Masking::Merge(SPARE_MASK), &[at.into(), from.into()]);
    }

    /// One after the other, for there is no instruction for bytes.
    pub(super) fn strided_bytes(&mut self, prim: Prim, action: &Action) {
        let Place::Stream(stream) = action.args[1] else { return };
        let gathers = prim == Prim::GatherBytes;
        let bytes = Address::new(WORK, BYTES);
        self.first_element(stream);
        if !gathers {
            let (value, _) = self.operand(action.args[0], false);
            self.asm.plain(narrow_bytes(self.shape.length(false)), &[bytes.into(), value]);
        }
        self.asm.plain(Mov_rm64_r64, &[Address::new(WORK, SAVED).into(), INDEX.into()]);
        self.asm.plain(VEX_Kmovw_m16_kr, &[Address::new(WORK, MOMENT).into(), THERE.into()]);
        let end = self.asm.label();
        for lane in 0..self.shape.lanes {
            let bit = Operand::Immediate(1 << (lane % 8));
            self.asm.plain(Test_rm8_imm8, &[Address::new(WORK, MOMENT + lane as i64 / 8).into(), bit]);
            self.asm.jump(Je_rel32_64, end);
            let byte = Address::new(WORK, BYTES + lane as i64);
            let (from, to) = if gathers { (Address::new(B, 0), byte) } else { (byte, Address::new(B, 0)) };
            self.asm.plain(Mov_r8_rm8, &[Register::AL.into(), from.into()]);
            self.asm.plain(Mov_rm8_r8, &[to.into(), Register::AL.into()]);
            self.asm.plain(Add_r64_rm64, &[B.into(), A.into()]);
        }
        self.asm.bind(end);
        self.asm.plain(Mov_r64_rm64, &[INDEX.into(), Address::new(WORK, SAVED).into()]);
        if gathers {
            self.widen_bytes(action.register, bytes.into());
        }
    }
}
