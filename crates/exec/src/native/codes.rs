//! The machine instruction of each primitive.
//!
//! Rows name the form for 128 bits; those for 256 and 512 bits are the next two codes, which a test checks.

use super::tape::{Fold, Prim};
use iced_x86::Code;
use iced_x86::Code::*;

/// The code of `code`'s instruction for vectors of `128 << length` bits.
pub(super) fn sized(code: Code, length: usize) -> Code {
    Code::try_from(code as usize + length).unwrap_or(Code::INVALID)
}

/// The code of a primitive that is one instruction, for 128 bits.
pub(super) fn code(prim: Prim, wide: bool) -> Option<Code> {
    let (narrow, long) = match prim {
        Prim::Add => (EVEX_Vaddps_xmm_k1z_xmm_xmmm128b32, EVEX_Vaddpd_xmm_k1z_xmm_xmmm128b64),
        Prim::Sub => (EVEX_Vsubps_xmm_k1z_xmm_xmmm128b32, EVEX_Vsubpd_xmm_k1z_xmm_xmmm128b64),
        Prim::Mul => (EVEX_Vmulps_xmm_k1z_xmm_xmmm128b32, EVEX_Vmulpd_xmm_k1z_xmm_xmmm128b64),
        Prim::Div => (EVEX_Vdivps_xmm_k1z_xmm_xmmm128b32, EVEX_Vdivpd_xmm_k1z_xmm_xmmm128b64),
        Prim::Max => (EVEX_Vmaxps_xmm_k1z_xmm_xmmm128b32, EVEX_Vmaxpd_xmm_k1z_xmm_xmmm128b64),
        Prim::Min => (EVEX_Vminps_xmm_k1z_xmm_xmmm128b32, EVEX_Vminpd_xmm_k1z_xmm_xmmm128b64),
        Prim::Sqrt => (EVEX_Vsqrtps_xmm_k1z_xmmm128b32, EVEX_Vsqrtpd_xmm_k1z_xmmm128b64),
        Prim::Round => (EVEX_Vrndscaleps_xmm_k1z_xmmm128b32_imm8, EVEX_Vrndscalepd_xmm_k1z_xmmm128b64_imm8),
        Prim::Scale => (EVEX_Vscalefps_xmm_k1z_xmm_xmmm128b32, EVEX_Vscalefpd_xmm_k1z_xmm_xmmm128b64),
        Prim::Exponent => (EVEX_Vgetexpps_xmm_k1z_xmmm128b32, EVEX_Vgetexppd_xmm_k1z_xmmm128b64),
        Prim::Mantissa => (EVEX_Vgetmantps_xmm_k1z_xmmm128b32_imm8, EVEX_Vgetmantpd_xmm_k1z_xmmm128b64_imm8),
        Prim::And => (EVEX_Vpandd_xmm_k1z_xmm_xmmm128b32, EVEX_Vpandq_xmm_k1z_xmm_xmmm128b64),
        Prim::Or => (EVEX_Vpord_xmm_k1z_xmm_xmmm128b32, EVEX_Vporq_xmm_k1z_xmm_xmmm128b64),
        Prim::Xor => (EVEX_Vpxord_xmm_k1z_xmm_xmmm128b32, EVEX_Vpxorq_xmm_k1z_xmm_xmmm128b64),
        Prim::Copysign => {
            (EVEX_Vpternlogd_xmm_k1z_xmm_xmmm128b32_imm8, EVEX_Vpternlogq_xmm_k1z_xmm_xmmm128b64_imm8)
        }
        Prim::IntAdd => (EVEX_Vpaddd_xmm_k1z_xmm_xmmm128b32, EVEX_Vpaddq_xmm_k1z_xmm_xmmm128b64),
        Prim::IntSub => (EVEX_Vpsubd_xmm_k1z_xmm_xmmm128b32, EVEX_Vpsubq_xmm_k1z_xmm_xmmm128b64),
        Prim::IntMul => (EVEX_Vpmulld_xmm_k1z_xmm_xmmm128b32, EVEX_Vpmullq_xmm_k1z_xmm_xmmm128b64),
        Prim::IntAbs => (EVEX_Vpabsd_xmm_k1z_xmmm128b32, EVEX_Vpabsq_xmm_k1z_xmmm128b64),
        Prim::IntMax => (EVEX_Vpmaxsd_xmm_k1z_xmm_xmmm128b32, EVEX_Vpmaxsq_xmm_k1z_xmm_xmmm128b64),
        Prim::IntMin => (EVEX_Vpminsd_xmm_k1z_xmm_xmmm128b32, EVEX_Vpminsq_xmm_k1z_xmm_xmmm128b64),
        Prim::Shl => (EVEX_Vpslld_xmm_k1z_xmmm128b32_imm8, EVEX_Vpsllq_xmm_k1z_xmmm128b64_imm8),
        Prim::Shr => (EVEX_Vpsrld_xmm_k1z_xmmm128b32_imm8, EVEX_Vpsrlq_xmm_k1z_xmmm128b64_imm8),
        Prim::Compare => (EVEX_Vcmpps_kr_k1_xmm_xmmm128b32_imm8, EVEX_Vcmppd_kr_k1_xmm_xmmm128b64_imm8),
        Prim::IntCompare => (EVEX_Vpcmpd_kr_k1_xmm_xmmm128b32_imm8, EVEX_Vpcmpq_kr_k1_xmm_xmmm128b64_imm8),
        Prim::NonZero => (EVEX_Vptestmd_kr_k1_xmm_xmmm128b32, EVEX_Vptestmq_kr_k1_xmm_xmmm128b64),
        Prim::Select => (EVEX_Vblendmps_xmm_k1z_xmm_xmmm128b32, EVEX_Vblendmpd_xmm_k1z_xmm_xmmm128b64),
        Prim::Keep | Prim::Fold(Fold::Replace) => {
            (EVEX_Vmovups_xmm_k1z_xmmm128, EVEX_Vmovupd_xmm_k1z_xmmm128)
        }
        Prim::FromInt => (EVEX_Vcvtdq2ps_xmm_k1z_xmmm128b32, EVEX_Vcvtqq2pd_xmm_k1z_xmmm128b64),
        Prim::ToInt => (INVALID, EVEX_Vcvttpd2qq_xmm_k1z_xmmm128b64),
        Prim::SingleToLong => (INVALID, EVEX_Vcvttps2qq_xmm_k1z_xmmm64b32),
        Prim::Widen => (INVALID, EVEX_Vcvtps2pd_xmm_k1z_xmmm64b32),
        Prim::Shorten => (INVALID, EVEX_Vcvtpd2ps_xmm_k1z_xmmm128b64),
        Prim::LongToSingle => (INVALID, EVEX_Vcvtqq2ps_xmm_k1z_xmmm128b64),
        Prim::Fold(Fold::Add) => return code(Prim::Add, wide),
        Prim::Fold(Fold::Mul) => return code(Prim::Mul, wide),
        Prim::Fold(Fold::IntAdd) => return code(Prim::IntAdd, wide),
        Prim::Fold(Fold::IntMul) => return code(Prim::IntMul, wide),
        Prim::Fold(Fold::IntMax) => return code(Prim::IntMax, wide),
        Prim::Fold(Fold::IntMin) => return code(Prim::IntMin, wide),
        Prim::MaskAnd => (VEX_Kandw_kr_kr_kr, VEX_Kandw_kr_kr_kr),
        Prim::MaskAndNot => (VEX_Kandnw_kr_kr_kr, VEX_Kandnw_kr_kr_kr),
        Prim::MaskOr => (VEX_Korw_kr_kr_kr, VEX_Korw_kr_kr_kr),
        Prim::MaskXor => (VEX_Kxorw_kr_kr_kr, VEX_Kxorw_kr_kr_kr),
        Prim::MaskNot => (VEX_Knotw_kr_kr, VEX_Knotw_kr_kr),
        Prim::Fma => return Some(fused(2, 0, wide)),
        Prim::Constant
        | Prim::Truth
        | Prim::Uniform
        | Prim::UniformTruth
        | Prim::Steps
        | Prim::Load
        | Prim::Broadcast
        | Prim::LoadBytes
        | Prim::Gather
        | Prim::GatherBytes
        | Prim::Accumulator
        | Prim::Patch
        | Prim::Call
        | Prim::CallPair
        | Prim::Store
        | Prim::StoreBytes
        | Prim::Scatter
        | Prim::ScatterBytes => return None,
    };
    Some(if wide { long } else { narrow })
}

