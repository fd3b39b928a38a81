//! Samples from the sources that a configuration can name, parted and scaled as it says.

mod stream;

use crate::config::{Column, ConfigError, DataConfig, Source, SplitOrder};
use crate::data::{
    Dataset, Samples, Standardize, Stream, Synthetic, flat, split_ordered, split_shuffled, without_column,
};
use crate::error::{DataError, NnError};
use crate::loss::Loss;
use crate::precision::Precision;
use std::path::Path;
use std::sync::Arc;
use wengert_expr::Value;
use wengert_interop::{
    CsvOptions, CsvTable, Delimiter, breast_cancer, diabetes, digits, iris, read_csv, read_idx,
    read_idx_bytes, read_npy, read_npz, read_safetensors, wine,
};

/// All that a training needs of its data.
#[derive(Clone, Debug)]
pub(crate) struct Loaded<S> {
    pub(crate) train: S,
    /// The samples to judge epochs by, taken from those to train on.
    pub(crate) validation: Option<S>,
    /// The samples to test on.
    pub(crate) test: Option<S>,
    /// How features were shifted and scaled.
    pub(crate) standardize: Option<Standardize>,
    /// The names of the features, where a table names them.
    pub(crate) columns: Option<Vec<String>>,
}

/// What is wanted of samples.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'p> {
    pub(crate) loss: Loss,
    pub(crate) precision: Precision,
    pub(crate) seed: u64,
    /// The share of the samples to train on that is kept to judge epochs by.
    pub(crate) validation: Option<f64>,
    /// How features are shifted and scaled, where that is not learned from them.
    pub(crate) standardize: Option<&'p Standardize>,
    /// Which features, in this order, where a table names them.
    pub(crate) columns: Option<&'p [String]>,
}

/// Samples in memory, or in their files where the configuration says so.
pub(crate) fn open(data: &DataConfig, wanted: &Wanted<'_>) -> Result<Loaded<Arc<dyn Samples>>, NnError> {
    Ok(if data.stream { stream::open(data, wanted)?.shared() } else { load(data, wanted)?.shared() })
}

/// Samples in memory.
pub(crate) fn load(data: &DataConfig, wanted: &Wanted<'_>) -> Result<Loaded<Dataset>, NnError> {
    let seed = data.seed.unwrap_or(wanted.seed);
    let made = |synthetic: Synthetic| Ok(synthetic.sample(seed, wanted.loss)?);
    let read = |path, labels| -> Result<Named<Dataset>, NnError> {
        let Arrays { features, targets, columns } = read(data, path, labels, &made)?;
        let samples = Dataset::new(&flat(&features), &targets, wanted.loss, wanted.precision)?;
        Ok(Named { samples, columns })
    };
    let all = read(data.path.as_deref(), data.labels_path.as_deref())?;
    let labels = data.test_labels_path.as_deref();
    let test = data.test_path.as_deref().map(|path| read(Some(path), labels)).transpose()?;
    parted(data, wanted, all, test)
}

/// Samples with the names of their features, where a table names them.
struct Named<S> {
    samples: S,
    columns: Option<Vec<String>>,
}

impl<S: Parted> Named<S> {
    /// The samples with these features, in this order, where both have names.
    fn aligned(self, wanted: Option<&[String]>) -> Result<S, DataError> {
        match (wanted, &self.columns) {
            (Some(wanted), Some(found)) if wanted != found => {
                Ok(self.samples.with_columns(&positions(wanted, found)?))
            }
            _ => Ok(self.samples),
        }
    }
}

/// Samples that can be parted and scaled.
trait Parted: Samples + Clone + 'static {
    /// Those to train on and those kept apart.
    fn split(&self, order: SplitOrder, fraction: f64, seed: u64) -> Result<(Self, Self), DataError>;
    /// The same samples with these features, in this order.
    fn with_columns(&self, columns: &[usize]) -> Self;
    fn scaled(&self, factor: f64) -> Self;
    fn standardized(&self, by: &Standardize) -> Self;
}

impl Parted for Dataset {
    fn split(&self, order: SplitOrder, fraction: f64, seed: u64) -> Result<(Dataset, Dataset), DataError> {
        match order {
            SplitOrder::Shuffled => split_shuffled(self, fraction, seed),
            SplitOrder::Ordered => split_ordered(self, fraction),
        }
    }

    fn with_columns(&self, columns: &[usize]) -> Dataset {
        Dataset::with_columns(self, columns)
    }

    fn scaled(&self, factor: f64) -> Dataset {
        Dataset::scaled(self, factor)
    }

    fn standardized(&self, by: &Standardize) -> Dataset {
        by.apply(self)
    }
}

impl Parted for Stream {
    fn split(&self, order: SplitOrder, fraction: f64, seed: u64) -> Result<(Stream, Stream), DataError> {
        match order {
            SplitOrder::Shuffled => self.split_shuffled(fraction, seed),
            SplitOrder::Ordered => self.split_ordered(fraction),
        }
    }

