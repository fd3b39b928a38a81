//! `f32` functions against values in `f64`: samples against the reference ones, everything against the `f64` functions, which
//! `wide` in turn holds to many bits.

use super::{BOUND, NARROW, Random, Worst, functions, nanoseconds, report};
use crate::math::{reference, unary_f32, unary_f64};
use wengert_expr::Unary;

/// The distance of `got` from the exact value, in units in the last place of that.
pub(super) fn error(got: f32, want: f64) -> f64 {
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

/// The values to be held against: the reference ones, or those of the `f64` function, which is much faster.
fn values(f: Unary, fast: bool) -> impl Fn(&[f64], &mut [f64]) + Copy {
    let reference = reference::unary(f).expect("from float to float");
    let fast = fast.then(|| unary_f64(f).expect("from float to float"));
    move |x, out| match fast {
        Some(run) => run(x, out),
        None => out.iter_mut().zip(x).for_each(|(y, &x)| *y = reference(x)),
    }
}

/// The worst error on inputs `start`, `start + step`, ... below `end`, by their bits.
fn worst(f: Unary, values: impl Fn(&[f64], &mut [f64]), start: u64, end: u64, step: usize) -> Worst {
    let run = unary_f32(f).expect("from float to float");
    let mut worst = Worst::default();
    let (mut out, mut want) = (vec![0.0; 4099], vec![0.0; 4099]);
    let (mut x, mut wide) = (Vec::new(), Vec::new());
    let mut bits = (start..end).step_by(step).map(|b| f32::from_bits(b as u32)).peekable();
    while bits.peek().is_some() {
        x.clear();
        x.extend(bits.by_ref().take(out.len()));
        wide.clear();
        wide.extend(x.iter().map(|&x| f64::from(x)));
        run(&x, &mut out);
        values(&wide, &mut want);
        for ((&x, &got), &want) in wide.iter().zip(&out).zip(&want) {
            // At once where it cannot be worse than what was found.
            let least_ulp = want.abs() * power(-NARROW.precision);
            let close = (f64::from(got) - want).abs() <= worst.ulp * least_ulp;
            if !close || want == 0.0 {
                worst.note(error(got, want), x);
            }
        }
    }
    worst
}

/// All inputs, by as many threads as there are processors.
fn exhaustive(f: Unary) -> Worst {
    let values = values(f, crate::math::unary::<f64>(f, 0.5).is_some());
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let share = (1 << 32) / threads + 1;
    std::thread::scope(|scope| {
        let parts: Vec<_> = (0..threads)
            .map(|i| scope.spawn(move || worst(f, values, i * share, ((i + 1) * share).min(1 << 32), 1)))
            .collect();
        parts.into_iter().map(|part| part.join().expect("no panic")).fold(Worst::default(), Worst::or)
    })
}

/// A step that is odd visits all low bits in all exponents; the ends hold zeros, infinities and subnormals.
fn sample(f: Unary, random: &mut Random) -> Worst {
    let values = values(f, false);
    let step = 20_011;
    let start = random.bits() % step;
    let ends = [0, 0x7f80_0000, 0x8000_0000, 0xff80_0000];
    let ends = ends.map(|b: u64| worst(f, values, b.saturating_sub(40), b + 40, 1));
    ends.into_iter().fold(worst(f, values, start, 1 << 32, step as usize), Worst::or)
}

#[test]
fn every_function_is_accurate() {
    let all = std::env::var_os("WENGERT_EXHAUSTIVE").is_some();
    let mut random = Random(7);
    let mut failures = Vec::new();
    for f in functions() {
        let sampled = sample(f, &mut random);
        let found = if all { exhaustive(f).or(sampled) } else { sampled };
        report(f.row().name, found, nanoseconds(unary_f32(f).expect("from float to float"), 0.7));
        if found.ulp > BOUND {
            failures.push(f.row().name);
        }
    }
    assert!(failures.is_empty(), "more than {BOUND} ulp: {failures:?}");
}
