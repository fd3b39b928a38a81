//! `f32` functions against their reference values in `f64`.

use super::{BOUND, NARROW, Random, Worst, functions, nanoseconds, report};
use crate::math::{reference, unary_f32};
use wengert_expr::Unary;

/// The distance of `got` from the exact value, in units in the last place of that.
fn error(got: f32, want: f64) -> f64 {
    if got.is_nan() || want.is_nan() {
        return if got.is_nan() && want.is_nan() { 0.0 } else { f64::INFINITY };
    }
    let tiny = want == 0.0 && got != 0.0;
    if got.is_sign_negative() != want.is_sign_negative() || tiny {
        return f64::INFINITY;
    }
    // Infinity stands for the first number that is too large.
    let beyond = power(NARROW.greatest + 1);
    let within = |x: f64| x.abs().min(beyond);
    let exponent = ((want.to_bits() >> 52) & 0x7ff) as i32 - 1023;
    (within(f64::from(got)) - within(want)).abs() * power(-NARROW.ulp(exponent))
}

/// `2**exponent`.
fn power(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// The worst error on inputs `start`, `start + step`, ... below `end`, by their bits.
fn worst(f: Unary, start: u64, end: u64, step: usize) -> Worst {
    let run = unary_f32(f).expect("from float to float");
    let reference = reference::unary(f).expect("from float to float");
    let mut worst = Worst::default();
    let mut out = vec![0.0; 4099];
    let mut x = Vec::new();
    let mut bits = (start..end).step_by(step).map(|b| f32::from_bits(b as u32)).peekable();
    while bits.peek().is_some() {
        x.clear();
        x.extend(bits.by_ref().take(out.len()));
        run(&x, &mut out);
        for (&x, &got) in x.iter().zip(&out) {
            worst.note(error(got, reference(f64::from(x))), f64::from(x));
        }
    }
    worst
}

/// All inputs, by as many threads as there are processors.
fn exhaustive(f: Unary) -> Worst {
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let share = (1 << 32) / threads + 1;
    std::thread::scope(|scope| {
        let parts: Vec<_> = (0..threads)
            .map(|i| scope.spawn(move || worst(f, i * share, ((i + 1) * share).min(1 << 32), 1)))
            .collect();
        parts.into_iter().map(|part| part.join().expect("no panic")).fold(Worst::default(), Worst::or)
    })
}

#[test]
fn every_function_is_accurate() {
    let all = std::env::var_os("WENGERT_EXHAUSTIVE").is_some();
    let mut random = Random(7);
    let mut failures = Vec::new();
    for f in functions() {
        let found = if all {
            exhaustive(f)
        } else {
            // A step that is odd visits all low bits in all exponents; the ends hold zeros, infinities and subnormals.
            let step = 20_011;
            let start = random.bits() % step;
            let ends = [0, 0x7f80_0000, 0x8000_0000, 0xff80_0000]
                .map(|b: u64| worst(f, b.saturating_sub(40), b + 40, 1));
            ends.into_iter().fold(worst(f, start, 1 << 32, step as usize), Worst::or)
        };
        report(f.row().name, found, nanoseconds(unary_f32(f).expect("from float to float"), 0.7));
        if found.ulp > BOUND {
            failures.push(f.row().name);
        }
    }
    assert!(failures.is_empty(), "more than {BOUND} ulp: {failures:?}");
}
