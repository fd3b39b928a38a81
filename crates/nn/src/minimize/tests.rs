//! The minimisers on functions whose minima are known.

use super::*;
use crate::random::{Purpose, Random};
use wengert_expr::{Builder, DType, Expr, Function, Type, Value};

fn function(n: usize, write: impl for<'b> Fn(Expr<'b>) -> Expr<'b>) -> Function {
    let b = Builder::new();
    let p = b.param("p", Type::new(DType::F64, [n]));
    b.output("f", write(p));
    b.finish().unwrap()
}

/// `(1 - x)**2 + 100 * (y - x**2)**2`.
fn rosenbrock() -> Objective {
    let f = function(2, |p| {
        let (x, y) = (p.entry(0, 0), p.entry(0, 1));
        (1.0 - x).square() + (y - x.square()).square() * 100.0
    });
    Objective::new(&f).unwrap()
}

/// Residuals whose squares add up to Rosenbrock's function.
fn rosenbrock_residuals() -> Residuals {
    let r = function(2, |p| {
        let (x, y) = (p.entry(0, 0), p.entry(0, 1));
        (1.0 - x).stack(&[(y - x.square()) * 10.0], 0)
    });
    Residuals::new(&r).unwrap()
}

const START: [f64; 2] = [-1.2, 1.0];

#[track_caller]
fn check(outcome: &Outcome, expected: &[f64], tolerance: f64) {
    assert_eq!(outcome.stop, Stop::SmallGradient, "{outcome:?}");
    let far = outcome.point.iter().zip(expected).fold(0f64, |m, (x, e)| m.max((x - e).abs()));
    assert!(far <= tolerance, "{:?} is {far} from {expected:?}", outcome.point);
    assert_eq!(outcome.path.len(), outcome.iterations + 1);
    assert_eq!(outcome.path.last(), Some(&outcome.point));
}

#[test]
fn rosenbrock_is_minimised_by_every_minimiser() {
    let (f, r, limits) = (rosenbrock(), rosenbrock_residuals(), Limits::default());
    let ones = [1.0, 1.0];
    let lbfgs = Lbfgs::default().minimize(&f, &START, &limits).unwrap();
    check(&lbfgs, &ones, 1e-7);
    assert!(lbfgs.iterations < 60 && lbfgs.path[0] == START, "{}", lbfgs.iterations);
    let newton = NewtonCg::default().minimize(&f, &START, &limits).unwrap();
    check(&newton, &ones, 1e-7);
    assert!(newton.iterations < 60, "{}", newton.iterations);
    let gauss = GaussNewton.minimize(&r, &START, &limits).unwrap();
    check(&gauss, &ones, 1e-7);
    let marquardt = LevenbergMarquardt::default().minimize(&r, &START, &limits).unwrap();
    check(&marquardt, &ones, 1e-7);
    assert!(gauss.iterations < 60 && marquardt.iterations < 60);
    let patient = Limits { iterations: 100_000, gradient: 1e-6 };
    let descent = GradientDescent { rate: 1e-3 }.minimize(&f, &START, &patient).unwrap();
    check(&descent, &ones, 1e-5);
    assert!(descent.iterations > 100 * lbfgs.iterations);
}

#[test]
fn paths_of_line_searches_and_trust_regions_only_fall() {
    let f = rosenbrock();
    let limits = Limits::default();
    let found = [
        Lbfgs::default().minimize(&f, &START, &limits).unwrap(),
        Lbfgs { memory: 0 }.minimize(&f, &START, &Limits { iterations: 50, ..limits }).unwrap(),
        NewtonCg::default().minimize(&f, &START, &limits).unwrap(),
    ];
    for outcome in found {
        let values: Vec<f64> = outcome.path.iter().map(|x| f.at(x).unwrap().0).collect();
        assert!(values.is_sorted_by(|a, b| b - a <= walk::rounding(*a)), "{values:?}");
        assert_eq!(values.last().map(|v| v.to_bits()), Some(outcome.value.to_bits()));
    }
}

/// `1 - (x - 2)**2` is greatest where its negative is least, and where descent by a negative rate climbs to.
#[test]
fn h1_the_greatest_value_is_the_least_of_the_negative() {
    let f = |sign: f64| function(1, move |p| (1.0 - (p - 2.0).square()).sum(..) * sign);
    let negative = Objective::new(&f(-1.0)).unwrap();
    let limits = Limits::default();
    for outcome in [
        Lbfgs::default().minimize(&negative, &[0.0], &limits).unwrap(),
        NewtonCg::default().minimize(&negative, &[0.0], &limits).unwrap(),
    ] {
        check(&outcome, &[2.0], 1e-8);
        assert_eq!(outcome.value, -1.0);
    }
    let positive = Objective::new(&f(1.0)).unwrap();
    let ascent = GradientDescent { rate: -0.25 }.minimize(&positive, &[0.0], &limits).unwrap();
    check(&ascent, &[2.0], 1e-8);
    assert_eq!(ascent.value, 1.0);
}

