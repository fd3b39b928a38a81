//! `f64` functions against many bits, and against the reference values at points where those are all that matters.

use super::exact::{Exact, error};
use super::{BOUND, Random, Worst, functions, nanoseconds, report};
use crate::math::{reference, unary_f64};
use wengert_expr::Unary;

/// Zeros, infinities, NaN, the ends of the format and where functions begin, end or overflow, each with its neighbours.
fn special() -> Vec<f64> {
    let ends = [0.0, f64::MIN_POSITIVE, f64::MAX, f64::INFINITY, f64::NAN, 5e-324, 1e-310];
    let turns =
        [0.25, 0.375, 0.5, 0.75, 1.0, 1.5, 2.0, 0.414_213_562_373_095_05, 2.414_213_562_373_095, 64.0];
    let overflows = [
        709.782_712_893_384,
        710.475_860_073_944,
        744.440_071_921_381,
        745.133_219_101_941_2,
        1023.999,
        1074.5,
    ];
    let quarters = (1..40).map(|i| std::f64::consts::FRAC_PI_4 * f64::from(i));
    let points = ends.into_iter().chain(turns).chain(overflows).chain(quarters);
    points.flat_map(|x| [x, x.next_up(), x.next_down()]).flat_map(|x| [x, -x]).collect()
}

fn points(count: usize) -> Vec<f64> {
    let mut random = Random(11);
    let mut points = special();
    for _ in 0..count {
        let u = random.unit();
        let sign = if random.bits() & 1 == 0 { 1.0 } else { -1.0 };
        points.push(f64::from_bits(random.bits()));
        points.push(sign * u);
        points.push(1.0 + sign * u * u * u * 0.5);
        points.push(sign * u * 12.0);
        points.push(sign * u * 750.0);
        points.push(sign * u * 1e5);
        // Near multiples of pi / 2, which cancel.
        points.push((u * 60_000.0).round() * std::f64::consts::FRAC_PI_2);
    }
    points
}

/// The error where the value is exact or none, else against many bits.
fn error_at(exact: &mut Exact, f: Unary, x: f64, got: f64, want: f64) -> f64 {
    let same = got.to_bits() == want.to_bits() || got.is_nan() && want.is_nan();
    let none = !x.is_finite() || want.is_nan() || want == 0.0 && x == 0.0;
    if same || none {
        return if same { 0.0 } else { f64::INFINITY };
    }
    if got.is_nan() || got.is_sign_negative() != want.is_sign_negative() {
        return f64::INFINITY;
    }
    match exact.at(f, x) {
        Some(value) => error(got, &value),
        None => f64::INFINITY,
    }
}

#[test]
fn every_function_is_accurate() {
    let count = std::env::var("WENGERT_POINTS").ok().and_then(|n| n.parse().ok()).unwrap_or(150);
    let points = points(count);
    let mut exact = Exact::new();
    let mut failures = Vec::new();
    for f in functions().filter(|f| crate::math::unary::<f64>(*f, 0.5).is_some()) {
        let run = unary_f64(f).expect("from float to float");
        let reference = reference::unary(f).expect("from float to float");
        let mut out = vec![0.0; points.len()];
        run(&points, &mut out);
        let mut worst = Worst::default();
        for (&x, &got) in points.iter().zip(&out) {
            worst.note(error_at(&mut exact, f, x, got, reference(x)), x);
        }
        report(f.row().name, worst, nanoseconds(run, 0.7));
        if worst.ulp > BOUND {
            failures.push(f.row().name);
        }
    }
    assert!(failures.is_empty(), "more than {BOUND} ulp: {failures:?}");
}
