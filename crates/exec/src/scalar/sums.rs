//! Chains of additions, seen as one sum of many terms, and products that are nothing but terms of it.
//!
//! Always holds: the terms are added in the program's order, from the first one on, and each product is rounded before it is
//! added; partial sums and products that are parts of the sum alone are nobody's values any more. A sum with its parts lies
//! within one window.

use crate::lane::{Inst, Op, Program};
use wengert_expr::{Binary, DType};

/// No instruction.
const NONE: u32 = u32::MAX;

/// Which instructions are parts of which sums.
#[derive(Debug)]
pub(super) struct Sums {
    /// For each addition, the addition whose result is its sum so far.
    before: Vec<u32>,
    /// How many terms end here; 0 if this is no addition.
    terms: Vec<u32>,
    /// Whether one of those is a product that is a part of the sum.
    products: Vec<bool>,
    /// Whether the instruction is a part of a sum.
    inner: Vec<bool>,
}

/// One term of a sum.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Term {
    Value(u32),
    Product(u32, u32),
}

fn is(inst: &Inst, f: Binary) -> bool {
    inst.op == Op::Binary(f) && matches!(inst.dtype, DType::F32 | DType::F64)
}

impl Sums {
    /// Finds the sums. `uses` counts the readers of each value, `window` says where each instruction is.
    pub(super) fn new(program: &Program, uses: &[u32], window: impl Fn(usize) -> u32) -> Sums {
        let n = program.insts.len();
        let mut sums = Sums {
            before: vec![NONE; n],
            terms: vec![0; n],
            products: vec![false; n],
            inner: vec![false; n],
        };
        for (i, inst) in program.insts.iter().enumerate().filter(|(_, inst)| is(inst, Binary::Add)) {
            let part = |o: u32, f: Binary| {
                let o = o as usize;
                is(&program.insts[o], f) && uses[o] == 1 && window(o) == window(i)
            };
            sums.terms[i] = 2;
            let operands = inst.operands();
            if let Some(&o) = operands.iter().find(|&&o| part(o, Binary::Add)) {
                sums.before[i] = o;
                sums.inner[o as usize] = true;
                sums.terms[i] = sums.terms[o as usize] + 1;
                sums.products[i] = sums.products[o as usize];
            }
            for &o in operands.iter().filter(|&&o| part(o, Binary::Mul)) {
                sums.inner[o as usize] = true;
                sums.products[i] = true;
            }
        }
        sums
    }

    /// True if the instruction's result is only a part of a sum.
    pub(super) fn absorbed(&self, i: usize) -> bool {
        self.inner[i]
    }

    /// The number of terms of the sum that ends here; 0 for other instructions.
    pub(super) fn terms(&self, i: usize) -> u32 {
        self.terms[i]
    }

    /// True if the sum that ends here has products among its terms.
    pub(super) fn products(&self, i: usize) -> bool {
        self.products[i]
    }

    /// Calls with every term of a sum, from the last one to the first.
    #[inline]
    pub(super) fn each_term(&self, program: &Program, i: usize, mut each: impl FnMut(Term)) {
        let mut give = |o: u32| {
            let inst = &program.insts[o as usize];
            let product = self.inner[o as usize];
            each(if product { Term::Product(inst.args[0], inst.args[1]) } else { Term::Value(o) });
        };
        let mut at = i;
        loop {
            let (before, args) = (self.before[at], &program.insts[at].args);
            if before == NONE {
                give(args[1]);
                give(args[0]);
                return;
            }
            give(if args[0] == before { args[1] } else { args[0] });
            at = before as usize;
        }
    }

    /// Calls with every value that an instruction which is no part of another reads.
    #[inline]
    pub(super) fn each_operand(&self, program: &Program, i: usize, mut each: impl FnMut(u32)) {
        if self.terms[i] == 0 {
            for &o in program.insts[i].operands() {
                each(o);
            }
        } else {
            self.each_term(program, i, |term| match term {
                Term::Value(o) => each(o),
                Term::Product(a, b) => {
                    each(a);
                    each(b);
                }
            });
        }
    }
}
