//! Principal components: the directions in which samples vary most.

use super::error::ClassicError;
use super::samples::{table, table_of, value_of};
use crate::error::NnError;
use crate::matrix::symmetric_eigen;
use ndarray::{Array1, Array2, Axis, s};
use wengert_expr::Value;

/// Principal component analysis (K. Pearson 1901; H. Hotelling 1933): the eigenvectors, in falling order of their
/// eigenvalues, of the covariance of the samples, which divides by their number less 1.
///
/// Each component has length 1, and the first of its greatest entries is positive.
///
/// ```
/// use wengert_nn::classic::Pca;
/// use wengert_expr::Value;
/// let x = Value::new([3, 2], vec![1.0, 2.0, 3.0, 4.0, 5.0, 9.0]);
/// let pca = Pca::default().fit(&x)?;
/// assert!((pca.variances()[0] - 16.821658488546618).abs() < 1e-12);
/// let back = pca.inverse(&pca.transform(&x)?)?;
/// assert!(back.to_f64s().iter().zip(x.to_f64s()).all(|(b, x)| (b - x).abs() < 1e-12));
/// # Ok::<(), wengert_nn::NnError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pca {
    /// How many components are kept; all of them if absent.
    pub components: Option<usize>,
    /// Whether the mean is taken away first. Without, components point at the mean as much as along the variation.
    pub centre: bool,
}

/// All components, centred.
impl Default for Pca {
    fn default() -> Pca {
        Pca { components: None, centre: true }
    }
}

/// Components that were found.
#[derive(Clone, PartialEq, Debug)]
pub struct FittedPca {
    mean: Array1<f64>,
    covariance: Array2<f64>,
    variances: Vec<f64>,
    components: Array2<f64>,
}

impl Pca {
    /// The components of features `[samples, features]`.
    ///
    /// # Errors
    /// Features that are no table of finite numbers, fewer than two samples, more components than features, or numbers so
    /// large that their squares are infinite.
    pub fn fit(&self, features: &Value) -> Result<FittedPca, NnError> {
        let table = table(features)?;
        let (samples, most) = table.dim();
        if samples < 2 {
            return Err(ClassicError::TooFew { found: samples }.into());
        }
        let kept = self.components.unwrap_or(most);
        if kept > most {
            return Err(ClassicError::Components { asked: kept, most }.into());
        }
        let mean = match self.centre {
            true => table.sum_axis(Axis(0)) / samples as f64,
            false => Array1::zeros(most),
        };
        let centred = &table - &mean.view().insert_axis(Axis(0));
        let covariance = centred.t().dot(&centred) / (samples - 1) as f64;
        let eigen = symmetric_eigen(&covariance)?;
        let components = eigen.vectors.slice(s![..kept, ..]).to_owned();
        Ok(FittedPca { mean, covariance, variances: eigen.values, components })
    }
}

impl FittedPca {
    /// What is taken away from the features, `[features]`.
    pub fn mean(&self) -> Value {
        Value::from(self.mean.to_vec())
    }

    /// The covariance, `[features, features]`; of data that were not centred the mean square instead.
    pub fn covariance(&self) -> Value {
        value_of(self.covariance.clone())
    }

    /// All eigenvalues of the covariance, falling: the variance along each component, also of those that are not kept.
    pub fn variances(&self) -> &[f64] {
        &self.variances
    }

    /// The kept components, one in each row: `[components, features]`.
    pub fn components(&self) -> Value {
        value_of(self.components.clone())
    }

    /// The coordinates of samples along the components, `[samples, components]`.
    ///
    /// # Errors
    /// Features that are no table of finite numbers, or not as many as were fitted.
    pub fn transform(&self, features: &Value) -> Result<Value, NnError> {
        let table = table_of(features, self.mean.len())?;
        Ok(value_of((table - self.mean.view().insert_axis(Axis(0))).dot(&self.components.t())))
    }

    /// The samples with these coordinates `[samples, components]`: exact if all components are kept, else the nearest
    /// that the kept ones reach.
    ///
    /// # Errors
    /// Coordinates that are no table of finite numbers, or not as many as components are kept.
    pub fn inverse(&self, coordinates: &Value) -> Result<Value, NnError> {
        let table = table_of(coordinates, self.components.nrows())?;
        Ok(value_of(table.dot(&self.components) + self.mean.view().insert_axis(Axis(0))))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn rows() -> Value {
        Value::new([3, 2], vec![1.0, 2.0, 3.0, 4.0, 5.0, 9.0])
    }

    #[test]
    fn c1_the_covariance_and_its_eigenvalues() {
        let pca = Pca::default().fit(&rows()).unwrap();
        near(&pca.covariance().to_f64s(), &[4.0, 7.0, 7.0, 13.0]);
        near(&pca.variances, &[16.821658488546618, 0.178341511453382]);
        assert_eq!(pca.mean().to_f64s(), [3.0, 5.0]);
        // (7, lambda - 4), scaled to length 1, is the first component.
        let leading = [7f64, 12.821658488546618];
        let length = leading[0].hypot(leading[1]);
        near(&pca.components().to_f64s()[..2], &[leading[0] / length, leading[1] / length]);
        let second = &pca.components().to_f64s()[2..];
        near(second, &[leading[1] / length, -leading[0] / length]);
    }

    #[test]
    fn c2_do_not_forget_to_centre() {
        let pca = Pca { centre: false, ..Pca::default() }.fit(&rows()).unwrap();
        near(&pca.covariance().to_f64s(), &[17.5, 29.5, 29.5, 50.5]);
        near(&pca.variances, &[67.80088756231115, 0.19911243768886]);
    }

    #[test]
    fn coordinates_and_back() {
        let pca = Pca::default().fit(&rows()).unwrap();
        let coordinates = pca.transform(&rows()).unwrap();
        near(&pca.inverse(&coordinates).unwrap().to_f64s(), &rows().to_f64s());
        let squares = |k: usize| coordinates.to_f64s().iter().skip(k).step_by(2).map(|x| x * x).sum::<f64>();
        near(&[squares(0) / 2.0, squares(1) / 2.0], &pca.variances);
        let one = Pca { components: Some(1), ..Pca::default() }.fit(&rows()).unwrap();
        let back = one.inverse(&one.transform(&rows()).unwrap()).unwrap();
        let lost: f64 = back.to_f64s().iter().zip(rows().to_f64s()).map(|(b, x)| (b - x).powi(2)).sum();
        near(&[lost / 2.0], &[one.variances[1]]);
    }

    #[test]
    fn faults_are_named() {
        let error = |pca: Pca, x: &Value| pca.fit(x).unwrap_err().to_string();
        assert_eq!(
            error(Pca::default(), &Value::full([1, 2], 1.0)),
            "1 sample is too few: a covariance needs at least 2"
        );
        let three = Pca { components: Some(3), ..Pca::default() };
        assert_eq!(error(three, &rows()), "3 components of data that have at most 2");
        assert!(error(Pca::default(), &Value::new([2, 1], vec![1e300, -1e300])).contains("not finite"));
    }
}
