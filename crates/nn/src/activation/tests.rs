//! Values, slopes and higher derivatives of the graphs against the lecture's table, closed forms and the stated facts.

use super::*;
use std::ops::Bound::{self, Excluded, Included, Unbounded};
use wengert_diff::{gradient, taylor};
use wengert_exec::{CompileOptions, compile, evaluate};
use wengert_expr::{Builder, DType, Type, Value};

const POINTS: [f64; 5] = [-2.0, -0.5, 0.0, 0.5, 2.0];

const EVERY: [Activation; 20] = [
    Activation::Identity,
    Activation::Sigmoid,
    Activation::Step,
    Activation::Tanh,
    Activation::Relu,
    Activation::Prelu(0.25),
    Activation::Prelu(1.0),
    Activation::Prelu(0.0),
    Activation::Prelu(-0.5),
    Activation::Elu(1.0),
    Activation::Elu(2.0),
    Activation::Elu(-1.5),
    Activation::Softplus,
    Activation::Gaussian,
    Activation::Gelu,
    Activation::Silu,
    Activation::LeakyRelu,
    Activation::Mish,
    Activation::Selu,
    Activation::HardSwish,
];

/// The value and the first `order` derivatives at each point, by differentiating the graph again and again.
fn derivatives(activation: Activation, order: usize, points: &[f64]) -> Vec<Vec<f64>> {
    let b = Builder::new();
    let x = b.input("x", Type::new(DType::F64, [points.len()]));
    let mut y = activation.apply(x);
    b.output_unnamed(y);
    for _ in 0..order {
        y = gradient(y.sum(..), &[x]).unwrap()[0];
        b.output_unnamed(y);
    }
    let function = b.finish().unwrap();
    let at = Value::from(points.to_vec());
    let compiled = compile(&function, &CompileOptions::default()).unwrap();
    let compiled: Vec<Vec<f64>> =
        compiled.run(std::slice::from_ref(&at)).unwrap().iter().map(Value::to_f64s).collect();
    let found: Vec<Vec<f64>> =
        evaluate(&function, &[("x", at)]).unwrap().iter().map(Value::to_f64s).collect();
    found.concat().iter().zip(compiled.concat()).for_each(|(&f, c)| close(f, c, 1.0));
    found
}

#[track_caller]
fn close(found: f64, expected: f64, scale: f64) {
    assert!((found - expected).abs() <= 1e-12 * scale.max(expected.abs()), "{found} is not {expected}");
}

/// Values and slopes at -2, -1/2, 0, 1/2 and 2.
#[track_caller]
fn check(activation: Activation, values: [f64; 5], slopes: [f64; 5]) {
    let found = derivatives(activation, 1, &POINTS);
    for (found, expected) in found.iter().zip([values, slopes]) {
        found.iter().zip(expected).for_each(|(&f, e)| close(f, e, 0.0));
    }
}

const S2: f64 = 0.880_797_077_977_882_4;
const S05: f64 = 0.622_459_331_201_854_6;

#[test]
fn e1_identity() {
    check(Activation::Identity, POINTS, [1.0; 5]);
}

#[test]
fn e2_sigmoid() {
    let (p2, p05) = (0.104_993_585_403_506_5, 0.235_003_712_201_594_5);
    let values = [0.119_202_922_022_117_55, 0.377_540_668_798_145_4, 0.5, S05, S2];
    check(Activation::Sigmoid, values, [p2, p05, 0.25, p05, p2]);
}

#[test]
fn e3_s9_step_takes_two_values_and_has_no_slope() {
    check(Activation::Step, [0.0, 0.0, 1.0, 1.0, 1.0], [0.0; 5]);
    assert_eq!(Activation::Step.facts().range, Image::Points(&[0.0, 1.0]));
}

#[test]
fn e4_tanh() {
    let (t2, t05) = (0.964_027_580_075_816_9, 0.462_117_157_260_009_74);
    let (d2, d05) = (0.070_650_824_853_164_43, 0.786_447_732_965_927_4);
    check(Activation::Tanh, [-t2, -t05, 0.0, t05, t2], [d2, d05, 1.0, d05, d2]);
}

#[test]
fn e5_relu() {
    check(Activation::Relu, [0.0, 0.0, 0.0, 0.5, 2.0], [0.0, 0.0, 0.0, 1.0, 1.0]);
}

