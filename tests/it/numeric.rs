//! Random values, finite differences and comparisons, for tests of derivatives.

use wengert::exec::Interpreter;
use wengert::expr::{DType, Function, Value};

/// A small generator of its own, so that a seed means the same numbers for ever (SplitMix64, Steele et al. 2014).
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) fn new(seed: u64) -> Draw {
        Draw(seed)
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.bits() % n.max(1) as u64) as usize
    }

    pub(crate) fn coin(&mut self) -> bool {
        self.bits() & 1 == 1
    }

    /// Random numbers of the type of a value.
    pub(crate) fn like(&mut self, value: &Value) -> Value {
        let data: Vec<f64> = (0..value.len()).map(|_| self.between(-1.0, 1.0)).collect();
        Value::from_f64s(&value.ty(), &data)
    }
}

/// For each output and each input a dense block of central differences of fourth order, rows output elements.
pub(crate) fn difference_jacobian(f: &Function, at: &[(&str, Value)]) -> Vec<Vec<f64>> {
    differences(f, at, 1e-3)
}

/// As [`difference_jacobian`], in one row, if two steps agree on it: not where the function bends too sharply for them.
pub(crate) fn agreed_differences(f: &Function, at: &[(&str, Value)]) -> Option<Vec<f64>> {
    let [coarse, fine] = [1e-3, 3e-4].map(|step| differences(f, at, step).concat());
    (worst_relative(&coarse, &fine) < 1e-6).then_some(fine)
}

fn differences(f: &Function, at: &[(&str, Value)], step: f64) -> Vec<Vec<f64>> {
    let interpreter = Interpreter::new(f);
    let outputs: Vec<usize> = f.outputs().iter().map(|o| f.graph().shape(o.node).elements()).collect();
    let mut blocks: Vec<Vec<f64>> = Vec::new();
    for &rows in &outputs {
        blocks.extend(at.iter().map(|(_, v)| vec![0.0; rows * v.len()]));
    }
    for (i, (_, value)) in at.iter().enumerate().filter(|(_, (_, v))| v.dtype() == DType::F64) {
        let base = value.to_f64s();
        for k in 0..base.len() {
            let h = step * base[k].abs().clamp(1e-2, 1.0);
            let shifted = |by: f64| {
                let mut moved = base.clone();
                moved[k] += by;
                let mut at = at.to_vec();
                at[i].1 = Value::from_f64s(&value.ty(), &moved);
                interpreter.run_named(&at).expect("a value near one that has a value")
            };
            let [a, b, c, d] = [-2.0 * h, -h, h, 2.0 * h].map(shifted);
            for (o, &rows) in outputs.iter().enumerate() {
                let [a, b, c, d] = [&a, &b, &c, &d].map(|v| v[o].to_f64s());
                for row in 0..rows {
                    let slope = (a[row] - 8.0 * b[row] + 8.0 * c[row] - d[row]) / (12.0 * h);
                    blocks[o * at.len() + i][row * base.len() + k] = slope;
                }
            }
        }
    }
    blocks
}

/// The greatest difference, relative to the greatest number of both (at least 1e-3).
pub(crate) fn worst_relative(a: &[f64], b: &[f64]) -> f64 {
    if a.len() != b.len() {
        return f64::INFINITY;
    }
    let scale = a.iter().chain(b).filter(|x| x.is_finite()).fold(1e-3f64, |m, x| m.max(x.abs()));
    let gap =
        |(x, y): (&f64, &f64)| if x == y || (x.is_nan() && y.is_nan()) { 0.0 } else { (x - y).abs() / scale };
    a.iter().zip(b).map(gap).fold(0.0, |m, g| if g.is_nan() { f64::INFINITY } else { m.max(g) })
}
