//! Random programs, whose memory afterwards must be bit for bit what the reference makes of it.

use super::memory::{FLOATS, INTEGERS, Memory};
use crate::lane::{Access, Op, Program, Reference};
use crate::native::{compile, compile_scalar};
use proptest::prelude::*;
use wengert_expr::{Binary, Comparison, DType, Reduction, Unary};

/// What an instruction is made from.
type Gene = [u8; 5];

const FLOAT_UNARY: [Unary; 11] = [
    Unary::Neg,
    Unary::Abs,
    Unary::Sign,
    Unary::Sqrt,
    Unary::Reciprocal,
    Unary::Square,
    Unary::Floor,
    Unary::Ceil,
    Unary::Round,
    Unary::Trunc,
    Unary::IsFinite,
];
const INTEGER_UNARY: [Unary; 8] = [
    Unary::Neg,
    Unary::Abs,
    Unary::Sign,
    Unary::Square,
    Unary::Floor,
    Unary::Ceil,
    Unary::Round,
    Unary::Trunc,
];
const FLOAT_BINARY: [Binary; 6] =
    [Binary::Add, Binary::Sub, Binary::Mul, Binary::Div, Binary::Maximum, Binary::Minimum];
const FLOAT_FUNCTIONS: [Binary; 10] = [
    Binary::Add,
    Binary::Sub,
    Binary::Mul,
    Binary::Div,
    Binary::Maximum,
    Binary::Minimum,
    Binary::Pow,
    Binary::Atan2,
    Binary::Hypot,
    Binary::Remainder,
];
const INTEGER_BINARY: [Binary; 5] = [Binary::Add, Binary::Sub, Binary::Mul, Binary::Maximum, Binary::Minimum];
const LOGIC: [Binary; 3] = [Binary::And, Binary::Or, Binary::Xor];
const COMPARISONS: [Comparison; 6] = [
    Comparison::Equal,
    Comparison::NotEqual,
    Comparison::Less,
    Comparison::LessEqual,
    Comparison::Greater,
    Comparison::GreaterEqual,
];
const REDUCTIONS: [Reduction; 4] = [Reduction::Sum, Reduction::Prod, Reduction::Max, Reduction::Min];
const ACCESSES: [Access; 3] = [Access::Contiguous, Access::Uniform, Access::Strided];

/// A program under construction, and what shares memory.
struct Writer {
    dtypes: &'static [DType],
    program: Program,
    sharing: Vec<usize>,
    /// True to write functions of floats, and no reductions.
    functions: bool,
}

fn pick<T: Copy>(all: &[T], gene: u8) -> T {
    all[gene as usize % all.len()]
}

impl Writer {
    /// A value of the dtype: one that is there, if one is, not long ago.
    fn value(&mut self, dtype: DType, gene: u8) -> u32 {
        let found = (0..self.program.insts.len() as u32)
            .rev()
            .filter(|&i| {
                let inst = self.program.insts[i as usize];
                inst.defines() && inst.dtype == dtype
            })
            .nth(gene as usize % 96);
        found.unwrap_or_else(|| {
            if gene.is_multiple_of(2) { self.load(dtype, gene / 2) } else { self.constant(dtype, gene) }
        })
    }

    fn constant(&mut self, dtype: DType, gene: u8) -> u32 {
        let bits = match dtype {
            DType::Bool => u64::from(gene % 2),
            DType::I64 => pick(&INTEGERS, gene) as u64,
            DType::F32 => u64::from((pick(&FLOATS, gene) as f32).to_bits()),
            DType::F64 => pick(&FLOATS, gene).to_bits(),
        };
        self.program.constant(dtype, bits)
    }

    fn stream(&mut self, dtype: DType, access: Access) -> u32 {
        self.sharing.push(self.program.streams.len());
        self.program.stream(dtype, access)
    }

    fn load(&mut self, dtype: DType, gene: u8) -> u32 {
        let stream = self.stream(dtype, pick(&ACCESSES, gene));
        self.program.push(Op::Load, dtype, &[stream])
    }

    /// Stores to memory of its own, or where something was loaded or stored before.
    fn store(&mut self, dtype: DType, value: u32, [share, access, how, ..]: Gene) {
        let twin = self.program.streams.iter().position(|s| s.dtype == dtype && s.access != Access::Uniform);
        let stream = match twin {
            Some(other) if share % 3 == 0 => {
                let stream = self.stream(dtype, self.program.streams[other].access);
                self.sharing[stream as usize] = self.sharing[other];
                stream
            }
            _ => self.stream(dtype, pick(&ACCESSES, access)),
        };
        let uniform = self.program.streams[stream as usize].access == Access::Uniform;
        match how % 4 {
            0 if dtype != DType::Bool && !uniform => {
                let op = Op::Accumulate(pick(&REDUCTIONS, how / 4));
                self.program.push(op, dtype, &[value, stream]);
            }
            _ => {
                self.program.push(Op::Store, dtype, &[value, stream]);
            }
        }
        if how % 8 == 5 && !uniform {
            self.program.push(Op::Load, dtype, &[stream]);
        }
    }

