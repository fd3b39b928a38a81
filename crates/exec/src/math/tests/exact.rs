//! The functions in 320 bits.

use astro_float::{BigFloat, Consts, RoundingMode};
use wengert_expr::{Binary, Unary};

const PRECISION: usize = 320;
const NEAREST: RoundingMode = RoundingMode::ToEven;

/// What computes exact values.
pub(super) struct Exact(Consts);

/// The number, never as a subnormal one, which some functions take wrongly.
fn big(x: f64) -> BigFloat {
    let mut big = BigFloat::from_f64(x * 2f64.powi(60), PRECISION);
    if x.abs() > 1.0 {
        return BigFloat::from_f64(x, PRECISION);
    }
    if let Some(e) = big.exponent().filter(|_| x != 0.0) {
        big.set_exponent(e - 60);
    }
    big
}

fn add(a: &BigFloat, b: &BigFloat) -> BigFloat {
    a.add(b, PRECISION, NEAREST)
}

fn sub(a: &BigFloat, b: &BigFloat) -> BigFloat {
    a.sub(b, PRECISION, NEAREST)
}

fn mul(a: &BigFloat, b: &BigFloat) -> BigFloat {
    a.mul(b, PRECISION, NEAREST)
}

fn div(a: &BigFloat, b: &BigFloat) -> BigFloat {
    a.div(b, PRECISION, NEAREST)
}

/// `x - x**2 / 2`, or plus: all that counts of functions near 0 when `x` is below 2**-100.
fn near_zero(x: &BigFloat, second: f64) -> Option<BigFloat> {
    let tiny = x.exponent().is_some_and(|e| e < -100) || x.is_zero();
    tiny.then(|| add(x, &mul(&mul(x, x), &big(second))))
}

impl Exact {
    pub(super) fn new() -> Exact {
        Exact(Consts::new().expect("memory for a few constants"))
    }

    fn exp(&mut self, x: &BigFloat) -> BigFloat {
        x.exp(PRECISION, NEAREST, &mut self.0)
    }

    fn ln(&mut self, x: &BigFloat) -> BigFloat {
        x.ln(PRECISION, NEAREST, &mut self.0)
    }

    fn expm1(&mut self, x: &BigFloat) -> BigFloat {
        near_zero(x, 0.5).unwrap_or_else(|| sub(&self.exp(x), &big(1.0)))
    }

    fn log1p(&mut self, x: &BigFloat) -> BigFloat {
        near_zero(x, -0.5).unwrap_or_else(|| self.ln(&add(x, &big(1.0))))
    }

    /// The value at a finite argument inside the domain; none for what this does not know.
    pub(super) fn at(&mut self, f: Unary, x: f64) -> Option<BigFloat> {
        let (x, one) = (&big(x), &big(1.0));
        let (p, rm) = (PRECISION, NEAREST);
        Some(match f {
            Unary::Exp => self.exp(x),
            Unary::Expm1 => self.expm1(x),
            Unary::Exp2 => big(2.0).pow(x, p, rm, &mut self.0),
            Unary::Log => self.ln(x),
            Unary::Log1p => self.log1p(x),
            Unary::Log2 => x.log2(p, rm, &mut self.0),
            Unary::Log10 => x.log10(p, rm, &mut self.0),
            Unary::Sqrt => x.sqrt(p, rm),
            Unary::Rsqrt => div(one, &x.sqrt(p, rm)),
            Unary::Cbrt => x.cbrt(p, rm),
            Unary::Reciprocal => div(one, x),
            Unary::Square => mul(x, x),
            Unary::Sin => x.sin(p, rm, &mut self.0),
            Unary::Cos => x.cos(p, rm, &mut self.0),
            Unary::Tan => x.tan(p, rm, &mut self.0),
            Unary::Asin => x.asin(p, rm, &mut self.0),
            Unary::Acos => x.acos(p, rm, &mut self.0),
            Unary::Atan => x.atan(p, rm, &mut self.0),
            Unary::Sinh => x.sinh(p, rm, &mut self.0),
            Unary::Cosh => x.cosh(p, rm, &mut self.0),
            Unary::Tanh => x.tanh(p, rm, &mut self.0),
            Unary::Asinh => x.asinh(p, rm, &mut self.0),
            Unary::Acosh => x.acosh(p, rm, &mut self.0),
            Unary::Atanh => x.atanh(p, rm, &mut self.0),
            Unary::Sigmoid => div(one, &add(one, &self.exp(&x.neg()))),
            Unary::Logit => self.ln(&div(x, &sub(one, x))),
            Unary::Softplus => {
                let e = self.exp(x);
                self.log1p(&e)
            }
            _ => return None,
        })
    }
}

impl Exact {
    /// The value at finite arguments; none for what this does not know.
    pub(super) fn of_two(&mut self, f: Binary, x: f64, y: f64) -> Option<BigFloat> {
        let (a, b) = (&big(x), &big(y));
        Some(match f {
            Binary::Hypot => add(&mul(a, a), &mul(b, b)).sqrt(PRECISION, NEAREST),
            Binary::Atan2 => {
                let angle = div(a, b).atan(PRECISION, NEAREST, &mut self.0);
                let turn = self.0.pi(PRECISION, NEAREST);
                match (y < 0.0, x.is_sign_negative()) {
                    (true, false) => add(&angle, &turn),
                    (true, true) => sub(&angle, &turn),
                    (false, _) => angle,
                }
            }
            _ => return None,
        })
    }
}

/// `|got - want|` in units in the last place.
pub(super) fn error(got: f64, want: &BigFloat) -> f64 {
    let Some(exponent) = want.exponent() else { return f64::INFINITY };
    let value = |x: f64| match x.is_infinite() {
        // Infinity stands for the first number that is too large.
        true => mul(&big(2f64.powi(1023).copysign(x)), &big(2.0)),
        false => big(x),
    };
    let mut difference = sub(&value(got), want);
    if exponent > 1024 && got.is_infinite() {
        return if want.is_negative() == (got < 0.0) { 0.0 } else { f64::INFINITY };
    }
    let ulp = super::WIDE.ulp(exponent - 1);
    let Some(e) = difference.exponent().filter(|_| !difference.is_zero()) else { return 0.0 };
    difference.set_exponent(e - ulp);
    leading(&difference).abs()
}

/// The number of a moderate exponent, by its leading bits.
fn leading(x: &BigFloat) -> f64 {
    let (Some(digits), Some(exponent)) = (x.mantissa_digits(), x.exponent()) else { return f64::INFINITY };
    let top = digits.last().copied().unwrap_or(0);
    top as f64 / 2f64.powi(astro_float::WORD_BIT_SIZE as i32) * 2f64.powi(exponent.clamp(-1000, 1000))
}
