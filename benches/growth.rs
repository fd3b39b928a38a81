//! How a time grows with a size.

/// The slope of the least-squares line through the logarithms of sizes and times: 1 where the time is proportional to the size.
pub fn slope(sizes: &[usize], seconds: &[f64]) -> f64 {
    let points = || sizes.iter().zip(seconds).map(|(&n, s)| ((n as f64).ln(), s.ln()));
    let count = sizes.len() as f64;
    let mean_x = points().map(|(x, _)| x).sum::<f64>() / count;
    let mean_y = points().map(|(_, y)| y).sum::<f64>() / count;
    let covariance: f64 = points().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    covariance / points().map(|(x, _)| (x - mean_x).powi(2)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_power() {
        let sizes = [10, 100, 1000];
        let seconds = sizes.map(|n| 3.0 * (n as f64).powf(1.5));
        assert!((slope(&sizes, &seconds) - 1.5).abs() < 1e-12);
    }
}
