//! Series of high order: against closed forms, against differentiating again and again, at kinks, in depth.

use crate::numeric::{Draw, worst_relative};
use wengert::diff::derive::jvp;
use wengert::diff::{taylor, taylor_coefficients};
use wengert::exec::evaluate;
use wengert::expr::text::{Options, parse};
use wengert::expr::{Builder, DType, Expr, Function, Kind, LinearMap, Local, Type, Value};

/// The derivatives along a constant direction by differentiating again and again, from order 0.
pub(crate) fn repeated<'b>(
    y: Expr<'b>,
    wrt: &[Expr<'b>],
    direction: &[Expr<'b>],
    order: usize,
) -> Vec<Expr<'b>> {
    let next = |y: &Expr<'b>| Some(jvp(&[*y], wrt, direction).expect("derivatives")[0]);
    std::iter::successors(Some(y), next).take(order + 1).collect()
}

/// A function whose outputs are the derivatives of `f`'s first output along a random direction, from the series and then
/// by differentiating again and again.
pub(crate) fn both_ways(f: &Function, order: usize, draw: &mut Draw) -> Function {
    let b = Builder::on(f.graph().clone());
    let y = b.node(f.outputs()[0].node);
    let wrt: Vec<Expr<'_>> =
        f.inputs().iter().filter(|i| i.ty.dtype.is_float()).map(|i| b.node(i.node)).collect();
    let direction: Vec<Expr<'_>> =
        wrt.iter().map(|v| b.constant(draw.like(&Value::zeros(&v.ty())))).collect();
    let inputs: Vec<Vec<Expr<'_>>> = direction.iter().map(|&d| vec![d]).collect();
    let series = taylor_coefficients(&[y], &wrt, &inputs, order).expect("derivatives");
    let mut factorial = 1.0;
    for (k, c) in series[0].iter().enumerate() {
        factorial *= k.max(1) as f64;
        b.output_unnamed(*c * c.number(factorial));
    }
    for d in repeated(y, &wrt, &direction, order) {
        b.output_unnamed(d);
    }
    b.finish().expect("derivatives are graphs")
}

fn derivatives(text: &str, x: f64, order: usize) -> Vec<f64> {
    let f = parse(text, &Options::default()).expect("a function of x");
    let all = taylor(&f, "x", order).expect("a scalar function of a scalar");
    let values = evaluate(&all, &[("x", Value::scalar(x))]).expect("values");
    values.iter().map(|v| v.to_f64s()[0]).collect()
}

fn assert_close(what: &str, got: &[f64], expected: impl Fn(usize) -> f64, tolerance: f64) {
    for (k, &d) in got.iter().enumerate() {
        let e = expected(k);
        assert!((d - e).abs() <= tolerance * e.abs(), "{what}: order {k} is {d}, expected {e}");
    }
}

fn factorial(k: usize) -> f64 {
    (1..=k).map(|i| i as f64).product()
}

#[test]
fn known_series_to_order_12() {
    let x = 0.7f64;
    assert_close("exp", &derivatives("exp(x)", x, 12), |_| x.exp(), 1e-14);
    let sines = [x.sin(), x.cos(), -x.sin(), -x.cos()];
    assert_close("sin", &derivatives("sin(x)", x, 12), |k| sines[k % 4], 1e-14);
    let pole = |k: usize| factorial(k) / (1.0 - x).powi(k as i32 + 1);
    assert_close("1/(1-x)", &derivatives("1/(1-x)", x, 12), pole, 1e-13);
    let angle = x.atan();
    let arctangent = |k: usize| match k {
        0 => angle,
        _ => {
            let turn = k as f64 * (angle + std::f64::consts::FRAC_PI_2);
            factorial(k - 1) * angle.cos().powi(k as i32) * turn.sin()
        }
    };
    assert_close("atan", &derivatives("atan(x)", x, 12), arctangent, 1e-11);
    assert_close("tan", &derivatives("tan(x)", x, 12), |k| tangent(x.tan(), k), 1e-13);
    let zeta = [
        1.6449340668482264,
        1.2020569031595942,
        1.0823232337111382,
        1.03692775514337,
        1.017343061984449,
        1.0083492773819228,
        1.0040773561979443,
        1.0020083928260822,
        1.0009945751278181,
        1.000494188604119,
        1.000246086553308,
    ];
    let gamma = |k: usize| match k {
        0 => 0.0,
        1 => -0.5772156649015329,
        _ => (if k.is_multiple_of(2) { 1.0 } else { -1.0 }) * factorial(k - 1) * zeta[k - 2],
    };
    assert_close("lgamma", &derivatives("lgamma(x)", 1.0, 12), gamma, 1e-12);
}

