//! The compiled executor against the reference interpreter, on random graphs and their derivatives.

use crate::numeric::Draw;
use crate::random::{NAMES, cases, draw_function};
use proptest::prelude::*;
use wengert::diff::{Mode, jacobian, value_and_grad};
use wengert::exec::{ArrayMut, ArrayRef, CompileOptions, Interpreter, compile};
use wengert::expr::text::{parse, print};
use wengert::expr::{Builder, DType, Expr, Function, Type, Value};
use wengert::nn::{Activation, Adam, Loss, Model, Optimizer, Settings, Sgd, Trainer};

/// Ways to compile that must all give the same values.
fn ways() -> Vec<(&'static str, CompileOptions)> {
    let plain = CompileOptions { passes: None, native: false, ..CompileOptions::default() };
    vec![
        ("alone", CompileOptions { fuse: false, in_place: false, ..plain.clone() }),
        ("fused", CompileOptions { in_place: false, ..plain.clone() }),
        ("in place", plain.clone()),
        ("tiles", CompileOptions { native: false, ..CompileOptions::default() }),
        ("all", CompileOptions::default()),
    ]
}

/// Every way of compiling against the interpreter, within so much of the greatest value that occurs.
fn check(f: &Function, at: &[(&str, Value)], tolerance: f64) -> Result<(), TestCaseError> {
    let interpreter = Interpreter::new(f);
    let mut greatest = 1.0f64;
    let watch = |_, v: &Value| {
        greatest = v.to_f64s().iter().filter(|x| x.is_finite()).fold(greatest, |m, x| m.max(x.abs()));
    };
    let want = interpreter.run_watched(at, watch).expect("indices lie inside");
    // Sums may be taken in another order, which is all that is left of a result where great numbers cancel.
    let tame = greatest < 1e6;
    let text = || print(f).unwrap_or_default();
    for (way, options) in ways() {
        let executable = compile(f, &options.clone().threads(1)).expect("a valid function compiles");
        let first = executable.run_named(at).expect("indices lie inside");
        for (i, (want, got)) in want.iter().zip(&first).enumerate() {
            prop_assert_eq!(want.ty(), got.ty());
            for (w, g) in want.to_f64s().into_iter().zip(got.to_f64s()) {
                let near = (w - g).abs() <= tolerance * greatest || !tame;
                let close = w == g || (w.is_nan() && g.is_nan()) || near;
                prop_assert!(close, "{way}, output {i}: {w} {g}\n{}", text());
            }
        }
        let again = executable.run_named(at).expect("indices lie inside");
        prop_assert!(same(&first, &again), "{way}: a second run differs\n{}", text());
        for threads in 2..=4 {
            let executable =
                compile(f, &options.clone().threads(threads)).expect("a valid function compiles");
            let got = executable.run_named(at).expect("indices lie inside");
            prop_assert!(same(&first, &got), "{way}: {threads} threads differ\n{}", text());
        }
    }
    Ok(())
}

/// The same bits; any NaN is any other.
fn same(a: &[Value], b: &[Value]) -> bool {
    let equal = |(x, y): (f64, f64)| x.to_bits() == y.to_bits() || (x.is_nan() && y.is_nan());
    a.iter().zip(b).all(|(a, b)| a.to_f64s().into_iter().zip(b.to_f64s()).all(equal))
}