#[test]
fn e6_s9_prelu_and_the_slopes_that_change_its_range() {
    check(Activation::Prelu(0.25), [-0.5, -0.125, 0.0, 0.5, 2.0], [0.25, 0.25, 0.25, 1.0, 1.0]);
    let facts = |a| Activation::Prelu(a).facts();
    assert_eq!(facts(0.25).range, Image::Interval(Unbounded, Unbounded));
    assert_eq!(facts(-0.25).range, Image::Interval(Included(0.0), Unbounded));
    assert_eq!(facts(0.25).smoothness, Smoothness::Continuous(0));
    assert_eq!(facts(1.0).smoothness, Smoothness::Smooth);
}

#[test]
fn e7_s9_elu_and_its_one_parameter() {
    let values = [-0.864_664_716_763_387_3, -0.393_469_340_287_366_6, 0.0, 0.5, 2.0];
    check(Activation::Elu(1.0), values, [0.135_335_283_236_612_7, 0.606_530_659_712_633_4, 1.0, 1.0, 1.0]);
    let facts = |a| Activation::Elu(a).facts();
    assert_eq!(facts(2.0).range, Image::Interval(Excluded(-2.0), Unbounded));
    assert_eq!(facts(2.0).smoothness, Smoothness::Continuous(0));
    assert_eq!(facts(1.0).smoothness, Smoothness::Continuous(1));
    // Far out the slope is a*e^x, which value + a would lose.
    let slope = derivatives(Activation::Elu(1.0), 1, &[-100.0])[1][0];
    assert!((slope / (-100f64).exp() - 1.0).abs() < 1e-14, "{slope}");
}

#[test]
fn e8_softplus() {
    let values = [
        0.126_928_011_042_972_5,
        0.474_076_984_180_106_7,
        std::f64::consts::LN_2,
        0.974_076_984_180_106_7,
        2.126_928_011_042_972_7,
    ];
    let slopes = [0.119_202_922_022_117_55, 0.377_540_668_798_145_4, 0.5, S05, S2];
    check(Activation::Softplus, values, slopes);
}

#[test]
fn e9_gaussian() {
    let (g2, g05) = (0.018_315_638_888_734_18, 0.778_800_783_071_404_9);
    let slope2 = 0.073_262_555_554_936_71;
    check(Activation::Gaussian, [g2, g05, 1.0, g05, g2], [slope2, g05, 0.0, -g05, -slope2]);
}

/// The value at `x` of a polynomial with these coefficients, the constant first.
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

/// With `y' = slope(y)`, the polynomials in `y` that its derivatives are: each is the last one's derivative times `slope`.
fn towers(slope: [f64; 3]) -> Vec<Vec<f64>> {
    let mut tower = vec![slope.to_vec()];
    for _ in 1..5 {
        let last = &tower[tower.len() - 1];
        let mut next = vec![0.0; last.len() + 1];
        for (power, c) in last.iter().enumerate().skip(1) {
            slope.iter().enumerate().for_each(|(k, s)| next[power - 1 + k] += power as f64 * c * s);
        }
        tower.push(next);
    }
    tower
}

/// The value and five derivatives in closed form.
fn closed_form(activation: Activation, x: f64) -> Vec<f64> {
    let along = |y: f64, slope| towers(slope).iter().map(|p| polynomial(p, y)).collect::<Vec<f64>>();
    let sigmoid = 1.0 / (1.0 + (-x).exp());
    match activation {
        Activation::Identity => vec![x, 1.0, 0.0, 0.0, 0.0, 0.0],
        Activation::Sigmoid => [vec![sigmoid], along(sigmoid, [0.0, 1.0, -1.0])].concat(),
        Activation::Tanh => [vec![x.tanh()], along(x.tanh(), [1.0, 0.0, -1.0])].concat(),
        Activation::Softplus => {
            let slopes = along(sigmoid, [0.0, 1.0, -1.0]);
            [vec![x.exp().ln_1p(), sigmoid], slopes[..4].to_vec()].concat()
        }
        _ => {
            // Hermite: the n-th derivative of e^(-x^2) is (-1)^n H_n(x) e^(-x^2).
            let mut hermite = vec![1.0, 2.0 * x];
            for n in 1..5 {
                hermite.push(2.0 * x * hermite[n] - 2.0 * n as f64 * hermite[n - 1]);
            }
            let sign = |n: usize| if n.is_multiple_of(2) { 1.0 } else { -1.0 };
            hermite.iter().enumerate().map(|(n, h)| sign(n) * h * (-x * x).exp()).collect()
        }
    }
}

