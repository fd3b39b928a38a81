//! Integer operations with NumPy's meaning: they wrap on overflow, and `None` is what has no integer value.

/// The remainder of the floored division: it has the sign of the divisor. `None` for a zero divisor.
#[must_use]
pub fn remainder_i64(dividend: i64, divisor: i64) -> Option<i64> {
    if divisor == 0 {
        return None;
    }
    let truncated = dividend.wrapping_rem(divisor);
    let other_sign = (truncated < 0) != (divisor < 0);
    Some(if truncated != 0 && other_sign { truncated + divisor } else { truncated })
}

/// base^exponent modulo 2^64; 0^0 is 1. `None` for a negative exponent.
#[must_use]
pub fn power_i64(base: i64, exponent: i64) -> Option<i64> {
    let mut remaining = u64::try_from(exponent).ok()?;
    let mut square = base;
    let mut result = 1_i64;
    while remaining > 0 {
        if remaining % 2 == 1 {
            result = result.wrapping_mul(square);
        }
        square = square.wrapping_mul(square);
        remaining /= 2;
    }
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::{power_i64, remainder_i64};

    #[test]
    fn remainder_has_the_divisors_sign() {
        for (a, b, want) in [(7, 3, 1), (-7, 3, 2), (7, -3, -2), (-7, -3, -1), (-6, 3, 0), (0, -3, 0)] {
            assert_eq!(remainder_i64(a, b), Some(want), "{a} mod {b}");
        }
    }

    #[test]
    fn remainder_at_the_ends_of_the_range() {
        assert_eq!(remainder_i64(i64::MIN, -1), Some(0));
        assert_eq!(remainder_i64(i64::MIN, i64::MAX), Some(i64::MAX - 1));
        assert_eq!(remainder_i64(i64::MAX, i64::MIN), Some(-1));
        assert_eq!(remainder_i64(1, 0), None);
    }

    #[test]
    fn power_wraps() {
        // reference: numpy.power 2.4 on int64
        let cases = [
            (2, 10, 1024),
            (0, 0, 1),
            (-3, 3, -27),
            (3, 63, -3_237_885_987_332_494_933),
            (-3, 63, 3_237_885_987_332_494_933),
            (2, 63, i64::MIN),
            (2, 64, 0),
            (-1, i64::MAX, -1),
        ];
        for (base, exponent, want) in cases {
            assert_eq!(power_i64(base, exponent), Some(want), "{base}^{exponent}");
        }
        assert_eq!(power_i64(2, -1), None);
    }
}
