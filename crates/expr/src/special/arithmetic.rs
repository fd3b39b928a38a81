//! Small f64 operations with NumPy's meaning at NaN, infinities and signed zeros.

/// The nearest integer, halves to the even one (`numpy.round`).
#[must_use]
pub fn round(x: f64) -> f64 {
    x.round_ties_even()
}

/// -1, 0 or 1 by the sign of x; 0 at both zeros, NaN at NaN.
#[must_use]
pub fn sign(x: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x.signum() }
}

/// 1 / sqrt(x): an infinity with the sign of x at ±0, 0 at infinity, NaN below 0.
#[must_use]
pub fn rsqrt(x: f64) -> f64 {
    1.0 / x.sqrt()
}

/// sqrt(x^2 + y^2) without overflow on the way. As in C, an infinite argument gives infinity, even beside a NaN.
#[must_use]
pub fn hypot(x: f64, y: f64) -> f64 {
    x.hypot(y)
}

/// The larger one; NaN where either is NaN. The first one of two equal ones, which differ if they are signed zeros.
#[must_use]
pub fn maximum(x: f64, y: f64) -> f64 {
    if y.is_nan() || y > x { y } else { x }
}

/// The smaller one; NaN where either is NaN. The first one of two equal ones, which differ if they are signed zeros.
#[must_use]
pub fn minimum(x: f64, y: f64) -> f64 {
    if y.is_nan() || y < x { y } else { x }
}

/// The remainder of the floored division (`numpy.remainder`): it has the sign of the divisor, also where it is 0.
///
/// NaN for an infinite dividend or a zero divisor. Exact but for one rounding where the signs differ, however
/// large the quotient; that rounding can give the divisor itself.
#[must_use]
pub fn remainder(dividend: f64, divisor: f64) -> f64 {
    let truncated = dividend % divisor;
    if truncated == 0.0 {
        truncated.copysign(divisor)
    } else if (truncated < 0.0) != (divisor < 0.0) {
        truncated + divisor
    } else {
        truncated
    }
}

#[cfg(test)]
mod tests {
    use super::{hypot, maximum, minimum, remainder, round, rsqrt, sign};

    const INF: f64 = f64::INFINITY;
    const NAN: f64 = f64::NAN;

    /// Equal in every bit but a NaN's payload.
    #[track_caller]
    fn assert_same(got: f64, want: f64) {
        let same = got.to_bits() == want.to_bits() || (got.is_nan() && want.is_nan());
        assert!(same, "got {got:?}, want {want:?}");
    }

    #[test]
    fn round_takes_halves_to_even() {
        for (x, want) in [(0.5, 0.0), (1.5, 2.0), (2.5, 2.0), (-0.5, -0.0), (-1.5, -2.0), (2.6, 3.0)] {
            assert_same(round(x), want);
        }
        assert_same(round(4_503_599_627_370_497.0), 4_503_599_627_370_497.0);
        assert_same(round(-INF), -INF);
        assert_same(round(NAN), NAN);
    }

    #[test]
    fn sign_at_zeros_and_nan() {
        for (x, want) in [(3.0, 1.0), (-5e-324, -1.0), (0.0, 0.0), (-0.0, 0.0), (-INF, -1.0), (NAN, NAN)] {
            assert_same(sign(x), want);
        }
    }

    #[test]
    fn rsqrt_at_its_ends() {
        for (x, want) in [(4.0, 0.5), (0.25, 2.0), (0.0, INF), (-0.0, -INF), (INF, 0.0), (-1.0, NAN)] {
            assert_same(rsqrt(x), want);
        }
    }

    #[test]
    fn hypot_follows_c() {
        for (x, y, want) in [(3.0, -4.0, 5.0), (3e300, 4e300, 5e300), (INF, NAN, INF), (NAN, -INF, INF)] {
            assert_same(hypot(x, y), want);
        }
        assert_same(hypot(NAN, 1.0), NAN);
    }

    #[test]
    fn extremes_propagate_nan() {
        assert_same(maximum(1.0, 2.0), 2.0);
        assert_same(minimum(1.0, -INF), -INF);
        for (x, y) in [(NAN, 1.0), (1.0, NAN), (NAN, INF)] {
            assert_same(maximum(x, y), NAN);
            assert_same(minimum(x, y), NAN);
        }
    }

    #[test]
    fn remainder_agrees_with_numpy() {
        // reference: numpy.remainder 2.4
        let cases = [
            (5.0, 3.0, 2.0),
            (-5.0, 3.0, 1.0),
            (5.0, -3.0, -1.0),
            (-5.0, -3.0, -2.0),
            (5.0, INF, 5.0),
            (-5.0, INF, INF),
            (5.0, -INF, -INF),
            (-5.0, -INF, -5.0),
            (-0.0, INF, 0.0),
            (6.0, -3.0, -0.0),
            (-6.0, 3.0, 0.0),
            (1e300, 7.0, 1.0),
            (-1e300, 7.0, 6.0),
            (-1e-20, 3.0, 3.0),
            (5.0, 0.0, NAN),
            (INF, 3.0, NAN),
            (NAN, 3.0, NAN),
            (3.0, NAN, NAN),
        ];
        for (dividend, divisor, want) in cases {
            assert_same(remainder(dividend, divisor), want);
        }
    }
}
