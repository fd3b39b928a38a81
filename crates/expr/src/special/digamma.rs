//! The digamma function psi(x), the derivative of ln Gamma(x) (DLMF 5.2.2).
//!
//! Recurrence up to x >= 10, then the asymptotic series; a Taylor series around the positive root, where those
//! cancel; reflection below 0.

use super::BERNOULLI;
use std::f64::consts::PI;

/// The positive root of psi is `ROOT_HIGH + ROOT_LOW`, to twice the precision of an f64.
const ROOT_HIGH: f64 = 1.4616321449683622;
const ROOT_LOW: f64 = 9.549995429965697e-17;

/// How far from the root its Taylor series, of radius 1.46, is used.
const ROOT_REACH: f64 = 0.3;

/// psi^(k)(root) / k! for k = 1, 2, ..., computed at 50 digits.
const TAYLOR_AT_ROOT: [f64; 27] = [
    0.9676722454476212,
    -0.4427631689835921,
    0.258499760955651,
    -0.16394270544240652,
    0.10782405069126237,
    -0.07219956125645471,
    0.04880428816414311,
    -0.03316112647484736,
    0.022597648232218104,
    -0.01542476590494896,
    0.010538791616612175,
    -0.007204534386356869,
    0.004926781395729853,
    -0.003369801655439328,
    0.002305126326734928,
    -0.0015769367714301972,
    0.0010788252019162967,
    -0.0007380709389960052,
    0.000504953265834602,
    -0.0003454680251063077,
    0.00023635601564027053,
    -0.00016170622091974803,
    0.0001106337276874741,
    -7.569179582195066e-5,
    5.178575795222081e-5,
    -3.5430070947659604e-5,
    2.424006611860132e-5,
];

/// The asymptotic series is used from here up: its first omitted term is below 1e-18.
const ASYMPTOTIC_FROM: f64 = 10.0;

/// psi(x) for any real x, within 1e-14 relative for x > 0 and, for x < 0, relative to max(|psi(x)|, 1).
///
/// -infinity at 0, +infinity at -0, NaN at the negative integers and at -infinity (SciPy's conventions).
#[must_use]
pub fn digamma(x: f64) -> f64 {
    if x == 0.0 {
        -x.signum() * f64::INFINITY
    } else if x < 0.0 {
        reflected(x)
    } else if (x - ROOT_HIGH).abs() < ROOT_REACH {
        around_root(x)
    } else {
        shifted(x)
    }
}

/// psi(1 - x) - pi cot(pi x) (DLMF 5.5.4).
fn reflected(x: f64) -> f64 {
    let offset = x - x.round();
    if offset == 0.0 || x.is_infinite() {
        return f64::NAN;
    }
    let cotangent = if offset.abs() < 0.25 {
        1.0 / (PI * offset).tan()
    } else {
        (PI * (0.5 - offset.abs())).tan().copysign(offset)
    };
    digamma(1.0 - x) - PI * cotangent
}

fn around_root(x: f64) -> f64 {
    let distance = (x - ROOT_HIGH) - ROOT_LOW;
    distance * TAYLOR_AT_ROOT.iter().rev().fold(0.0, |sum, c| sum * distance + c)
}

/// psi(x + n) less the sum of 1/(x + k) for k < n (DLMF 5.5.2), its small terms first.
fn shifted(x: f64) -> f64 {
    let mut shift = 0.0;
    while x + shift < ASYMPTOTIC_FROM {
        shift += 1.0;
    }
    let far = asymptotic(x + shift);
    let mut sum = 0.0;
    while shift > 0.0 {
        shift -= 1.0;
        sum += 1.0 / (x + shift);
    }
    far - sum
}

/// ln x - 1/(2x) less the sum of B2k / (2k x^2k) (DLMF 5.11.2).
fn asymptotic(x: f64) -> f64 {
    let inverse = 1.0 / x;
    let inverse_square = inverse * inverse;
    let mut order = 2.0 * BERNOULLI.len() as f64;
    let mut series = 0.0;
    for bernoulli in BERNOULLI.iter().rev() {
        series = (series + bernoulli / order) * inverse_square;
        order -= 2.0;
    }
    x.ln() - 0.5 * inverse - series
}

#[cfg(test)]
mod tests {
    use super::super::testing::assert_relative;
    use super::digamma;

    #[test]
    fn digamma_agrees_with_its_reference() {
        // reference: mpmath at 50 digits
        let cases = [
            (1e-300, -9.999999999999999e299),
            (1e-5, -100000.57719921567),
            (0.1, -10.423754940411076),
            (0.5, -1.9635100260214235),
            (1.0, -0.5772156649015329),
            (1.2, -0.2890398965921884),
            (1.4616, -3.110625123034165e-5),
            (1.4616321449683622, -9.241265521729427e-17),
            (1.4617, 6.56593922936765e-5),
            (1.75, 0.24747245354686118),
            (1.8, 0.28499143329386156),
            (2.0, 0.42278433509846713),
            (3.5, 1.103156640645243),
            (9.99, 2.250700372831201),
            (10.0, 2.251752589066721),
            (100.25, 4.602671243274712),
            (10000000000.0, 23.025850929890456),
            (1e300, 690.7755278982137),
            (-1e-10, 9999999999.422785),
            (-0.3, 2.113309779635399),
            (-0.75, -2.894120200042932),
            (-1.5, 0.7031566406452432),
            (-2.999, -998.7408763243631),
            (-10.5, 2.3982391295357814),
            (-100.1, 14.279984365172156),
            (-123456.7, 9.441149147824792),
        ];
        for (x, want) in cases {
            assert_relative(&format!("digamma({x})"), digamma(x), want, 1e-14);
        }
    }

    #[test]
    fn negative_roots_are_right_absolutely() {
        // reference: mpmath at 50 digits
        let cases = [
            (-0.504083008264455, 4.042965717222496e-15),
            (-1.573498473162391, -6.4658805047957276e-15),
            (-2.610720868444145, -5.889653358275491e-15),
        ];
        for (x, want) in cases {
            let got = digamma(x);
            assert!((got - want).abs() < 2e-15, "digamma({x}): got {got:e}, want {want:e}");
        }
    }

    #[test]
    fn poles_and_ends() {
        assert_eq!(digamma(0.0), f64::NEG_INFINITY);
        assert_eq!(digamma(-0.0), f64::INFINITY);
        assert_eq!(digamma(f64::INFINITY), f64::INFINITY);
        for x in [-1.0, -2.0, -1e300, f64::NEG_INFINITY, f64::NAN] {
            assert!(digamma(x).is_nan(), "digamma({x})");
        }
    }
}
