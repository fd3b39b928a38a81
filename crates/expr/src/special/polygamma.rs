//! The polygamma functions, the derivatives of digamma (DLMF 5.15).
//!
//! For x > 0, psi^(n)(x) = (-1)^(n+1) n! zeta(n+1, x), the Hurwitz zeta function by Euler-Maclaurin summation
//! (DLMF 25.11.5) with the power of x taken out, so that nothing overflows or underflows before the result does.

use super::{BERNOULLI, digamma, lgamma};

/// Below this order (n-1)!/x^n is a product of n quotients; the least partial product is about exp(-n).
const PRODUCT_BELOW: u32 = 500;

/// The n-th derivative of digamma at any real x; n = 0 is digamma itself.
///
/// Within 1e-14 relative for n <= 10 and x > 0; the error grows with n as n ulps, from n = 500 as n ln n ulps.
/// For x < 0 the same, relative to the larger of psi^(n) at x and at its distance from the nearest integer:
/// between its poles an even n has a root.
///
/// At the poles 0, -1, -2, ... an odd n gives +infinity; an even one -infinity at 0, +infinity at -0 and NaN
/// below. 0 at +infinity, NaN at -infinity.
#[must_use]
pub fn polygamma(n: u32, x: f64) -> f64 {
    if n == 0 {
        return digamma(x);
    }
    if x > 0.0 {
        return alternate(n, zeta_times_factorial(n, x));
    }
    let offset = x - x.round();
    if x == f64::NEG_INFINITY || x.is_nan() {
        f64::NAN
    } else if offset == 0.0 {
        at_pole(n, x)
    } else {
        below_zero(n, x, offset)
    }
}

/// The value times (-1)^(n+1).
fn alternate(n: u32, value: f64) -> f64 {
    if n.is_multiple_of(2) { -value } else { value }
}

fn at_pole(n: u32, x: f64) -> f64 {
    if !n.is_multiple_of(2) {
        f64::INFINITY
    } else if x == 0.0 {
        -x.signum() * f64::INFINITY
    } else {
        f64::NAN
    }
}

/// Splits the sum of (x+k)^-(n+1) at its sign change into zeta functions of positive arguments:
/// the two-sided sum over all integers, without the terms left of x. `offset` is x less its nearest integer.
fn below_zero(n: u32, x: f64, offset: f64) -> f64 {
    let near = zeta_times_factorial(n, offset.abs());
    let far = zeta_times_factorial(n, 1.0 - offset.abs());
    let left = zeta_times_factorial(n, 1.0 - x);
    if !n.is_multiple_of(2) {
        return if near.is_finite() { near + (far - left) } else { near };
    }
    // Where the two sides overflow, they are equal at a half; elsewhere the nearer pole wins.
    let both = match (offset.abs() == 0.5, near.is_finite()) {
        (true, _) => 0.0,
        (false, true) => near - far,
        (false, false) => return -near.copysign(offset),
    };
    -(both * offset.signum() + left)
}

/// n! zeta(n+1, x) for n >= 1 and x > 0.
fn zeta_times_factorial(n: u32, x: f64) -> f64 {
    if x.is_infinite() { 0.0 } else { leading(n, x) * scaled_zeta(n, x) }
}

/// (n-1)! / x^n.
fn leading(n: u32, x: f64) -> f64 {
    if n < PRODUCT_BELOW {
        (1..n).fold(1.0 / x, |product, k| product * (f64::from(k) / x))
    } else {
        let n = f64::from(n);
        (lgamma(n) - n * x.ln()).exp()
    }
}

/// n x^n zeta(n+1, x): it tends to 1 for large x, to n/x for small x.
fn scaled_zeta(n: u32, x: f64) -> f64 {
    let order = f64::from(n);
    let mut shift = 0.0;
    let mut sum = 0.0;
    while x + shift < order + 10.0 {
        let term = order * power(x / (x + shift), order + 1.0) / x;
        sum += term;
        // For a large n or a small x the terms fall so fast that the rest of the sum is nothing.
        if term < 1e-18 * sum {
            return sum;
        }
        shift += 1.0;
    }
    let end = x + shift;
    sum + power(x / end, order) * euler_maclaurin(order, end)
}

/// n a^n zeta(n+1, a) for a >= n + 10.
fn euler_maclaurin(n: f64, a: f64) -> f64 {
    let inverse_square = 1.0 / (a * a);
    let mut coefficient = 0.5 * n * (n + 1.0) * inverse_square;
    let mut series = 0.0;
    let mut k = 2.0;
    for bernoulli in BERNOULLI {
        series += bernoulli * coefficient;
        coefficient *= (n + k) * (n + k + 1.0) / ((k + 1.0) * (k + 2.0)) * inverse_square;
        k += 2.0;
    }
    1.0 + 0.5 * n / a + series
}

