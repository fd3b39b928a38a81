//! Products that are added become one instruction that rounds once. It changes the last bit, so only relaxed compilation
//! does it.

use super::program::{Inst, Op, Program};
use rustc_hash::FxHashMap;
use wengert_expr::{Binary, Unary};

impl Program {
    /// The program with each product that is only added to something made one instruction with the sum.
    pub(crate) fn contracted(&self) -> Program {
        let mut uses = vec![0u32; self.insts.len()];
        self.insts.iter().flat_map(Inst::operands).for_each(|&o| uses[o as usize] += 1);
        let product = |v: u32| {
            let inst = &self.insts[v as usize];
            (inst.op == Op::Binary(Binary::Mul) && uses[v as usize] == 1).then_some(inst.args)
        };
        // For each sum: factors, the other summand, and whether the product is taken away.
        let fused: Vec<Option<([u32; 2], u32, bool)>> = self
            .insts
            .iter()
            .map(|inst| {
                let [a, b, _] = inst.args;
                let with = |p: u32, rest: u32, minus| product(p).map(|f| ([f[0], f[1]], rest, minus));
                match inst.op {
                    Op::Binary(Binary::Add) if inst.dtype.is_float() => {
                        with(b, a, false).or_else(|| with(a, b, false))
                    }
                    Op::Binary(Binary::Sub) if inst.dtype.is_float() => with(b, a, true),
                    _ => None,
                }
            })
            .collect();
        let mut gone = vec![false; self.insts.len()];
        for (inst, fused) in self.insts.iter().zip(&fused) {
            if let Some((_, rest, _)) = fused {
                let term = if inst.args[0] == *rest { inst.args[1] } else { inst.args[0] };
                gone[term as usize] = true;
            }
        }
        let mut made = Program {
            constants: self.constants.clone(),
            streams: self.streams.clone(),
            ..Program::default()
        };
        let mut names = vec![0u32; self.insts.len()];
        let mut negative: FxHashMap<u32, u32> = FxHashMap::default();
        for (i, inst) in self.insts.iter().enumerate().filter(|(i, _)| !gone[*i]) {
            names[i] = match fused[i] {
                Some(([a, b], rest, minus)) => {
                    let (mut a, b, rest) = (names[a as usize], names[b as usize], names[rest as usize]);
                    if minus {
                        a = *negative
                            .entry(a)
                            .or_insert_with(|| made.push(Op::Unary(Unary::Neg), inst.dtype, &[a]));
                    }
                    made.push(Op::MulAdd, inst.dtype, &[a, b, rest])
                }
                None => {
                    let mut args = inst.args;
                    let operands = inst.operands().len();
                    args[..operands].iter_mut().for_each(|o| *o = names[*o as usize]);
                    made.insts.push(Inst { args, ..*inst });
                    made.insts.len() as u32 - 1
                }
            };
        }
        made
    }
}

#[cfg(test)]
mod tests {
    use super::super::program::Access;
    use super::*;
    use wengert_expr::DType;

    #[test]
    fn products_that_are_added_round_once() {
        let mut p = Program::default();
        let streams: Vec<u32> = (0..4).map(|_| p.stream(DType::F64, Access::Contiguous)).collect();
        let load = |p: &mut Program, s: usize| p.push(Op::Load, DType::F64, &[streams[s]]);
        let (a, b, c) = (load(&mut p, 0), load(&mut p, 1), load(&mut p, 2));
        let binary = |p: &mut Program, op, x, y| p.push(Op::Binary(op), DType::F64, &[x, y]);
        let ab = binary(&mut p, Binary::Mul, a, b);
        let sum = binary(&mut p, Binary::Add, ab, c);
        let bc = binary(&mut p, Binary::Mul, b, c);
        let difference = binary(&mut p, Binary::Sub, sum, bc);
        let twice = binary(&mut p, Binary::Mul, difference, difference);
        let kept = binary(&mut p, Binary::Add, twice, twice);
        p.push(Op::Store, DType::F64, &[kept, streams[3]]);
        let ops: Vec<Op> = p.contracted().insts.iter().map(|i| i.op).collect();
        let (mul, add, neg) = (Op::Binary(Binary::Mul), Op::Binary(Binary::Add), Op::Unary(Unary::Neg));
        assert_eq!(ops[3..], [Op::MulAdd, neg, Op::MulAdd, mul, add, Op::Store]);
    }
}
