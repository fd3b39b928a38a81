//! The log-posterior of a Gaussian mixture with a Wishart prior, vectorised over points and components.
//!
//! A precision matrix is `Q^T Q`, with `Q` lower triangular: the exponentials of `q` on the diagonal and `l` below it,
//! column by column. A row of `icf`, the inverse covariance factors, is `[q, l]`.

use super::numbers::Numbers;
use super::part;
use crate::case::Case;
use crate::error::Error;
use std::f64::consts::{LN_2, PI};
use wengert_expr::special::lgamma;
use wengert_expr::{Builder, DotAxes, Expr, Function, GraphError, Value};

/// The prior on the precision matrices.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Wishart {
    /// The scale.
    pub gamma: f64,
    /// The degrees of freedom beyond the dimension plus one.
    pub m: u32,
}

/// A mixture of K components and N points of D dimensions.
#[derive(Clone, Debug)]
pub struct Gmm {
    /// The logarithms of the components' weights up to a constant, `[K]`.
    pub alphas: Value,
    /// The components' means, `[K, D]`.
    pub means: Value,
    /// The components' inverse covariance factors, `[K, D (D + 1) / 2]`.
    pub icf: Value,
    /// The points, `[N, D]`.
    pub x: Value,
    /// The prior.
    pub wishart: Wishart,
}

impl Gmm {
    /// ADBench's `test`: 3 components, 1 point, 2 dimensions. The objective and the gradient there are published.
    pub const TEST: &'static str = include_str!("../data/adbench/gmm/test.txt");
    /// ADBench's `1k_d2_K5`: 5 components, 1000 points, 2 dimensions.
    pub const D2_K5: &'static str = include_str!("../data/adbench/gmm/1k_d2_K5.txt");
    /// ADBench's `1k_d10_K5`: 5 components, 1000 points, 10 dimensions.
    pub const D10_K5: &'static str = include_str!("../data/adbench/gmm/1k_d10_K5.txt");

    /// Reads ADBench's format: `D K N`, the alphas, the means, the factors, the points, `gamma m`.
    ///
    /// # Errors
    /// Too few or too many words, or one that is not the number it should be.
    pub fn parse(text: &str) -> Result<Gmm, Error> {
        let mut numbers = Numbers::new(text);
        let d = numbers.extent("the number of dimensions")?;
        let k = numbers.extent("the number of components")?;
        let n = numbers.extent("the number of points")?;
        let mut array = |shape: &[usize], what| {
            let count = shape.iter().fold(1, |a: usize, &n| a.saturating_mul(n));
            Ok::<_, Error>(Value::new(shape, numbers.many(count, what)?))
        };
        let alphas = array(&[k], "an alpha")?;
        let means = array(&[k, d], "an element of a mean")?;
        let icf = array(&[k, d * (d + 1) / 2], "an element of a factor")?;
        let x = array(&[n, d], "an element of a point")?;
        let wishart = Wishart {
            gamma: numbers.one("the prior's gamma")?,
            m: numbers.one("the prior's degrees of freedom")?,
        };
        numbers.end()?;
        Ok(Gmm { alphas, means, icf, x, wishart })
    }

    /// From `alphas`, `means`, `icf` and the points `x` to the `objective`.
    ///
    /// # Errors
    /// A shape with more elements than memory can address.
    pub fn function(&self) -> Result<Function, GraphError> {
        let b = Builder::new();
        let alphas = b.param("alphas", self.alphas.ty());
        let means = b.param("means", self.means.ty());
        let icf = b.param("icf", self.icf.ty());
        let x = b.input("x", self.x.ty());
        b.output("objective", objective(alphas, means, icf, x, self.wishart));
        b.finish()
    }

    /// The objective at the parameters of the file, differentiated by all of them.
    ///
    /// # Errors
    /// As [`Gmm::function`].
    pub fn case(&self) -> Result<Case, Error> {
        let [k, d] = [self.means.shape()[0], self.means.shape()[1]];
        let name = format!("GMM, D = {d}, K = {k}, N = {}", self.x.shape()[0]);
        let values = [&self.alphas, &self.means, &self.icf, &self.x].map(Value::clone);
        let case = Case::new(name, self.function()?, values.to_vec());
        Ok(case.with_respect_to(&["alphas", "means", "icf"]))
    }
}

/// The logarithm of the likelihood of the points times that of the prior.
fn objective<'b>(alphas: Expr<'b>, means: Expr<'b>, icf: Expr<'b>, x: Expr<'b>, prior: Wishart) -> Expr<'b> {
    let (d, width) = (means.shape()[1], icf.shape()[1]);
    let (q, below) = (part(icf, 0, d), part(icf, d, width - d));
    log_likelihood(alphas, means, q, below, x) + log_prior(q, below, prior)
}