/// base^exponent for a whole exponent, by multiplications where those are few.
fn power(base: f64, exponent: f64) -> f64 {
    if exponent < 64.0 { base.powi(exponent as i32) } else { base.powf(exponent) }
}

#[cfg(test)]
mod tests {
    use super::super::testing::assert_relative;
    use super::polygamma;

    #[test]
    fn right_half_agrees_with_its_reference() {
        // reference: mpmath at 50 digits
        let cases = [
            (1, 0.001, 1000001.6425331958),
            (1, 1.0, 1.6449340668482264),
            (1, 2.5, 0.49035775610023485),
            (1, 1000000.0, 1.0000005000001667e-6),
            (1, 1e200, 1e-200),
            (2, 0.001, -2000000002.3976321),
            (2, 1.0, -2.4041138063191885),
            (2, 11.9, -0.007679939159328307),
            (2, 12.0, -0.007547205368998912),
            (3, 0.5, 97.40909103400244),
            (3, 30.0, 7.78600366473613e-5),
            (4, 1.4616, -3.935040877560243),
            (4, 1000000.0, -6.00001200001e-24),
            (5, 0.1, 120000069.30751093),
            (5, 7.25, 0.001667357519228256),
            (10, 0.001, -3.628799999999999e39),
            (10, 3.0, -21.43660662871299),
            (10, 1000000.0, -3.628818144033264e-55),
        ];
        for (n, x, want) in cases {
            assert_relative(&format!("polygamma({n}, {x})"), polygamma(n, x), want, 1e-14);
        }
    }

    #[test]
    fn left_half_agrees_with_its_reference() {
        // reference: mpmath at 50 digits
        let cases = [
            (1, -0.001, 1000001.6473414317),
            (1, -0.5, 8.934802200544679),
            (1, -1.5, 9.379246644989124),
            (1, -20.3, 15.03134603262623),
            (2, -1.5, -0.2362040516417274),
            (2, -0.3, 67.63908119988317),
            (2, -7.8, -247.06238406218802),
            (3, -1.5, 194.59427621918763),
            (3, -100.01, 600000012.9988613),
            (4, -0.9, -2399974.962992458),
            (5, -2.25, 492231.1355044701),
            (10, -3.3, 2048284893018.124),
            (10, -0.5, -42108.85876897549),
            (10, -12.65, -375435428052.3456),
        ];
        for (n, x, want) in cases {
            assert_relative(&format!("polygamma({n}, {x})"), polygamma(n, x), want, 2e-14);
        }
    }

    #[test]
    fn high_orders_neither_overflow_nor_underflow_early() {
        // reference: mpmath at 50 digits
        let cases = [
            (100, 0.5, -2.366100660490897e188),
            (100, 80.0, -8.03155877924155e-35),
            (120, 10000.0, -5.608100728093865e-284),
            (170, 200.5, -2.768011987897901e-87),
            (400, 500.0, -6.006031354816513e-214),
        ];
        for (n, x, want) in cases {
            assert_relative(&format!("polygamma({n}, {x})"), polygamma(n, x), want, 1e-13);
        }
        assert_relative("polygamma(1000, 600)", polygamma(1000, 600.0), -5.837036756391904e-214, 3e-12);
        assert_eq!(polygamma(u32::MAX, 0.5), f64::INFINITY);
        assert_eq!(polygamma(u32::MAX, 1e300), 0.0);
        assert_eq!(polygamma(1, 1e-320), f64::INFINITY);
    }

    #[test]
    fn any_argument_gives_a_value() {
        let sizes =
            [5e-324, 1e-320, 1e-300, 1e-5, 0.4999, 0.5, 0.75, 12.5, 1000.25, 1e9 + 0.5, 4e9, 1e17, 1e308];
        for n in [1, 2, 3, 169, 170, 499, 500, 501, 100_000, u32::MAX - 1, u32::MAX] {
            for x in sizes {
                assert!(!polygamma(n, x).is_nan(), "polygamma({n}, {x})");
                let pole = x == x.round();
                assert!(polygamma(n, -x).is_nan() == (pole && n % 2 == 0), "polygamma({n}, -{x})");
            }
        }
    }

    #[test]
    fn order_zero_is_digamma() {
        assert_eq!(polygamma(0, 2.5), crate::special::digamma(2.5));
    }

    #[test]
    fn poles_and_ends() {
        for pole in [0.0, -0.0, -1.0, -1e300] {
            assert_eq!(polygamma(1, pole), f64::INFINITY, "polygamma(1, {pole})");
        }
        assert_eq!((polygamma(2, 0.0), polygamma(2, -0.0)), (f64::NEG_INFINITY, f64::INFINITY));
        assert!(polygamma(2, -1.0).is_nan());
        for n in 1..4 {
            assert_eq!(polygamma(n, f64::INFINITY), 0.0);
            assert!(polygamma(n, f64::NEG_INFINITY).is_nan());
            assert!(polygamma(n, f64::NAN).is_nan());
        }
    }
}
