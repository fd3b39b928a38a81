//! The program while it is written: equal instructions are one.

use super::{Element, Flat, Port};
use crate::lane::{Access, Inst, Op, Program};
use rustc_hash::FxHashMap;
use wengert_expr::DType;

pub(super) struct Writer {
    program: Program,
    ports: Vec<Port>,
    known: FxHashMap<Inst, u32>,
    constants: FxHashMap<(DType, u64), u32>,
    limit: usize,
}

impl Writer {
    pub(super) fn new(limit: usize) -> Writer {
        Writer {
            program: Program::default(),
            ports: Vec::new(),
            known: FxHashMap::default(),
            constants: FxHashMap::default(),
            limit,
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.program.insts.len() > self.limit
    }

    pub(super) fn constant(&mut self, dtype: DType, bits: u64) -> u32 {
        *self.constants.entry((dtype, bits)).or_insert_with(|| {
            self.program.constants.push(bits);
            self.program.push(Op::Constant, dtype, &[self.program.constants.len() as u32 - 1])
        })
    }

    pub(super) fn input(&mut self, element: Element, dtype: DType) -> u32 {
        self.ports.push(Port::Input(element));
        let stream = self.program.stream(dtype, Access::Uniform);
        self.program.push(Op::Load, dtype, &[stream])
    }

    pub(super) fn push(&mut self, op: Op, dtype: DType, args: &[u32]) -> u32 {
        let mut all = [0; 3];
        all[..args.len()].copy_from_slice(args);
        let inst = Inst { op, dtype, args: all };
        if let Some(&value) = self.known.get(&inst) {
            return value;
        }
        let value = self.program.push(op, dtype, args);
        self.known.insert(inst, value);
        value
    }

    pub(super) fn output(&mut self, element: Element, value: u32, dtype: DType) {
        self.ports.push(Port::Output(element));
        let stream = self.program.stream(dtype, Access::Uniform);
        self.program.push(Op::Store, dtype, &[value, stream]);
    }

    pub(super) fn finish(self) -> Flat {
        Flat { program: self.program, ports: self.ports }
    }
}
