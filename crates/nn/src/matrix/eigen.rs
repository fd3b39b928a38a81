//! Eigenvalues of symmetric matrices, by Jacobi's method.
//!
//! Values fall; each vector has length 1, and the first of its greatest entries (up to rounding) is positive.

use ndarray::{Array2, Axis};

/// Quadratic convergence needs about 8 sweeps for any matrix in practice.
const MAX_SWEEPS: usize = 64;

/// How many sweeps turn whatever is not 0.
const SWEEPS_IN_FULL: usize = 4;

/// A matrix without eigenvalues.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct NoEigenvalues {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
}

/// Eigenvalues in falling order and, in the rows of a matrix, their vectors.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Eigen {
    pub(crate) values: Vec<f64>,
    pub(crate) vectors: Array2<f64>,
}

/// Eigenvalues and eigenvectors by the cyclic Jacobi method (C. G. J. Jacobi 1846; Golub and Van Loan, "Matrix
/// Computations", 4th edition 2013, section 8.5). After a few sweeps, entries that are nothing beside both of their
/// eigenvalues are dropped (H. Rutishauser 1966): among eigenvalues that are equal up to rounding, what is left of them
/// would turn for ever. The matrix is taken to be symmetric: its upper triangle counts.
///
/// Cost: of order n^3 for each of a few sweeps.
pub(crate) fn symmetric_eigen(matrix: &Array2<f64>) -> Result<Eigen, NoEigenvalues> {
    let (rows, columns) = matrix.dim();
    let scale = matrix.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    if rows != columns || matrix.iter().any(|x| !x.is_finite()) {
        return Err(NoEigenvalues { rows, columns });
    }
    let mut a = if scale == 0.0 { matrix.clone() } else { matrix / scale };
    let mut vectors = Array2::eye(rows);
    for sweep in 0..MAX_SWEEPS {
        if off_diagonal(&a) <= f64::EPSILON * f64::EPSILON {
            return Ok(sorted(&a, &vectors, scale));
        }
        for p in 0..rows {
            for q in p + 1..rows {
                if sweep >= SWEEPS_IN_FULL && is_nothing_beside(a[[p, q]], a[[p, p]], a[[q, q]]) {
                    a[[p, q]] = 0.0;
                }
                rotate(&mut a, &mut vectors, p, q);
            }
        }
    }
    Err(NoEigenvalues { rows, columns })
}

/// Whether a hundred times an entry is lost in the rounding of both numbers.
fn is_nothing_beside(entry: f64, x: f64, y: f64) -> bool {
    let hundred = 100.0 * entry.abs();
    x.abs() + hundred == x.abs() && y.abs() + hundred == y.abs()
}

/// The greatest entry above the diagonal.
fn off_diagonal(a: &Array2<f64>) -> f64 {
    let above = a.indexed_iter().filter(|((i, j), _)| i < j);
    above.fold(0.0, |most, (_, x)| most.max(x.abs()))
}

/// The rotation of rows and columns `p` and `q` that makes their common entry 0, by the smaller of its two angles.
fn rotate(a: &mut Array2<f64>, vectors: &mut Array2<f64>, p: usize, q: usize) {
    let apq = a[[p, q]];
    if apq == 0.0 {
        return;
    }
    let tau = (a[[q, q]] - a[[p, p]]) / (2.0 * apq);
    let t = 1f64.copysign(tau) / (tau.abs() + libm::hypot(tau, 1.0));
    let c = 1.0 / libm::hypot(t, 1.0);
    let s = t * c;
    a[[p, p]] -= t * apq;
    a[[q, q]] += t * apq;
    a[[p, q]] = 0.0;
    a[[q, p]] = 0.0;
    for k in (0..a.nrows()).filter(|&k| k != p && k != q) {
        let (x, y) = (a[[k.min(p), k.max(p)]], a[[k.min(q), k.max(q)]]);
        a[[k.min(p), k.max(p)]] = c * x - s * y;
        a[[k.min(q), k.max(q)]] = s * x + c * y;
    }
    for k in 0..a.nrows() {
        let (x, y) = (vectors[[p, k]], vectors[[q, k]]);
        vectors[[p, k]] = c * x - s * y;
        vectors[[q, k]] = s * x + c * y;
    }
}

fn sorted(a: &Array2<f64>, vectors: &Array2<f64>, scale: f64) -> Eigen {
    let mut order: Vec<usize> = (0..a.nrows()).collect();
    order.sort_by(|&i, &j| a[[j, j]].total_cmp(&a[[i, i]]));
    let mut vectors = vectors.select(Axis(0), &order);
    for mut vector in vectors.rows_mut() {
        let most = vector.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
        let leading = vector.iter().find(|x| x.abs() >= most * (1.0 - 1e-9));
        if leading.is_some_and(|&x| x < 0.0) {
            vector.mapv_inplace(|x| -x);
        }
    }
    Eigen { values: order.iter().map(|&i| a[[i, i]] * scale).collect(), vectors }
}