/// The same function of `f32`, and the same point.
fn narrowed(f: &Function, at: &[(&'static str, Value)]) -> Option<(Function, Vec<(&'static str, Value)>)> {
    let text = print(f).ok()?.replace("f64", "f32");
    let narrow = parse(&text, &Default::default()).ok()?;
    Some((narrow, at.iter().map(|(name, v)| (*name, v.cast(DType::F32))).collect()))
}

fn check_seed(seed: u64, size: usize) -> Result<(), TestCaseError> {
    let drawn = draw_function(seed, size, 2);
    let derivative = jacobian(&drawn.function, &NAMES, Mode::Reverse).expect("derivatives");
    for f in [&drawn.function, &derivative] {
        check(f, &drawn.at, 1e-10)?;
        // Steps may fall on the other side of a kink where a rounding differs.
        if let Some((narrow, at)) = narrowed(f, &drawn.at).filter(|_| drawn.smooth) {
            check(&narrow, &at, 1e-3)?;
        }
    }
    Ok(())
}

/// Programs over arrays of odd and of no extents, of all dtypes, with everything that moves elements.
const PROGRAMS: &[&str] = &[
    "input a: f32[67, 5]\ninput b: f32[5, 33]\noutput y = tanh(a @ b)\noutput s = sum(a @ b, axis=0)",
    "input a: f64[40, 7, 3]\noutput m = max(a, axis=1)\noutput s = sum(exp(a - max(a, axis=2, keepdims=True)), axis=2)",
    "input a: f64[1000, 6]\ninput c: f64[6]\nd = a - c\noutput y = sum(d * d, axis=1)\noutput z = transpose(d)",
    "input a: f64[300, 300]\noutput y = sum(sin(a) * transpose(a))\noutput z = sum(a, axis=0) + sum(a, axis=1)",
    "input a: f64[50000]\noutput y = sum(a * a)\noutput z = max(a)\noutput w = cumsum(a)[::-7]",
    "input a: f64[0, 3]\ninput b: f64[3, 4]\noutput y = a @ b\noutput s = sum(a, axis=0)\noutput p = prod(a)",
    "input a: f64[9, 4]\ninput i: i64[3]\noutput y = take(a, i, axis=0)\noutput k = argmax(a, axis=1)\noutput f = flip(a, axis=1)",
    "input a: i64[6, 5]\ninput b: i64[6, 5]\noutput s = sum(a * b - a, axis=1)\noutput m = maximum(a, b)\noutput c = a < b",
    "input a: f32[3, 8]\ninput m: i64[3, 8]\nt = m > 0\noutput y = where(t, a, -a)\noutput n = sum(t.astype(i64))\noutput c = t.astype(f32) * a",
    "input a: f64[5, 6]\ninput b: f64[5, 2]\noutput y = concatenate((a[:, ::2], b, a[::-1, 1:3]), axis=1)",
    "input a: f64[4, 64, 3]\ninput b: f64[4, 3, 2]\noutput y = a @ b\noutput z = sum(a @ b, axis=1)",
    "input a: f64[64, 2]\ninput w: f64[2, 2]\noutput y = reshape(tanh(a @ w), (32, 4))\noutput z = transpose(a @ w) @ a",
];

#[test]
fn arrays_of_every_kind_give_the_interpreters_values() {
    let mut draw = Draw::new(5);
    for program in PROGRAMS {
        let f = parse(program, &Default::default()).unwrap_or_else(|e| panic!("{program}: {e:?}"));
        let at: Vec<(String, Value)> = f
            .inputs()
            .iter()
            .map(|input| {
                let elements = input.ty.shape.elements();
                let high = if input.ty.dtype == DType::I64 { 4.0 } else { 1.5 };
                let data: Vec<f64> = (0..elements).map(|_| draw.between(-high, high)).collect();
                (input.name.clone(), Value::from_f64s(&input.ty, &data))
            })
            .collect();
        let at: Vec<(&str, Value)> = at.iter().map(|(name, v)| (name.as_str(), v.clone())).collect();
        check(&f, &at, 1e-5).unwrap_or_else(|e| panic!("{program}: {e}"));
    }
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
        let model = Model::mlp(&[5, 7, 4, 3], Activation::Tanh).unwrap();
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

/// A graph of this many operations on scalars, on operands that lie at most `reach` operations back, and its gradient.
fn tape(dtype: DType, operations: usize, reach: usize, draw: &mut Draw) -> Function {
    const INPUTS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
    let b = Builder::new();
    let mut nodes: Vec<Expr<'_>> = INPUTS.iter().map(|&n| b.input(n, Type::scalar(dtype))).collect();
    for _ in 0..operations {
        let mut operand = || nodes[nodes.len() - 1 - draw.below(reach.min(nodes.len()))];
        let (x, y) = (operand(), operand());
        nodes.push(match draw.below(8) {
            0 => (x + y) * 0.5,
            1 => x * y,
            2 => x.sin(),
            3 => x.tanh(),
            4 => x.sigmoid(),
            5 => x.maximum(-y),
            6 => x.less(y).select(x, y.cos()),
            _ => x - y * y,
        });
    }
    let last = nodes.split_off(nodes.len() - 40);
    b.output("y", last.into_iter().reduce(|sum, x| sum + x.tanh()).expect("operations"));
    let f = b.finish().expect("a valid graph");
    value_and_grad(&f, &INPUTS, Mode::Reverse).expect("a differentiable function")
}

#[test]
fn long_scalar_programs_give_the_interpreters_values() {
    let mut draw = Draw::new(11);
    for (operations, reach) in [(300, 50), (900, 900), (4000, 4), (4000, 4000)] {
        for (dtype, tolerance) in [(DType::F64, 1e-10), (DType::F32, 1e-3)] {
            let f = tape(dtype, operations, reach, &mut draw);
            let at: Vec<Value> = f.inputs().iter().map(|i| drawn(&mut draw, &i.ty)).collect();
            let named: Vec<(&str, Value)> =
                f.inputs().iter().zip(&at).map(|(i, v)| (i.name.as_str(), v.clone())).collect();
            check(&f, &named, tolerance).unwrap_or_else(|e| panic!("{operations}, {reach}: {e}"));
            let want = Interpreter::new(&f).run(&at).unwrap();
            let greatest = want.iter().flat_map(Value::to_f64s).fold(1.0f64, |m, x| m.max(x.abs()));
            let relaxed = compile(&f, &CompileOptions::relaxed()).unwrap().run(&at).unwrap();
            for (w, r) in want.iter().zip(&relaxed) {
                assert!(far(w, r) <= 1e2 * tolerance * greatest, "{operations}, {reach}: {w} {r}");
            }
        }
    }
}

#[test]
fn long_scalar_programs_replace_their_state() {
    for reach in [4, 4000] {
        let f = tape(DType::F64, 4000, reach, &mut Draw::new(12));
        let at: Vec<Value> = f.inputs().iter().map(|i| drawn(&mut Draw::new(13), &i.ty)).collect();
        let mut expected = at.clone();
        let mut rest = Vec::new();
        for _ in 0..3 {
            rest = Interpreter::new(&f).run(&expected).unwrap();
            expected[..4].clone_from_slice(&rest[..4]);
            rest.drain(..4);
        }
        let executable = compile(&f, &CompileOptions::default().carry(4)).unwrap();
        let (mut state, mut results) = (at[..4].to_vec(), rest.clone());
        let mut arrays: Vec<ArrayMut<'_>> = state.iter_mut().map(ArrayMut::from).collect();
        let inputs: Vec<ArrayRef<'_>> = at[4..].iter().map(ArrayRef::from).collect();
        let mut outputs: Vec<ArrayMut<'_>> = results.iter_mut().map(ArrayMut::from).collect();
        executable.session().steps(3, &mut arrays, &inputs, &mut outputs).unwrap();
        drop((arrays, outputs));
        for (want, got) in expected[..4].iter().chain(&rest).zip(state.iter().chain(&results)) {
            assert!(far(want, got) <= 1e-9 * want.item().map_or(1.0, |x| x.abs().max(1.0)), "{want} {got}");
        }
    }
}

#[test]
fn a_batch_is_its_instances() {
    let program = "input x: f64[3]\ninput k: f64\ninput m: f64[2, 3]\n\
                   y = sin(m @ x) * k\noutput y\noutput s = sum(x * x) / (1 + k * k)\noutput g = x > k";
    let f = parse(program, &Default::default()).expect("a program");
    let executable = compile(&f, &CompileOptions::default().threads(2)).expect("it compiles");
    let mut draw = Draw::new(8);
    for count in [0, 1, 7, 300] {
        let mut many = |shape: &[usize]| {
            let ty = Type::new(DType::F64, shape);
            let Value::F64(array) = drawn(&mut draw, &ty) else { unreachable!("f64") };
            array
        };
        let (rows, m) = (many(&[count, 3]), many(&[2, 3]));
        let k = many(&[count]);
        // One element of all instances lies together, or all elements of one instance.
        let columns = rows.t().as_standard_layout().into_owned();
        let mut found = Vec::new();
        for x in [rows.view(), columns.t()] {
            let (mut y, mut s) = (ndarray::Array2::zeros((count, 2)), ndarray::Array1::<f64>::zeros(count));
            let mut g = ndarray::Array2::from_elem((count, 3), false);
            let inputs = [(&x).into(), (&k).into(), (&m).into()];
            let mut results = [(&mut y).into(), (&mut s).into(), (&mut g).into()];
            executable.run_batch(&inputs, &mut results).expect("arrays that fit");
            found.push((y, s, g));
        }
        assert_eq!(found[0], found[1]);
        let (y, s, g) = &found[0];
        let interpreter = Interpreter::new(&f);
        for i in 0..count {
            let row: Vec<f64> = (0..3).map(|j| rows[[i, j]]).collect();
            let at = [Value::from(row), Value::scalar(k[[i]]), Value::from(m.to_owned())];
            let one = interpreter.run(&at).expect("values that fit");
            let near = |a: f64, b: f64| (a - b).abs() < 1e-14;
            assert!(one[0].to_f64s().iter().zip(y.row(i)).all(|(a, b)| near(*a, *b)));
            assert!(near(one[1].item().unwrap_or(f64::NAN), s[i]));
            assert!(one[2].to_f64s().iter().zip(g.row(i)).all(|(a, b)| (*a != 0.0) == *b));
        }
    }
    let (x, mut y) = (ndarray::Array2::<f64>::zeros((4, 2)), ndarray::Array2::<f64>::zeros((4, 2)));
    let error =
        executable.run_batch(&[(&x).into()], &mut [(&mut y).into()]).expect_err("one of three inputs");
    assert_eq!(error.to_string(), "the function has 3 inputs, found 1 values");
}

#[test]
fn a_budget_changes_no_bit() {
    let layers = 24;
    let names: Vec<String> = (0..layers).map(|i| format!("w{i}")).collect();
    let inputs: String = names.iter().map(|n| format!("param {n}: f64[8, 8]\n")).collect();
    let chain = names.iter().fold("x".to_owned(), |h, w| format!("tanh({h} @ {w})"));
    let f = parse(&format!("input x: f64[512, 8]\n{inputs}output y = sum({chain})"), &Default::default());
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let gradient = value_and_grad(&f.expect("a program"), &names, Mode::Reverse).expect("a gradient");
    let mut draw = Draw::new(2);
    let at: Vec<Value> = gradient.inputs().iter().map(|i| drawn(&mut draw, &i.ty)).collect();
    let options = CompileOptions::default().threads(1);
    let full = compile(&gradient, &options).expect("it compiles");
    let half =
        compile(&gradient, &options.clone().memory_budget(full.memory() / 2)).expect("a plan that fits");
    assert!(half.memory() <= full.memory() / 2);
    assert!(same(&full.run(&at).expect("values"), &half.run(&at).expect("values")));
    let error =
        compile(&gradient, &options.memory_budget(1000)).expect_err("no plan is so small").to_string();
    assert!(
        error.starts_with("no plan was found with 1000 bytes of temporary memory; the least was "),
        "{error}"
    );
}
