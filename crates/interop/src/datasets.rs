//! Data that travels inside the library. `data/README.md` names its sources and licences.

use crate::{CsvOptions, Delimiter, Result, parse_csv};
use std::path::Path;
use wengert_expr::Value;

/// 1797 handwritten digits: 64 pixels from 0 to 16 each, as `f64[1797, 64]`, and their classes, as `i64[1797]`.
pub fn digits() -> Result<(Value, Value)> {
    labelled(include_bytes!("../data/digits.csv.gz"), "digits.csv.gz")
}

/// 150 irises: lengths and widths of sepal and petal in cm, as `f64[150, 4]`, and which of three species, as `i64[150]`
/// (Fisher, 1936).
pub fn iris() -> Result<(Value, Value)> {
    labelled(include_bytes!("../data/iris.csv.gz"), "iris.csv.gz")
}

/// 178 wines: 13 chemical measurements, as `f64[178, 13]`, and which of three growers, as `i64[178]`.
pub fn wine() -> Result<(Value, Value)> {
    labelled(include_bytes!("../data/wine.csv.gz"), "wine.csv.gz")
}

/// 569 tumours: 30 measurements of cell nuclei, as `f64[569, 30]`, and 0 for malignant or 1 for benign, as `i64[569]`.
pub fn breast_cancer() -> Result<(Value, Value)> {
    labelled(include_bytes!("../data/breast_cancer.csv.gz"), "breast_cancer.csv.gz")
}

/// 442 patients: 10 measurements, as `f64[442, 10]`, and how far their diabetes went in a year, as `f64[442, 1]` (Efron,
/// Hastie, Johnstone and Tibshirani, 2004).
pub fn diabetes() -> Result<(Value, Value)> {
    let options = CsvOptions { delimiter: Delimiter::Whitespace, ..CsvOptions::default() };
    let table = |bytes, name: &str| Ok(parse_csv(bytes, Path::new(name), &options)?.values);
    Ok((
        table(include_bytes!("../data/diabetes_data_raw.csv.gz"), "diabetes_data_raw.csv.gz")?,
        table(include_bytes!("../data/diabetes_target.csv.gz"), "diabetes_target.csv.gz")?,
    ))
}

fn labelled(file: &[u8], name: &str) -> Result<(Value, Value)> {
    parse_csv(file, Path::new(name), &CsvOptions::default())?.split_labels()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(labels: &Value, classes: i64) -> Vec<usize> {
        let labels = labels.slice::<i64>().unwrap();
        (0..classes).map(|c| labels.iter().filter(|&&l| l == c).count()).collect()
    }

    #[test]
    fn the_digits_are_those_of_the_test_part() {
        let (features, labels) = digits().unwrap();
        assert_eq!((features.shape(), labels.shape()), (&[1797, 64][..], &[1797][..]));
        let pixels = features.slice::<f64>().unwrap();
        assert!(pixels.iter().all(|&p| (0.0..=16.0).contains(&p) && p.fract() == 0.0));
        assert_eq!(pixels[..8], [0.0, 0.0, 5.0, 13.0, 9.0, 1.0, 0.0, 0.0]);
        assert_eq!(pixels.iter().sum::<f64>(), 561_718.0);
        assert_eq!(labels.slice::<i64>().unwrap()[..10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(counts(&labels, 10), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    }

    #[test]
    fn tables_have_their_published_sizes_and_classes() {
        for ((features, labels), shape, classes) in [
            (iris().unwrap(), [150, 4], &[50, 50, 50][..]),
            (wine().unwrap(), [178, 13], &[59, 71, 48]),
            (breast_cancer().unwrap(), [569, 30], &[212, 357]),
        ] {
            assert_eq!((features.shape(), labels.shape()), (&shape[..], &shape[..1]));
            assert_eq!(counts(&labels, classes.len() as i64), classes);
        }
        assert_eq!(iris().unwrap().0.slice::<f64>().unwrap()[..4], [5.1, 3.5, 1.4, 0.2]);
    }

    #[test]
    fn diabetes_is_as_it_was_measured() {
        let (features, targets) = diabetes().unwrap();
        assert_eq!((features.shape(), targets.shape()), (&[442, 10][..], &[442, 1][..]));
        let first = [59.0, 2.0, 32.1, 101.0, 157.0, 93.2, 38.0, 4.0, 4.8598, 87.0];
        assert_eq!(features.slice::<f64>().unwrap()[..10], first);
        let targets = targets.slice::<f64>().unwrap();
        assert_eq!(targets[..3], [151.0, 75.0, 141.0]);
        assert!(targets.iter().all(|t| (25.0..=346.0).contains(t)));
    }
}
