//! Linear equations with a symmetric positive definite matrix, by Cholesky's decomposition.

/// The solution of `a x = b` for a matrix `a`, row by row; none unless `a` is positive definite beyond rounding.
pub(crate) fn solve(a: &[f64], b: &[f64]) -> Option<Vec<f64>> {
    let l = decompose(a, b.len())?;
    let n = b.len();
    let mut x = b.to_vec();
    for i in 0..n {
        let known: f64 = (0..i).map(|k| l[n * i + k] * x[k]).sum();
        x[i] = (x[i] - known) / l[n * i + i];
    }
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|k| l[n * k + i] * x[k]).sum();
        x[i] = (x[i] - known) / l[n * i + i];
    }
    x.iter().all(|x| x.is_finite()).then_some(x)
}

/// The lower triangle `l` with `l l^T = a`.
fn decompose(a: &[f64], n: usize) -> Option<Vec<f64>> {
    let mut l = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| l[n * i + k] * l[n * j + k]).sum();
            let rest = a[n * i + j] - known;
            if j < i {
                l[n * i + j] = rest / l[n * j + j];
            } else if rest > n as f64 * f64::EPSILON * a[n * i + i] {
                l[n * i + i] = rest.sqrt();
            } else {
                return None;
            }
        }
    }
    Some(l)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_solves_what_is_positive_definite() {
        let a = [4.0, 2.0, 1.0, 2.0, 5.0, 3.0, 1.0, 3.0, 6.0];
        let x = [1.0, -2.0, 0.5];
        let b: Vec<f64> = a.chunks(3).map(|row| row.iter().zip(x).map(|(a, x)| a * x).sum()).collect();
        let found = solve(&a, &b).unwrap();
        assert!(found.iter().zip(x).all(|(f, x)| (f - x).abs() < 1e-14), "{found:?}");
    }

    #[test]
    fn it_refuses_what_is_not() {
        assert_eq!(solve(&[1.0, 1.0, 1.0, 1.0], &[1.0, 1.0]), None);
        assert_eq!(solve(&[1.0, 2.0, 2.0, 1.0], &[1.0, 1.0]), None);
        assert_eq!(solve(&[0.0], &[1.0]), None);
        assert_eq!(solve(&[f64::NAN], &[1.0]), None);
    }
}