fn log_likelihood<'b>(
    alphas: Expr<'b>,
    means: Expr<'b>,
    q: Expr<'b>,
    below: Expr<'b>,
    x: Expr<'b>,
) -> Expr<'b> {
    let shape = x.shape();
    let (n, d) = (shape[0] as f64, shape[1] as f64);
    let centred = x.expand_dims(1) - means;
    // [K, D, D] by [N, K, D] to [K, D, N]: one triangular product for each point and component.
    let axes = DotAxes { batch: ([0].into(), [1].into()), contract: ([2].into(), [2].into()) };
    let distances = triangular(q, below).dot_general(centred, axes).square_sum(1);
    let weights = (alphas + q.sum(1)).expand_dims(1);
    let inner = (weights - 0.5 * distances).logsumexp(0);
    inner.sum(..) - n * alphas.logsumexp(0) - n * d / 2.0 * (2.0 * PI).ln()
}

/// The matrices `Q`, `[K, D, D]`.
fn triangular<'b>(q: Expr<'b>, below: Expr<'b>) -> Expr<'b> {
    let (d, zero) = (q.shape()[1], q.number(0.0).broadcast_to([q.shape()[0], 1]));
    let elements = q.exp().concatenate(&[below, zero], 1);
    let last = elements.shape()[1] as i64 - 1;
    let position = |row: usize, column: usize| match row.cmp(&column) {
        std::cmp::Ordering::Less => last,
        std::cmp::Ordering::Equal => row as i64,
        std::cmp::Ordering::Greater => (d + column * (2 * d - 1 - column) / 2 + row - column - 1) as i64,
    };
    let positions = (0..d).flat_map(|row| (0..d).map(move |column| position(row, column))).collect();
    elements.take(q.builder().constant(Value::new::<i64>([d, d], positions)), 1)
}

fn log_prior<'b>(q: Expr<'b>, below: Expr<'b>, Wishart { gamma, m }: Wishart) -> Expr<'b> {
    let (k, d) = (q.shape()[0] as f64, q.shape()[1] as f64);
    let freedom = d + f64::from(m) + 1.0;
    let squares = q.exp().square_sum(..) + below.square_sum(..);
    let constant = freedom * d * (gamma.ln() - 0.5 * LN_2) - log_multigamma(freedom / 2.0, d);
    0.5 * gamma * gamma * squares - f64::from(m) * q.sum(..) - k * constant
}

/// The logarithm of the multivariate gamma function of dimension `d`.
fn log_multigamma(a: f64, d: f64) -> f64 {
    let terms = (0..d as u32).map(|j| lgamma(a - f64::from(j) / 2.0));
    d * (d - 1.0) / 4.0 * PI.ln() + terms.sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_file_says() {
        let gmm = Gmm::parse(Gmm::TEST).unwrap();
        assert_eq!(gmm.alphas.to_f64s(), [-0.649014, 1.181166, -0.758453]);
        assert_eq!(gmm.means.to_f64s()[..3], [0.092339, 0.18626, 0.345561]);
        assert_eq!((gmm.icf.shape(), gmm.icf.to_f64s()[8]), (&[3, 3][..], -1.270071));
        assert_eq!(gmm.x.to_f64s(), [1.175171, 2.02916]);
        assert_eq!(gmm.wishart, Wishart { gamma: 1.0, m: 0 });
        for (text, shape) in [(Gmm::D2_K5, [1000, 2]), (Gmm::D10_K5, [1000, 10])] {
            assert_eq!(Gmm::parse(text).unwrap().x.shape(), shape);
        }
    }

    #[test]
    fn says_where_a_file_is_wrong() {
        let error = |text: &str| Gmm::parse(text).unwrap_err().to_string();
        assert_eq!(error(""), "the number of dimensions should be word 1 of the file, which has fewer");
        assert_eq!(error("1 0 1"), "word 2 of the file should be the number of components, found \"0\"");
        assert_eq!(error("4000000 4000000 1 1"), "an alpha should be word 5 of the file, which has fewer");
        assert_eq!(error("1 1 1 0 0 0 x"), "word 7 of the file should be an element of a point, found \"x\"");
        assert_eq!(error("1 1 1 0 0 0 0 1 0 9"), "the file should end before word 10, found \"9\"");
    }

    #[test]
    fn factors_fill_the_triangle_by_columns() {
        let b = Builder::new();
        let icf = b.constant(Value::new([1, 6], vec![0.0, 0.0, 0.0, 2.0, 3.0, 4.0]));
        b.output_unnamed(triangular(part(icf, 0, 3), part(icf, 3, 3)));
        let matrix = wengert_exec::evaluate(&b.finish().unwrap(), &[]).unwrap();
        assert_eq!(matrix[0].shape(), [1, 3, 3]);
        assert_eq!(matrix[0].to_f64s(), [1.0, 0.0, 0.0, 2.0, 1.0, 0.0, 3.0, 4.0, 1.0]);
    }

    /// One standard normal with one point at its mean and the neutral prior.
    #[test]
    fn one_component_in_one_dimension_by_hand() {
        let gmm = Gmm::parse("1 1 1  0  0  0  0  1 0").unwrap();
        let found = gmm.case().unwrap().primal().run().unwrap()[0].item().unwrap();
        // -1/2 log 2 pi, then 1/2 for exp(0), less 2 (-1/2 log 2) - log Gamma(1).
        let expected = -0.5 * (2.0 * PI).ln() + 0.5 + LN_2;
        assert!((found - expected).abs() < 1e-15, "{found}");
    }
}
