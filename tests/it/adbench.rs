//! ADBench's published values: the Gaussian mixture's objective and gradient, the residuals of bundle adjustment.

use crate::numeric::{difference_jacobian, worst_relative};
use wengert::diff::Mode;
use wengert::expr::Value;
use wengert_benches::adbench::{Bundle, Gmm};
use wengert_benches::{Case, Prepared};

const MODES: [Mode; 2] = [Mode::Forward, Mode::Reverse];

/// Published for `gmm/test.txt`.
const OBJECTIVE: f64 = 8.073804080049758;
/// By the alphas, the means and the factors, each row by row.
const GRADIENT: [f64; 18] = [
    0.10866285550865246,
    -0.7412700395238985,
    0.6326071840152461,
    1.1169257653278701,
    0.16333301355145527,
    -0.021998982407119314,
    0.2277782922542361,
    1.2096302561283219,
    -0.060637592073395634,
    2.5852999405116224,
    0.11263269452421379,
    0.3857443098496118,
    0.07351805731823055,
    5.418363627155952,
    -0.32149440967744647,
    1.7189230977500494,
    0.8600910907908669,
    -0.9946409304663228,
];

/// Published for `ba/test.txt`: the reprojection error, and the weight's residual.
const RESIDUALS: [f64; 3] = [-0.269048849235, 0.259944792678, 0.826092651516];

fn run(prepared: &Prepared) -> Vec<Value> {
    prepared.run().expect("a value")
}

fn numbers(values: &[Value]) -> Vec<f64> {
    values.iter().flat_map(Value::to_f64s).collect()
}

fn derivatives(case: &Case, mode: Mode) -> Vec<Value> {
    run(&case.jacobian(mode).expect("a derivative"))
}

fn assert_within(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (i, (f, e)) in found.iter().zip(expected).enumerate() {
        assert!((f - e).abs() <= tolerance, "number {i}: {f}, expected {e}");
    }
}

/// Blocks of the Jacobian by the variables of a case against finite differences.
fn assert_agrees_with_differences(case: &Case) {
    let inputs = case.function.inputs();
    let at: Vec<(&str, Value)> = inputs.iter().map(|i| i.name.as_str()).zip(case.values.clone()).collect();
    let differences = difference_jacobian(&case.function, &at);
    let wanted = |k: usize| case.wrt.contains(&inputs[k % inputs.len()].name);
    let differences: Vec<_> = differences.into_iter().enumerate().filter(|(k, _)| wanted(*k)).collect();
    for mode in MODES {
        let blocks = derivatives(case, mode);
        assert_eq!(blocks.len(), differences.len());
        for (block, (k, difference)) in blocks.iter().zip(&differences) {
            let worst = worst_relative(&block.to_f64s(), difference);
            assert!(worst < 1e-7, "{mode}, block {k} differs by {worst}: {block} against {difference:?}");
        }
    }
}

#[test]
fn the_mixture_has_its_published_objective_and_gradient() {
    let case = Gmm::parse(Gmm::TEST).unwrap().case().unwrap();
    assert_within(&numbers(&run(&case.primal())), &[OBJECTIVE], 1e-12);
    for mode in MODES {
        assert_within(&numbers(&derivatives(&case, mode)), &GRADIENT, 1e-12);
    }
    assert_agrees_with_differences(&case);
}

#[test]
fn a_thousand_points_have_the_same_gradient_in_both_modes() {
    let case = Gmm::parse(Gmm::D2_K5).unwrap().case().unwrap();
    let [forward, reverse] = MODES.map(|mode| numbers(&derivatives(&case, mode)));
    assert_eq!(forward.len(), 5 + 10 + 15);
    assert!(worst_relative(&forward, &reverse) < 1e-13);
    let pass = run(&case.forward_pass().unwrap())[0].item().unwrap();
    let along_ones: f64 = reverse.iter().sum();
    assert!((pass - along_ones).abs() < 1e-12 * pass.abs().max(1.0), "{pass} and {along_ones}");
}

#[test]
fn the_bundle_has_its_published_residuals() {
    let bundle = Bundle::parse(Bundle::TEST).unwrap();
    assert_within(&numbers(&run(&bundle.observation().unwrap().primal())), &RESIDUALS, 1e-11);
    let residuals = run(&bundle.residuals().unwrap().primal());
    for error in residuals[0].to_f64s().chunks(2) {
        assert_within(error, &RESIDUALS[..2], 1e-11);
    }
    assert_within(&residuals[1].to_f64s(), &[RESIDUALS[2]; 10], 1e-11);
}

#[test]
fn the_jacobian_of_an_observation_agrees_with_differences() {
    let case = Bundle::parse(Bundle::TEST).unwrap().observation().unwrap();
    assert_agrees_with_differences(&case);
    // Without a rotation, Rodrigues' formula has no axis.
    let mut still = case.clone();
    let mut camera = case.values[0].to_f64s();
    camera[..3].fill(0.0);
    still.values[0] = Value::from(camera);
    assert_agrees_with_differences(&still);
}

#[test]
fn all_blocks_of_a_bundle_are_those_of_its_observations() {
    let bundle = Bundle::parse(Bundle::TEST).unwrap();
    let blocks = [bundle.forward_blocks(), bundle.reverse_blocks()].map(|case| {
        let blocks = run(&case.unwrap().primal()).remove(0);
        assert_eq!(blocks.shape(), [10, 2, 15]);
        blocks.to_f64s()
    });
    let one = derivatives(&bundle.observation().unwrap(), Mode::Reverse);
    let [camera, point, weight] = [0, 1, 2].map(|i| one[i].to_f64s());
    let row = |j: usize| [&camera[11 * j..][..11], &point[3 * j..][..3], &weight[j..][..1]].concat();
    let expected = [row(0), row(1)].concat();
    for found in blocks.iter().flat_map(|b| b.chunks(30)) {
        assert!(worst_relative(found, &expected) < 1e-13, "{found:?} against {expected:?}");
    }
}

/// The derivative of half the sum of squares is the residuals times their Jacobian, added up over a camera's observations.
#[test]
fn the_gradient_adds_up_over_observations() {
    let bundle = Bundle::parse(Bundle::TEST).unwrap();
    let one = bundle.observation().unwrap();
    let (residual, jacobian) = (numbers(&run(&one.primal())), derivatives(&one, Mode::Forward));
    let camera = jacobian[0].to_f64s();
    let expected: Vec<f64> =
        (0..11).map(|i| 5.0 * (residual[0] * camera[i] + residual[1] * camera[11 + i])).collect();
    let loss = bundle.loss().unwrap();
    for mode in MODES {
        let gradient = derivatives(&loss, mode).remove(0);
        assert_eq!(gradient.shape(), [2, 11]);
        for row in gradient.to_f64s().chunks(11) {
            assert!(worst_relative(row, &expected) < 1e-12, "{mode}: {row:?} against {expected:?}");
        }
    }
}
