//! The compiled executor against the reference interpreter, on random graphs and their derivatives.

use crate::numeric::Draw;
use crate::random::{NAMES, cases, draw_function};
use proptest::prelude::*;
use wengert::diff::{Mode, jacobian};
use wengert::exec::{ArrayMut, ArrayRef, CompileOptions, Interpreter, compile};
use wengert::expr::text::print;
use wengert::expr::{Function, Type, Value};
use wengert::nn::{Activation, Adam, Loss, Mlp, Optimizer, Settings, Sgd, Trainer};

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

fn drawn(draw: &mut Draw, ty: &Type) -> Value {
    let data: Vec<f64> = (0..ty.shape.elements()).map(|_| draw.between(-0.5, 0.5)).collect();
    Value::from_f64s(ty, &data)
}

fn far(a: &Value, b: &Value) -> f64 {
    a.to_f64s().iter().zip(b.to_f64s()).fold(0.0, |worst, (x, y)| worst.max((x - y).abs()))
}

#[test]
fn training_steps_replace_their_state() {
    let optimizers = [
        Optimizer::Sgd(Sgd::default()),
        Optimizer::Sgd(Sgd { momentum: 0.9 }),
        Optimizer::Adam(Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }),
    ];
    for optimizer in optimizers {
        let settings = Settings { loss: Loss::Mse, optimizer, learning_rate: 0.05, batch_size: 6, seed: 7 };
        let model = Mlp::new(&[5, 7, 4, 3], Activation::Tanh).unwrap();
        let trainer = Trainer::new(model, settings);
        let function = trainer.step_function(6).unwrap();
        let mut draw = Draw::new(3);
        let carry = trainer.params().len() + trainer.state().len();
        let mut state: Vec<Value> =
            trainer.params().into_iter().chain(trainer.state()).map(|(_, v)| v).collect();
        let rest: Vec<Value> = function.inputs()[carry..].iter().map(|i| drawn(&mut draw, &i.ty)).collect();
        let mut expected = state.clone();
        let interpreter = Interpreter::new(&function);
        let mut measured = Vec::new();
        for _ in 0..5 {
            measured = interpreter.run(&[expected.clone(), rest.clone()].concat()).unwrap();
            expected = measured.drain(..carry).collect();
        }
        let executable = compile(&function, &CompileOptions::default().carry(carry)).unwrap();
        let mut results = measured.clone();
        let mut arrays: Vec<ArrayMut<'_>> = state.iter_mut().map(ArrayMut::from).collect();
        let inputs: Vec<ArrayRef<'_>> = rest.iter().map(ArrayRef::from).collect();
        let mut outputs: Vec<ArrayMut<'_>> = results.iter_mut().map(ArrayMut::from).collect();
        executable.session().steps(5, &mut arrays, &inputs, &mut outputs).unwrap();
        drop((arrays, outputs));
        for (want, got) in expected.iter().chain(&measured).zip(state.iter().chain(&results)) {
            assert!(far(want, got) < 1e-5, "{want} {got}");
        }
    }
}