#[test]
fn e10_five_derivatives_of_the_smooth_five() {
    for activation in [
        Activation::Identity,
        Activation::Sigmoid,
        Activation::Tanh,
        Activation::Softplus,
        Activation::Gaussian,
    ] {
        let repeated = derivatives(activation, 5, &POINTS);
        let b = Builder::new();
        b.output("y", activation.apply(b.input("x", Type::scalar(DType::F64))));
        let series = taylor(&b.finish().unwrap(), "x", 5).unwrap();
        for (i, &x) in POINTS.iter().enumerate() {
            let expected = closed_form(activation, x);
            let by_series = evaluate(&series, &[("x", Value::scalar(x))]).unwrap();
            for (n, &e) in expected.iter().enumerate() {
                close(repeated[n][i], e, 10.0);
                close(by_series[n].item().unwrap(), e, 10.0);
            }
        }
    }
}

#[test]
fn later_activations() {
    // x Phi(x), x sigmoid(x) and x tanh(softplus(x)) at 2.
    for (activation, at_two) in [
        (Activation::Gelu, 1.954_499_736_103_641_6),
        (Activation::Silu, 1.761_594_155_955_764_6),
        (Activation::Mish, 1.943_958_959_533_994_6),
        (Activation::Selu, 2.101_401_974_710_961),
    ] {
        let values = &derivatives(activation, 0, &POINTS)[0];
        close(values[4], at_two, 1.0);
        assert_eq!(values[2], 0.0);
    }
    check(Activation::LeakyRelu, [-0.02, -0.005, 0.0, 0.5, 2.0], [0.01, 0.01, 0.01, 1.0, 1.0]);
    let hard = derivatives(Activation::HardSigmoid, 1, &[-4.0, -3.0, 0.0, 1.5, 4.0]);
    assert_eq!(hard[0], [0.0, 0.0, 0.5, 0.75, 1.0]);
    let sixth = 1.0 / 6.0;
    hard[1].iter().zip([0.0, sixth / 2.0, sixth, sixth, 0.0]).for_each(|(&f, e)| close(f, e, 1.0));
    assert_eq!(derivatives(Activation::HardSwish, 0, &[-4.0, -1.5, 0.0, 4.0])[0], [0.0, -0.375, 0.0, 4.0]);
}

#[test]
fn ranges_are_kept_and_reached() {
    let points: Vec<f64> = (-30_000..=30_000).map(|i| f64::from(i) / 1000.0).collect();
    for activation in EVERY.into_iter().chain([Activation::HardSigmoid]) {
        let values = &derivatives(activation, 0, &points)[0];
        let (low, high) =
            values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &y| (l.min(y), h.max(y)));
        let range = activation.facts().range;
        match &range {
            Image::Points(_) => assert!(values.iter().all(|&y| range.contains(y)), "{activation:?}"),
            Image::Interval(from, to) => {
                // An end that is excluded may be met by rounding far out, and by nothing else.
                let within = |y: f64, bound: &Bound<f64>, towards: f64| match bound {
                    Unbounded => y * towards < -0.25,
                    Included(b) | Excluded(b) => (y - b) * towards >= -1e-15 && (y - b).abs() < 1e-6,
                };
                assert!(within(low, from, 1.0) && within(high, to, -1.0), "{activation:?}: {low} to {high}");
                let middle: Vec<f64> = derivatives(activation, 0, &POINTS).remove(0);
                assert!(middle.iter().all(|&y| range.contains(y)), "{activation:?}: {middle:?}");
            }
        }
    }
}

/// `relu` is continuous and has the slopes 0 and 1 at the two sides of 0: not differentiable there (S7).
#[test]
fn s7_smoothness_is_what_the_graphs_show_on_both_sides_of_a_kink() {
    for activation in EVERY.into_iter().chain([Activation::HardSigmoid]) {
        let Facts { smoothness, kinks, .. } = activation.facts();
        assert_eq!(kinks.is_empty(), smoothness == Smoothness::Smooth, "{activation:?}");
        for &kink in kinks {
            let sides = derivatives(activation, 2, &[kink - 1e-9, kink + 1e-9]);
            let jumps: Vec<bool> = sides.iter().map(|s| (s[0] - s[1]).abs() > 1e-6).collect();
            let first_jump = match smoothness {
                Smoothness::Discontinuous => 0,
                Smoothness::Continuous(n) => n as usize + 1,
                Smoothness::Smooth => unreachable!("a smooth function has no kinks"),
            };
            assert_eq!(jumps.iter().position(|&j| j), Some(first_jump), "{activation:?}: {sides:?}");
        }
        // Elsewhere nothing jumps: a step of 1e-9 changes values and slopes by no more than a few 1e-9.
        let far = |x: &f64| kinks.iter().all(|k| (x - k).abs() > 1e-6);
        let grid: Vec<f64> = (-50..=50).map(|i| f64::from(i) / 10.0).filter(far).collect();
        let beside: Vec<f64> = grid.iter().map(|x| x + 1e-9).collect();
        let (here, there) = (derivatives(activation, 2, &grid), derivatives(activation, 2, &beside));
        let worst = here.concat().iter().zip(there.concat()).fold(0f64, |w, (a, b)| w.max((a - b).abs()));
        assert!(worst < 1e-7, "{activation:?}: {worst}");
    }
}

