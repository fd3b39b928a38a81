//! Reductions before and after the rounds of a row.

use super::action::Place;
use super::assembler::{Address, Masking, Operand};
use super::codes::{code, sized};
use super::emit::B;
use super::frame::{Frame, working};
use super::lower::wide;
use super::shape::vector;
use super::tape::{Prim, Reduce, float};
use crate::lane::identity;
use iced_x86::Code::*;
use iced_x86::Register;
use wengert_expr::{DType, Reduction};

/// Registers that nothing which lasts through a row has.
const OTHER: u8 = 4;
const RESULT: u8 = 5;

impl Frame<'_> {
    /// All states become what their folds start with.
    pub(super) fn start_reduces(&mut self) {
        let reduces = &self.emit.tape.reduces;
        for (reduce, states) in reduces.iter().zip(&self.allocation.states) {
            let start = self.emit.constant(wide(reduce.dtype), identity(reduce.fold, reduce.dtype));
            for &state in states {
                let register = working(state);
                self.emit.fetch(register, wide(reduce.dtype), start.into(), Masking::All);
                self.put(register, wide(reduce.dtype), state);
            }
        }
    }

    /// Folds the states, in halves, and the results into row `A`'s element of each reduction's stream.
    pub(super) fn finish_reduces(&mut self) {
        let reduces = &self.emit.tape.reduces;
        for (reduce, states) in reduces.iter().zip(&self.allocation.states) {
            let registers: Vec<u8> = (0..).zip(states).map(|(i, &s)| self.state(i, reduce, s)).collect();
            let mut half = registers.len() / 2;
            while half > 0 {
                for i in 0..half {
                    self.fold(reduce, registers[i], registers[i + half]);
                }
                half /= 2;
            }
            self.fold_across(reduce, registers[0]);
            self.row_pointer(B, reduce.stream);
            let place = Address::new(B, 0);
            let is_wide = wide(reduce.dtype);
            self.emit.fetch(RESULT, is_wide, place.broadcast().into(), Masking::All);
            self.fold(reduce, RESULT, registers[0]);
            let store = if is_wide { EVEX_Vmovsd_m64_k1_xmm } else { EVEX_Vmovss_m32_k1_xmm };
            self.plain(store, &[place.into(), vector(0, RESULT).into()]);
        }
    }

    /// The register that has a state, or one that gets it.
    fn state(&mut self, number: u8, reduce: &Reduce, state: Place) -> u8 {
        if let Place::Slot(slot) = state {
            let from = self.emit.slot(slot).into();
            self.emit.fetch(number, wide(reduce.dtype), from, Masking::All);
            return number;
        }
        working(state)
    }

    /// A vector's elements into its first, in halves.
    fn fold_across(&mut self, reduce: &Reduce, register: u8) {
        let is_wide = wide(reduce.dtype);
        let length = self.emit.shape.length(is_wide);
        let [from, to] = [register, OTHER].map(|r| Operand::from(vector(length, r)));
        let quarters = EVEX_Vshuff64x2_ymm_k1z_ymm_ymmm256b64_imm8;
        if length == 2 {
            const HALVES: Operand = Operand::Immediate(0b01_00_11_10);
            self.plain(sized(quarters, 1), &[to, from, from, HALVES]);
            self.fold(reduce, register, OTHER);
        }
        let neighbours = Operand::Immediate(if length == 2 { 0b10_11_00_01 } else { 1 });
        self.plain(sized(quarters, length - 1), &[to, from, from, neighbours]);
        self.fold(reduce, register, OTHER);
        let within = sized(EVEX_Vpshufd_xmm_k1z_xmmm128b32_imm8, length);
        self.plain(within, &[to, from, Operand::Immediate(0b01_00_11_10)]);
        self.fold(reduce, register, OTHER);
        if !is_wide {
            self.plain(within, &[to, from, Operand::Immediate(0b10_11_00_01)]);
            self.fold(reduce, register, OTHER);
        }
    }

    /// Folds the second register into the first.
    fn fold(&mut self, reduce: &Reduce, x: u8, y: u8) {
        let is_wide = wide(reduce.dtype);
        let integer = reduce.dtype == DType::I64;
        let prim = match (reduce.fold, integer) {
            (Reduction::Sum, false) => Prim::Add,
            (Reduction::Sum, true) => Prim::IntAdd,
            (Reduction::Prod, false) => Prim::Mul,
            (Reduction::Prod, true) => Prim::IntMul,
            (Reduction::Max, false) => Prim::Max,
            (Reduction::Max, true) => Prim::IntMax,
            (Reduction::Min, false) => Prim::Min,
            (Reduction::Min, true) => Prim::IntMin,
        };
        let length = self.emit.shape.length(is_wide);
        let [to, other] = [x, y].map(|r| Operand::from(vector(length, r)));
        let form = |prim| sized(code(prim, is_wide).unwrap_or_default(), length);
        if !matches!(prim, Prim::Max | Prim::Min) {
            return self.plain(form(prim), &[to, to, other]);
        }
        let mask = Register::K2;
        self.plain(form(prim), &[to, other, to]);
        let unordered = Operand::Immediate(float::UNORDERED as u8);
        self.plain(form(Prim::Compare), &[mask.into(), other, other, unordered]);
        self.emit.fetch(x, is_wide, other, Masking::Merge(mask));
    }
}
