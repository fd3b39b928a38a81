//! Data that travels inside the library. `data/README.md` names its sources and licences.

use crate::{CsvOptions, Result, parse_csv};
use std::path::Path;
use wengert_expr::Value;

/// 1797 handwritten digits: 64 pixels from 0 to 16 each, as `f64[1797, 64]`, and their classes, as `i64[1797]`.
pub fn digits() -> Result<(Value, Value)> {
    let file = include_bytes!("../data/digits.csv.gz");
    parse_csv(file, Path::new("digits.csv.gz"), &CsvOptions::default())?.split_labels()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digits_are_those_of_the_test_part() {
        let (features, labels) = digits().unwrap();
        assert_eq!((features.shape(), labels.shape()), (&[1797, 64][..], &[1797][..]));
        let pixels = features.slice::<f64>().unwrap();
        assert!(pixels.iter().all(|&p| (0.0..=16.0).contains(&p) && p.fract() == 0.0));
        assert_eq!(pixels[..8], [0.0, 0.0, 5.0, 13.0, 9.0, 1.0, 0.0, 0.0]);
        assert_eq!(pixels.iter().sum::<f64>(), 561_718.0);
        let labels = labels.slice::<i64>().unwrap();
        assert_eq!(labels[..10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        let counts: Vec<usize> = (0..10).map(|d| labels.iter().filter(|&&l| l == d).count()).collect();
        assert_eq!(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    }
}