#[test]
fn names_are_those_of_configurations() {
    for activation in EVERY.into_iter().chain([Activation::HardSigmoid]) {
        let text = match activation.parameter() {
            None => format!("activation = '{}'", activation.name()),
            Some(a) => format!("activation = {{ {} = {a:?} }}", activation.name()),
        };
        let config = crate::ModelConfig::hidden(&[2], activation);
        let read: crate::ModelConfig = toml::from_str(&format!("hidden = [2]\n{text}")).unwrap();
        assert_eq!(read, config);
        let formula = activation.facts().formula;
        assert!(
            !formula.is_empty() && activation.parameter().is_none_or(|a| formula.contains(&a.to_string()))
        );
    }
}

/// The gradient of the graph as text, on one line.
fn printed(activation: Activation) -> String {
    let b = Builder::new();
    b.output("g", activation.apply(b.input("x", Type::scalar(DType::F64))));
    let f = wengert_diff::grad(&b.finish().unwrap(), &["x"], wengert_diff::Mode::Reverse).unwrap();
    wengert_expr::text::print(&f).unwrap().trim_end().replace('\n', "; ")
}

#[test]
fn e10_printed_derivatives_are_those_of_the_table() {
    for (activation, derivative) in [
        (Activation::Identity, "output x = f64(1.0)"),
        // s(x) (1 - s(x)), as s(x) s(-x).
        (Activation::Sigmoid, "v0 = sigmoid(x); v1 = neg(x); v2 = sigmoid(v1); v3 = v0 * v2; output x = v3"),
        (Activation::Step, "output x = f64(0.0)"),
        // 1 - tanh(x)^2, as 4 s(2x) s(-2x).
        (
            Activation::Tanh,
            "v0 = x * 2.0; v1 = sigmoid(v0); v2 = neg(v0); v3 = sigmoid(v2); v4 = v1 * v3; v5 = v4 * 4.0; \
             output x = v5",
        ),
        (
            Activation::Relu,
            "v0 = x <= 0.0; v1 = logical_not(v0); v2 = where(v1, f64(1.0), f64(0.0)); output x = v2",
        ),
        (Activation::Softplus, "v0 = sigmoid(x); output x = v0"),
        // -2 x e^(-x^2).
        (
            Activation::Gaussian,
            "v0 = square(x); v1 = neg(v0); v2 = exp(v1); v3 = x * 2.0; v4 = neg(v2); v5 = v3 * v4; output x = v5",
        ),
    ] {
        assert_eq!(printed(activation), format!("input x: f64; {derivative}"));
    }
    // On the left a e^x, not the value + a.
    assert!(printed(Activation::Elu(1.0)).contains("exp(x)"));
    assert!(printed(Activation::Prelu(0.25)).contains("f64(0.25)"));
}

#[test]
fn e1_to_e9_the_rows_of_the_table() {
    let rows = [
        (Activation::Identity, "identity", "x", "R", "C-infinity"),
        (Activation::Sigmoid, "sigmoid", "1/(1 + e^-x)", "(0, 1)", "C-infinity"),
        (Activation::Step, "step", "1 if x >= 0, else 0", "{0, 1}", "discontinuous"),
        (Activation::Tanh, "tanh", "(e^x - e^-x)/(e^x + e^-x)", "(-1, 1)", "C-infinity"),
        (Activation::Relu, "relu", "max(x, 0)", "[0, inf)", "C0"),
        (Activation::Prelu(0.25), "prelu", "x if x >= 0, else 0.25*x", "R", "C0"),
        (Activation::Elu(1.0), "elu", "x if x >= 0, else 1*(e^x - 1)", "(-1, inf)", "C1"),
        (Activation::Softplus, "softplus", "log(1 + e^x)", "(0, inf)", "C-infinity"),
        (Activation::Gaussian, "gaussian", "e^(-x^2)", "(0, 1]", "C-infinity"),
    ];
    for (activation, name, formula, range, smoothness) in rows {
        let facts = activation.facts();
        assert_eq!((facts.name, &*facts.formula), (name, formula));
        assert_eq!(
            (facts.range.to_string(), facts.smoothness.to_string()),
            (range.into(), smoothness.into())
        );
    }
}