/// The code of a fused multiplication and addition with `signs` as [`Prim::Fma`] has them, whose result takes the place of
/// an addend (`form` 2), or of a factor with the other factor (0) or the addend (1) as last operand.
pub(super) fn fused(form: usize, signs: u16, wide: bool) -> Code {
    const ADD: [[Code; 2]; 3] = [
        [EVEX_Vfmadd132ps_xmm_k1z_xmm_xmmm128b32, EVEX_Vfmadd132pd_xmm_k1z_xmm_xmmm128b64],
        [EVEX_Vfmadd213ps_xmm_k1z_xmm_xmmm128b32, EVEX_Vfmadd213pd_xmm_k1z_xmm_xmmm128b64],
        [EVEX_Vfmadd231ps_xmm_k1z_xmm_xmmm128b32, EVEX_Vfmadd231pd_xmm_k1z_xmm_xmmm128b64],
    ];
    const SUB: [[Code; 2]; 3] = [
        [EVEX_Vfmsub132ps_xmm_k1z_xmm_xmmm128b32, EVEX_Vfmsub132pd_xmm_k1z_xmm_xmmm128b64],
        [EVEX_Vfmsub213ps_xmm_k1z_xmm_xmmm128b32, EVEX_Vfmsub213pd_xmm_k1z_xmm_xmmm128b64],
        [EVEX_Vfmsub231ps_xmm_k1z_xmm_xmmm128b32, EVEX_Vfmsub231pd_xmm_k1z_xmm_xmmm128b64],
    ];
    const NEGATED_ADD: [[Code; 2]; 3] = [
        [EVEX_Vfnmadd132ps_xmm_k1z_xmm_xmmm128b32, EVEX_Vfnmadd132pd_xmm_k1z_xmm_xmmm128b64],
        [EVEX_Vfnmadd213ps_xmm_k1z_xmm_xmmm128b32, EVEX_Vfnmadd213pd_xmm_k1z_xmm_xmmm128b64],
        [EVEX_Vfnmadd231ps_xmm_k1z_xmm_xmmm128b32, EVEX_Vfnmadd231pd_xmm_k1z_xmm_xmmm128b64],
    ];
    const NEGATED_SUB: [[Code; 2]; 3] = [
        [EVEX_Vfnmsub132ps_xmm_k1z_xmm_xmmm128b32, EVEX_Vfnmsub132pd_xmm_k1z_xmm_xmmm128b64],
        [EVEX_Vfnmsub213ps_xmm_k1z_xmm_xmmm128b32, EVEX_Vfnmsub213pd_xmm_k1z_xmm_xmmm128b64],
        [EVEX_Vfnmsub231ps_xmm_k1z_xmm_xmmm128b32, EVEX_Vfnmsub231pd_xmm_k1z_xmm_xmmm128b64],
    ];
    [ADD, NEGATED_ADD, SUB, NEGATED_SUB][usize::from(signs)][form][usize::from(wide)]
}