    fn with_columns(&self, columns: &[usize]) -> Stream {
        Stream::with_columns(self, columns)
    }

    fn scaled(&self, factor: f64) -> Stream {
        Stream::scaled(self, factor)
    }

    fn standardized(&self, by: &Standardize) -> Stream {
        Stream::standardized(self, by)
    }
}

/// Splits and scales. Samples to test on may have come by themselves.
fn parted<S: Parted>(
    data: &DataConfig,
    wanted: &Wanted<'_>,
    all: Named<S>,
    test: Option<Named<S>>,
) -> Result<Loaded<S>, NnError> {
    let columns = wanted.columns.map(<[String]>::to_vec).or_else(|| all.columns.clone());
    let scaled = |part: Named<S>| -> Result<S, DataError> {
        let part = part.aligned(columns.as_deref())?;
        Ok(if data.scale == 1.0 { part } else { part.scaled(data.scale) })
    };
    let apart = |all: &S, fraction: f64, seed: u64| -> Result<(S, Option<S>), DataError> {
        let (rest, part) = all.split(data.split, fraction, seed)?;
        Ok((rest, Some(part)))
    };
    let (all, test) = (scaled(all)?, test.map(scaled).transpose()?);
    let (train, test) = match (test, data.test_fraction()) {
        (None, fraction) if fraction != 0.0 => apart(&all, fraction, data.seed.unwrap_or(wanted.seed))?,
        (test, _) => (all, test),
    };
    let (train, validation) = match wanted.validation {
        Some(fraction) => apart(&train, fraction, wanted.seed)?,
        None => (train, None),
    };
    let standardize = match wanted.standardize {
        Some(given) => Some(given.clone()),
        None => data.standardize.then(|| Standardize::fit(&train)).transpose()?,
    };
    let Some(by) = &standardize else { return Ok(Loaded { train, validation, test, standardize, columns }) };
    // Data of another width are left as they are: the model says that they do not fit.
    let scaled = |part: S| if part.width() == by.width() { part.standardized(by) } else { part };
    let (train, validation, test) = (scaled(train), validation.map(scaled), test.map(scaled));
    Ok(Loaded { train, validation, test, standardize, columns })
}

/// Where columns stand among those of a table.
pub(crate) fn positions(wanted: &[String], found: &[String]) -> Result<Vec<usize>, DataError> {
    let listed = || found.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
    let missing = |name: &String| DataError::MissingColumn { name: name.clone(), found: listed() };
    wanted.iter().map(|name| found.iter().position(|n| n == name).ok_or_else(|| missing(name))).collect()
}

impl<S: Samples + 'static> Loaded<S> {
    fn shared(self) -> Loaded<Arc<dyn Samples>> {
        let Loaded { train, validation, test, standardize, columns } = self;
        let shared = |samples: S| -> Arc<dyn Samples> { Arc::new(samples) };
        Loaded {
            train: shared(train),
            validation: validation.map(shared),
            test: test.map(shared),
            standardize,
            columns,
        }
    }
}

/// Features and targets as a source holds them, with the features' names where a table names them.
struct Arrays {
    features: Value,
    targets: Value,
    columns: Option<Vec<String>>,
}

/// Features and targets as the source holds them, in these files if it has files, or as they are made up.
fn read(
    data: &DataConfig,
    path: Option<&Path>,
    labels: Option<&Path>,
    made: &dyn Fn(Synthetic) -> Result<(Value, Value), NnError>,
) -> Result<Arrays, NnError> {
    let path = || needed(path, "data.path", data.source);
    let targets = || needed(labels, "data.labels_path", data.source);
    let samples = |usual: usize| data.samples.unwrap_or(usual);
    let noise = |usual: f64| data.noise.unwrap_or(usual);
    let (features, targets) = match data.source {
        Source::Digits => digits()?,
        Source::Iris => iris()?,
        Source::Wine => wine()?,
        Source::Cancer => breast_cancer()?,
        Source::Diabetes => diabetes()?,
        Source::Xor => made(Synthetic::Xor)?,
        Source::And => made(Synthetic::And)?,
        Source::Or => made(Synthetic::Or)?,
        Source::Car => made(Synthetic::Car)?,
        Source::Rings => made(Synthetic::Rings { samples: samples(200), noise: noise(0.0) })?,
        Source::Moons => made(Synthetic::Moons { samples: samples(200), noise: noise(0.1) })?,
        Source::Spirals => made(Synthetic::Spirals { samples: samples(200), noise: noise(0.0) })?,
        Source::Blobs => made(Synthetic::Blobs { samples: samples(300), classes: 3, deviation: noise(0.5) })?,
        Source::Sine => made(Synthetic::Sine { samples: samples(200), noise: noise(0.1) })?,
        Source::Csv => {
            let (table, column) = (read_csv(path()?, &options(data))?, data.label_column.as_ref());
            let columns = feature_names(table.columns.as_deref(), labels.is_none(), column);
            let (features, targets) = match labels {
                Some(labels) => (table.values, read_csv(labels, &options(data))?.values),
                None => target_column(&table, column)?,
            };
            return Ok(Arrays { features, targets, columns });
        }
        Source::Npz | Source::Safetensors => {
            let path = path()?;
            let arrays = match data.source {
                Source::Npz => read_npz(path)?,
                _ => read_safetensors(path)?,
            };
            let named =
                |name: &Option<String>, usual: &str| array(&arrays, name.as_deref().unwrap_or(usual), path);
            (named(&data.features, "x")?, named(&data.labels, "y")?)
        }
        Source::Npy => (read_npy(path()?)?, read_npy(targets()?)?),
        Source::Idx => (images(path()?)?, read_idx(targets()?)?),
    };
    Ok(Arrays { features, targets, columns: None })
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

pub(crate) fn array(arrays: &[(String, Value)], name: &str, path: &Path) -> Result<Value, DataError> {
    let found = arrays.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone());
    found.ok_or_else(|| {
        let names: Vec<String> = arrays.iter().map(|(n, _)| format!("{n:?}")).collect();
        DataError::NoArray { path: path.to_owned(), name: name.to_owned(), found: names.join(", ") }
    })
}

