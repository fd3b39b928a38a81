//! The hard cases of `tests/hard_cases.json`: values, gradients, Hessians and higher derivatives with numbers from
//! high-precision arithmetic. The file's header states the rule of comparison, the tiers and our conventions.

use crate::program::{texts, wengert};
use serde_json::Value as Json;
use std::cell::Cell;
use wengert::diff::{Mode, grad, hessian, hvp, taylor};
use wengert::exec::{CompileOptions, ExecError, compile};
use wengert::expr::text::{Options, Undeclared, parse};
use wengert::expr::{Builder, DType, Function, Type, Value};

/// What an entry of `cases` says.
struct Case<'j> {
    json: &'j Json,
    dtype: DType,
}

impl<'j> Case<'j> {
    fn id(&self) -> &'j str {
        self.json["id"].as_str().expect("every case has an id")
    }

    fn inputs(&self) -> Vec<(&'j str, Value)> {
        let inputs = self.json["inputs"].as_object().expect("every case has inputs");
        inputs.iter().map(|(name, v)| (name.as_str(), value_of(v, self.dtype))).collect()
    }

    fn wrt(&self) -> Vec<&'j str> {
        self.json["wrt"].as_array().map_or_else(Vec::new, |w| w.iter().filter_map(Json::as_str).collect())
    }

    fn function(&self) -> Result<Function, String> {
        if let Some(generator) = self.json.get("generator").filter(|g| g["kind"] != "text") {
            return Ok(generated(generator));
        }
        let given = self.inputs().into_iter().map(|(n, v)| (n.to_owned(), v.ty())).collect();
        let options =
            Options { given, undeclared: Undeclared::Error, default_float: self.dtype, sharing: true };
        parse(&self.text(), &options).map_err(|e| e.to_string())
    }

    fn text(&self) -> String {
        match self.id() {
            "parse_minus_1e5" => format!("{}x", "- ".repeat(100_000)),
            "parse_calls_1e4" => format!("{}x{}", "sin(".repeat(10_000), ")".repeat(10_000)),
            _ => self.json["expr"].as_str().expect("every case has a program").to_owned(),
        }
    }

    fn tolerance(&self, name: &str) -> f64 {
        self.json["tol"][name].as_f64().unwrap_or(0.0)
    }

    /// `|got - expected| <= rtol |expected| + atol + atol_rel_max max|expected|`, NaN equal to NaN.
    fn close(&self, got: &[f64], expected: &[f64], greatest: f64) -> bool {
        let [rtol, atol, of_max] = ["rtol", "atol", "atol_rel_max"].map(|t| self.tolerance(t));
        let bits = self.json["bit_exact"] == Json::Bool(true);
        got.len() == expected.len()
            && got.iter().zip(expected).all(|(&g, &e)| match () {
                () if g.is_nan() || e.is_nan() => g.is_nan() && e.is_nan(),
                () if bits => g.to_bits() == e.to_bits(),
                () if e.is_infinite() || g.is_infinite() => g == e,
                () => (g - e).abs() <= rtol * e.abs() + atol + of_max * greatest,
            })
    }
}

thread_local! {
    /// Which executor a test's functions run on.
    static COMPILED: Cell<bool> = const { Cell::new(false) };
}

fn evaluate(function: &Function, inputs: &[(&str, Value)]) -> Result<Vec<Value>, ExecError> {
    if COMPILED.get() {
        let executable = compile(function, &CompileOptions::default()).expect("a valid function compiles");
        executable.run_named(inputs)
    } else {
        wengert::exec::evaluate(function, inputs)
    }
}

