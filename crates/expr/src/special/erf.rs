//! The error function and its complement (DLMF 7.2).
//!
//! Both are the `libm` crate's rational approximations (FreeBSD msun `s_erf.c`), within 1e-15 relative
//! everywhere; the tests hold them to that.

/// The error function, 2/sqrt(pi) times the integral of exp(-t^2) over 0..x. Any real x; ±1 at ±infinity.
#[must_use]
pub fn erf(x: f64) -> f64 {
    libm::erf(x)
}

/// The complement 1 - erf(x), without cancellation in the right tail. It underflows to 0 above x = 27.3.
#[must_use]
pub fn erfc(x: f64) -> f64 {
    libm::erfc(x)
}

#[cfg(test)]
mod tests {
    use super::super::testing::assert_relative;
    use super::{erf, erfc};

    #[test]
    fn erf_agrees_with_its_reference() {
        // reference: mpmath at 50 digits
        let cases = [
            (1e-300, 1.1283791670955126e-300),
            (1e-20, 1.1283791670955125e-20),
            (1e-8, 1.1283791670955126e-8),
            (0.1, 0.1124629160182849),
            (0.5, 0.5204998778130465),
            (0.84375, 0.7672256612323416),
            (1.0, 0.8427007929497149),
            (1.25, 0.9229001282564583),
            (2.0, 0.9953222650189527),
            (2.857142857142857, 0.9999466876886117),
            (3.5, 0.9999992569016276),
            (5.9, 0.9999999999999999),
            (10.0, 1.0),
            (-0.3, -0.3286267594591274),
            (-2.5, -0.999593047982555),
        ];
        for (x, want) in cases {
            assert_relative(&format!("erf({x})"), erf(x), want, 1e-15);
        }
    }

    #[test]
    fn erfc_agrees_with_its_reference() {
        // reference: mpmath at 50 digits
        let cases = [
            (1e-20, 1.0),
            (0.1, 0.887537083981715),
            (0.5, 0.4795001221869535),
            (0.84375, 0.23277433876765838),
            (1.0, 0.15729920705028513),
            (1.25, 0.07709987174354177),
            (2.0, 0.004677734981047266),
            (2.857142857142857, 5.3312311388322795e-5),
            (5.0, 1.537459794428035e-12),
            (10.0, 2.088487583762545e-45),
            (20.0, 5.395865611607901e-176),
            (26.5, 2.2109076642637343e-307),
            (27.0, 5.23705e-319),
            (-0.5, 1.5204998778130465),
            (-3.0, 1.9999779095030015),
            (-10.0, 2.0),
        ];
        for (x, want) in cases {
            assert_relative(&format!("erfc({x})"), erfc(x), want, 1e-15);
        }
    }

    #[test]
    fn ends() {
        assert_eq!((erf(f64::INFINITY), erf(f64::NEG_INFINITY)), (1.0, -1.0));
        assert_eq!((erfc(f64::INFINITY), erfc(f64::NEG_INFINITY), erfc(28.0)), (0.0, 2.0, 0.0));
        assert!(erf(f64::NAN).is_nan() && erfc(f64::NAN).is_nan());
    }
}
