//! Samples from the sources that a configuration can name.

use crate::config::{Column, ConfigError, DataConfig, Source, SplitOrder};
use crate::data::{Dataset, Standardize, Synthetic, split_ordered, split_shuffled};
use crate::error::{DataError, NnError};
use crate::loss::Loss;
use crate::precision::Precision;
use ndarray::{Axis, s};
use std::path::Path;
use wengert_expr::Value;
use wengert_interop::{
    CsvOptions, CsvTable, Delimiter, breast_cancer, diabetes, digits, iris, read_csv, read_idx,
    read_idx_bytes, read_npy, read_npz, wine,
};

/// All that a training needs of its data.
#[derive(Clone, Debug)]
pub(crate) struct Samples {
    pub(crate) train: Dataset,
    /// The samples to judge epochs by, taken from those to train on.
    pub(crate) validation: Option<Dataset>,
    /// The samples to test on.
    pub(crate) test: Option<Dataset>,
    /// How features were shifted and scaled.
    pub(crate) standardize: Option<Standardize>,
    /// The names of the features, where a table names them.
    pub(crate) columns: Option<Vec<String>>,
}

/// Reads, splits and scales. A share of the samples to train on may be kept to judge epochs by.
pub(crate) fn load(
    data: &DataConfig,
    loss: Loss,
    precision: Precision,
    seed: u64,
    validation: Option<f64>,
) -> Result<Samples, NnError> {
    let dataset = |(features, targets): (Value, Value)| -> Result<Dataset, NnError> {
        let dataset = Dataset::new(&flat(&features), &targets, loss, precision)?;
        Ok(if data.scale == 1.0 { dataset } else { dataset.scaled(data.scale) })
    };
    let own_seed = data.seed.unwrap_or(seed);
    let made = |synthetic: Synthetic| Ok(synthetic.sample(own_seed, loss)?);
    let mut columns = None;
    let mut read = |path, labels| read(data, path, labels, &made, &mut columns);
    let apart = |all: &Dataset, fraction: f64, seed: u64| match data.split {
        SplitOrder::Shuffled => split_shuffled(all, fraction, seed).map(kept_apart),
        SplitOrder::Ordered => split_ordered(all, fraction).map(kept_apart),
    };
    let all = dataset(read(data.path.as_deref(), data.labels_path.as_deref())?)?;
    let (train, test) = match (&data.test_path, data.test_fraction()) {
        (Some(path), _) => {
            let test = read(Some(path), data.test_labels_path.as_deref())?;
            (all, Some(dataset(test)?))
        }
        (None, 0.0) => (all, None),
        (None, fraction) => apart(&all, fraction, own_seed)?,
    };
    let (train, validation) = match validation {
        Some(fraction) => apart(&train, fraction, seed)?,
        None => (train, None),
    };
    if !data.standardize {
        return Ok(Samples { train, validation, test, standardize: None, columns });
    }
    let scale = Standardize::fit(&train);
    // Data of another width are left as they are: the model says that they do not fit.
    let scaled = |part: Dataset| if part.width() == train.width() { scale.apply(&part) } else { part };
    let (test, validation) = (test.map(scaled), validation.map(scaled));
    Ok(Samples { train: scale.apply(&train), validation, test, standardize: Some(scale), columns })
}

fn kept_apart((train, test): (Dataset, Dataset)) -> (Dataset, Option<Dataset>) {
    (train, Some(test))
}

/// Features and targets as the source holds them, in these files if it has files, or as they are made up.
fn read(
    data: &DataConfig,
    path: Option<&Path>,
    labels: Option<&Path>,
    made: &dyn Fn(Synthetic) -> Result<(Value, Value), NnError>,
    columns: &mut Option<Vec<String>>,
) -> Result<(Value, Value), NnError> {
    let path = || needed(path, "data.path", data.source);
    let targets = || needed(labels, "data.labels_path", data.source);
    let samples = |usual: usize| data.samples.unwrap_or(usual);
    let noise = |usual: f64| data.noise.unwrap_or(usual);
    match data.source {
        Source::Digits => Ok(digits()?),
        Source::Iris => Ok(iris()?),
        Source::Wine => Ok(wine()?),
        Source::Cancer => Ok(breast_cancer()?),
        Source::Diabetes => Ok(diabetes()?),
        Source::Xor => made(Synthetic::Xor),
        Source::And => made(Synthetic::And),
        Source::Or => made(Synthetic::Or),
        Source::Car => made(Synthetic::Car),
        Source::Rings => made(Synthetic::Rings { samples: samples(200), noise: noise(0.0) }),
        Source::Moons => made(Synthetic::Moons { samples: samples(200), noise: noise(0.1) }),
        Source::Spirals => made(Synthetic::Spirals { samples: samples(200), noise: noise(0.0) }),
        Source::Blobs => made(Synthetic::Blobs { samples: samples(300), classes: 3, deviation: noise(0.5) }),
        Source::Sine => made(Synthetic::Sine { samples: samples(200), noise: noise(0.1) }),
        Source::Csv => {
            let table = read_csv(path()?, &options(data))?;
            if columns.is_none() {
                *columns = feature_names(&table, labels.is_none(), data.label_column.as_ref());
            }
            match labels {
                Some(labels) => Ok((table.values, read_csv(labels, &options(data))?.values)),
                None => Ok(target_column(&table, data.label_column.as_ref())?),
            }
        }
        Source::Npz => {
            let arrays = read_npz(path()?)?;
            let named = |name: &Option<String>, usual: &str| array(&arrays, name.as_deref().unwrap_or(usual));
            Ok((named(&data.features, "x")?, named(&data.labels, "y")?))
        }
        Source::Npy => Ok((read_npy(path()?)?, read_npy(targets()?)?)),
        Source::Idx => Ok((images(path()?)?, read_idx(targets()?)?)),
    }
}