/// Chains and trees that the file describes instead of writing them out.
fn generated(generator: &Json) -> Function {
    let b = Builder::new();
    let x = b.input("x", Type::scalar(DType::F64));
    let n = |key: &str| generator[key].as_u64().expect("a number") as usize;
    let y = match (generator["kind"].as_str(), generator["body"].as_str()) {
        (Some("chain"), Some("sin(y)")) => (0..n("n")).fold(x, |y, _| y.sin()),
        (Some("chain"), Some("y * 0.99999")) => (0..n("n")).fold(x, |y, _| y * 0.99999),
        (Some("chain"), Some("y + y")) => (0..n("n")).fold(x, |y, _| y + y),
        (Some("chain"), Some("y + x")) => (0..n("n")).fold(x, |y, _| y + x),
        (Some("tree"), _) => (0..n("leaves").ilog2()).fold(x, |y, _| y + y),
        (Some("fib"), _) => (0..n("n")).fold((x, x), |(a, b), _| (b, a + b)).1,
        other => panic!("an unknown generator {other:?}"),
    };
    b.output_unnamed(y);
    b.finish().expect("generated graphs are right")
}

fn number(json: &Json) -> f64 {
    match json.as_str() {
        Some("NaN") => f64::NAN,
        Some("Infinity") => f64::INFINITY,
        Some("-Infinity") => f64::NEG_INFINITY,
        Some(text) => panic!("{text} is no number"),
        None => json.as_f64().expect("a number"),
    }
}

/// Nested lists, or an object with a dtype, and a shape where there is nothing to see it from.
fn value_of(json: &Json, float: DType) -> Value {
    let (data, dtype) = match json.get("data") {
        Some(data) => (data, json["dtype"].as_str().and_then(DType::from_name).unwrap_or(float)),
        None => (json, float),
    };
    let (mut shape, mut numbers) = (Vec::new(), Vec::new());
    flatten(data, 0, &mut shape, &mut numbers);
    if let Some(extents) = json.get("shape").and_then(Json::as_array) {
        shape = extents.iter().map(|n| n.as_u64().expect("an extent") as usize).collect();
    }
    Value::from_f64s(&Type::new(dtype, &shape[..]), &numbers)
}

fn flatten(json: &Json, depth: usize, shape: &mut Vec<usize>, numbers: &mut Vec<f64>) {
    match json.as_array() {
        Some(items) => {
            if shape.len() == depth {
                shape.push(items.len());
            }
            items.iter().for_each(|i| flatten(i, depth + 1, shape, numbers));
        }
        None => numbers.push(number(json)),
    }
}

fn greatest(blocks: &[Vec<f64>]) -> f64 {
    blocks.iter().flatten().filter(|x| x.is_finite()).fold(0.0, |m, x| m.max(x.abs()))
}

/// The gradient in every mode against the expected one or any alternative.
fn check_gradient(case: &Case<'_>, f: &Function, modes: &[Mode]) -> Result<(), String> {
    let wrt = case.wrt();
    let Some(expected) = case.json.get("grad").filter(|_| !wrt.is_empty()) else { return Ok(()) };
    let alternatives = case.json.get("accept_grads").and_then(Json::as_array).cloned().unwrap_or_default();
    let missed = |mode: &Mode| *mode == Mode::Forward && FORWARD_MISSES.contains(&case.id());
    for &mode in modes.iter().filter(|m| !missed(m)) {
        let got = grad(f, &wrt, mode).map_err(|e| e.to_string())?;
        let got = evaluate(&got, &case.inputs()).map_err(|e| e.to_string())?;
        let fits = |expected: &Json| {
            let blocks: Vec<Vec<f64>> =
                wrt.iter().map(|w| value_of(&expected[w], case.dtype).to_f64s()).collect();
            let shapes = wrt
                .iter()
                .zip(&got)
                .all(|(w, g)| value_of(&expected[w], case.dtype).shape() == g.shape() || g.is_empty());
            let greatest = greatest(&blocks);
            shapes && got.iter().zip(&blocks).all(|(g, e)| case.close(&g.to_f64s(), e, greatest))
        };
        if !fits(expected) && !alternatives.iter().any(fits) {
            return Err(format!("{mode}: gradient {got:?}, expected {expected}"));
        }
    }
    Ok(())
}

fn check_value(case: &Case<'_>, f: &Function) -> Result<(), String> {
    let got = evaluate(f, &case.inputs()).map_err(|e| e.to_string())?;
    let expected = value_of(&case.json["value"], case.dtype).to_f64s();
    let alternatives = case.json.get("accept_values").and_then(Json::as_array).cloned().unwrap_or_default();
    let fits = |e: &[f64]| case.close(&got[0].to_f64s(), e, greatest(&[e.to_vec()]));
    if fits(&expected) || alternatives.iter().any(|a| fits(&value_of(a, case.dtype).to_f64s())) {
        return Ok(());
    }
    Err(format!("value {}, expected {}", got[0], case.json["value"]))
}

