//! Elementary functions: the bits of their bodies with scalars, or of the reference where there is no body.

use super::memory::{FLOATS, Memory};
use crate::lane::{Access, Op, Program};
use crate::math::{self, Real};
use crate::native::{compile, compile_scalar};
use wengert_expr::{Binary, DType, Unary};

/// Ordinary numbers of all sizes, and those where something happens.
fn arguments() -> Vec<f64> {
    let sizes = (-340..=310).step_by(3).flat_map(|e| [1.234, -5.67].map(|m| m * 10f64.powi(e)));
    let near = (-400..=400).map(|i| f64::from(i) * 0.2468);
    FLOATS.into_iter().chain(sizes).chain(near).collect()
}

/// One row of elements in, the same out.
fn run(program: &Program, inputs: &[&[f64]], dtype: DType) -> Vec<f64> {
    let native = compile(program).expect("a function of floats");
    let sharing: Vec<usize> = (0..program.streams.len()).collect();
    let mut memory = Memory::new(program, &sharing, 1, inputs[0].len(), 0);
    for (s, input) in inputs.iter().enumerate() {
        memory.write(s, input);
    }
    let scalar = compile_scalar(program).expect("a function of floats");
    let out = memory.clone().run(&native, 1, inputs[0].len()).read(inputs.len());
    let first = memory.run_scalar(&scalar).read(inputs.len())[0];
    assert!(same(first, out[0], dtype), "one element: {first}, {}", out[0]);
    out
}

fn same(a: f64, b: f64, dtype: DType) -> bool {
    match dtype {
        DType::F32 => (a as f32).to_bits() == (b as f32).to_bits() || a.is_nan() && b.is_nan(),
        _ => a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan(),
    }
}

fn program(op: Op, dtype: DType, operands: usize) -> Program {
    let mut program = Program::default();
    let load = |p: &mut Program| {
        let stream = p.stream(dtype, Access::Contiguous);
        p.push(Op::Load, dtype, &[stream])
    };
    let mut args: Vec<u32> = (0..operands).map(|_| load(&mut program)).collect();
    if let Op::Polygamma = op {
        args.push(2);
    }
    let value = program.push(op, dtype, &args);
    let stream = program.stream(dtype, Access::Contiguous);
    program.push(Op::Store, dtype, &[value, stream]);
    program
}

fn float<R: Real + Into<f64>>(body: Option<R>, reference: f64, round: fn(f64) -> R) -> f64 {
    body.unwrap_or_else(|| round(reference)).into()
}

#[test]
fn functions_of_one_number() {
    let arguments = arguments();
    for &f in Unary::ALL {
        let Some(reference) = math::reference::unary(f) else { continue };
        let within = |x: f64| math::range(f).is_none_or(|limit| x.is_nan() || x.abs() <= limit);
        let narrow = |x: f64| {
            let body = math::unary(f, x as f32).filter(|_| within(f64::from(x as f32)));
            float(body, reference(f64::from(x as f32)), |x| x as f32)
        };
        let wide = |x: f64| float(math::unary(f, x).filter(|_| within(x)), reference(x), |x| x);
        for dtype in [DType::F32, DType::F64] {
            let got = run(&program(Op::Unary(f), dtype, 1), &[&arguments], dtype);
            for (&x, got) in arguments.iter().zip(got) {
                let want = if dtype == DType::F32 { narrow(x) } else { wide(x) };
                assert!(same(got, want, dtype), "{f:?}({x:e}) as {dtype:?}: got {got:e}, want {want:e}");
            }
        }
    }
}

#[test]
fn functions_of_two_numbers() {
    let all = arguments();
    let pairs =
        |shift: usize| (0..all.len()).map(|i| all[(i * 7 + i / 3 * shift) % all.len()]).collect::<Vec<f64>>();
    let (a, b) = (pairs(1), pairs(5));
    for &f in Binary::ALL {
        let Some(reference) = math::reference::binary(f) else { continue };
        for dtype in [DType::F32, DType::F64] {
            let got = run(&program(Op::Binary(f), dtype, 2), &[&a, &b], dtype);
            for ((&x, &y), got) in a.iter().zip(&b).zip(got) {
                let (x32, y32) = (x as f32, y as f32);
                let want = match dtype {
                    DType::F32 => {
                        float(math::binary(f, x32, y32), reference(x32.into(), y32.into()), |x| x as f32)
                    }
                    _ => float(math::binary(f, x, y), reference(x, y), |x| x),
                };
                assert!(
                    same(got, want, dtype),
                    "{f:?}({x:e}, {y:e}) as {dtype:?}: got {got:e}, want {want:e}"
                );
            }
        }
    }
}

#[test]
fn polygamma_is_called() {
    let x = vec![0.5, 1.5, 3.25, -0.75, 20.0];
    let got = run(&program(Op::Polygamma, DType::F64, 1), &[&x], DType::F64);
    let want: Vec<f64> = x.iter().map(|&x| wengert_expr::special::polygamma(2, x)).collect();
    assert_eq!(got, want);
}

/// What is live beside a call, and beside a detour, is the same afterwards.
#[test]
fn calls_keep_everything() {
    let mut program = Program::default();
    let dtype = DType::F32;
    let load = |p: &mut Program| {
        let stream = p.stream(dtype, Access::Contiguous);
        p.push(Op::Load, dtype, &[stream])
    };
    let inputs: Vec<u32> = (0..12).map(|_| load(&mut program)).collect();
    let doubled: Vec<u32> =
        inputs.iter().map(|&x| program.push(Op::Binary(Binary::Add), dtype, &[x, x])).collect();
    let test =
        program.push(Op::Compare(wengert_expr::Comparison::Less), DType::Bool, &[inputs[0], inputs[1]]);
    let sine = program.push(Op::Unary(Unary::Sin), dtype, &[inputs[3]]);
    let power = program.push(Op::Binary(Binary::Pow), dtype, &[inputs[2], inputs[3]]);
    let chosen = program.push(Op::Select, dtype, &[test, sine, power]);
    for value in doubled.into_iter().chain([chosen, sine, power]) {
        let stream = program.stream(dtype, Access::Contiguous);
        program.push(Op::Store, dtype, &[value, stream]);
    }
    let sharing: Vec<usize> = (0..program.streams.len()).collect();
    let mut memory = Memory::new(&program, &sharing, 1, 100, 3);
    memory.write(3, &vec![1e6; 100]);
    let before: Vec<Vec<f64>> = (0..12).map(|s| memory.clone().read(s)).collect();
    let after = memory.run(&compile(&program).expect("floats"), 1, 100);
    for (s, input) in before.iter().enumerate() {
        let got = after.read(12 + s);
        assert!(input.iter().zip(&got).all(|(&x, &y)| same(y, x + x, dtype)), "stream {s}");
    }
    let sine = f64::from(1e6_f64.sin() as f32);
    assert_eq!(after.read(25), vec![sine; 100]);
    for (i, got) in after.read(24).into_iter().enumerate() {
        let power = f64::from(before[2][i].powf(1e6) as f32);
        assert!(same(got, if before[0][i] < before[1][i] { sine } else { power }, dtype), "{i}");
    }
}
