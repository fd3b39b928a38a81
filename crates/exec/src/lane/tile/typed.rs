//! What the loops rely on: that instructions read older values, of dtypes that their operations are for.

use crate::lane::{Inst, Op, Program};
use wengert_expr::{DType, Unary};

/// Checks a program.
///
/// # Panics
/// If it is none that a planner makes.
pub(crate) fn check(program: &Program) {
    for (i, inst) in program.insts.iter().enumerate() {
        assert!(inst.operands().iter().all(|&o| (o as usize) < i), "instruction {i} reads older values");
        assert!(fits(program, inst), "instruction {i} fits what it reads and writes: {inst:?}");
    }
}

fn fits(program: &Program, inst: &Inst) -> bool {
    let of = |i: usize| program.insts[inst.args[i] as usize].dtype;
    let defines = |i: usize| program.insts[inst.args[i] as usize].defines();
    let streams = inst.stream().is_none_or(|s| program.streams[s].dtype == inst.dtype);
    let operands = match inst.op {
        Op::Constant => (inst.args[0] as usize) < program.constants.len(),
        Op::Load | Op::Cast => true,
        Op::Unary(Unary::IsFinite | Unary::Not) => inst.dtype == DType::Bool,
        Op::Unary(_) | Op::Polygamma | Op::Store | Op::Accumulate(_) | Op::Reduce(_) => of(0) == inst.dtype,
        Op::Binary(_) => of(0) == inst.dtype && of(1) == inst.dtype,
        Op::Compare(_) => of(0) == of(1) && inst.dtype == DType::Bool,
        Op::Select => of(0) == DType::Bool && of(1) == inst.dtype && of(2) == inst.dtype,
        Op::MulAdd => (0..3).all(|i| of(i) == inst.dtype),
    };
    streams && operands && (0..inst.operands().len()).all(defines)
}