#[test]
fn h2_curvature_tells_minima_maxima_and_saddles() {
    for (a, b, eigenvalues, kind) in [
        (1.0, 1.0, [2.0, 2.0], Critical::Minimum),
        (-1.0, -1.0, [-2.0, -2.0], Critical::Maximum),
        (1.0, -1.0, [-2.0, 2.0], Critical::Saddle),
        (1.0, 0.0, [0.0, 2.0], Critical::Degenerate),
    ] {
        let f = function(2, |p| p.entry(0, 0).square() * a + p.entry(0, 1).square() * b);
        assert_eq!(classify(&f, &[0.0, 0.0]).unwrap(), (eigenvalues.to_vec(), kind));
    }
    // Turned by 45 degrees: x*y has curvatures -1 and 1. With z both ways it is a saddle, too.
    let f = function(3, |p| p.entry(0, 0) * p.entry(0, 1) + p.entry(0, 2).square());
    let (eigenvalues, kind) = classify(&f, &[0.0; 3]).unwrap();
    let far = eigenvalues.iter().zip([-1.0, 1.0, 2.0]).fold(0f64, |m, (e, x)| m.max((e - x).abs()));
    assert!(far < 1e-14 && kind == Critical::Saddle, "{eigenvalues:?}");
}

/// `(x**2 + 10 * y**2) / 2` from (1, 1).
#[test]
fn h3_descent_converges_swings_or_diverges_with_its_rate() {
    let f = function(2, |p| (p.entry(0, 0).square() + p.entry(0, 1).square() * 10.0) * 0.5);
    let f = Objective::new(&f).unwrap();
    let descend = |rate: f64, iterations: usize| {
        let limits = Limits { iterations, gradient: 1e-8 };
        GradientDescent { rate }.minimize(&f, &[1.0, 1.0], &limits).unwrap()
    };
    let slow = descend(0.1, 1000);
    assert_eq!(slow.stop, Stop::SmallGradient);
    for (t, p) in slow.path.iter().enumerate().take(50) {
        assert!((p[0] / 0.9f64.powi(t as i32) - 1.0).abs() < 1e-12, "{t}: {p:?}");
        assert!(t == 0 || p[1] == 0.0, "{t}: {p:?}");
    }
    let swinging = descend(0.2, 100);
    assert_eq!((swinging.stop, swinging.iterations), (Stop::Iterations, 100));
    assert!(swinging.path.iter().enumerate().all(|(t, p)| p[1] == (-1f64).powi(t as i32)));
    let diverging = descend(0.21, 100_000);
    assert_eq!(diverging.stop, Stop::NotFinite);
    assert!((diverging.path[10][1] - 2.593_742_460_100_002_3).abs() < 1e-12, "{:?}", diverging.path[10]);
    assert!(diverging.value.is_finite() && diverging.point.iter().all(|x| x.is_finite()));
}

#[test]
fn h4_one_step_of_descent_on_rosenbrock() {
    let limits = Limits { iterations: 1, gradient: 0.0 };
    let found = GradientDescent { rate: 1e-3 }.minimize(&rosenbrock(), &START, &limits).unwrap();
    assert_eq!((found.stop, found.path.len()), (Stop::Iterations, 2));
    assert!((found.point[0] + 0.9844).abs() < 1e-12 && (found.point[1] - 1.088).abs() < 1e-12, "{found:?}");
}

/// Along minus the gradient the function falls as fast as in any direction; along the gradient it rises.
#[test]
fn h5_the_gradient_points_to_the_steepest_ascent() {
    let f = rosenbrock();
    let (value, gradient) = f.at(&START).unwrap();
    let size = vector::norm(&gradient);
    let small = 1e-6;
    let rise = |direction: &[f64]| f.at(&vector::along(&START, small, direction)).unwrap().0 - value;
    let unit: Vec<f64> = gradient.iter().map(|g| g / size).collect();
    let steepest = rise(&unit);
    assert!(steepest > 0.0 && rise(&vector::negated(&unit)) < 0.0);
    for degrees in (5..360).step_by(5) {
        let (sin, cos) = f64::from(degrees).to_radians().sin_cos();
        let turned = [unit[0] * cos - unit[1] * sin, unit[0] * sin + unit[1] * cos];
        assert!(rise(&turned) < steepest, "{degrees}");
    }
}

