//! Passes on random graphs and their derivatives: valid after each, the same bits under exact rules, nothing left to do;
//! and the table of `docs/passes.md`, which is made from the rows.

use crate::numeric::Draw;
use crate::random::{NAMES, cases, draw_function, flat};
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use wengert::diff::{Mode, jacobian};
use wengert::exec::Interpreter;
use wengert::exec::passes::{Holds, Numbers, Options, Pipeline};
use wengert::expr::text::print;
use wengert::expr::{Function, Type, Value};

const SPECIAL: [f64; 9] =
    [0.0, -0.0, 1.0, -1.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 5e-324, f64::MAX];

fn signature(f: &Function) -> (Vec<(String, Type)>, Vec<(Option<String>, Type)>) {
    let inputs = f.inputs().iter().map(|i| (i.name.clone(), i.ty.clone()));
    let outputs = f.outputs().iter().map(|o| (o.name.clone(), f.graph().ty(o.node).clone()));
    (inputs.collect(), outputs.collect())
}

/// Values, and the greatest of any node.
fn run(f: &Function, at: &[(&str, Value)]) -> (Vec<Value>, f64) {
    let mut greatest = 0.0f64;
    let watch = |_, v: &Value| {
        greatest =
            v.to_f64s().iter().fold(greatest, |m, x| if x.is_nan() { f64::INFINITY } else { m.max(x.abs()) });
    };
    let values = Interpreter::new(f).run_watched(at, watch).expect("indices lie inside");
    (values, greatest)
}

fn same_bits(a: &[Value], b: &[Value]) -> bool {
    let equal = |(x, y): (&f64, &f64)| x.to_bits() == y.to_bits() || (x.is_nan() && y.is_nan());
    flat(a).iter().zip(&flat(b)).all(equal)
}

fn check(seed: u64, size: usize) -> Result<(), TestCaseError> {
    let drawn = draw_function(seed, size, 2);
    let gradient = jacobian(&drawn.function, &NAMES, Mode::Reverse).expect("derivatives");
    let mut draw = Draw::new(seed ^ 11);
    let special: Vec<(&str, Value)> = drawn
        .at
        .iter()
        .map(|(name, v)| {
            let data: Vec<f64> = (0..v.len()).map(|_| SPECIAL[draw.below(SPECIAL.len())]).collect();
            (*name, Value::from_f64s(&v.ty(), &data))
        })
        .collect();
    let text = |f: &Function| print(f).unwrap_or_default();
    for f in [&drawn.function, &gradient] {
        for relaxed in [false, true] {
            let base = if relaxed { Options::relaxed() } else { Options::default() };
            let options = Options { verify: true, ..base };
            let run_passes = |f: &Function, options: &Options| {
                Pipeline::standard()
                    .run(f, options)
                    .map_err(|e| TestCaseError::fail(format!("seed {seed} size {size}: {e}")))
            };
            let (g, report) = run_passes(f, &options)?;
            prop_assert!(report.settled, "seed {seed} size {size}: no end");
            prop_assert_eq!(signature(f), signature(&g));
            let (_, again) = run_passes(&g, &Options { explain: true, ..options.clone() })?;
            prop_assert!(
                again.fired == 0,
                "seed {seed} size {size}: again {:?}\n{}",
                again.firings,
                text(&g)
            );
            let (partly, _) =
                run_passes(f, &Options { stop_after: Some(draw.below(report.fired + 1)), ..options })?;
            for at in [&drawn.at, &special] {
                let (want, greatest) = run(f, at);
                for g in [&g, &partly] {
                    let (got, _) = run(g, at);
                    let close = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-9 * (1.0 + greatest);
                    let fine = match relaxed {
                        false => same_bits(&want, &got),
                        true => {
                            !drawn.smooth || greatest > 1e6 || flat(&want).iter().zip(&flat(&got)).all(close)
                        }
                    };
                    prop_assert!(
                        fine,
                        "seed {seed} size {size}, relaxed {relaxed}: {want:?} became {got:?}\n{}\n{}",
                        text(f),
                        text(g)
                    );
                }
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn passes_keep_what_they_say(seed: u64, size in 1usize..24) {
        check(seed, size)?;
    }
}

/// The passes and their rows as tables.
fn tables() -> String {
    let cell = |text: &str| text.replace('|', "\\|");
    let mut text = String::new();
    for pass in Pipeline::standard().passes() {
        text.push_str(&format!("\n### {}\n\n{}.\n", pass.name, capitalised(pass.about)));
        if pass.rules.is_empty() {
            continue;
        }
        text.push_str("\n| rule | before | after | holds |\n|---|---|---|---|\n");
        for rule in pass.rules {
            let on = match rule.on {
                Numbers::All => "",
                Numbers::Floats => ", floats",
                Numbers::Integers => ", integers",
            };
            let holds = match rule.holds {
                Holds::Exact => "exact".to_owned(),
                Holds::Relaxed { loses, .. } => format!("relaxed: {loses}"),
            };
            let (before, after) = (cell(rule.before), cell(rule.after));
            text.push_str(&format!("| {} | `{before}` | `{after}` | {holds}{on} |\n", rule.name));
        }
    }
    text
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[test]
fn the_page_lists_the_rows_that_there_are() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/passes.md");
    let page = fs::read_to_string(&path).expect("the page of passes");
    let marker = "<!-- made from the rows -->\n";
    let head = page.split(marker).next().expect("a page");
    let fresh = format!("{head}{marker}{}", tables());
    if std::env::var_os("WENGERT_BLESS").is_some() {
        fs::write(&path, &fresh).expect("the page can be written");
    } else {
        assert!(fresh == page, "docs/passes.md is not what the rows say; WENGERT_BLESS=1 writes it anew");
    }
}
