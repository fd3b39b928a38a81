//! What the tests of the classic learners share.

use wengert_expr::Value;

/// The points 00, 01, 10, 11.
pub(super) fn corners() -> Value {
    Value::new([4, 2], vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0])
}

/// Labels of the corners, 0 and 1.
pub(super) const AND: [f64; 4] = [0.0, 0.0, 0.0, 1.0];
pub(super) const OR: [f64; 4] = [0.0, 1.0, 1.0, 1.0];
pub(super) const XOR: [f64; 4] = [0.0, 1.0, 1.0, 0.0];

/// As an array.
pub(super) fn list(numbers: &[f64]) -> Value {
    Value::from(numbers.to_vec())
}

/// The labels 0 and 1 as -1 and 1.
pub(super) fn signs(labels: &[f64]) -> Value {
    Value::from(labels.iter().map(|y| 2.0 * y - 1.0).collect::<Vec<f64>>())
}

/// Equal to a relative 1e-12, as the lecture's numbers are stated.
#[track_caller]
pub(crate) fn near(found: &[f64], expected: &[f64]) {
    within(found, expected, 1e-12);
}

/// Equal up to a relative tolerance; zeros up to the tolerance itself.
#[track_caller]
pub(super) fn within(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{found:?} {expected:?}");
    for (f, e) in found.iter().zip(expected) {
        let scale = if *e == 0.0 { 1.0 } else { e.abs() };
        assert!((f - e).abs() <= tolerance * scale, "{found:?} is not {expected:?}");
    }
}