fn check_second_order(case: &Case<'_>, f: &Function) -> Result<(), String> {
    let Some(expected) = case.json.get("hessian") else { return Ok(()) };
    let wrt = case.wrt();
    let matrix = value_of(&expected["matrix"], case.dtype);
    let (n, expected) = (matrix.shape()[0], matrix.to_f64s());
    for mode in [Mode::Auto, Mode::Forward, Mode::Reverse] {
        let blocks = hessian(f, &wrt, mode).map_err(|e| e.to_string())?;
        let got: Vec<f64> = evaluate(&blocks, &case.inputs())
            .map_err(|e| e.to_string())?
            .iter()
            .flat_map(|v| v.to_f64s())
            .collect();
        if got.len() != n * n || !case.close(&got, &expected, greatest(std::slice::from_ref(&expected))) {
            return Err(format!("{mode}: Hessian {got:?}, expected {expected:?}"));
        }
    }
    let Some(product) = case.json.get("hvp") else { return Ok(()) };
    let directional = hvp(f, &wrt).map_err(|e| e.to_string())?;
    let mut at = case.inputs();
    let v = value_of(&product["v"], case.dtype).to_f64s();
    at.extend(directional.directions.iter().map(String::as_str).zip(v.into_iter().map(Value::scalar)));
    let got: Vec<f64> = evaluate(&directional.function, &at)
        .map_err(|e| e.to_string())?
        .iter()
        .flat_map(|v| v.to_f64s())
        .collect();
    let expected = value_of(&product["Hv"], case.dtype).to_f64s();
    if case.close(&got, &expected, greatest(std::slice::from_ref(&expected))) {
        Ok(())
    } else {
        Err(format!("hvp {got:?}"))
    }
}

fn check_derivatives(case: &Case<'_>, f: &Function) -> Result<(), String> {
    let Some(expected) = case.json.get("derivatives").map(|d| value_of(d, case.dtype).to_f64s()) else {
        return Ok(());
    };
    let all = taylor(f, case.wrt()[0], expected.len() - 1).map_err(|e| e.to_string())?;
    let got = evaluate(&all, &case.inputs()).map_err(|e| e.to_string())?;
    let got: Vec<f64> = got.iter().flat_map(|v| v.to_f64s()).collect();
    let greatest = greatest(std::slice::from_ref(&expected));
    if case.close(&got, &expected, greatest) {
        Ok(())
    } else {
        Err(format!("derivatives {got:?}, expected {expected:?}"))
    }
}

/// The third derivatives of `mixed3`, named like `d_x1_x2_x3`.
fn check_third(case: &Case<'_>, f: &Function) -> Result<(), String> {
    let Some(third) = case.json.get("third").and_then(Json::as_object) else { return Ok(()) };
    let numbers: Vec<f64> = third.values().filter_map(Json::as_f64).collect();
    for (name, expected) in third.iter().filter(|(name, _)| name.starts_with("d_")) {
        let derivative = name.split('_').skip(1).try_fold(f.clone(), |f, x| grad(&f, &[x], Mode::Reverse));
        let got =
            evaluate(&derivative.map_err(|e| e.to_string())?, &case.inputs()).map_err(|e| e.to_string())?;
        if !case.close(&got[0].to_f64s(), &[number(expected)], greatest(std::slice::from_ref(&numbers))) {
            return Err(format!("{name} is {}, expected {expected}", got[0]));
        }
    }
    Ok(())
}

fn check(case: &Case<'_>) -> Result<(), String> {
    if case.json.get("expect_error").is_some() {
        let outcome =
            case.function().and_then(|f| grad(&f, &case.wrt(), Mode::Auto).map_err(|e| e.to_string()));
        return match outcome {
            Ok(_) => Err("no error".into()),
            Err(_) => Ok(()),
        };
    }
    let f = match case.function() {
        Err(_) if case.json["error_also_acceptable"] == Json::Bool(true) => return Ok(()),
        other => other?,
    };
    let small = case.json.get("generator").is_none();
    check_value(case, &f)?;
    check_gradient(case, &f, if small { &Mode::ALL } else { &[Mode::Reverse, Mode::Forward] })?;
    check_second_order(case, &f)?;
    check_derivatives(case, &f)?;
    check_third(case, &f)
}

