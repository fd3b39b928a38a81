//! All ways to run a function give the same bits.

use super::{Random, functions};
use crate::math::loops::{Level, forcing};
use crate::math::{binary, binary_f32, binary_f64, unary, unary_f32, unary_f64};
use wengert_expr::Binary;

fn inputs(count: usize) -> Vec<f64> {
    let mut random = Random(3);
    let special =
        [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1.0, -1.0, 1e-310, 5e-324, 1e-40, f64::MAX];
    let near = (0..count).map(|i| {
        let x = random.unit() * 2.0 - 1.0;
        if i % 2 == 0 { x * 2.0 } else { x * 100.0 }
    });
    let mut random = Random(5);
    let any = (0..count).map(|_| f64::from(f32::from_bits(random.bits() as u32)));
    special.into_iter().chain(near).chain(any).collect()
}

#[test]
fn loops_agree_with_scalars() {
    let x: Vec<f64> = inputs(500);
    let y: Vec<f64> = x.iter().rev().copied().collect();
    let (x32, y32): (Vec<f32>, Vec<f32>) = x.iter().zip(&y).map(|(&x, &y)| (x as f32, y as f32)).unzip();
    for &level in Level::available() {
        forcing(level, || {
            for f in functions() {
                let limit = crate::math::range(f).unwrap_or(f64::INFINITY);
                let (mut out, mut out32) = (vec![0.0; x.len()], vec![0.0; x.len()]);
                unary_f64(f).expect("a float function")(&x, &mut out);
                unary_f32(f).expect("a float function")(&x32, &mut out32);
                for i in (0..x.len()).filter(|&i| x[i].abs() <= limit) {
                    if let Some(want) = unary(f, x[i]) {
                        assert!(same(out[i], want), "{f:?}({:e}) at {level:?}: {:e} {want:e}", x[i], out[i]);
                    }
                    let want = unary(f, x32[i]).expect("a body");
                    assert!(same(out32[i].into(), want.into()), "{f:?}({:e}) at {level:?}", x32[i]);
                }
            }
            for &f in Binary::ALL {
                let Some(run) = binary_f64(f) else { continue };
                let (mut out, mut out32) = (vec![0.0; x.len()], vec![0.0; x.len()]);
                run(&x, &y, &mut out);
                binary_f32(f).expect("a float function")(&x32, &y32, &mut out32);
                for i in 0..x.len() {
                    if let Some(want) = binary(f, x[i], y[i]) {
                        assert!(same(out[i], want), "{f:?}({:e}, {:e}) at {level:?}", x[i], y[i]);
                    }
                    if let Some(want) = binary(f, x32[i], y32[i]) {
                        assert!(
                            same(out32[i].into(), want.into()),
                            "{f:?}({:e}, {:e}) at {level:?}",
                            x32[i],
                            y32[i]
                        );
                    }
                }
            }
        });
    }
}

fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()
}
