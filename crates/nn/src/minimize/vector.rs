//! The few things that minimisers do with vectors.

/// The inner product.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The Euclidean norm, scaled before it squares.
pub(super) fn norm(a: &[f64]) -> f64 {
    let largest = a.iter().fold(0f64, |m, x| if x.is_nan() { f64::NAN } else { m.max(x.abs()) });
    match largest.is_normal() {
        true => largest * a.iter().map(|x| (x / largest) * (x / largest)).sum::<f64>().sqrt(),
        false => a.iter().map(|x| x * x).sum::<f64>().sqrt(),
    }
}

/// `x + step * direction`.
pub(super) fn along(x: &[f64], step: f64, direction: &[f64]) -> Vec<f64> {
    x.iter().zip(direction).map(|(x, d)| x + step * d).collect()
}

/// `a - b`.
pub(super) fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    along(a, -1.0, b)
}

/// `-a`.
pub(super) fn negated(a: &[f64]) -> Vec<f64> {
    a.iter().map(|x| -x).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn norms_neither_overflow_nor_hide_nan() {
        assert_eq!((norm(&[3.0, -4.0]), norm(&[0.0, 0.0]), norm(&[])), (5.0, 0.0, 0.0));
        assert!((norm(&[3e200, 4e200]) / 5e200 - 1.0).abs() < 1e-15);
        assert!(norm(&[f64::NAN, 1.0]).is_nan() && norm(&[1.0, f64::NAN]).is_nan());
        assert_eq!(norm(&[1.0, f64::NEG_INFINITY]), f64::INFINITY);
    }
}
