//! The logarithm of the gamma function's absolute value (DLMF 5.2).
//!
//! It is the `libm` crate's (FreeBSD msun `e_lgamma_r.c`): rational approximations around the root at 2 and the
//! minimum, Stirling's series above 8, reflection below 0.

/// ln |Gamma(x)| for any real x: +infinity at the poles 0, -1, -2, ... and at ±infinity.
///
/// Within 2e-15 relative for x > 0, its roots 1 and 2 included; for x < 0 the same, relative to
/// max(|lgamma(x)|, |lgamma(-x)|, 1), as there the roots between the poles cancel.
#[must_use]
pub fn lgamma(x: f64) -> f64 {
    libm::lgamma(x)
}

#[cfg(test)]
mod tests {
    use super::super::testing::assert_relative;
    use super::lgamma;

    #[test]
    fn lgamma_agrees_with_its_reference() {
        // reference: mpmath at 50 digits
        let cases = [
            (1e-300, 690.7755278982137),
            (1e-10, 23.025850929882736),
            (0.1, 2.252712651734206),
            (0.5, 0.5723649429247001),
            (0.9999999, 5.772157468444193e-8),
            (1.0, 0.0),
            (1.0000000001, -5.772157125783244e-11),
            (1.2, -0.08537409000331583),
            (1.4616321449683622, -0.12148629053584961),
            (1.9999999999, -4.2278437004755317e-11),
            (2.0, 0.0),
            (2.000001, 4.2278465762452923e-7),
            (3.25, 0.9358019311087253),
            (7.9, 8.32426586800881),
            (8.1, 8.72738826343204),
            (171.7, 710.171612940375),
            (10000000000.0, 220258509288.81058),
            (1e300, 6.897755278982137e302),
            (-0.5, 1.2655121234846454),
            (-1e-10, 23.025850929998178),
            (-1.5, 0.860047015376481),
            (-2.2, 0.7907186736757122),
            (-10.5, -15.147270590717842),
            (-1000.25, -5912.363970042725),
            (-1000000.7, -12815526.698850913),
        ];
        for (x, want) in cases {
            assert_relative(&format!("lgamma({x})"), lgamma(x), want, 2e-15);
        }
    }

    #[test]
    fn negative_roots_are_right_absolutely() {
        // reference: mpmath at 50 digits
        let cases = [
            (-2.4570247382208006, 5.619192358950097e-17),
            (-2.7476826467274127, 1.733509244024501e-16),
            (-3.14358088834998, 1.6978655906121085e-15),
        ];
        for (x, want) in cases {
            let got = lgamma(x);
            assert!((got - want).abs() < 2e-15, "lgamma({x}): got {got:e}, want {want:e}");
        }
    }

    #[test]
    fn poles_and_ends() {
        for x in [0.0, -0.0, -1.0, -2.0, -1e300, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(lgamma(x), f64::INFINITY, "lgamma({x})");
        }
        assert!(lgamma(f64::NAN).is_nan());
    }
}
