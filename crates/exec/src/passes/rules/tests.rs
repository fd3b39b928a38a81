//! Every row is its own test: it fires on its example, and what it keeps is kept, on special values and on random ones.

use super::PASSES;
use crate::evaluate;
use crate::passes::rule::{Holds, Numbers, Rewrite, Rule};
use crate::passes::{Options, Pipeline};
use std::collections::HashSet;
use wengert_expr::text::{Options as Parsing, parse};
use wengert_expr::{DType, Function, Type, Value, verify};

const FLOATS: [f64; 20] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -2.0,
    3.0,
    0.1,
    -7.3,
    1e-160,
    1e160,
    f64::MAX,
    f64::MIN_POSITIVE,
    5e-324,
    -5e-324,
    1.5e-45,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    3.402823466e38,
];

const INTEGERS: [i64; 9] = [0, 1, -1, 2, -3, 7, i64::MAX, i64::MIN, (1 << 53) + 1];

/// Numbers that stand for `k` and `l`.
const CONSTANTS: [&str; 9] = ["3", "(-0.0)", "0", "0.1", "inf", "nan", "1e308", "5e-324", "(-2)"];

struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % n
    }

    fn between(&mut self, (low, high): (f64, f64)) -> f64 {
        low + (high - low) * self.below(1 << 30) as f64 / f64::from(1 << 30)
    }
}

fn rules() -> impl Iterator<Item = &'static Rule> {
    PASSES.iter().flat_map(|p| p.rules)
}

/// The example of a row with elements of a dtype, if it has one.
fn example(rule: &Rule, dtype: DType, k: &str, l: &str) -> Option<Function> {
    let text = match rule.rewrite {
        Rewrite::Pattern => {
            let names = ["x", "y", "z"].map(|x| format!("input {x}: f64[4000]\n")).concat();
            let truths = ["c", "d"].map(|c| format!("input {c}: bool[4000]\n")).concat();
            format!("{names}{truths}k = {k}\nl = {l}\noutput result = {}", rule.before)
        }
        Rewrite::Code { .. } => rule.example.replace("; ", "\n"),
    };
    parse(&text.replace("f64", dtype.name()), &Parsing { default_float: dtype, ..Parsing::default() }).ok()
}

/// A value for an input: special ones in all combinations of the first inputs, and random ones.
fn value(ty: &Type, stride: usize, draw: &mut Draw, domain: Option<(f64, f64)>) -> Value {
    let n = ty.shape.elements();
    if ty.dtype == DType::Bool {
        return Value::new(ty.shape.clone(), (0..n).map(|_| draw.below(2) == 1).collect());
    }
    if ty.dtype == DType::I64 {
        let pick = |i: usize, draw: &mut Draw| match n {
            4000 => INTEGERS[i / stride % INTEGERS.len()],
            // Sums and products of arrays are not defined beyond the range.
            _ => draw.below(9) as i64 - 4,
        };
        return Value::new(ty.shape.clone(), (0..n).map(|i| pick(i, draw)).collect());
    }
    let element = |i: usize, draw: &mut Draw| match (domain, n, draw.below(3)) {
        (Some(domain), _, _) => draw.between(domain),
        (None, 4000, _) if i < 3600 => FLOATS[i / stride % FLOATS.len()],
        (None, _, 0) => draw.between((-9.0, 9.0)),
        (None, _, _) => FLOATS[draw.below(FLOATS.len())],
    };
    let data: Vec<f64> = (0..n).map(|i| element(i, draw)).collect();
    Value::from_f64s(ty, &data)
}

fn inputs(f: &Function, draw: &mut Draw, domain: Option<(f64, f64)>) -> Vec<(String, Value)> {
    let strides = [1, FLOATS.len(), FLOATS.len() * FLOATS.len()];
    let stride = |i: usize| strides[i % strides.len()];
    f.inputs()
        .iter()
        .enumerate()
        .map(|(i, x)| (x.name.clone(), value(&x.ty, stride(i), draw, domain)))
        .collect()
}

fn run(f: &Function, at: &[(String, Value)]) -> Option<Vec<Value>> {
    evaluate(f, &at.iter().map(|(n, v)| (n.as_str(), v.clone())).collect::<Vec<_>>()).ok()
}

