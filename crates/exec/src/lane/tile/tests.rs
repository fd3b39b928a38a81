//! Tiles against the oracle.

use super::isa::Isa;
use super::samples::{Buffer, Case, Layout, drawn};
use super::{TILE, Tiles};
use crate::lane::{Access, Kernel, Op, Program, Reference};
use proptest::prelude::*;
use wengert_expr::{Binary, DType, Unary};

const ALL: [Access; 3] = [Access::Contiguous, Access::Uniform, Access::Strided];

fn check(case: &Case) {
    let tiles: Vec<Tiles> = Isa::available().into_iter().map(|isa| Tiles::with(&case.program, isa)).collect();
    let kernels: Vec<&dyn Kernel> = tiles.iter().map(|t| t as &dyn Kernel).collect();
    case.check(&kernels);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn tiles_give_the_bits_of_the_oracle(
        choices in prop::collection::vec(any::<u32>(), 0..160),
        noise in any::<u64>(),
        rows in 0usize..6,
        count in prop_oneof![0usize..40, 120usize..140, 250usize..262, 500usize..530],
    ) {
        check(&drawn(&choices, noise, rows, count, &ALL));
    }

    #[test]
    fn many_short_rows_give_the_bits_of_the_oracle(
        choices in prop::collection::vec(any::<u32>(), 0..60),
        noise in any::<u64>(),
        rows in 1usize..60,
        count in 1usize..20,
    ) {
        check(&drawn(&choices, noise, rows, count, &ALL));
    }
}

/// Every function of one operand, by itself: within a few units in the last place of the row's own, and of the same kind.
#[test]
fn elementary_functions_are_near_the_rows_own() {
    let points = [-3.5, -0.75, -0.25, 0.0, 0.25, 0.75, 1.0, 1.5, 2.5, 3.25, 10.0];
    for dtype in [DType::F32, DType::F64] {
        for &f in Unary::ALL.iter().filter(|f| !matches!(f, Unary::Not | Unary::IsFinite)) {
            near(dtype, &points, |program, x| program.push(Op::Unary(f), dtype, &[x]));
        }
        for f in [Binary::Pow, Binary::Atan2, Binary::Hypot, Binary::Remainder, Binary::Random] {
            for other in [-1.25, 0.5, 2.0, 3.0] {
                let bits = |x: f64| match dtype {
                    DType::F32 => u64::from((x as f32).to_bits()),
                    _ => x.to_bits(),
                };
                near(dtype, &points, |program, x| {
                    let other = program.constant(dtype, bits(other));
                    program.push(Op::Binary(f), dtype, &[x, other])
                });
                near(dtype, &points, |program, x| {
                    let other = program.constant(dtype, bits(other));
                    program.push(Op::Binary(f), dtype, &[other, x])
                });
            }
        }
    }
}

fn near(dtype: DType, points: &[f64], function: impl Fn(&mut Program, u32) -> u32) {
    let count = TILE + 19;
    let mut program = Program::default();
    let from = program.stream(dtype, Access::Contiguous);
    let to = program.stream(dtype, Access::Contiguous);
    let x = program.push(Op::Load, dtype, &[from]);
    let y = function(&mut program, x);
    program.push(Op::Store, dtype, &[y, to]);
    let x = points.iter().copied().cycle().take(count);
    let words = match dtype {
        DType::F32 => {
            let bits: Vec<u32> = x.map(|x| (x as f32).to_bits()).chain([0]).collect();
            bits.chunks_exact(2).map(|c| u64::from(c[1]) << 32 | u64::from(c[0])).collect()
        }
        _ => x.map(f64::to_bits).collect(),
    };
    let source = Buffer { words, dtype };
    let target = Buffer { words: vec![0; count], dtype };
    let layout = |buffer| Layout { buffer, first: 0, row: 0, step: 1 };
    let layouts = vec![layout(0), layout(1)];
    let case = Case { program, buffers: vec![source, target], layouts, rows: 1, count };
    let want = case.run(&Reference::new(case.program.clone()));
    for isa in Isa::available() {
        let got = case.run(&Tiles::with(&case.program, isa));
        for (i, (&g, &w)) in got[1].iter().zip(&want[1]).enumerate().take(count) {
            let (g, w, unit) = match dtype {
                DType::F32 => {
                    (f64::from(f32::from_bits(g as u32)), f64::from(f32::from_bits(w as u32)), 1.2e-7)
                }
                _ => (f64::from_bits(g), f64::from_bits(w), 2.3e-16),
            };
            let close =
                g == w || (g.is_nan() && w.is_nan()) || (g - w).abs() <= 16.0 * unit * w.abs().max(unit);
            assert!(close, "{isa:?} {dtype:?}: {g:e}, not {w:e}, at {i} of {:?}", case.program.insts);
        }
    }
}