/// The k-th derivative of the tangent as a polynomial in the tangent itself.
fn tangent(t: f64, k: usize) -> f64 {
    let mut p = vec![0.0, 1.0];
    for _ in 0..k {
        let mut next = vec![0.0; p.len() + 1];
        for (i, c) in p.iter().enumerate().skip(1) {
            next[i - 1] += i as f64 * c;
            next[i + 1] += i as f64 * c;
        }
        p = next;
    }
    p.iter().rev().fold(0.0, |sum, c| sum * t + c)
}

#[test]
fn whole_numbers_stay_whole() {
    assert_eq!(derivatives("x**3 - 2*x*x + 5", 2.0, 5), [5.0, 4.0, 8.0, 6.0, 0.0, 0.0]);
    assert_eq!(derivatives("x*x*x*x*x*x", 1.0, 7), [1.0, 6.0, 30.0, 120.0, 360.0, 720.0, 720.0, 0.0]);
    assert_eq!(derivatives("3.5 + 0*x", 1.0, 2), [3.5, 0.0, 0.0]);
    assert_eq!(derivatives("x - x", 1.0, 2), [0.0, 0.0, 0.0]);
}

#[test]
fn kinks_and_branches_keep_their_convention() {
    for text in ["where(x <= 0, 0*x, x**3)", "where(x > 0, sqrt(x) * log(x), 0*x)", "abs(x)**2 * sign(x)"] {
        assert_eq!(derivatives(text, 0.0, 4), [0.0; 5], "{text}");
    }
    let [_, slope, bend, ..] = derivatives("exp(where(x > 0, log(x), 2*x))", -1.0, 4)[..] else { panic!() };
    assert!((slope - 2.0 * (-2f64).exp()).abs() < 1e-15 && (bend - 4.0 * (-2f64).exp()).abs() < 1e-15);
    let text = "maximum(x, x*x) * where(x > 1, 1/(x - 1), x)";
    let f = parse(text, &Options::default()).expect("a function");
    let values =
        evaluate(&both_ways(&f, 4, &mut Draw::new(1)), &[("x", Value::scalar(1.0))]).expect("values");
    let values: Vec<f64> = values.iter().map(|v| v.to_f64s()[0]).collect();
    assert!(worst_relative(&values[..5], &values[5..]) < 1e-14, "{values:?}");
    assert!(values.iter().all(|v| v.is_finite()), "{values:?}");
}

#[test]
fn single_precision_stays_single() {
    let f = parse("input x: f32\nexp(sin(x)).astype(f64) * 2", &Options::default()).expect("a function");
    let values =
        evaluate(&both_ways(&f, 4, &mut Draw::new(2)), &[("x", Value::scalar(0.5f32))]).expect("values");
    let all: Vec<f64> = values.iter().map(|v| v.to_f64s()[0]).collect();
    assert!(worst_relative(&all[..5], &all[5..]) < 1e-5, "{all:?}");
    assert!(values.iter().all(|v| v.dtype() == DType::F64));
}

