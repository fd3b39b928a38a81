//! Families of functions of any size: n inputs to one output, one to n, n to n, and long graphs for growth in time.

use crate::case::Case;
use crate::error::Error;
use wengert_expr::{Builder, DType, Expr, Type, Value};

/// Speelpenning's product of n scalars, n inputs to one output.
///
/// # Errors
/// None on sizes that fit in memory.
pub fn product(n: usize) -> Result<Case, Error> {
    let b = Builder::new();
    let inputs = scalars(&b, n);
    let one = b.constant(1.0);
    b.output("y", inputs.iter().copied().reduce(|y, x| y * x).unwrap_or(one));
    Ok(Case::new(format!("product, {n} to 1"), b.finish()?, points(n)))
}

/// The Chebyshev polynomials of degrees 1 to n at one point, one input to n outputs.
///
/// # Errors
/// None on sizes that fit in memory.
pub fn chebyshev(n: usize) -> Result<Case, Error> {
    let b = Builder::new();
    let x = b.input("x", Type::scalar(DType::F64));
    let (mut before, mut now) = (b.constant(1.0), x);
    for _ in 0..n {
        b.output_unnamed(now);
        (before, now) = (now, 2.0 * x * now - before);
    }
    Ok(Case::new(format!("Chebyshev, 1 to {n}"), b.finish()?, vec![Value::scalar(0.5)]))
}

/// Broyden's tridiagonal system, n scalars to n, each output of three neighbours.
///
/// # Errors
/// None on sizes that fit in memory.
pub fn broyden(n: usize) -> Result<Case, Error> {
    let b = Builder::new();
    let inputs = scalars(&b, n);
    for (i, &x) in inputs.iter().enumerate() {
        let mut y = (3.0 - 2.0 * x) * x + 1.0;
        if let Some(&left) = i.checked_sub(1).and_then(|i| inputs.get(i)) {
            y = y - left;
        }
        if let Some(&right) = inputs.get(i + 1) {
            y = y - 2.0 * right;
        }
        b.output_unnamed(y);
    }
    Ok(Case::new(format!("Broyden, {n} to {n}"), b.finish()?, points(n)))
}

/// A hidden layer of 32 units as arrays, `W2 @ tanh(W1 @ x)`, from any number of inputs to any number of outputs.
///
/// # Errors
/// None on sizes that fit in memory.
pub fn layers(inputs: usize, outputs: usize) -> Result<Case, Error> {
    const HIDDEN: usize = 32;
    let b = Builder::new();
    let types = [("x", vec![inputs]), ("W1", vec![HIDDEN, inputs]), ("W2", vec![outputs, HIDDEN])];
    let types = types.map(|(name, shape)| (name, Type::new(DType::F64, shape.as_slice())));
    let [x, w1, w2] = types.clone().map(|(name, ty)| b.input(name, ty));
    b.output("y", w2.matmul(w1.matmul(x).tanh()));
    let spread = |ty: &Type| (0..ty.shape.elements()).map(|i| (i as f64).sin() / 8.0).collect::<Vec<_>>();
    let values = types.iter().map(|(_, ty)| Value::from_f64s(ty, &spread(ty))).collect();
    Ok(Case::new(format!("layers, {inputs} to {outputs}"), b.finish()?, values).with_respect_to(&["x"]))
}

fn scalars(b: &Builder, n: usize) -> Vec<Expr<'_>> {
    (0..n).map(|i| b.input(format!("x{i}"), Type::scalar(DType::F64))).collect()
}

/// Numbers around one.
fn points(n: usize) -> Vec<Value> {
    (0..n).map(|i| Value::scalar(1.0 + (i as f64).sin() / 4.0)).collect()
}

/// A graph of one scalar input and one scalar output, as long as one likes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Long {
    /// `y = sin(y)` again and again: one path.
    Chain,
    /// `y = y * sin(y)` again and again: each step doubles the paths.
    Ladder,
    /// `y = x * sin(y)` again and again: the ladder's operations, but the input feeds every second node.
    Hub,
    /// A hundred strands of `y = sin(y * y)` side by side, in the end added up.
    Strands,
}