/// A file that the source cannot do without.
fn needed<'p>(file: Option<&'p Path>, key: &'static str, source: Source) -> Result<&'p Path, ConfigError> {
    file.ok_or_else(|| ConfigError::Missing { key, because: format!("source {source} needs it") })
}

pub(crate) fn options(data: &DataConfig) -> CsvOptions {
    let delimiter = match data.delimiter {
        Some(' ') => Delimiter::Whitespace,
        Some(c) => u8::try_from(c).map_or(Delimiter::Char(b','), Delimiter::Char),
        None => Delimiter::Char(b','),
    };
    CsvOptions { delimiter, ..CsvOptions::default() }
}

/// The bytes of images as f32, which holds them exactly in half the memory of f64.
fn images(path: &Path) -> Result<Value, NnError> {
    let images = read_idx_bytes(path)?;
    Ok(Value::new(images.shape, images.data.into_iter().map(f32::from).collect()))
}

pub(crate) fn array(arrays: &[(String, Value)], name: &str) -> Result<Value, DataError> {
    let found = arrays.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone());
    found.ok_or_else(|| {
        let names: Vec<String> = arrays.iter().map(|(n, _)| format!("{n:?}")).collect();
        DataError::NoArray { name: name.to_owned(), found: names.join(", ") }
    })
}

/// The table without a column, the last unless told, and that column.
fn target_column(table: &CsvTable, column: Option<&Column>) -> Result<(Value, Value), DataError> {
    let column = column.unwrap_or(&Column::Number(-1));
    let missing = |columns| DataError::NoColumn { found: column.to_string(), columns };
    let Some(values) = table.values.tensor::<f64>().filter(|t| t.ndim() == 2) else { return Err(missing(0)) };
    let columns = values.shape()[1];
    let at = column.position(columns, table.columns.as_deref()).ok_or_else(|| missing(columns))?;
    let others: Vec<usize> = (0..columns).filter(|&c| c != at).collect();
    Ok((Value::from(values.select(Axis(1), &others)), Value::from(values.slice(s![.., at]).to_vec())))
}

/// The names of the columns but that of the target, if the table holds it.
pub(crate) fn feature_names(
    table: &CsvTable,
    has_target: bool,
    target: Option<&Column>,
) -> Option<Vec<String>> {
    let mut names = table.columns.clone()?;
    if has_target {
        let at = target.unwrap_or(&Column::Number(-1)).position(names.len(), table.columns.as_deref())?;
        names.remove(at);
    }
    Some(names)
}