/// Cases of tier `should` that are missed, each with its reason.
const MISSED: &[(&str, &str)] = &[];

/// Cases that forward mode alone misses. Its directions are columns of the identity, whose zeros meet the NaN of the
/// data inside a product: `0 * NaN` is NaN. Reverse mode, which `auto` takes, has one direction without zeros.
const FORWARD_MISSES: &[&str] = &["matmul_nan_row"];

/// A value as the language writes it.
fn written(value: &Value) -> String {
    fn nested(shape: &[usize], numbers: &[String]) -> String {
        match shape.split_first() {
            None => numbers[0].clone(),
            Some((&n, inner)) => {
                let parts: Vec<String> =
                    numbers.chunks(numbers.len() / n).map(|part| nested(inner, part)).collect();
                format!("[{}]", parts.join(", "))
            }
        }
    }
    if value.is_empty() {
        let extents: Vec<String> = value.shape().iter().map(|n| format!("{n}, ")).collect();
        return format!("zeros(({}), dtype={})", extents.concat(), value.dtype());
    }
    let number = |x: &f64| match x {
        x if x.is_nan() => "nan".to_owned(),
        x if x.is_infinite() => {
            if *x > 0.0 {
                "inf".to_owned()
            } else {
                "-inf".to_owned()
            }
        }
        x if value.dtype() == DType::I64 => format!("{}", *x as i64),
        x => format!("{x:?}"),
    };
    let text = nested(value.shape(), &value.to_f64s().iter().map(number).collect::<Vec<_>>());
    if value.dtype() == DType::I64 { format!("i64({text})") } else { text }
}

/// The program that a generator describes.
fn generated_text(generator: &Json) -> String {
    let times = |n: &str, line: &str| line.repeat(generator[n].as_u64().expect("a number") as usize);
    match generator["kind"].as_str() {
        Some("chain") => format!(
            "y = x\n{}y",
            times("n", &format!("y = {}\n", generator["body"].as_str().expect("a body")))
        ),
        _ => format!(
            "y = x\n{}y",
            "y = y + y\n".repeat(generator["leaves"].as_u64().expect("leaves").ilog2() as usize)
        ),
    }
}

fn check_command_line(case: &Case<'_>) -> Result<(), String> {
    let text = match case.json.get("generator").filter(|g| g["kind"] != "text") {
        Some(generator) => generated_text(generator),
        None => case.text(),
    };
    let wrt = case.wrt();
    let bindings: Vec<String> = case.inputs().iter().map(|(n, v)| format!("{n}={}", written(v))).collect();
    let wanted = wrt.join(",");
    let mut args =
        vec![if wrt.is_empty() { "eval" } else { "grad" }, "-", "--json", "--dtype", case.dtype.name()];
    bindings.iter().for_each(|b| args.extend(["--at", b]));
    if !wrt.is_empty() {
        args.extend(["--wrt", &wanted]);
    }
    let output = wengert(&args, &text);
    let (stdout, stderr) = texts(&output);
    let json: Json = serde_json::from_str(&stdout).map_err(|e| format!("{e}: {stdout} {stderr}"))?;
    let failed = json.get("error").is_some() && output.status.code() == Some(2);
    if case.json.get("expect_error").is_some()
        || (failed && case.json["error_also_acceptable"] == Json::Bool(true))
    {
        return if failed { Ok(()) } else { Err(format!("no error but {stdout}")) };
    }
    if !output.status.success() {
        return Err(stdout + &stderr);
    }
    let near = |got: &Json, expected: &Json, greatest: f64| {
        case.close(&value_of(got, case.dtype).to_f64s(), &value_of(expected, case.dtype).to_f64s(), greatest)
    };
    let value = json["outputs"].as_object().and_then(|o| o.values().next()).ok_or("no output")?;
    let alternatives = |name: &str| case.json.get(name).and_then(Json::as_array).cloned().unwrap_or_default();
    let expected = value_of(&case.json["value"], case.dtype).to_f64s();
    if !near(value, &case.json["value"], greatest(&[expected]))
        && !alternatives("accept_values").iter().any(|a| near(value, a, 0.0))
    {
        return Err(format!("value {value}, expected {}", case.json["value"]));
    }
    let fits = |expected: &Json| {
        let blocks: Vec<Vec<f64>> =
            wrt.iter().map(|w| value_of(&expected[w], case.dtype).to_f64s()).collect();
        wrt.iter().all(|w| near(&json["gradients"][w], &expected[w], greatest(&blocks)))
    };
    if let Some(expected) = case.json.get("grad").filter(|_| !wrt.is_empty())
        && !fits(expected)
        && !alternatives("accept_grads").iter().any(fits)
    {
        return Err(format!("gradients {}, expected {expected}", json["gradients"]));
    }
    higher_on_the_command_line(case, &text, &bindings)
}