impl Long {
    /// Every family.
    pub const ALL: [Long; 4] = [Long::Chain, Long::Ladder, Long::Hub, Long::Strands];

    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Long::Chain => "chain",
            Long::Ladder => "ladder",
            Long::Hub => "hub",
            Long::Strands => "strands",
        }
    }

    /// Writes so many nodes (an odd last one is left out; strands take some more to begin and to end) beside the input `x`; the
    /// input and the output.
    pub fn write(self, b: &Builder, nodes: usize) -> (Expr<'_>, Expr<'_>) {
        let x = b.input("x", Type::scalar(DType::F64));
        let steps = 0..nodes / 2;
        let y = match self {
            Long::Chain => steps.fold(x, |y, _| y.sin().sin()),
            Long::Ladder => steps.fold(x, |y, _| y * y.sin()),
            Long::Hub => steps.fold(x, |y, _| x * y.sin()),
            Long::Strands => strands(x, nodes),
        };
        (x, y)
    }
}

fn strands(x: Expr<'_>, nodes: usize) -> Expr<'_> {
    const STRANDS: usize = 100;
    let strand = |k: usize| (0..nodes / 2 / STRANDS).fold(x + k as f64, |y, _| (y * y).sin());
    (1..STRANDS).map(strand).fold(strand(0), |sum, y| sum + y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wengert_diff::eliminate::Convention;
    use wengert_diff::{Mode, derive, gradient};

    fn derivatives(case: Result<Case, Error>, mode: Mode) -> Vec<f64> {
        let values = case.unwrap().jacobian(mode).unwrap().run().unwrap();
        values.iter().flat_map(Value::to_f64s).collect()
    }

    #[test]
    fn products_and_polynomials_have_the_known_derivatives() {
        let x: Vec<f64> = points(5).iter().map(|v| v.item().unwrap()).collect();
        for mode in [Mode::Forward, Mode::Reverse] {
            for (found, x_i) in derivatives(product(5), mode).into_iter().zip(&x) {
                assert!((found - x.iter().product::<f64>() / x_i).abs() < 1e-14);
            }
            // T1 = x, T2 = 2xx - 1, T3 = 4xxx - 3x, T4 = 8xxxx - 8xx + 1 at 1/2.
            assert_eq!(derivatives(chebyshev(4), mode), [1.0, 2.0, 0.0, -4.0]);
            let d = |i: usize| 3.0 - 4.0 * x[i];
            let found = derivatives(broyden(3), mode);
            let expected = [d(0), -2.0, 0.0, -1.0, d(1), -2.0, 0.0, -1.0, d(2)];
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-14), "{found:?}");
        }
    }

    #[test]
    fn layers_agree_in_both_modes() {
        for (inputs, outputs) in [(5, 1), (1, 5), (5, 5)] {
            let [forward, reverse] =
                [Mode::Forward, Mode::Reverse].map(|m| derivatives(layers(inputs, outputs), m));
            assert_eq!(forward.len(), inputs * outputs);
            assert!(forward.iter().zip(&reverse).all(|(a, b)| (a - b).abs() < 1e-14 && *a != 0.0));
        }
    }

    #[test]
    fn long_graphs_have_the_paths_they_say() {
        for (family, nodes, paths) in [(Long::Chain, 60, 1), (Long::Ladder, 60, 1 << 30), (Long::Hub, 60, 31)]
        {
            let b = Builder::new();
            let (x, y) = family.write(&b, nodes);
            assert_eq!(b.read(|g| g.len()), nodes + 1);
            let costs = derive::cost(&[y], &[x], Convention::default()).unwrap().unwrap();
            assert_eq!(costs.paths.to_u64(), Some(paths), "{family:?}");
            assert!(gradient(y, &[x]).is_ok());
        }
    }
}
