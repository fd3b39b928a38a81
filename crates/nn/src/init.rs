//! The first values of weights: random with a spread that keeps signals and gradients in range.

use crate::random::Random;
use serde::{Deserialize, Serialize};
use wengert_expr::{Type, Value};

/// A distribution for the weights `[fan_in, fan_out]` of a layer; of the kernels `[places.., channels, units]` of a
/// convolution each number goes into `units` places and comes from all others: `fan_in = places * channels` and `fan_out =
/// places * units`.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Init {
    /// Uniform in ± sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio, 2010).
    GlorotUniform,
    /// Normal with variance 2 / (fan_in + fan_out).
    GlorotNormal,
    /// Uniform in ± sqrt(6 / fan_in) (He et al., 2015).
    HeUniform,
    /// Normal with variance 2 / fan_in.
    HeNormal,
    /// Uniform in ± sqrt(3 / fan_in) (LeCun et al., 1998).
    LecunUniform,
    /// Normal with variance 1 / fan_in.
    LecunNormal,
    /// Orthonormal columns, or rows where there are fewer of them, none of their directions preferred: a normal matrix
    /// made orthogonal by Gram and Schmidt (Saxe et al., 2014). It keeps lengths, so the variance of a weight is
    /// 1 / max(fan_in, fan_out). The work is that of min(fan_in, fan_out) products with the matrix.
    Orthogonal,
    /// This number everywhere: the units of a hidden layer stay copies of one another.
    Constant(f64),
    /// Zero everywhere: the units of a hidden layer stay copies of one another.
    Zeros,
}

impl Init {
    /// The variance of a weight.
    pub fn variance(self, fan_in: usize, fan_out: usize) -> f64 {
        let (fan_in, fan_out) = (fan_in as f64, fan_out as f64);
        match self {
            Init::GlorotUniform | Init::GlorotNormal => 2.0 / (fan_in + fan_out),
            Init::HeUniform | Init::HeNormal => 2.0 / fan_in,
            Init::LecunUniform | Init::LecunNormal => 1.0 / fan_in,
            Init::Orthogonal => 1.0 / fan_in.max(fan_out),
            Init::Constant(_) | Init::Zeros => 0.0,
        }
    }

    /// Weights of this type, a matrix or kernels.
    pub fn sample(self, ty: &Type, random: &mut Random) -> Value {
        let (units, before) = ty.shape.split_last().map_or((1, &[][..]), |(&units, before)| (units, before));
        let fan_in: usize = before.iter().product();
        let places: usize = before.iter().rev().skip(1).product();
        let variance = self.variance(fan_in, places * units);
        let (deviation, bound) = (variance.sqrt(), (3.0 * variance).sqrt());
        let mut draw = |one: &mut dyn FnMut(&mut Random) -> f64| -> Vec<f64> {
            (0..ty.shape.elements()).map(|_| one(random)).collect()
        };
        let weights = match self {
            Init::GlorotUniform | Init::HeUniform | Init::LecunUniform => {
                draw(&mut |random| (2.0 * random.uniform() - 1.0) * bound)
            }
            Init::GlorotNormal | Init::HeNormal | Init::LecunNormal => {
                draw(&mut |random| random.normal() * deviation)
            }
            Init::Orthogonal => orthogonal(fan_in, units, random),
            Init::Constant(c) => draw(&mut |_| c),
            Init::Zeros => draw(&mut |_| 0.0),
        };
        Value::from_f64s(ty, &weights)
    }
}

/// A matrix `[rows, columns]` whose columns, or rows where there are fewer, are orthonormal.
fn orthogonal(rows: usize, columns: usize, random: &mut Random) -> Vec<f64> {
    let (length, count) = (rows.max(columns), rows.min(columns));
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(count);
    while basis.len() < count {
        let mut vector: Vec<f64> = (0..length).map(|_| random.normal()).collect();
        let before = norm(&vector);
        // Once more takes away what rounding left of the others.
        for _ in 0..2 {
            basis.iter().for_each(|other| take_away(&mut vector, other));
        }
        let after = norm(&vector);
        // A draw that hardly leaves the span of the others is all rounding: another one is drawn.
        if after > 1e-8 * before {
            vector.iter_mut().for_each(|x| *x /= after);
            basis.push(vector);
        }
    }
    match rows >= columns {
        true => (0..length).flat_map(|i| basis.iter().map(move |column| column[i])).collect(),
        false => basis.concat(),
    }
}

/// `vector - (vector . unit) unit`.
fn take_away(vector: &mut [f64], unit: &[f64]) {
    let along: f64 = vector.iter().zip(unit).map(|(v, u)| v * u).sum();
    vector.iter_mut().zip(unit).for_each(|(v, u)| *v -= along * u);
}