/// The solution of `matrix x = right` for a symmetric matrix that is positive but along `free` directions, in which the
/// solution does not move; `None` if it is flat, up to rounding, along others too. The matrix is scaled to a diagonal of
/// ones first.
pub(crate) fn solve_positive(
    matrix: &Array2<f64>,
    right: &[f64],
    free: usize,
) -> Result<Option<Vec<f64>>, NoEigenvalues> {
    let root = |x: f64| if x > 0.0 { x.sqrt() } else { 1.0 };
    let roots: Vec<f64> = matrix.diag().iter().map(|&x| root(x)).collect();
    let scaled = Array2::from_shape_fn(matrix.dim(), |(i, j)| matrix[[i, j]] / roots[i] / roots[j]);
    let Eigen { values, vectors } = symmetric_eigen(&scaled)?;
    let least = f64::EPSILON * 8.0 * values.len() as f64 * values.first().copied().unwrap_or(0.0);
    let mut solution = vec![0.0; right.len()];
    for (value, vector) in values.iter().zip(vectors.rows()).take(values.len().saturating_sub(free)) {
        if *value <= least {
            return Ok(None);
        }
        let along: f64 = vector.iter().zip(right).zip(&roots).map(|((v, r), root)| v * (r / root)).sum();
        for ((x, v), root) in solution.iter_mut().zip(vector).zip(&roots) {
            *x += along / value * v / root;
        }
    }
    Ok(Some(solution))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classic::testing::near;
    use crate::random::{Purpose, Random};
    use ndarray::arr2;

    /// The Hessian of softmax regression at 0 beside a large ridge: a cluster of eigenvalues about the ridge.
    #[test]
    fn eigenvalues_that_are_equal_up_to_rounding_are_found() {
        let mut random = Random::new(4, Purpose::Data, 0);
        for _ in 0..100 {
            let rows = Array2::from_shape_fn((30, 5), |(_, j)| if j == 4 { 1.0 } else { random.normal() });
            let second = rows.t().dot(&rows) / 30.0;
            let hessian = Array2::from_shape_fn((15, 15), |(i, j)| {
                let class = if i % 3 == j % 3 { 2.0 / 9.0 } else { -1.0 / 9.0 };
                second[[i / 3, j / 3]] * class + if i == j && i < 12 { 3.0 } else { 0.0 }
            });
            let Eigen { values, vectors } = symmetric_eigen(&hessian).unwrap();
            for (value, v) in values.iter().zip(vectors.rows()) {
                let far = (hessian.dot(&v) - &v * *value).iter().fold(0f64, |m, x| m.max(x.abs()));
                assert!(far < 1e-14, "{far}");
            }
            assert!(solve_positive(&hessian, &[1.0; 15], 1).unwrap().is_some());
        }
    }

    #[test]
    fn two_by_two() {
        let found = symmetric_eigen(&arr2(&[[4.0, 7.0], [7.0, 13.0]])).unwrap();
        near(&found.values, &[16.821658488546618, 0.178341511453382]);
        assert!(found.vectors.rows().into_iter().all(|v| (v.dot(&v) - 1.0).abs() < 1e-15));
        // Of two entries alike the first one is positive.
        let even = symmetric_eigen(&arr2(&[[2.0, 1.0], [1.0, 2.0]])).unwrap();
        near(&even.values, &[3.0, 1.0]);
        assert!(even.vectors[[1, 0]] > 0.0 && even.vectors[[1, 1]] < 0.0);
    }

    #[test]
    fn random_matrices_come_back() {
        let mut random = Random::new(3, Purpose::Init, 0);
        for n in [1, 2, 5, 12] {
            let half = Array2::from_shape_fn((n, n), |_| random.normal());
            let matrix = &half + &half.t();
            let Eigen { values, vectors } = symmetric_eigen(&matrix).unwrap();
            let diagonal = Array2::from_diag(&ndarray::arr1(&values));
            let back = vectors.t().dot(&diagonal).dot(&vectors);
            assert!((&back - &matrix).iter().all(|e| e.abs() < 1e-13), "{n}");
            assert!(
                (vectors.dot(&vectors.t()) - Array2::<f64>::eye(n)).iter().all(|e| e.abs() < 1e-14),
                "{n}"
            );
            assert!(values.windows(2).all(|w| w[0] >= w[1]), "{n}");
        }
    }

    #[test]
    fn scales_and_zeros() {
        near(&symmetric_eigen(&arr2(&[[1e300, 0.0], [0.0, -1e300]])).unwrap().values, &[1e300, -1e300]);
        assert_eq!(symmetric_eigen(&Array2::zeros((2, 2))).unwrap().values, [0.0, 0.0]);
        assert!(symmetric_eigen(&Array2::zeros((2, 3))).is_err());
        assert!(symmetric_eigen(&arr2(&[[f64::NAN]])).is_err());
    }

    #[test]
    fn systems_and_flat_directions() {
        let matrix = arr2(&[[4.0, 2.0], [2.0, 3.0]]);
        near(&solve_positive(&matrix, &[8.0, 7.0], 0).unwrap().unwrap(), &[1.25, 1.5]);
        let flat = arr2(&[[1.0, 1.0], [1.0, 1.0]]);
        assert_eq!(solve_positive(&flat, &[1.0, 1.0], 0).unwrap(), None);
        near(&solve_positive(&flat, &[1.0, 1.0], 1).unwrap().unwrap(), &[0.5, 0.5]);
        // Features of very different sizes are no reason to give up.
        let uneven = arr2(&[[1e20, 0.0], [0.0, 1e-20]]);
        near(&solve_positive(&uneven, &[1e20, 1e-20], 0).unwrap().unwrap(), &[1.0, 1.0]);
    }
}
