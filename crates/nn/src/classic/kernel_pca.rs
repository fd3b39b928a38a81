//! Principal components in the space of a kernel.

use super::error::{ClassicError, finite, positive};
use super::samples::{table, table_of, value_of};
use crate::error::NnError;
use crate::matrix::symmetric_eigen;
use ndarray::{Array1, Array2, ArrayView1, Axis};
use wengert_expr::Value;

/// A kernel: the inner product of two samples' images in a space of features.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Kernel {
    /// `x.y`.
    Linear,
    /// `exp(-gamma |x - y|**2)`.
    Rbf {
        /// The inverse width, positive.
        gamma: f64,
    },
    /// `(gamma x.y + offset)**degree`.
    Polynomial {
        /// The degree, from 1 to 64.
        degree: u32,
        /// The scale, positive.
        gamma: f64,
        /// What is added.
        offset: f64,
    },
}

impl Kernel {
    fn check(self) -> Result<(), ClassicError> {
        match self {
            Kernel::Linear => Ok(()),
            Kernel::Rbf { gamma } => positive("the kernel's gamma", gamma).map(|_| ()),
            Kernel::Polynomial { degree, gamma, offset } => {
                positive("the kernel's gamma", gamma)?;
                finite("the kernel's offset", offset)?;
                let expected = "1 to 64";
                match degree {
                    1..=64 => Ok(()),
                    _ => {
                        let value = f64::from(degree);
                        Err(ClassicError::Setting { what: "the kernel's degree", value, expected })
                    }
                }
            }
        }
    }

    fn of(self, x: ArrayView1<'_, f64>, y: ArrayView1<'_, f64>) -> f64 {
        match self {
            Kernel::Linear => x.dot(&y),
            Kernel::Rbf { gamma } => {
                libm::exp(-gamma * x.iter().zip(y).map(|(x, y)| (x - y) * (x - y)).sum::<f64>())
            }
            Kernel::Polynomial { degree, gamma, offset } => power(gamma * x.dot(&y) + offset, degree),
        }
    }

    /// The kernel of all rows of one table with all of another.
    fn matrix(self, left: &Array2<f64>, right: &Array2<f64>) -> Result<Array2<f64>, ClassicError> {
        let entry = |(i, j)| self.of(left.row(i), right.row(j));
        let matrix = Array2::from_shape_fn((left.nrows(), right.nrows()), entry);
        match matrix.indexed_iter().find(|(_, k)| !k.is_finite()) {
            Some(((first, second), &value)) => Err(ClassicError::Kernel { first, second, value }),
            None => Ok(matrix),
        }
    }
}

fn power(base: f64, degree: u32) -> f64 {
    (0..degree).fold(1.0, |power, _| power * base)
}

/// Kernel principal component analysis (B. Scholkopf, A. Smola and K.-R. Muller, "Nonlinear Component Analysis as a Kernel
/// Eigenvalue Problem", 1998): the components of the samples' images, by the eigenvectors of the centred kernel matrix.
///
/// ```
/// use wengert_nn::classic::{Kernel, KernelPca};
/// use wengert_expr::Value;
/// let x = Value::new([3, 2], vec![1.0, 2.0, 3.0, 4.0, 5.0, 9.0]);
/// let pca = KernelPca { kernel: Kernel::Rbf { gamma: 0.05 }, components: Some(2) }.fit(&x)?;
/// assert_eq!(pca.transform(&x)?.shape(), [3, 2]);
/// # Ok::<(), wengert_nn::NnError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct KernelPca {
    /// The kernel.
    pub kernel: Kernel,
    /// How many components are kept; all along which the images vary if absent.
    pub components: Option<usize>,
}

/// Components that were found.
#[derive(Clone, PartialEq, Debug)]
pub struct FittedKernelPca {
    kernel: Kernel,
    samples: Array2<f64>,
    centred: Array2<f64>,
    /// The mean of each column of the kernel matrix before centring.
    means: Array1<f64>,
    eigenvalues: Vec<f64>,
    /// An eigenvector over the root of its eigenvalue in each row.
    coefficients: Array2<f64>,
}

