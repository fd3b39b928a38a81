//! The logistic function and its integral, without overflow or cancellation at any argument.

/// 1 / (1 + exp(-x)), down to the smallest subnormal as x falls to -745.
#[must_use]
pub fn sigmoid(x: f64) -> f64 {
    // An exponential that cannot overflow on either side.
    let small = (-x.abs()).exp();
    let numerator = if x < 0.0 { small } else { 1.0 };
    numerator / (1.0 + small)
}

/// ln(1 + exp(x)): 0 at -infinity, +infinity at +infinity.
#[must_use]
pub fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use super::super::testing::assert_relative;
    use super::{sigmoid, softplus};

    #[test]
    fn sigmoid_agrees_with_its_reference() {
        // reference: mpmath at 50 digits
        let cases = [
            (0.0, 0.5),
            (1.0, 0.7310585786300049),
            (-1.0, 0.2689414213699951),
            (-20.0, 2.0611536181902037e-9),
            (-40.0, 4.248354255291589e-18),
            (40.0, 1.0),
            (-700.0, 9.85967654375977e-305),
            (-745.0, 5e-324),
            (-1000.0, 0.0),
            (709.0, 1.0),
        ];
        for (x, want) in cases {
            assert_relative(&format!("sigmoid({x})"), sigmoid(x), want, 1e-15);
        }
        assert_eq!(sigmoid(f64::NEG_INFINITY), 0.0);
        assert_eq!(sigmoid(f64::INFINITY), 1.0);
        assert!(sigmoid(f64::NAN).is_nan());
    }

    #[test]
    fn softplus_agrees_with_its_reference() {
        // reference: mpmath at 50 digits
        let cases = [
            (0.5, 0.9740769841801067),
            (1.0, 1.3132616875182228),
            (-1.0, 0.3132616875182228),
            (20.0, 20.000000002061153),
            (-20.0, 2.061153620314381e-9),
            (-40.0, 4.248354255291589e-18),
            (-700.0, 9.85967654375977e-305),
            (-745.0, 5e-324),
            (-1000.0, 0.0),
            (1000.0, 1000.0),
            (1e300, 1e300),
        ];
        for (x, want) in cases {
            assert_relative(&format!("softplus({x})"), softplus(x), want, 1e-15);
        }
        assert_eq!(softplus(f64::NEG_INFINITY), 0.0);
        assert_eq!(softplus(f64::INFINITY), f64::INFINITY);
        assert!(softplus(f64::NAN).is_nan());
    }
}
