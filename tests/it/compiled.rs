//! The compiled executor against the reference interpreter, on random graphs and their derivatives.

use crate::random::{NAMES, cases, draw_function};
use proptest::prelude::*;
use wengert::diff::{Mode, jacobian};
use wengert::exec::{CompileOptions, Interpreter, compile};
use wengert::expr::text::print;
use wengert::expr::{Function, Value};

/// Ways to compile that must all give the same values.
fn ways() -> Vec<(&'static str, CompileOptions)> {
    let plain = CompileOptions { passes: None, native: false, ..CompileOptions::default() };
    vec![
        ("alone", CompileOptions { fuse: false, in_place: false, ..plain.clone() }),
        ("fused", CompileOptions { in_place: false, ..plain.clone() }),
        ("in place", plain.clone()),
        ("all", CompileOptions { native: true, ..CompileOptions::default() }),
    ]
}

fn check(f: &Function, at: &[(&str, Value)]) -> Result<(), TestCaseError> {
    let interpreter = Interpreter::new(f);
    let mut greatest = 1.0f64;
    let watch = |_, v: &Value| {
        greatest = v.to_f64s().iter().filter(|x| x.is_finite()).fold(greatest, |m, x| m.max(x.abs()));
    };
    let want = interpreter.run_watched(at, watch).expect("indices lie inside");
    // Sums may be taken in another order, which is all that is left of a result where great numbers cancel.
    let tame = greatest < 1e6;
    for (way, options) in ways() {
        let executable = compile(f, &options).expect("a valid function compiles");
        for _ in 0..2 {
            let got = executable.run_named(at).expect("indices lie inside");
            for (i, (want, got)) in want.iter().zip(&got).enumerate() {
                prop_assert_eq!(want.ty(), got.ty());
                for (w, g) in want.to_f64s().into_iter().zip(got.to_f64s()) {
                    let near = (w - g).abs() <= 1e-10 * greatest || !tame;
                    let close = w == g || (w.is_nan() && g.is_nan()) || near;
                    prop_assert!(close, "{way}, output {i}: {w} {g}\n{}", print(f).unwrap_or_default());
                }
            }
        }
    }
    Ok(())
}

fn check_seed(seed: u64, size: usize) -> Result<(), TestCaseError> {
    let drawn = draw_function(seed, size, 2);
    check(&drawn.function, &drawn.at)?;
    let derivative = jacobian(&drawn.function, &NAMES, Mode::Reverse).expect("derivatives");
    check(&derivative, &drawn.at)
}

#[test]
fn random_graphs_give_the_interpreters_values() {
    let config = ProptestConfig { cases: cases(), ..ProptestConfig::default() };
    proptest!(config, |(seed in any::<u64>(), size in 1usize..40)| check_seed(seed, size)?);
}