impl KernelPca {
    /// The components of features `[samples, features]`.
    ///
    /// # Errors
    /// Features that are no table of finite numbers, settings of the kernel out of their range, a kernel that is not finite,
    /// or more components than the images vary along.
    pub fn fit(&self, features: &Value) -> Result<FittedKernelPca, NnError> {
        self.kernel.check()?;
        let samples = table(features)?;
        let matrix = self.kernel.matrix(&samples, &samples)?;
        let means = matrix.sum_axis(Axis(0)) / samples.nrows() as f64;
        let centred = centred(&matrix);
        let eigen = symmetric_eigen(&centred)?;
        // What is lost when the means are taken away is of the size of the matrix before.
        let size = matrix.iter().fold(0.0, |most: f64, k| most.max(k.abs()));
        let least = 4.0 * f64::EPSILON * samples.nrows() as f64 * size;
        let most = eigen.values.iter().filter(|&&v| v > least).count();
        let kept = self.components.unwrap_or(most);
        if kept > most {
            return Err(ClassicError::Components { asked: kept, most }.into());
        }
        let root = |k: usize| eigen.values[k].sqrt();
        let coefficients =
            Array2::from_shape_fn((kept, samples.nrows()), |(k, i)| eigen.vectors[[k, i]] / root(k));
        let (kernel, eigenvalues) = (self.kernel, eigen.values);
        Ok(FittedKernelPca { kernel, samples, centred, means, eigenvalues, coefficients })
    }
}

impl FittedKernelPca {
    /// The centred kernel matrix, `[samples, samples]`.
    pub fn centred(&self) -> Value {
        value_of(self.centred.clone())
    }

    /// All eigenvalues of the centred kernel matrix, falling. Over the number of samples less 1 they are variances.
    pub fn eigenvalues(&self) -> &[f64] {
        &self.eigenvalues
    }

    /// The coordinates of samples along the components, `[samples, components]`; the samples may be new ones.
    ///
    /// # Errors
    /// Features that are no table of finite numbers, not as many as were fitted, or whose kernel is not finite.
    pub fn transform(&self, features: &Value) -> Result<Value, NnError> {
        let table = table_of(features, self.samples.ncols())?;
        let mut matrix = self.kernel.matrix(&table, &self.samples)?;
        let (count, mean) = (self.means.len() as f64, self.means.sum() / self.means.len() as f64);
        for mut row in matrix.rows_mut() {
            let own = row.sum() / count;
            row.zip_mut_with(&self.means, |k, m| *k = *k - m - own + mean);
        }
        Ok(value_of(matrix.dot(&self.coefficients.t())))
    }
}

/// A kernel matrix `[n, n]` centred: `K - E K - K E + E K E` with `E` the matrix whose entries are all `1 / n`, which makes
/// it the kernel matrix of images whose mean is 0.
///
/// # Errors
/// A table that is not square, or holds what is not finite.
pub fn centred_kernel(kernel: &Value) -> Result<Value, NnError> {
    let matrix = table(kernel)?;
    let (rows, columns) = matrix.dim();
    match rows == columns {
        true => Ok(value_of(centred(&matrix))),
        false => Err(ClassicError::NotSymmetric { rows, columns }.into()),
    }
}

fn centred(matrix: &Array2<f64>) -> Array2<f64> {
    let n = matrix.nrows() as f64;
    let (of_columns, of_rows) = (matrix.sum_axis(Axis(0)) / n, matrix.sum_axis(Axis(1)) / n);
    let mean = of_rows.sum() / n;
    Array2::from_shape_fn(matrix.dim(), |(i, j)| matrix[[i, j]] - of_columns[j] - of_rows[i] + mean)
}

#[cfg(test)]
mod tests {
    use super::super::pca::Pca;
    use super::super::testing::*;
    use super::*;

    fn rows() -> Value {
        Value::new([3, 2], vec![1.0, 2.0, 3.0, 4.0, 5.0, 9.0])
    }

    fn fitted(kernel: Kernel) -> FittedKernelPca {
        KernelPca { kernel, components: None }.fit(&rows()).unwrap()
    }

    const PLAIN: [f64; 9] = [5.0, 11.0, 23.0, 11.0, 25.0, 51.0, 23.0, 51.0, 106.0];
    const CENTRED: [f64; 9] = [13.0, 3.0, -16.0, 3.0, 1.0, -4.0, -16.0, -4.0, 20.0];

    #[test]
    fn c3_centring_a_kernel() {
        let pca = fitted(Kernel::Linear);
        near(&pca.centred().to_f64s(), &CENTRED);
        near(&centred_kernel(&Value::new([3, 3], PLAIN.to_vec())).unwrap().to_f64s(), &CENTRED);
        for row in pca.centred.rows() {
            assert!(row.sum().abs() < 1e-12);
        }
        let variances: Vec<f64> = pca.eigenvalues().iter().map(|v| v / 2.0).collect();
        near(&variances, &[16.821658488546618, 0.178341511453382, 0.0]);
        assert_eq!(pca.coefficients.nrows(), 2);
    }

