//! `[data]`: where samples come from, and which are kept apart for testing.

use super::check::{check, check_absent, check_present};
use super::{Column, ConfigError};
use crate::data::MAX_SAMPLES;
use crate::optim::Allowed;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::{Path, PathBuf};

/// Where samples come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The handwritten digits that the program carries.
    Digits,
    /// The four cases of exclusive or.
    Xor,
    /// The four cases of and.
    And,
    /// The four cases of or.
    Or,
    /// Five rows of two features and two classes, which a threshold on the first feature parts.
    Car,
    /// Two rings about one centre.
    Rings,
    /// Two half circles that reach into one another.
    Moons,
    /// Two spirals about one centre.
    Spirals,
    /// Three round heaps of samples.
    Blobs,
    /// One period of a sine.
    Sine,
    /// Fisher's irises, which the program carries: 150 samples, 4 features, 3 classes.
    Iris,
    /// Wines of three growers, which the program carries: 178 samples, 13 features, 3 classes.
    Wine,
    /// Breast tumours, which the program carries: 569 samples, 30 features, 2 classes.
    Cancer,
    /// The progress of diabetes, a number, which the program carries: 442 samples, 10 features.
    Diabetes,
    /// A table as text, targets in a column or in a file of their own.
    Csv,
    /// Two arrays in one NumPy archive.
    Npz,
    /// Two arrays in one safetensors file.
    Safetensors,
    /// Two arrays in NumPy files.
    Npy,
    /// Two arrays in IDX files.
    Idx,
}

/// How samples are ordered before the last of them are kept apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SplitOrder {
    /// At random, from the seed.
    #[default]
    Shuffled,
    /// As they come.
    Ordered,
}

/// Where samples come from, and which are kept apart for testing.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataConfig {
    /// Where samples come from.
    pub source: Source,
    /// The file with the features, or with all.
    pub path: Option<PathBuf>,
    /// The file with the targets, where it is another.
    pub labels_path: Option<PathBuf>,
    /// The features, or all, to test on, where they have a file of their own.
    pub test_path: Option<PathBuf>,
    /// The targets to test on, likewise.
    pub test_labels_path: Option<PathBuf>,
    /// Which column of a table is the target; the last unless told.
    pub label_column: Option<Column>,
    /// What stands between fields of a table: a comma unless told; a blank is any white space.
    pub delimiter: Option<char>,
    /// The name of the features in a file of named arrays; `x` unless told.
    pub features: Option<String>,
    /// The name of the targets in a file of named arrays; `y` unless told.
    pub labels: Option<String>,
    /// How many samples are made up; 200 of rings, moons, spirals and sine and 300 of blobs unless told.
    pub samples: Option<usize>,
    /// The standard deviation of the noise on what is made up; none on rings and spirals, 0.1 on moons and sine and 0.5 on
    /// blobs unless told.
    pub noise: Option<f64>,
    /// Which share of the samples is kept apart for testing; a fifth unless told, and none of
    /// the few cases of xor, and, or and car.
    pub test_fraction: Option<f64>,
    /// In which order they are when the last are kept apart.
    #[serde(default)]
    pub split: SplitOrder,
    /// Whether samples stay in their files and are read in every epoch.
    #[serde(default)]
    pub stream: bool,
    /// How many samples of a stream are in memory, from which the next is drawn; 16384 unless told.
    pub buffer: Option<usize>,
    /// What the split and samples that are made up are drawn from; the seed of training unless told, so that told once it
    /// keeps the same samples apart whatever the seed of training is.
    pub seed: Option<u64>,
    /// What every feature is multiplied by.
    #[serde(default = "one")]
    pub scale: f64,
    /// Whether features are shifted to mean 0 and scaled to deviation 1, as the samples to train on have them.
    #[serde(default)]
    pub standardize: bool,
}

fn one() -> f64 {
    1.0
}

impl DataConfig {
    /// All samples of a source that needs no file.
    pub fn new(source: Source) -> DataConfig {
        DataConfig {
            source,
            path: None,
            labels_path: None,
            test_path: None,
            test_labels_path: None,
            label_column: None,
            delimiter: None,
            features: None,
            labels: None,
            samples: None,
            noise: None,
            test_fraction: None,
            split: SplitOrder::default(),
            stream: false,
            buffer: None,
            seed: None,
            scale: 1.0,
            standardize: false,
        }
    }

    /// The share of samples that is kept apart, 0 where the test samples have a file of their own.
    pub fn test_fraction(&self) -> f64 {
        match (self.test_fraction, self.source) {
            (Some(fraction), _) => fraction,
            (None, Source::Xor | Source::And | Source::Or | Source::Car) => 0.0,
            (None, _) if self.test_path.is_some() => 0.0,
            (None, _) => 0.2,
        }
    }

    /// How many samples of a stream are in memory.
    pub(crate) fn buffer(&self) -> usize {
        self.buffer.unwrap_or(1 << 14).max(1)
    }

    /// Makes relative paths relative to a folder.
    pub(super) fn resolve(&mut self, folder: &Path) {
        self.paths().for_each(|path| *path = folder.join(&path));
    }

    /// Makes relative paths absolute.
    pub(super) fn locate(&mut self) -> Result<(), ConfigError> {
        for path in self.paths() {
            let absolute = std::path::absolute(&path);
            *path = absolute.map_err(|source| ConfigError::Read { path: path.clone(), source })?;
        }
        Ok(())
    }

    fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let all = [&mut self.path, &mut self.labels_path, &mut self.test_path, &mut self.test_labels_path];
        all.into_iter().flatten()
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        let fraction = self.test_fraction();
        check((0.0..1.0).contains(&fraction), "data.test_fraction", fraction, "at least 0 and less than 1")?;
        let scale = self.scale;
        check(scale.is_finite() && scale != 0.0, "data.scale", scale, "a finite number other than 0")?;
        if let Some(c) = self.delimiter {
            check(
                c.is_ascii() && !matches!(c, '"' | '\n' | '\r'),
                "data.delimiter",
                format!("{c:?}"),
                "an ASCII character",
            )?;
        }
        self.validate_made()?;
        self.validate_stream()?;
        self.validate_files()?;
        self.validate_layout()
    }

    /// Sizes belong to what is made up, and are possible.
    fn validate_made(&self) -> Result<(), ConfigError> {
        use Source::{Blobs, Moons, Rings, Sine, Spirals};
        if ![Blobs, Moons, Rings, Sine, Spirals].contains(&self.source) {
            let because = format!("for source {}", self.source);
            check_absent(&self.samples, "data.samples", &because)?;
            return check_absent(&self.noise, "data.noise", &because);
        }
        let least = if self.source == Source::Blobs { 3 } else { 2 };
        let (samples, expected) = (self.samples.unwrap_or(least), format!("{least} to {MAX_SAMPLES}"));
        check((least..=MAX_SAMPLES).contains(&samples), "data.samples", samples, &expected)?;
        let (noise, allowed) = (self.noise.unwrap_or(0.0), Allowed::NonNegative);
        check(allowed.contains(noise), "data.noise", noise, allowed.expected())
    }

    /// A stream is one of files that can be read in blocks.
    fn validate_stream(&self) -> Result<(), ConfigError> {
        let (key, because) = ("data.stream", format!("for source {}", self.source));
        if !self.stream {
            return check_absent(&self.buffer, "data.buffer", "without stream = true");
        }
        if !matches!(self.source, Source::Csv | Source::Npy | Source::Idx) {
            return Err(ConfigError::Meaningless { key, because });
        }
        check(self.buffer != Some(0), "data.buffer", 0, "at least 1")
    }

    /// The files are those that the source has.
    fn validate_files(&self) -> Result<(), ConfigError> {
        let because = format!("for source {}", self.source);
        let needs = format!("source {} needs it", self.source);
        match self.source {
            Source::Digits
            | Source::Xor
            | Source::And
            | Source::Or
            | Source::Car
            | Source::Rings
            | Source::Moons
            | Source::Spirals
            | Source::Blobs
            | Source::Sine
            | Source::Iris
            | Source::Wine
            | Source::Cancer
            | Source::Diabetes => {
                check_absent(&self.path, "data.path", &because)?;
                check_absent(&self.labels_path, "data.labels_path", &because)?;
                check_absent(&self.test_path, "data.test_path", &because)?;
            }
            Source::Csv => check_present(&self.path, "data.path", &needs)?,
            Source::Npz | Source::Safetensors => {
                check_present(&self.path, "data.path", &needs)?;
                check_absent(&self.labels_path, "data.labels_path", &because)?;
            }
            Source::Npy | Source::Idx => {
                check_present(&self.path, "data.path", &needs)?;
                check_present(&self.labels_path, "data.labels_path", &needs)?;
            }
        }
        if self.test_path.is_none() {
            return check_absent(&self.test_labels_path, "data.test_labels_path", "without test_path");
        }
        check_absent(&self.test_fraction, "data.test_fraction", "beside test_path")?;
        match self.labels_path {
            Some(_) => check_present(
                &self.test_labels_path,
                "data.test_labels_path",
                "the samples to train on have labels_path",
            ),
            None => check_absent(&self.test_labels_path, "data.test_labels_path", "without labels_path"),
        }
    }

    /// What says where in a file things are belongs to a source that has such places.
    fn validate_layout(&self) -> Result<(), ConfigError> {
        let because = format!("for source {}", self.source);
        if self.source != Source::Csv {
            check_absent(&self.label_column, "data.label_column", &because)?;
            check_absent(&self.delimiter, "data.delimiter", &because)?;
        } else if self.labels_path.is_some() {
            check_absent(&self.label_column, "data.label_column", "beside labels_path")?;
        }
        if !matches!(self.source, Source::Npz | Source::Safetensors) {
            check_absent(&self.features, "data.features", &because)?;
            check_absent(&self.labels, "data.labels", &because)?;
        }
        Ok(())
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Source::Digits => "digits",
            Source::Xor => "xor",
            Source::And => "and",
            Source::Or => "or",
            Source::Car => "car",
            Source::Rings => "rings",
            Source::Moons => "moons",
            Source::Spirals => "spirals",
            Source::Blobs => "blobs",
            Source::Sine => "sine",
            Source::Iris => "iris",
            Source::Wine => "wine",
            Source::Cancer => "cancer",
            Source::Diabetes => "diabetes",
            Source::Csv => "csv",
            Source::Npz => "npz",
            Source::Safetensors => "safetensors",
            Source::Npy => "npy",
            Source::Idx => "idx",
        })
    }
}
