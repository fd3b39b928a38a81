//! Samples kept apart for testing.

use super::Dataset;
use crate::error::DataError;
use crate::random::{Purpose, Random};

/// The samples in an order from the seed, parted into those to train on and the last `fraction` of them to test.
///
/// # Errors
/// A fraction that leaves nothing on one side.
pub fn split_shuffled(data: &Dataset, fraction: f64, seed: u64) -> Result<(Dataset, Dataset), DataError> {
    part(data, &Random::new(seed, Purpose::Split, 0).permutation(data.len()), fraction)
}

/// The samples in their own order, parted into those to train on and the last `fraction` of them to test.
///
/// # Errors
/// A fraction that leaves nothing on one side.
pub fn split_ordered(data: &Dataset, fraction: f64) -> Result<(Dataset, Dataset), DataError> {
    part(data, &(0..data.len()).collect::<Vec<usize>>(), fraction)
}

fn part(data: &Dataset, order: &[usize], fraction: f64) -> Result<(Dataset, Dataset), DataError> {
    let samples = order.len();
    let test = (samples as f64 * fraction).round() as usize;
    if test == 0 || test >= samples {
        let train = samples.saturating_sub(test);
        return Err(DataError::Split { samples, fraction, train, test });
    }
    let (train, test) = order.split_at(samples - test);
    Ok((data.rows(train), data.rows(test)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::Loss;
    use crate::precision::Precision;
    use wengert_expr::Value;

    fn numbered(n: usize) -> Dataset {
        let numbers: Vec<f64> = (0..n).map(|i| i as f64).collect();
        Dataset::new(&Value::new([n, 1], numbers.clone()), &Value::from(numbers), Loss::Mse, Precision::F64)
            .unwrap()
    }

    #[test]
    fn every_sample_is_on_one_side() {
        let data = numbered(1797);
        let (train, test) = split_shuffled(&data, 0.2, 4).unwrap();
        assert_eq!((train.len(), test.len()), (1438, 359));
        let mut all = [train.features().to_f64s(), test.features().to_f64s()].concat();
        assert_ne!(all[..10], data.features().to_f64s()[..10]);
        all.sort_by(f64::total_cmp);
        assert_eq!(all, data.features().to_f64s());
        assert_eq!(test.features().to_f64s(), test.targets().values().to_f64s());
    }

    #[test]
    fn a_seed_repeats_and_another_differs() {
        let test = |seed| split_shuffled(&numbered(50), 0.2, seed).unwrap().1.features().to_f64s();
        assert_eq!(test(1), test(1));
        assert_ne!(test(1), test(2));
        let (_, last) = split_ordered(&numbered(10), 0.2).unwrap();
        assert_eq!(last.features().to_f64s(), [8.0, 9.0]);
    }

    #[test]
    fn a_side_without_samples_is_an_error() {
        for fraction in [0.0, 0.05, 0.99, 1.0, -1.0, 7.0, f64::NAN] {
            assert!(split_shuffled(&numbered(5), fraction, 0).is_err(), "{fraction}");
        }
        let error = split_ordered(&numbered(3), 0.1).unwrap_err().to_string();
        assert_eq!(error, "a test fraction of 0.1 leaves 3 of 3 samples to train on and 0 to test");
    }
}