/// The table without a column, the last unless told, and that column.
fn target_column(table: &CsvTable, column: Option<&Column>) -> Result<(Value, Value), DataError> {
    let columns = table.values.shape().get(1).copied().unwrap_or(0);
    without_column(&table.values, position(column, columns, table.columns.as_deref())?)
}

/// The position of the target's column, the last unless told.
fn position(column: Option<&Column>, columns: usize, names: Option<&[String]>) -> Result<usize, DataError> {
    let column = column.unwrap_or(&Column::Number(-1));
    let missing = || DataError::NoColumn { found: column.to_string(), columns };
    column.position(columns, names).ok_or_else(missing)
}

/// The names of the columns but that of the target, if the table holds it.
fn feature_names(names: Option<&[String]>, has_target: bool, target: Option<&Column>) -> Option<Vec<String>> {
    let mut features = names?.to_vec();
    if has_target {
        features.remove(position(target, features.len(), names).ok()?);
    }
    Some(features)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::write;
    use wengert_interop::{write_npy, write_npz, write_safetensors};

    fn wanted(validation: Option<f64>) -> Wanted<'static> {
        let (loss, precision) = (Loss::SoftmaxCrossEntropy, Precision::F64);
        Wanted { loss, precision, seed: 1, validation, standardize: None, columns: None }
    }

    fn classes(data: &DataConfig) -> Result<Loaded<Dataset>, NnError> {
        load(data, &wanted(None))
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
        let part = |validation| load(&data, &wanted(validation)).unwrap();
        let (whole, apart) = (part(None), part(Some(0.25)));
        let validation = apart.validation.as_ref().unwrap();
        assert_eq!((apart.train.len(), validation.len(), apart.test.as_ref().unwrap().len()), (90, 30, 30));
        let test = |s: &Loaded<Dataset>| s.test.as_ref().unwrap().targets().values().to_f64s();
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
        let test_path = Some(folder.path().join("b.csv"));
        write(test_path.as_ref().unwrap(), "weight,kind,size\n50,1,5\n60,0,6\n").unwrap();
        let apart = DataConfig { test_path, test_fraction: None, ..data.clone() };
        for stream in [false, true] {
            let samples = open(&DataConfig { stream, ..apart.clone() }, &wanted(None)).unwrap();
            let test = samples.test.unwrap().chunks(9).next().unwrap().unwrap().samples;
            assert_eq!(test.features().to_f64s(), [5.0, 50.0, 6.0, 60.0], "{stream}");
            assert_eq!(test.targets().values().to_f64s(), [1.0, 0.0]);
        }
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
        write_safetensors(at("a.safetensors").unwrap(), [("x", &x), ("y", &y)]).unwrap();
        let safe = DataConfig { path: at("a.safetensors"), ..DataConfig::new(Source::Safetensors) };
        let npy = DataConfig { path: at("x.npy"), labels_path: at("y.npy"), ..DataConfig::new(Source::Npy) };
        let idx = DataConfig { path: at("x.idx"), labels_path: at("y.idx"), ..DataConfig::new(Source::Idx) };
        for data in [&npz, &safe, &npy, &idx] {
            let all = DataConfig { test_fraction: Some(0.0), ..data.clone() };
            let samples = classes(&all).unwrap();
            assert!(samples.test.is_none());
            assert_eq!(samples.train.features().shape(), [2, 4]);
            assert_eq!(samples.train.features().to_f64s(), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
            assert_eq!(samples.train.targets().values().to_f64s(), [1.0, 0.0]);
        }
        let wrong = DataConfig { labels: Some("t".into()), ..npz };
        let message = classes(&wrong).unwrap_err().to_string();
        assert!(
            message.ends_with("a.npz: there is no array named \"t\"; the file holds \"x\", \"y\""),
            "{message}"
        );
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