/// `a * exp(-b * t) + c` through noisy samples of it.
#[test]
fn a_curve_is_fitted_by_least_squares() {
    let mut random = Random::new(4, Purpose::Init, 0);
    let truth = [2.5, 1.3, 0.5];
    let times: Vec<f64> = (0..40).map(|i| f64::from(i) / 10.0).collect();
    let curve = |t: &f64| truth[0] * (-truth[1] * t).exp() + truth[2];
    let exact: Vec<f64> = times.iter().map(curve).collect();
    let noisy: Vec<f64> = exact.iter().map(|y| y + 0.01 * random.normal()).collect();
    let residuals = |ys: &[f64]| {
        let b = Builder::new();
        let p = b.param("p", Type::new(DType::F64, [3]));
        let (t, y) = (b.constant(Value::from(times.clone())), b.constant(Value::from(ys.to_vec())));
        b.output("r", p.entry(0, 0) * (-(p.entry(0, 1) * t)).exp() + p.entry(0, 2) - y);
        Residuals::new(&b.finish().unwrap()).unwrap()
    };
    let limits = Limits::default();
    let start = [1.0, 0.5, 0.0];
    let fit = LevenbergMarquardt::default().minimize(&residuals(&exact), &start, &limits).unwrap();
    check(&fit, &truth, 1e-7);
    let fit = LevenbergMarquardt::default().minimize(&residuals(&noisy), &start, &limits).unwrap();
    check(&fit, &truth, 0.05);
    // Forty residuals of deviation 0.01, three of them fitted away.
    assert!((0.5 * 37e-4 / fit.value - 1.0).abs() < 1.0, "{}", fit.value);
    let gauss = GaussNewton.minimize(&residuals(&noisy), &start, &limits).unwrap();
    check(&gauss, &fit.point, 1e-6);
}

/// Logistic regression of the five cars, `p` being two weights and a bias: the summed loss and a ridge on the weights.
fn cars(lambda: f64) -> Objective {
    let b = Builder::new();
    let p = b.param("p", Type::new(DType::F64, [3]));
    let x = vec![11.0, 8.0, 20.0, 7.0, 4.0, 8.0, 8.0, 7.0, 11.0, 5.0];
    let (x, y) = (b.constant(Value::new([5, 2], x)), b.constant(Value::from(vec![1.0, 1.0, 0.0, 0.0, 1.0])));
    let w = p.slice(&[wengert_expr::Range { start: 0, count: 2, step: 1 }]);
    let loss = (x.matmul(w) + p.entry(0, 2)).bce_with_logits(y).sum(..);
    b.output("loss", loss + w.square_sum(..) * (0.5 * lambda));
    Objective::new(&b.finish().unwrap()).unwrap()
}

#[test]
fn f12_separable_classes_have_no_finite_optimum() {
    let f = cars(0.0);
    for (scale, mean) in [(1.0, 0.121_67), (2.0, 0.029_156), (4.0, 0.001_485_4), (8.0, 3.686_5e-6)] {
        let found = f.at(&[scale, 0.0, -9.5 * scale]).unwrap().0 / 5.0;
        assert!((found / mean - 1.0).abs() < 1e-4, "{scale}: {found}");
    }
    // The tighter the limit the longer the weights: a small gradient is no convergence.
    let lengths: Vec<f64> = [1e-2, 1e-4, 1e-6]
        .map(|gradient| {
            let limits = Limits { iterations: 1000, gradient };
            let outcome = Lbfgs::default().minimize(&f, &[0.0; 3], &limits).unwrap();
            assert_eq!(outcome.stop, Stop::SmallGradient);
            vector::norm(&outcome.point)
        })
        .to_vec();
    assert!(lengths[1] > 1.2 * lengths[0] && lengths[2] > 1.2 * lengths[1], "{lengths:?}");
}

#[test]
fn f13_a_ridge_gives_separable_classes_a_finite_optimum() {
    let limits = Limits { iterations: 1000, gradient: 1e-9 };
    for (lambda, optimum, value) in [
        (
            0.1,
            [1.989_830_743_425_658, -0.136_831_298_265_209_63, -17.606_160_136_502_7],
            0.334_972_569_683_352_7,
        ),
        (
            1.0,
            [0.899_905_205_792_602_3, -0.098_672_195_758_875_26, -7.463_978_627_541_337],
            1.055_211_761_151_958_3,
        ),
    ] {
        let f = cars(lambda);
        let start = [0.0; 3];
        for outcome in [
            Lbfgs::default().minimize(&f, &start, &limits).unwrap(),
            NewtonCg::default().minimize(&f, &start, &limits).unwrap(),
        ] {
            check(&outcome, &optimum, 1e-6);
            assert!((outcome.value - value).abs() < 1e-12, "{}", outcome.value);
        }
    }
}