    fn inst(&mut self, gene: Gene) {
        let [what, a, b, c, which] = gene;
        let dtype = pick(self.dtypes, which);
        let number = if dtype == DType::Bool { self.dtypes[0] } else { dtype };
        let float = if number == DType::I64 { DType::F64 } else { number };
        match what % 12 {
            0 => {
                self.load(dtype, a);
            }
            1 => {
                self.constant(dtype, a);
            }
            2 => {
                let x = self.value(number, a);
                let f = match number {
                    DType::I64 => pick(&INTEGER_UNARY, b),
                    _ if self.functions => pick(Unary::ALL, b),
                    _ => pick(&FLOAT_UNARY, b),
                };
                let f = if f == Unary::Not { Unary::Sin } else { f };
                let result = if f == Unary::IsFinite { DType::Bool } else { number };
                self.program.push(Op::Unary(f), result, &[x]);
            }
            3..=5 => {
                let (x, y) = (self.value(dtype, a), self.value(dtype, b));
                let f = match dtype {
                    DType::Bool => pick(&LOGIC, c),
                    DType::I64 => pick(&INTEGER_BINARY, c),
                    DType::F32 | DType::F64 if self.functions => pick(&FLOAT_FUNCTIONS, c),
                    DType::F32 | DType::F64 => pick(&FLOAT_BINARY, c),
                };
                self.program.push(Op::Binary(f), dtype, &[x, y]);
            }
            6 => {
                let (x, y) = (self.value(dtype, a), self.value(dtype, b));
                self.program.push(Op::Compare(pick(&COMPARISONS, c)), DType::Bool, &[x, y]);
            }
            7 => {
                let (m, x, y) = (self.value(DType::Bool, a), self.value(dtype, b), self.value(dtype, c));
                self.program.push(Op::Select, dtype, &[m, x, y]);
            }
            8 => {
                let x = self.value(pick(self.dtypes, b), a);
                self.program.push(Op::Cast, dtype, &[x]);
            }
            9 => {
                let args = [self.value(float, a), self.value(float, b), self.value(float, c)];
                self.program.push(Op::MulAdd, float, &args);
            }
            10 if dtype == DType::Bool => {
                let x = self.value(dtype, a);
                self.program.push(Op::Unary(Unary::Not), dtype, &[x]);
            }
            10 if !self.functions => {
                let x = self.value(dtype, a);
                let stream = self.stream(dtype, Access::Uniform);
                self.program.push(Op::Reduce(pick(&REDUCTIONS, b)), dtype, &[x, stream]);
            }
            _ => {
                let x = self.value(dtype, a);
                self.store(dtype, x, [b, c, which, 0, 0]);
            }
        }
    }
}

fn write(dtypes: &'static [DType], functions: bool, genes: &[Gene]) -> (Program, Vec<usize>) {
    let mut writer = Writer { dtypes, program: Program::default(), sharing: Vec::new(), functions };
    genes.iter().for_each(|&gene| writer.inst(gene));
    for &dtype in dtypes {
        let x = writer.value(dtype, 0);
        writer.store(dtype, x, [1, 0, 1, 0, 0]);
    }
    (writer.program, writer.sharing)
}

const ALL: &[&[DType]] = &[
    &[DType::F32, DType::Bool],
    &[DType::F32],
    &[DType::F64, DType::Bool],
    &[DType::I64, DType::F64, DType::F32, DType::Bool],
    &[DType::F32, DType::I64],
];

fn agree(dtypes: &'static [DType], genes: &[Gene], rows: usize, count: usize, seed: u64) {
    let (program, sharing) = write(dtypes, false, genes);
    let memory = Memory::new(&program, &sharing, rows, count, seed);
    let native = compile(&program).expect("everything here has a vector form");
    let want = memory.clone().run(&Reference::new(program.clone()), rows, count);
    let difference = memory.run(&native, rows, count).difference(&want);
    assert!(difference.is_none(), "{}\n{program:#?}", difference.unwrap_or_default());
    let memory = Memory::new(&program, &sharing, 1, 1, seed);
    let native = compile_scalar(&program).expect("everything here has a vector form");
    let want = memory.clone().run(&Reference::new(program.clone()), 1, 1);
    let difference = memory.run_scalar(&native).difference(&want);
    assert!(difference.is_none(), "one element, {}\n{program:#?}", difference.unwrap_or_default());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn short_programs_agree(
        dtypes in 0..ALL.len(),
        genes in prop::collection::vec(any::<Gene>(), 1..12),
        rows in 0..4_usize,
        count in 0..70_usize,
        seed in any::<u64>(),
    ) {
        agree(ALL[dtypes], &genes, rows, count, seed);
    }

    #[test]
    fn long_programs_agree(
        dtypes in 0..ALL.len(),
        genes in prop::collection::vec(any::<Gene>(), 20..200),
        rows in 1..3_usize,
        count in 0..70_usize,
        seed in any::<u64>(),
    ) {
        agree(ALL[dtypes], &genes, rows, count, seed);
    }

    #[test]
    fn many_elements_are_each_what_one_is(
        dtypes in 0..ALL.len(),
        genes in prop::collection::vec(any::<Gene>(), 1..60),
        count in 0..70_usize,
        seed in any::<u64>(),
    ) {
        let (program, sharing) = write(ALL[dtypes], true, &genes);
        let memory = Memory::new(&program, &sharing, 1, count, seed);
        let native = compile(&program).expect("everything here has a vector form or is called");
        let scalar = compile_scalar(&program).expect("everything here has a vector form or is called");
        let want = memory.clone().run_each(&scalar, count);
        let difference = memory.run(&native, 1, count).difference(&want);
        prop_assert!(difference.is_none(), "{}\n{program:#?}", difference.unwrap_or_default());
    }
}