#[test]
fn a_series_of_a_series_is_the_series_of_the_composition() {
    let b = Builder::new();
    let t = b.input("t", Type::scalar(DType::F64));
    let w = b.constant(vec![0.3, -0.7, 1.1]);
    let x = (w * t).sin() + w.exp() * t * t;
    fn f<'b>(x: Expr<'b>) -> Expr<'b> {
        (x.outer(x).softmax(-1).matmul(x) * x.exp()).sum(..)
    }
    let direct = taylor_coefficients(&[f(x)], &[t], &[vec![t.number(1.0)]], 5).expect("derivatives");
    let inner = taylor_coefficients(&[x], &[t], &[vec![t.number(1.0)]], 5).expect("derivatives");
    let outer = taylor_coefficients(&[f(x)], &[x], &[inner[0][1..].to_vec()], 5).expect("derivatives");
    for c in direct[0].iter().chain(&outer[0]) {
        b.output_unnamed(*c);
    }
    let values = evaluate(&b.finish().expect("graphs"), &[("t", Value::scalar(0.4))]).expect("values");
    let values: Vec<f64> = values.iter().map(|v| v.to_f64s()[0]).collect();
    assert!(worst_relative(&values[..6], &values[6..]) < 1e-13, "{values:?}");
}

#[test]
fn chains_and_sums_of_maps_have_series() {
    // y = exp(x) * sin(x) + x, its derivative written as a sum of a chain and the identity.
    let b = Builder::new();
    let x = b.input("x", Type::new(DType::F64, [2]));
    let ty = b.read(|g| g.type_id(x.id()));
    let map = |kind| LinearMap { from: ty, to: ty, kind };
    let slope = (x.sin() + x.cos()).id();
    let chain = Kind::Chain([map(Kind::diagonal(x.exp().id())), map(Kind::diagonal(slope))].into());
    let sum = Kind::Sum([map(chain), map(Kind::identity())].into());
    let plain = x.exp() * x.sin() + x;
    b.output("y", b.custom(plain, &[x], vec![Local::Map(sum)]));
    let f = b.finish().expect("a graph");
    let values =
        evaluate(&both_ways(&f, 5, &mut Draw::new(3)), &[("x", vec![0.3, 1.2].into())]).expect("values");
    for k in 0..=5 {
        let (a, b) = (values[k].to_f64s(), values[k + 6].to_f64s());
        assert!(worst_relative(&a, &b) < 1e-13, "order {k}: {a:?} {b:?}");
    }
}

#[test]
fn wrong_coefficients_are_errors() {
    let b = Builder::new();
    let x = b.input("x", Type::new(DType::F64, [2]));
    let wrong = |inputs: &[Vec<Expr<'_>>]| {
        taylor_coefficients(&[x.sin()], &[x], inputs, 2).expect_err("wrong").to_string()
    };
    assert!(wrong(&[]).contains("1 list"), "{}", wrong(&[]));
    assert!(wrong(&[vec![x.sum(..)]]).contains("f64[2]"), "{}", wrong(&[vec![x.sum(..)]]));
}

#[test]
fn deep_chains_and_high_orders_are_ordinary() {
    let deep = |n: usize, order: usize| {
        let b = Builder::new();
        let x = b.input("x", Type::scalar(DType::F64));
        b.output("y", (0..n).fold(x, |y, _| (y * 0.5).sin()));
        taylor(&b.finish().expect("a chain"), "x", order).expect("scalars")
    };
    let thread = std::thread::Builder::new().stack_size(512 << 10).spawn(move || {
        assert!(deep(100_000, 3).live_count() > 1_000_000);
        assert!(deep(10, 100).live_count() < 250_000);
    });
    thread.expect("a thread").join().expect("no overflow and no failed assertion");
    assert!(derivatives("lgamma(x)", 2.0, 30).iter().all(|d| d.is_finite()));
}

/// Differentiating again and again multiplies the graph by each order; a series grows with the square of the order.
#[test]
fn nodes_grow_with_the_square_of_the_order() {
    for text in ["exp(sin(x*x))", "tanh(tanh(tanh(x)))"] {
        let f = parse(text, &Options::default()).expect("a function");
        let nodes = |order| taylor(&f, "x", order).expect("scalars").live_count() as f64;
        assert!(nodes(40) / nodes(20) < 4.5, "{text}: {} and {}", nodes(20), nodes(40));
    }
}
