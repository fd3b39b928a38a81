//! Functions of two numbers: `f32` against the reference values in `f64`, `f64` against many bits where it rounds more than
//! once, and both against the reference values at zeros, infinities and NaN.

use super::exact::{Exact, error};
use super::{BOUND, Random, Worst, nanoseconds, narrow, report};
use crate::math::{binary, binary_f32, binary_f64, reference};
use wengert_expr::Binary;

fn functions() -> impl Iterator<Item = Binary> {
    Binary::ALL.iter().copied().filter(|f| binary::<f32>(*f, 0.5, 0.5).is_some())
}

const SPECIAL: [f64; 12] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    2.5,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    f64::MAX,
    -f64::MAX,
    f64::MIN_POSITIVE,
    -5e-324,
];

/// Pairs of any sizes, and of such that neither can be left out.
fn pairs(count: usize, any: fn(u64) -> f64) -> Vec<(f64, f64)> {
    let mut random = Random(13);
    let mut pairs: Vec<_> = SPECIAL.iter().flat_map(|&x| SPECIAL.map(|y| (x, y))).collect();
    for _ in 0..count {
        let (x, y) = (any(random.bits()), any(random.bits()));
        let ratio = (random.unit() * 2.0 - 1.0) * if random.bits() & 1 == 0 { 2.0 } else { 200.0 };
        let u = random.unit();
        pairs.extend([(x, y), (x, x * ratio), (x * ratio, x), (u, ratio), (ratio, -u)]);
    }
    pairs
}

#[test]
fn narrow_functions_are_accurate() {
    let pairs = pairs(20_000, |bits| f64::from(f32::from_bits(bits as u32)));
    let (x, y): (Vec<f32>, Vec<f32>) = pairs.iter().map(|&(x, y)| (x as f32, y as f32)).unzip();
    for f in functions() {
        let (run, reference) = (binary_f32(f).expect("a loop"), reference::binary(f).expect("a value"));
        let mut out = vec![0.0; x.len()];
        run(&x, &y, &mut out);
        let mut worst = Worst::default();
        for i in 0..x.len() {
            worst.note(narrow::error(out[i], reference(x[i].into(), y[i].into())), f64::from(x[i]));
        }
        report(f.row().name, worst, nanoseconds(|x, out| run(x, x, out), 0.7));
        assert!(worst.ulp <= BOUND, "{}: {worst:?}", f.row().name);
    }
}

#[test]
fn wide_functions_are_accurate() {
    let count = std::env::var("WENGERT_POINTS").ok().and_then(|n| n.parse().ok()).unwrap_or(300);
    let pairs = pairs(count, f64::from_bits);
    let (x, y): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
    let mut exact = Exact::new();
    for f in functions() {
        let (run, reference) = (binary_f64(f).expect("a loop"), reference::binary(f).expect("a value"));
        let mut out = vec![0.0; x.len()];
        run(&x, &y, &mut out);
        let mut worst = Worst::default();
        for i in 0..x.len() {
            let want = reference(x[i], y[i]);
            let same = out[i].to_bits() == want.to_bits() || out[i].is_nan() && want.is_nan();
            let value =
                (x[i].is_finite() && y[i].is_finite() && want != 0.0).then(|| exact.of_two(f, x[i], y[i]));
            worst.note(
                // At zeros, infinities and NaN, and where the sign is wrong, nothing but the same will do.
                match value.flatten() {
                    _ if same => 0.0,
                    Some(value) if out[i].is_sign_negative() == want.is_sign_negative() => {
                        error(out[i], &value)
                    }
                    _ => f64::INFINITY,
                },
                x[i],
            );
        }
        report(f.row().name, worst, nanoseconds(|x, out| run(x, x, out), 0.7));
        assert!(worst.ulp <= BOUND, "{}: {worst:?}", f.row().name);
    }
}