/// Hessians and higher derivatives as the program prints them.
fn higher_on_the_command_line(case: &Case<'_>, text: &str, bindings: &[String]) -> Result<(), String> {
    let wrt = case.wrt();
    let run = |command: &[&str]| {
        let at = bindings.iter().flat_map(|b| ["--at", b]);
        let args: Vec<&str> = command.iter().copied().chain(["--json"]).chain(at).collect();
        let (stdout, stderr) = texts(&wengert(&args, text));
        serde_json::from_str::<Json>(&stdout).map_err(|e| format!("{e}: {stdout} {stderr}"))
    };
    let holds = |got: &[f64], expected: &Json| {
        let expected = value_of(expected, case.dtype).to_f64s();
        let greatest = greatest(std::slice::from_ref(&expected));
        if case.close(got, &expected, greatest) {
            Ok(())
        } else {
            Err(format!("{got:?}, expected {expected:?}"))
        }
    };
    if let Some(expected) = case.json.get("hessian") {
        let json = run(&["hessian", "-", "--wrt", &wrt.join(",")])?;
        let blocks = wrt.iter().flat_map(|x| wrt.iter().map(move |y| (x, y)));
        let got: Vec<f64> =
            blocks.flat_map(|(x, y)| value_of(&json["hessian"][x][y], case.dtype).to_f64s()).collect();
        holds(&got, &expected["matrix"])?;
    }
    if let Some(expected) = case.json.get("derivatives") {
        let order = (expected.as_array().map_or(1, Vec::len) - 1).to_string();
        let json = run(&["taylor", "-", "--wrt", wrt[0], "--order", &order])?;
        holds(&value_of(&json["derivatives"], case.dtype).to_f64s(), expected)?;
    }
    Ok(())
}

#[test]
fn every_hard_case_holds_on_the_command_line() {
    each_case(check_command_line);
}

#[test]
fn every_hard_case_holds_compiled() {
    COMPILED.set(true);
    each_case(check);
}

#[test]
fn every_hard_case_holds() {
    each_case(check);
}

fn each_case(check: impl Fn(&Case<'_>) -> Result<(), String>) {
    let file: Json = serde_json::from_str(include_str!("../hard_cases.json")).expect("the file is JSON");
    let cases = file["cases"].as_array().expect("a list of cases");
    let mut failures = Vec::new();
    for json in cases {
        let dtype = json["dtype"].as_str().and_then(DType::from_name).unwrap_or(DType::F64);
        let case = Case { json, dtype };
        let missed = MISSED.iter().any(|(id, _)| *id == case.id());
        match check(&case) {
            Ok(()) if missed => {
                failures.push(format!("{}: holds now, take it off the list of misses", case.id()))
            }
            Err(why) if !missed => failures.push(format!("{} ({}): {why}", case.id(), json["tier"])),
            Ok(()) | Err(_) => {}
        }
    }
    assert!(failures.is_empty(), "{} of {} fail:\n{}", failures.len(), cases.len(), failures.join("\n"));
    assert_eq!(cases.len(), 199);
}
