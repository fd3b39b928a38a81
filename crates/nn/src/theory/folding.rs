//! Folding: each layer lays its input over itself, so that pieces multiply with depth and only add with width.

use crate::error::NnError;
use std::collections::HashSet;
use wengert_diff::gradient;
use wengert_exec::{CompileOptions, compile};
use wengert_expr::{Builder, DType, Expr, Function, Type, Value};

/// `layers` layers of two relus, each the tent `2 relu(x) - 4 relu(x - 1/2)`, which lays `[0, 1]` twice over itself: of
/// `2**layers` linear pieces there (Telgarsky, 2015).
#[track_caller]
pub fn tent_network(x: Expr<'_>, layers: usize) -> Expr<'_> {
    (0..layers).fold(x, |x, _| x.relu() * 2.0 - (x - 0.5).relu() * 4.0)
}

/// How many linear pieces a function of each element of its argument has on `[0, 1]`, by the slopes of its graph in the
/// middle of `cells` equal cells: exact if every piece is of whole cells and neighbours differ in slope, else fewer.
///
/// ```
/// use wengert_nn::theory::{linear_pieces, tent_network};
/// assert_eq!(linear_pieces(|x| tent_network(x, 3), 64)?, 8);
/// # Ok::<(), wengert_nn::NnError>(())
/// ```
///
/// # Errors
/// A function without a derivative, or more cells than memory can address.
pub fn linear_pieces(
    function: impl for<'b> Fn(Expr<'b>) -> Expr<'b>,
    cells: usize,
) -> Result<usize, NnError> {
    let middles: Vec<f64> = (0..cells).map(|i| (i as f64 + 0.5) / cells as f64).collect();
    let b = Builder::new();
    let x = b.input("x", Type::new(DType::F64, [cells]));
    b.output("slope", gradient(function(x).sum(..), &[x])?[0]);
    let found = compile(&b.finish()?, &CompileOptions::default())?.run(&[Value::from(middles)])?;
    let slopes = found[0].to_f64s();
    Ok(slopes.chunk_by(|a, b| a == b).count())
}

/// `layers` layers of four relus on points of the plane, `|p| = relu(p) + relu(-p)` for both coordinates and then
/// `2 |p| - 1`, which lays the square `[-1, 1]^2` four times over itself. From `p`, `[points, 2]`, to what each layer
/// sees, `z1`, `z2`, ..., whose signs say which of the layer's units are active.
///
/// # Errors
/// More points than memory can address.
pub fn folding_network(layers: usize, points: usize) -> Result<Function, NnError> {
    let b = Builder::new();
    let mut p = b.input("p", Type::new(DType::F64, [points, 2]));
    for layer in 1..=layers {
        b.output(format!("z{layer}"), p);
        p = (p.relu() + (-p).relu()) * 2.0 - 1.0;
    }
    Ok(b.finish()?)
}

/// How many patterns of active units there are among some points, `[points, inputs]`: a function's one input. Its outputs
/// are what the units see, `[points, units]` each; a unit is active where that is positive. A region of linearity has one
/// pattern, so this is the number of regions that have any of the points.
///
/// # Errors
/// Points that are not the function's input, or a function that cannot be run.
pub fn sign_patterns(function: &Function, points: &Value) -> Result<usize, NnError> {
    let found = compile(function, &CompileOptions::default())?.run(std::slice::from_ref(points))?;
    let count = points.shape().first().copied().unwrap_or(0);
    let mut patterns = vec![Vec::new(); count];
    for output in &found {
        let numbers = output.to_f64s();
        let units = numbers.len() / count.max(1);
        for (pattern, row) in patterns.iter_mut().zip(numbers.chunks(units.max(1))) {
            pattern.extend(row.iter().map(|&z| z > 0.0));
        }
    }
    Ok(patterns.into_iter().collect::<HashSet<Vec<bool>>>().len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init::Init;
    use crate::random::{Purpose, Random};

    #[test]
    fn g8_ten_tents_have_1024_pieces_and_a_slope_to_match() {
        assert_eq!(linear_pieces(|x| tent_network(x, 10), 4096).unwrap(), 1024);
        let b = Builder::new();
        let x = b.input("x", Type::scalar(DType::F64));
        let y = tent_network(x, 10);
        b.output("y", y);
        b.output("slope", gradient(y, &[x]).unwrap()[0]);
        let f = compile(&b.finish().unwrap(), &CompileOptions::default()).unwrap();
        let at = |x: f64| {
            f.run(&[Value::scalar(x)]).unwrap().iter().map(|v| v.item().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(at(0.3), [0.800_000_000_000_011_4, -1024.0]);
    }

    #[test]
    fn g8_one_layer_of_twenty_units_has_at_most_21() {
        for seed in 0..5 {
            let mut random = Random::new(seed, Purpose::Init, 1);
            let [w, v] =
                [0, 1].map(|_| Init::HeNormal.sample(&Type::new(DType::F64, [1, 20]), &mut random).to_f64s());
            let kinks: Vec<f64> = (0..20).map(|_| random.uniform()).collect();
            let bias: Vec<f64> = w.iter().zip(&kinks).map(|(w, k)| -w * k).collect();
            let layer = |v: &[f64]| {
                linear_pieces(
                    |x| {
                        let b = x.builder();
                        let z = x.expand_dims(-1) * b.constant(w.clone()) + b.constant(bias.clone());
                        z.relu().matmul(b.constant(v.to_vec()))
                    },
                    1 << 16,
                )
            };
            // Each kink within a cell makes that cell's slope one or the other: no piece is lost or added.
            assert_eq!(layer(&v).unwrap(), 21, "seed {seed}");
        }
    }

    #[test]
    fn g9_each_fold_makes_four_of_every_region() {
        let side = 64;
        let grid: Vec<f64> = (0..side * side)
            .flat_map(|i| [i / side, i % side].map(|k| (2.0 * k as f64 + 1.0) / side as f64 - 1.0))
            .collect();
        for layers in 1..=5 {
            let function = folding_network(layers, side * side).unwrap();
            let points = Value::new([side * side, 2], grid.clone());
            assert_eq!(sign_patterns(&function, &points).unwrap(), 4usize.pow(layers as u32));
        }
    }
}