/// `x**4 / 4 - x**2 / 2 + y**2` from near the valley of its saddle at 0.
#[test]
fn negative_curvature_does_not_hold_newton() {
    let f = function(2, |p| {
        let (x, y) = (p.entry(0, 0), p.entry(0, 1));
        x.square().square() * 0.25 - x.square() * 0.5 + y.square()
    });
    let found = NewtonCg::default().minimize(&Objective::new(&f).unwrap(), &[1e-3, 1.0], &Limits::default());
    let found = found.unwrap();
    check(&found, &[1.0, 0.0], 1e-7);
    assert!((found.value + 0.25).abs() < 1e-14);
}

#[test]
fn a_hundred_variables_with_curvatures_from_one_to_a_thousand() {
    let b = Builder::new();
    let p = b.param("p", Type::new(DType::F64, [100]));
    let scales =
        b.constant(Value::from((0..100).map(|i| 10f64.powf(f64::from(i) / 33.0)).collect::<Vec<_>>()));
    b.output("f", ((p - 1.0).square() * scales).sum(..) * 0.5);
    let f = Objective::new(&b.finish().unwrap()).unwrap();
    let limits = Limits { gradient: 1e-7, ..Limits::default() };
    let start = vec![0.0; 100];
    for outcome in [
        Lbfgs::default().minimize(&f, &start, &limits).unwrap(),
        NewtonCg { radius: 100.0 }.minimize(&f, &start, &limits).unwrap(),
    ] {
        check(&outcome, &[1.0; 100], 1e-6);
    }
}

#[test]
fn every_way_of_not_converging_has_its_reason() {
    let limits = Limits { iterations: 200, ..Limits::default() };
    // No least value: the logarithm's end is not finite.
    let log = Objective::new(&function(1, |p| p.log().sum(..))).unwrap();
    for outcome in [
        GradientDescent { rate: 0.1 }.minimize(&log, &[1.0], &limits).unwrap(),
        Lbfgs::default().minimize(&log, &[1.0], &limits).unwrap(),
        NewtonCg::default().minimize(&log, &[1.0], &limits).unwrap(),
    ] {
        assert!(outcome.stop != Stop::SmallGradient && outcome.value.is_finite(), "{outcome:?}");
        assert!(outcome.path.iter().flatten().all(|x| x.is_finite()));
    }
    // No value at the start.
    let outcome = Lbfgs::default().minimize(&log, &[-1.0], &limits).unwrap();
    assert_eq!((outcome.stop, outcome.iterations), (Stop::NotFinite, 0));
    // A radius that leaves no room.
    for radius in [0.0, f64::NAN] {
        let outcome = NewtonCg { radius }.minimize(&rosenbrock(), &START, &limits).unwrap();
        assert_eq!((outcome.stop, outcome.point), (Stop::NoProgress, START.to_vec()));
    }
    // A kink at the least value, where no gradient is small.
    let kink = Objective::new(&function(1, |p| (p - 0.3).abs().sum(..))).unwrap();
    let outcome = Lbfgs::default().minimize(&kink, &[1.0], &limits).unwrap();
    assert!(outcome.value < 0.7 && outcome.value.is_finite(), "{outcome:?}");
    // Two parameters of which only the sum counts.
    let sum = Residuals::new(&function(2, |p| (p.sum(..) - 1.0).expand_dims(0))).unwrap();
    assert_eq!(GaussNewton.minimize(&sum, &[0.0, 0.0], &limits).unwrap().stop, Stop::Singular);
    let marquardt = LevenbergMarquardt::default().minimize(&sum, &[0.0, 0.0], &limits).unwrap();
    check(&marquardt, &[0.5, 0.5], 1e-7);
}

#[test]
fn functions_that_do_not_fit_are_refused() {
    let message = |f: &Function| Objective::new(f).unwrap_err().to_string();
    let b = Builder::new();
    let (x, y) = (b.input("x", Type::new(DType::F64, [2])), b.input("y", Type::new(DType::F64, [2])));
    b.output("f", (x * y).sum(..));
    let two = b.finish().unwrap();
    assert_eq!(
        message(&two),
        "a minimiser moves one input, the function has 2; make data constants of the graph"
    );
    let b = Builder::new();
    b.output("f", b.input("x", Type::scalar(DType::F64)).square());
    let scalar = b.finish().unwrap();
    assert!(message(&scalar).starts_with("the input to move must be a vector f64[n], found f64"));
    assert!(message(&function(2, |p| p * 2.0)).contains("scalar"), "{}", message(&function(2, |p| p * 2.0)));
    let f = rosenbrock();
    let error = Lbfgs::default().minimize(&f, &[1.0], &Limits::default()).unwrap_err();
    assert_eq!(error.to_string(), "the function takes a vector of 2, the first point has 1");
    let error = Residuals::new(&function(2, |p| p.sum(..))).unwrap_err();
    assert_eq!(error.to_string(), "residuals must be one output, a vector f64[m], found f64");
}