    #[test]
    fn c3_the_linear_kernel_is_plain_pca() {
        let coordinates = fitted(Kernel::Linear).transform(&rows()).unwrap().to_f64s();
        let plain = Pca::default().fit(&rows()).unwrap();
        let expected = plain.transform(&rows()).unwrap().to_f64s();
        // The sign of a component is that of its eigenvector, which lives in another space.
        for k in 0..2 {
            let sign = if coordinates[k] * expected[k] > 0.0 { 1.0 } else { -1.0 };
            let column = |c: &[f64]| c.iter().skip(k).step_by(2).map(|x| x * sign).collect::<Vec<f64>>();
            within(
                &column(&coordinates),
                &expected.iter().skip(k).step_by(2).copied().collect::<Vec<f64>>(),
                1e-11,
            );
        }
        // New samples lie where plain PCA puts them, too.
        let new = Value::new([1, 2], vec![-2.0, 7.0]);
        let new_found = fitted(Kernel::Linear).transform(&new).unwrap().to_f64s();
        let new_expected = plain.transform(&new).unwrap().to_f64s();
        within(
            &[new_found[0].abs(), new_found[1].abs()],
            &[new_expected[0].abs(), new_expected[1].abs()],
            1e-11,
        );
    }

    #[test]
    fn c4_ones_must_be_divided_by_their_number() {
        let k = Array2::from_shape_vec((3, 3), PLAIN.to_vec()).unwrap();
        let with = |e: &Array2<f64>| &k - &e.dot(&k) - &k.dot(e) + &e.dot(&k).dot(e);
        let ones = Array2::from_elem((3, 3), 1.0);
        assert_eq!(with(&ones).row(0).to_vec(), [233.0, 191.0, 110.0]);
        let found = centred_kernel(&Value::new([3, 3], PLAIN.to_vec())).unwrap().to_f64s();
        near(&found, &with(&(ones / 3.0)).iter().copied().collect::<Vec<f64>>());
    }

    #[test]
    fn c5_the_rbf_kernel() {
        let pca = fitted(Kernel::Rbf { gamma: 0.05 });
        let (a, b, c) = (0.40364039563535004, 0.2731096754606328, 0.6941402342632443);
        let (ab, ac, bc) = (0.00869508158363, -0.41233547721898, -0.28180475704426);
        let found = pca.centred().to_f64s();
        near(&[found[0], found[4], found[8]], &[a, b, c]);
        // These are stated to 14 decimals.
        within(&[found[1], found[2], found[5]], &[ab, ac, bc], 1e-12);
        let coordinates = pca.transform(&rows()).unwrap().to_f64s();
        let squares = |k: usize| coordinates.iter().skip(k).step_by(2).map(|x| x * x).sum::<f64>();
        near(&[squares(0), squares(1)], &pca.eigenvalues()[..2]);
    }

    #[test]
    fn a_polynomial_kernel_is_an_inner_product_of_monomials() {
        let kernel = Kernel::Polynomial { degree: 2, gamma: 1.0, offset: 1.0 };
        // (x.y + 1)^2 is that of (1, r x1, r x2, x1^2, x2^2, r x1 x2) with r the root of 2.
        let r = 2f64.sqrt();
        let image = |x: &[f64]| [1.0, r * x[0], r * x[1], x[0] * x[0], x[1] * x[1], r * x[0] * x[1]];
        let images: Vec<f64> = rows().to_f64s().chunks(2).flat_map(image).collect();
        let linear = KernelPca { kernel: Kernel::Linear, components: None };
        let expected = linear.fit(&Value::new([3, 6], images)).unwrap();
        near(&fitted(kernel).eigenvalues()[..2], &expected.eigenvalues()[..2]);
    }

    #[test]
    fn faults_are_named() {
        let error =
            |kernel, components| KernelPca { kernel, components }.fit(&rows()).unwrap_err().to_string();
        assert_eq!(
            error(Kernel::Rbf { gamma: 0.0 }, None),
            "the kernel's gamma is 0: expected a positive number"
        );
        assert_eq!(error(Kernel::Linear, Some(3)), "3 components of data that have at most 2");
        let polynomial = |degree| Kernel::Polynomial { degree, gamma: 1e200, offset: 0.0 };
        assert_eq!(error(polynomial(0), None), "the kernel's degree is 0: expected 1 to 64");
        assert!(
            error(polynomial(2), None).starts_with("the kernel of samples 0 and 0 (counted from 0) is inf")
        );
        let wide = centred_kernel(&Value::full([2, 3], 1.0)).unwrap_err().to_string();
        assert!(wide.starts_with("a matrix of 2 by 3"), "{wide}");
    }
}