/// A row for each sample, whatever shape a sample has.
pub(crate) fn flat(features: &Value) -> Value {
    let reshaped = match *features.shape() {
        [n, _, _, ..] if n > 0 => features.reshaped(&[n, features.len() / n]),
        _ => None,
    };
    reshaped.unwrap_or_else(|| features.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::write;
    use wengert_interop::{write_npy, write_npz};

    fn classes(data: &DataConfig) -> Result<Samples, NnError> {
        load(data, Loss::SoftmaxCrossEntropy, Precision::F64, 1, None)
    }

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn digits_lose_a_fifth() {
        let data = DataConfig { scale: 1.0 / 16.0, ..DataConfig::new(Source::Digits) };
        let samples = classes(&data).unwrap();
        let test = samples.test.unwrap();
        assert_eq!(
            (samples.train.len(), test.len(), test.width(), test.targets().outputs()),
            (1438, 359, 64, 10)
        );
        assert!(test.features().to_f64s().iter().all(|x| (0.0..=1.0).contains(x)));
    }

    #[test]
    fn what_is_made_up_has_the_size_and_the_noise_that_are_told() {
        let source = |source| DataConfig { test_fraction: Some(0.0), ..DataConfig::new(source) };
        for (kind, usual) in
            [(Source::Rings, 200), (Source::Moons, 200), (Source::Spirals, 200), (Source::Blobs, 300)]
        {
            assert_eq!(classes(&source(kind)).unwrap().train.len(), usual);
            let told = DataConfig { samples: Some(90), noise: Some(0.0), ..source(kind) };
            let samples = classes(&told).unwrap().train;
            assert_eq!(samples.len(), 90);
            let noisy = classes(&DataConfig { noise: Some(0.2), ..told }).unwrap().train;
            assert_ne!(samples.features().to_f64s(), noisy.features().to_f64s());
        }
    }

    #[test]
    fn validation_is_taken_from_training_alone() {
        let data = DataConfig { standardize: true, ..DataConfig::new(Source::Iris) };
        let part =
            |validation| load(&data, Loss::SoftmaxCrossEntropy, Precision::F64, 1, validation).unwrap();
        let (whole, apart) = (part(None), part(Some(0.25)));
        let validation = apart.validation.as_ref().unwrap();
        assert_eq!((apart.train.len(), validation.len(), apart.test.as_ref().unwrap().len()), (90, 30, 30));
        let test = |s: &Samples| s.test.as_ref().unwrap().targets().values().to_f64s();
        assert_eq!(test(&whole), test(&apart));
        // What scales is learned from the samples that are left to train on.
        let mean = apart.train.features().to_f64s().iter().step_by(4).sum::<f64>();
        assert!(mean.abs() < 1e-10, "{mean}");
        assert!(validation.features().to_f64s().iter().step_by(4).sum::<f64>().abs() > 1e-3);
    }

    #[test]
    fn a_table_has_its_target_in_any_column() {
        let folder = folder();
        let path = folder.path().join("a.csv");
        write(&path, "kind,size,weight\n0,1,10\n1,2,20\n1,3,30\n0,4,40\n").unwrap();
        let data = DataConfig {
            path: Some(path),
            test_fraction: Some(0.25),
            split: SplitOrder::Ordered,
            label_column: Some(Column::Name("kind".into())),
            ..DataConfig::new(Source::Csv)
        };
        let samples = classes(&data).unwrap();
        assert_eq!(samples.train.features().to_f64s(), [1.0, 10.0, 2.0, 20.0, 3.0, 30.0]);
        assert_eq!(samples.train.targets().values().to_f64s(), [0.0, 1.0, 1.0]);
        assert_eq!(samples.test.unwrap().features().to_f64s(), [4.0, 40.0]);
        let other = DataConfig { label_column: Some(Column::Name("colour".into())), ..data.clone() };
        let message = "the data have 3 columns; there is no column \"colour\"";
        assert_eq!(classes(&other).unwrap_err().to_string(), message);
        let standardized = classes(&DataConfig { standardize: true, ..data }).unwrap();
        let deviation = (2.0f64 / 3.0).sqrt();
        let test = standardized.test.unwrap().features().to_f64s();
        assert!(test.iter().all(|x| (x - 2.0 / deviation).abs() < 1e-12), "{test:?}");
    }

    #[test]
    fn arrays_in_one_file_or_in_two() {
        let folder = folder();
        let at = |name: &str| Some(folder.path().join(name));
        let x = Value::new([2, 2, 2], (0..8).map(f64::from).collect());
        let y = Value::from(vec![1i64, 0]);
        write_npz(at("a.npz").unwrap(), [("x", &x), ("y", &y)]).unwrap();
        write_npy(at("x.npy").unwrap(), &x).unwrap();
        write_npy(at("y.npy").unwrap(), &y).unwrap();
        write(at("x.idx").unwrap(), [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 1, 2, 3, 4, 5, 6, 7])
            .unwrap();
        write(at("y.idx").unwrap(), [0, 0, 8, 1, 0, 0, 0, 2, 1, 0]).unwrap();
        let npz = DataConfig { path: at("a.npz"), ..DataConfig::new(Source::Npz) };
        let npy = DataConfig { path: at("x.npy"), labels_path: at("y.npy"), ..DataConfig::new(Source::Npy) };
        let idx = DataConfig { path: at("x.idx"), labels_path: at("y.idx"), ..DataConfig::new(Source::Idx) };
        for data in [&npz, &npy, &idx] {
            let all = DataConfig { test_fraction: Some(0.0), ..data.clone() };
            let samples = classes(&all).unwrap();
            assert!(samples.test.is_none());
            assert_eq!(samples.train.features().shape(), [2, 4]);
            assert_eq!(samples.train.features().to_f64s(), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
            assert_eq!(samples.train.targets().values().to_f64s(), [1.0, 0.0]);
        }
        let wrong = DataConfig { labels: Some("t".into()), ..npz };
        let message = "there is no array named \"t\"; the file holds \"x\", \"y\"";
        assert_eq!(classes(&wrong).unwrap_err().to_string(), message);
        let own = DataConfig { test_path: at("x.idx"), test_labels_path: at("y.idx"), ..idx };
        assert_eq!(classes(&own).unwrap().test.unwrap().len(), 2);
    }

    #[test]
    fn faults_in_files_are_reported() {
        let folder = folder();
        let path = folder.path().join("a.csv");
        let data = DataConfig { path: Some(path.clone()), ..DataConfig::new(Source::Csv) };
        assert!(matches!(classes(&data), Err(NnError::File(_))));
        write(&path, "1,2,nan\n").unwrap();
        assert!(matches!(classes(&data), Err(NnError::File(_))));
        write(&path, "1,0\n").unwrap();
        assert!(matches!(classes(&data), Err(NnError::Data(DataError::Split { .. }))));
    }
}
