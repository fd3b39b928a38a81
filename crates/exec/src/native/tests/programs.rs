//! Programs made to strain one part each.

use super::memory::Memory;
use crate::lane::{Access, Op, Program, Reference};
use crate::native::{compile, compile_scalar};
use wengert_expr::{Binary, DType, Reduction, Unary};

fn agree(program: &Program, counts: &[usize]) {
    let sharing: Vec<usize> = (0..program.streams.len()).collect();
    let native = compile(program).expect("everything here has a vector form");
    for &count in counts {
        let memory = Memory::new(program, &sharing, 2, count, count as u64);
        let want = memory.clone().run(&Reference::new(program.clone()), 2, count);
        assert_eq!(memory.run(&native, 2, count).difference(&want), None, "{count} elements");
    }
    let native = compile_scalar(program).expect("everything here has a vector form");
    let memory = Memory::new(program, &sharing, 1, 1, 1);
    let want = memory.clone().run(&Reference::new(program.clone()), 1, 1);
    assert_eq!(memory.run_scalar(&native).difference(&want), None, "one element");
}

/// Loads `inputs` streams, applies `write` to the values, and stores what it gives.
fn program(dtype: DType, inputs: usize, write: impl Fn(&mut Program, Vec<u32>) -> Vec<u32>) -> Program {
    let mut program = Program::default();
    let load = |p: &mut Program| {
        let stream = p.stream(dtype, Access::Contiguous);
        p.push(Op::Load, dtype, &[stream])
    };
    let values = (0..inputs).map(|_| load(&mut program)).collect();
    for value in write(&mut program, values) {
        let stream = program.stream(program.insts[value as usize].dtype, Access::Contiguous);
        program.push(Op::Store, program.insts[value as usize].dtype, &[value, stream]);
    }
    program
}

#[test]
fn many_values_live_at_once() {
    for dtype in [DType::F32, DType::F64] {
        let program = program(dtype, 3, |p, inputs| {
            let mut values = inputs;
            while values.len() < 200 {
                let (x, y) = (values[values.len() - 1], values[values.len() - 3]);
                values.push(p.push(Op::MulAdd, dtype, &[x, y, values[0]]));
            }
            let total = values.iter().rev().copied();
            vec![total.reduce(|x, y| p.push(Op::Binary(Binary::Sub), dtype, &[x, y])).unwrap_or_default()]
        });
        agree(&program, &[1, 7, 16, 33]);
    }
}

#[test]
fn many_masks_live_at_once() {
    let program = program(DType::F32, 20, |p, inputs| {
        let test = |p: &mut Program, x: u32, y: u32| {
            p.push(Op::Compare(wengert_expr::Comparison::Less), DType::Bool, &[x, y])
        };
        let masks: Vec<u32> = inputs.windows(2).map(|w| test(p, w[0], w[1])).collect();
        let joined =
            masks.iter().copied().reduce(|x, y| p.push(Op::Binary(Binary::Xor), DType::Bool, &[x, y]));
        let chosen: Vec<u32> = masks
            .iter()
            .zip(&inputs)
            .map(|(&m, &x)| p.push(Op::Select, DType::F32, &[m, x, inputs[19]]))
            .collect();
        chosen.into_iter().chain(joined).collect()
    });
    agree(&program, &[1, 15, 16, 17, 40]);
}

#[test]
fn many_streams() {
    let program = program(DType::F64, 60, |p, inputs| {
        inputs.windows(2).map(|w| p.push(Op::Binary(Binary::Mul), DType::F64, &[w[0], w[1]])).collect()
    });
    agree(&program, &[1, 8, 21]);
}

#[test]
fn many_reductions() {
    let mut program = Program::default();
    for (i, fold) in [Reduction::Sum, Reduction::Prod, Reduction::Max, Reduction::Min]
        .into_iter()
        .cycle()
        .take(40)
        .enumerate()
    {
        let dtype = if i % 3 == 0 { DType::I64 } else { DType::F32 };
        let input = program.stream(dtype, Access::Contiguous);
        let output = program.stream(dtype, Access::Uniform);
        let x = program.push(Op::Load, dtype, &[input]);
        let y = program.push(Op::Unary(Unary::Square), dtype, &[x]);
        program.push(Op::Reduce(fold), dtype, &[y, output]);
    }
    agree(&program, &[0, 1, 8, 13, 64]);
}

#[test]
fn ten_thousand_instructions() {
    let program = program(DType::F32, 8, |p, inputs| {
        let mut values = inputs;
        for i in 0..10_000 {
            let (x, y) = (values[(i * 7) % values.len()], values[(i * 5 + 3) % values.len()]);
            let f = [Binary::Add, Binary::Maximum, Binary::Sub, Binary::Minimum][i % 4];
            let z = p.push(Op::Binary(f), DType::F32, &[x, y]);
            let at = i % 64;
            if at < values.len() { values[at] = z } else { values.push(z) }
        }
        values
    });
    agree(&program, &[1, 20]);
}

#[test]
fn no_code_without_a_vector_form() {
    let remainder =
        program(DType::I64, 2, |p, x| vec![p.push(Op::Binary(Binary::Remainder), DType::I64, &[x[0], x[1]])]);
    assert!(compile(&remainder).is_none());
    assert!(compile_scalar(&remainder).is_none());
}
