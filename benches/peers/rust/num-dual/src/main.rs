//! C1 with num-dual: forward vector duals of 15 directions, one residual after another, f64, one core.
//!
//! Called as `num-dual C1 --data DIR [--threads 1] [--blocks K] [--paced]`; what it prints, benches/peers/common.py says.

use nalgebra::{SVector, U1};
use num_dual::{Derivative, DualNum, DualSVec64};
use std::error::Error;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const VARIABLES: usize = 15;
const RESIDUALS: usize = 3;
const BLOCK: Duration = Duration::from_millis(250);

type Dual = DualSVec64<VARIABLES>;
type Vector = [Dual; 3];

fn dot(a: &Vector, b: &Vector) -> Dual {
    &a[0] * &b[0] + &a[1] * &b[1] + &a[2] * &b[2]
}

fn cross(a: &Vector, b: &Vector) -> Vector {
    let minor = |i: usize, j: usize| &a[i] * &b[j] - &a[j] * &b[i];
    [minor(1, 2), minor(2, 0), minor(0, 1)]
}

fn variable(i: usize, value: f64) -> Dual {
    Dual::new(value, Derivative::derivative_generic(nalgebra::Const::<VARIABLES>, U1, i))
}

/// The two reprojection errors and the residual of the weight; Rodrigues' formula turns the point.
#[inline(never)]
fn residual(p: &[f64], feature: &[f64]) -> [Dual; RESIDUALS] {
    let p: [Dual; VARIABLES] = std::array::from_fn(|i| variable(i, p[i]));
    let vector = |i: usize| -> Vector { std::array::from_fn(|k| p[i + k].clone()) };
    let (rotation, centre, point) = (vector(0), vector(3), vector(11));
    let seen: Vector = std::array::from_fn(|k| &point[k] - &centre[k]);
    let angle = dot(&rotation, &rotation).sqrt();
    let (sine, cosine) = angle.sin_cos();
    let inverse = angle.recip();
    let axis: Vector = std::array::from_fn(|k| &rotation[k] * &inverse);
    let turn = cross(&axis, &seen);
    let along = dot(&axis, &seen) * (-&cosine + 1.0);
    let turned: Vector = std::array::from_fn(|k| &seen[k] * &cosine + &turn[k] * &sine + &axis[k] * &along);
    let depth = turned[2].recip();
    let (u, v) = (&turned[0] * &depth, &turned[1] * &depth);
    let q = &u * &u + &v * &v;
    let distortion = (&p[9] + &p[10] * &q) * &q + 1.0;
    let scale = distortion * &p[6];
    let weight = &p[14];
    [
        (u * &scale + &p[7] - feature[0]) * weight,
        (v * &scale + &p[8] - feature[1]) * weight,
        -(weight * weight) + 1.0,
    ]
}

struct Batch {
    variables: Vec<f64>,
    features: Vec<f64>,
    residuals: Vec<f64>,
    jacobians: Vec<f64>,
}

impl Batch {
    fn run(&mut self) {
        let inputs = self.variables.chunks_exact(VARIABLES).zip(self.features.chunks_exact(2));
        let outputs = self
            .residuals
            .chunks_exact_mut(RESIDUALS)
            .zip(self.jacobians.chunks_exact_mut(RESIDUALS * VARIABLES));
        for ((p, feature), (values, jacobian)) in inputs.zip(outputs) {
            let found = residual(p, feature);
            for ((value, row), dual) in values.iter_mut().zip(jacobian.chunks_exact_mut(VARIABLES)).zip(&found) {
                *value = dual.re;
                match &dual.eps.0 {
                    Some(slope) => row.copy_from_slice(slope.as_slice()),
                    None => row.copy_from_slice(SVector::<f64, VARIABLES>::zeros().as_slice()),
                }
            }
        }
    }

    /// What `check` of c1_bundle.py lists.
    fn check(&self) -> Vec<f64> {
        let sum = |v: &[f64]| v.iter().sum::<f64>();
        let size = |v: &[f64]| v.iter().map(|x| x.abs()).sum::<f64>();
        let (e, j) = (&self.residuals, &self.jacobians);
        [sum(e), size(e), sum(j), size(j)].into_iter().chain(j[..2 * VARIABLES].iter().copied()).collect()
    }
}

fn read_npy(path: &Path) -> Result<Vec<f64>, Box<dyn Error>> {
    let bytes = std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let header = bytes.get(8..10).ok_or("an .npy file that ends in its header")?;
    let data = bytes.get(10 + usize::from(u16::from_le_bytes([header[0], header[1]]))..);
    let data = data.ok_or("an .npy file that ends in its header")?;
    Ok(data.as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b)).collect())
}

fn emit(metric: &str, block: usize, mut samples: Vec<f64>, check: &[f64]) {
    samples.sort_by(f64::total_cmp);
    let (n, check) = (samples.len(), format!("{check:?}"));
    let median = (samples[(n - 1) / 2] + samples[n / 2]) / 2.0;
    println!(
        "{{\"workload\": \"C1\", \"peer\": \"num-dual\", \"metric\": \"{metric}\", \"block\": {block}, \
         \"median\": {median:?}, \"min\": {:?}, \"max\": {:?}, \"check\": {check}}}",
        samples[0],
        samples[n - 1]
    );
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().collect();
    let after = |name: &str| words.iter().position(|w| w == name).and_then(|i| words.get(i + 1));
    let folder = PathBuf::from(after("--data").ok_or("--data DIR is missing")?).join("C1");
    let blocks: usize = after("--blocks").map_or(Ok(1), |k| k.parse())?;
    let (variables, features) = (read_npy(&folder.join("variables.npy"))?, read_npy(&folder.join("features.npy"))?);
    let count = features.len() / 2;
    let (residuals, jacobians) = (vec![0.0; RESIDUALS * count], vec![0.0; RESIDUALS * VARIABLES * count]);
    let mut batch = Batch { variables, features, residuals, jacobians };
    batch.run();
    let check = batch.check();
    let paced = words.iter().any(|w| w == "--paced");
    for block in 0..blocks {
        if paced {
            println!("ready");
            if std::io::stdin().lock().lines().next().transpose()?.is_none() {
                break;
            }
        }
        batch.run();
        let (start, mut samples) = (Instant::now(), Vec::new());
        while samples.is_empty() || start.elapsed() < BLOCK {
            let t = Instant::now();
            batch.run();
            samples.push(t.elapsed().as_secs_f64() * 1e9 / count as f64);
        }
        emit("residual_ns", block, samples, &check);
    }
    Ok(())
}
