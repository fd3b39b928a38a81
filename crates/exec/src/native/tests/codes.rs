//! The table of codes: rows are of 128 bits, and the wider forms follow them.

use crate::native::codes::{code, fused, sized};
use crate::native::tape::{Fold as How, Prim};
use iced_x86::{Code, OpCodeOperandKind};

/// The bits of the widest vector operand.
fn width(code: Code) -> usize {
    use OpCodeOperandKind::{
        xmm_or_mem, xmm_reg, xmm_vvvv, ymm_or_mem, ymm_reg, ymm_vvvv, zmm_or_mem, zmm_reg, zmm_vvvv,
    };
    let of = |kind: OpCodeOperandKind| match kind {
        xmm_or_mem | xmm_reg | xmm_vvvv => 128,
        ymm_or_mem | ymm_reg | ymm_vvvv => 256,
        zmm_or_mem | zmm_reg | zmm_vvvv => 512,
        _ => 0,
    };
    code.op_code().op_kinds().iter().map(|&k| of(k)).max().unwrap_or(0)
}

#[test]
fn wider_forms_follow() {
    use Prim::*;
    let prims = [
        Add,
        Sub,
        Mul,
        Div,
        Max,
        Min,
        Sqrt,
        Round,
        Scale,
        And,
        Or,
        Xor,
        Copysign,
        IntAdd,
        IntSub,
        IntMul,
        IntAbs,
        IntMax,
        IntMin,
        Shl,
        Shr,
        Compare,
        IntCompare,
        NonZero,
        Select,
        Keep,
        FromInt,
        ToInt,
        SingleToLong,
        Widen,
        Shorten,
        LongToSingle,
        Prim::Fold(How::Replace),
    ];
    let mut rows: Vec<Code> = prims
        .iter()
        .flat_map(|&p| [code(p, false), code(p, true)])
        .flatten()
        .filter(|&c| c != Code::INVALID)
        .collect();
    for form in 0..3 {
        rows.extend((0..4).flat_map(|signs| [fused(form, signs, false), fused(form, signs, true)]));
    }
    for row in rows {
        for length in 0..3 {
            let wider = sized(row, length);
            assert_eq!(wider.mnemonic(), row.mnemonic(), "{row:?}");
            assert_eq!(width(wider), 128 << length, "{wider:?}");
        }
    }
}