fn norm(vector: &[f64]) -> f64 {
    vector.iter().map(|x| x * x).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;
    use wengert_expr::DType;

    fn sample(init: Init, seed: u64) -> Vec<f64> {
        let ty = Type::new(DType::F64, [300, 100]);
        init.sample(&ty, &mut Random::new(seed, Purpose::Init, 0)).to_f64s()
    }

    #[test]
    fn spread_is_as_named() {
        for (init, variance, bound) in [
            (Init::GlorotUniform, 2.0 / 400.0, (6.0f64 / 400.0).sqrt()),
            (Init::GlorotNormal, 2.0 / 400.0, f64::INFINITY),
            (Init::HeUniform, 2.0 / 300.0, (6.0f64 / 300.0).sqrt()),
            (Init::HeNormal, 2.0 / 300.0, f64::INFINITY),
            (Init::LecunUniform, 1.0 / 300.0, (3.0f64 / 300.0).sqrt()),
            (Init::LecunNormal, 1.0 / 300.0, f64::INFINITY),
            (Init::Orthogonal, 1.0 / 300.0, f64::INFINITY),
        ] {
            let weights = sample(init, 1);
            let n = weights.len() as f64;
            let mean = weights.iter().sum::<f64>() / n;
            let found = weights.iter().map(|w| w * w).sum::<f64>() / n;
            // Five standard errors, with the normal's kurtosis of 3 as the wider one.
            assert!(mean.abs() < 5.0 * (variance / n).sqrt(), "{init:?}: mean {mean}");
            assert!((found / variance - 1.0).abs() < 5.0 * (2.0 / n).sqrt(), "{init:?}: variance {found}");
            let largest = weights.iter().fold(0f64, |m, w| m.max(w.abs()));
            assert!(
                largest <= bound && (bound.is_infinite() || largest > 0.99 * bound),
                "{init:?}: {largest}"
            );
        }
        assert!(sample(Init::Zeros, 1).iter().all(|&w| w == 0.0));
        assert!(sample(Init::Constant(0.25), 1).iter().all(|&w| w == 0.25));
    }

    #[test]
    fn orthogonal_matrices_keep_lengths() {
        for (rows, columns) in [(5, 5), (7, 3), (3, 7), (1, 4), (4, 1), (60, 40)] {
            let ty = Type::new(DType::F64, [rows, columns]);
            let w = Init::Orthogonal.sample(&ty, &mut Random::new(2, Purpose::Init, 1)).to_f64s();
            let at =
                |i: usize, j: usize| if rows >= columns { w[j * columns + i] } else { w[i * columns + j] };
            let count = rows.min(columns);
            for i in 0..count {
                for k in 0..count {
                    let product: f64 = (0..rows.max(columns)).map(|j| at(i, j) * at(k, j)).sum();
                    let expected = f64::from(u8::from(i == k));
                    assert!((product - expected).abs() < 1e-14, "{rows}x{columns}, {i} and {k}: {product}");
                }
            }
        }
    }

    #[test]
    fn orthogonal_matrices_prefer_no_direction() {
        // Of a 1x1 matrix both signs are as likely; five standard errors of 400 draws.
        let ty = Type::new(DType::F64, [1, 1]);
        let positive = (0..400)
            .filter(|&stream| {
                let w = Init::Orthogonal.sample(&ty, &mut Random::new(1, Purpose::Init, stream));
                assert!((w.to_f64s()[0].abs() - 1.0).abs() < 1e-15);
                w.to_f64s()[0] > 0.0
            })
            .count();
        assert!((150..=250).contains(&positive), "{positive}");
    }

    #[test]
    fn configurations_name_them() {
        #[derive(Deserialize)]
        struct Line {
            init: Init,
        }
        for (text, init) in [
            ("'lecun_uniform'", Init::LecunUniform),
            ("'lecun_normal'", Init::LecunNormal),
            ("'orthogonal'", Init::Orthogonal),
            ("{ constant = 0.5 }", Init::Constant(0.5)),
            ("'he_normal'", Init::HeNormal),
        ] {
            assert_eq!(toml::from_str::<Line>(&format!("init = {text}")).unwrap().init, init);
        }
    }

    #[test]
    fn a_seed_repeats_and_another_differs() {
        assert_eq!(sample(Init::HeNormal, 3), sample(Init::HeNormal, 3));
        assert_ne!(sample(Init::HeNormal, 3), sample(Init::HeNormal, 4));
        assert_eq!(sample(Init::Orthogonal, 3), sample(Init::Orthogonal, 3));
    }
}