fn same_bits(a: &Value, b: &Value) -> bool {
    let equal = |(x, y): (f64, f64)| x.to_bits() == y.to_bits() || (x.is_nan() && y.is_nan());
    match a.dtype() {
        DType::F32 | DType::F64 => a.ty() == b.ty() && a.to_f64s().into_iter().zip(b.to_f64s()).all(equal),
        DType::I64 | DType::Bool => a.bit_eq(b),
    }
}

/// The function after this row alone, if it fires.
fn after(rule: &Rule, f: &Function) -> Option<Function> {
    let options = Options {
        rules: vec!["-all".into(), rule.name.into()],
        verify: true,
        explain: true,
        ..Options::default()
    };
    let (g, report) = Pipeline::standard().run(f, &options).expect("a valid function");
    assert!(report.settled, "{} does not end", rule.name);
    (report.fired > 0).then_some(g)
}

#[test]
fn names_are_unique() {
    let pipeline = Pipeline::standard();
    let names: Vec<&str> = pipeline.names().collect();
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
    assert!(names.len() > 120, "{}", names.len());
}

#[test]
fn every_row_fires_on_its_example_and_keeps_what_it_says() {
    let mut draw = Draw(7);
    for rule in rules() {
        let mut fired = 0;
        for dtype in [DType::F64, DType::F32, DType::I64] {
            let numbers: &[&str] = match (rule.before.contains(['k', 'l']), rule.is_exact()) {
                (true, true) => &CONSTANTS,
                (true, false) => &["3", "0.1", "(-2)"],
                (false, _) => &["3"],
            };
            for (i, k) in numbers.iter().enumerate() {
                let l = numbers[(i * 4 + 1) % numbers.len()];
                let Some(f) = example(rule, dtype, k, l) else { continue };
                assert_eq!(verify(&f), [], "{}", rule.name);
                let Some(g) = after(rule, &f) else { continue };
                fired += 1;
                check(rule, &f, &g, dtype, &mut draw);
            }
        }
        let dtypes = if rule.on == Numbers::All { 2 } else { 1 };
        assert!(fired >= dtypes, "{} fires on {fired} dtypes", rule.name);
    }
}

fn check(rule: &Rule, f: &Function, g: &Function, dtype: DType, draw: &mut Draw) {
    let outputs = |f: &Function| {
        f.outputs().iter().map(|o| (o.name.clone(), f.graph().ty(o.node).clone())).collect::<Vec<_>>()
    };
    assert_eq!((f.inputs().len(), outputs(f)), (g.inputs().len(), outputs(g)), "{}", rule.name);
    let tries = if matches!(rule.rewrite, Rewrite::Pattern) { 1 } else { 60 };
    for _ in 0..tries {
        match rule.holds {
            Holds::Exact => {
                let at = inputs(f, draw, None);
                let (Some(a), Some(b)) = (run(f, &at), run(g, &at)) else { continue };
                for (a, b) in a.iter().zip(&b) {
                    assert!(same_bits(a, b), "{} at {dtype}: {at:?}\n{a:?}\n{b:?}", rule.name);
                }
            }
            Holds::Relaxed { within, .. } if dtype == DType::F64 => {
                let at = inputs(f, draw, Some(rule.domain));
                let (a, b) = (run(f, &at).expect("values"), run(g, &at).expect("values"));
                for (a, b) in a.iter().zip(&b) {
                    let far = |(x, y): (f64, f64)| {
                        x.is_finite() && y.is_finite() && (x - y).abs() > within * (1.0 + x.abs())
                    };
                    let worst = a.to_f64s().into_iter().zip(b.to_f64s()).find(|p| far(*p));
                    assert!(worst.is_none(), "{}: {worst:?}", rule.name);
                }
            }
            Holds::Relaxed { .. } => {}
        }
    }
}

#[test]
fn every_rule_of_expressions_fires_at_every_dtype_it_names() {
    for rule in rules().filter(|r| r.on == Numbers::Integers) {
        let f = example(rule, DType::I64, "3", "5").expect("an example");
        assert!(after(rule, &f).is_some(), "{}", rule.name);
    }
}
