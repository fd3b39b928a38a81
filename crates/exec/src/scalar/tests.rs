//! Grouped programs against the oracle.

#![expect(unsafe_code, reason = "kernels are given memory by address")]

use super::code::Code;
use super::workload;
use crate::lane::tile::samples::{Buffer, Case, Layout, drawn};
use crate::lane::{Access, Cursor, Isa, Kernel, Op, Program, Tiles};
use proptest::prelude::*;
use wengert_expr::{Binary, DType, Unary};

/// Code as a kernel, for one row of one element.
#[derive(Debug)]
struct One(Code);

impl Kernel for One {
    unsafe fn run(&self, cursors: &[Cursor], rows: usize, count: usize, scratch: &mut [u8]) {
        assert_eq!((rows, count), (1, 1));
        unsafe { self.0.run(cursors, scratch.as_mut_ptr()) }
    }

    fn scratch(&self) -> usize {
        self.0.scratch
    }
}

fn kernels(program: &Program) -> Vec<One> {
    let windows = [1, 3, 16, 1000];
    Isa::available()
        .into_iter()
        .flat_map(|isa| windows.map(|window| One(Code::new(program, isa, window))))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn groups_give_the_bits_of_the_oracle(
        choices in prop::collection::vec(any::<u32>(), 0..400),
        noise in any::<u64>(),
    ) {
        let case = drawn(&choices, noise, 1, 1, &[Access::Uniform]);
        let kernels = kernels(&case.program);
        case.check(&kernels.iter().map(|k| k as &dyn Kernel).collect::<Vec<_>>());
    }
}

fn case(program: Program) -> Case {
    let buffer = |i: usize| Buffer { words: vec![(0.5 / (i + 1) as f64).to_bits()], dtype: DType::F64 };
    let buffers = (0..program.streams.len()).map(buffer).collect();
    let layout = |buffer| Layout { buffer, first: 0, row: 0, step: 0 };
    let layouts = (0..program.streams.len()).map(layout).collect();
    Case { program, buffers, layouts, rows: 1, count: 1 }
}

/// Groups of many instructions, sums of many terms and windows of a real size: the same bits as one by one.
#[test]
fn a_gradient_has_the_bits_that_tiles_give() {
    for (nodes, reach, deep) in [(500, 32, false), (3000, 32, false), (400, 2, true)] {
        let case = case(workload::gradient(&workload::random(nodes, reach, deep, 1)));
        let want = case.run(&Tiles::new(case.program.clone()));
        for isa in Isa::available() {
            for window in [100, 2000, 1 << 20] {
                let got = case.run(&One(Code::new(&case.program, isa, window)));
                assert_eq!(got, want, "{isa:?}, {nodes} nodes, windows of {window}");
            }
        }
    }
}

/// Many instructions that read one value, and a sum of all: operands that need no list.
#[test]
fn equal_operands_are_repeated() {
    let mut program = Program::default();
    let (from, to) =
        (program.stream(DType::F64, Access::Uniform), program.stream(DType::F64, Access::Uniform));
    let x = program.push(Op::Load, DType::F64, &[from]);
    let mut sum = x;
    for _ in 0..700 {
        let sine = program.push(Op::Unary(Unary::Sin), DType::F64, &[x]);
        let power = program.push(Op::Binary(Binary::Pow), DType::F64, &[sine, x]);
        sum = program.push(Op::Binary(Binary::Add), DType::F64, &[sum, power]);
    }
    program.push(Op::Store, DType::F64, &[sum, to]);
    let case = case(program);
    let want = case.run(&Tiles::new(case.program.clone()));
    assert_eq!(case.run(&One(Code::new(&case.program, Isa::detect(), 10_000))), want);
}
