//! Samples in files that memory need not hold.
//!
//! An epoch goes through the blocks of a file in a drawn order. So many of them at a time fill a window, whose samples leave
//! it in a drawn order: the shuffling of samples that stand far apart in the file is as good as the window is large. A
//! window that holds all blocks gives the order that samples in memory have.

mod files;
mod share;
#[cfg(test)]
mod tests;
mod windows;

pub use files::TargetRows;
pub(crate) use files::{flat, without_column};

use super::samples::update;
use super::{Batches, Dataset, Reading, Samples, Standardize, TargetSpec};
use crate::error::{DataError, NnError};
use crate::loss::Loss;
use crate::precision::Precision;
use crate::random::{Purpose, Random};
use files::Files;
use share::Share;
use std::ops::Range;
use std::sync::Arc;
use wengert_interop::RowFile;
use windows::Windows;

/// Samples in files, read a block at a time whenever they are asked for. At most two windows are in memory,
/// or what one batch needs if that is more.
///
/// ```
/// use wengert_expr::Value;
/// use wengert_interop::{RowFile, write_npy};
/// use wengert_nn::{Batches, Loss, Precision, Samples, Stream, TargetRows};
/// let folder = tempfile::tempdir()?;
/// let at = |name: &str| folder.path().join(name);
/// write_npy(at("x.npy"), &Value::new([100, 2], (0..200).map(f64::from).collect()))?;
/// write_npy(at("y.npy"), &Value::from((0..100).map(|i| i % 3).collect::<Vec<i64>>()))?;
/// let (x, y) = (RowFile::npy(at("x.npy"), 8)?, RowFile::npy(at("y.npy"), 8)?);
/// let stream = Stream::new(x, TargetRows::File(y), Loss::SoftmaxCrossEntropy, Precision::F32, 3)?;
/// assert_eq!((stream.count(), stream.target_spec().outputs), (100, 3));
/// let sizes = stream.epoch(&Batches::new(100, 32, 7), 1, 0).map(|batch| Ok(batch?.rows.len()));
/// assert_eq!(sizes.collect::<Result<Vec<usize>, wengert_nn::NnError>>()?, [32, 32, 32, 4]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Stream {
    files: Arc<Files>,
    /// How many blocks a window has.
    window: usize,
    share: Share,
    count: usize,
    width: usize,
    spec: TargetSpec,
    /// Of all rows, as the files hold them.
    checksum: u32,
    /// Which features are taken, if not all as they stand.
    columns: Option<Arc<[usize]>>,
    factor: f64,
    standardize: Option<Arc<Standardize>>,
}

impl Stream {
    /// All rows of these files, of whose blocks so many make a window. They are read through once: every number is checked,
    /// and classes are counted.
    ///
    /// # Errors
    /// Files that cannot be read or are of different lengths, a number that is not finite, and targets that do not fit the
    /// loss.
    pub fn new(
        features: RowFile,
        targets: TargetRows,
        loss: Loss,
        precision: Precision,
        window: usize,
    ) -> Result<Stream, NnError> {
        let files = Files::new(features, targets, loss, precision)?;
        let mut hash = crc32fast::Hasher::new();
        let mut look = |block: usize| -> Result<(usize, TargetSpec), NnError> {
            let samples = files.read(block)?;
            update(&mut hash, samples.features());
            update(&mut hash, samples.targets().values());
            Ok((samples.width(), samples.targets().spec()))
        };
        let (width, mut spec) = look(0)?;
        for block in 1..files.blocks() {
            spec = spec.and(look(block)?.1);
        }
        let (rows, checksum) = (files.rows(), hash.finalize());
        Ok(Stream {
            files: Arc::new(files),
            window: window.max(1),
            share: Share::all(rows),
            count: rows,
            width,
            spec,
            checksum,
            columns: None,
            factor: 1.0,
            standardize: None,
        })
    }

    /// The samples parted into those to train on and about `fraction` of them to test, each by a draw of its own from the
    /// seed: other than [`split_shuffled`](super::split_shuffled), which draws an order of all.
    ///
    /// # Errors
    /// A fraction that leaves nothing on one side.
    pub fn split_shuffled(&self, fraction: f64, seed: u64) -> Result<(Stream, Stream), DataError> {
        Ok(self.shares(self.share.split_shuffled(fraction, seed)?))
    }

    /// The samples parted into those to train on and the last `fraction` of them to test.
    ///
    /// # Errors
    /// A fraction that leaves nothing on one side.
    pub fn split_ordered(&self, fraction: f64) -> Result<(Stream, Stream), DataError> {
        Ok(self.shares(self.share.split_ordered(fraction)?))
    }

    /// The same samples with these features, in this order.
    ///
    /// # Panics
    /// At a feature that there is not.
    pub fn with_columns(&self, columns: &[usize]) -> Stream {
        assert!(columns.iter().all(|&at| at < self.width), "features that there are");
        let of = |&at: &usize| self.columns.as_ref().map_or(at, |taken| taken[at]);
        Stream { columns: Some(columns.iter().map(of).collect()), width: columns.len(), ..self.clone() }
    }

    /// The same samples with every feature multiplied by a factor.
    pub fn scaled(&self, factor: f64) -> Stream {
        Stream { factor: self.factor * factor, ..self.clone() }
    }

    /// The same samples with features shifted and scaled.
    pub fn standardized(&self, standardize: &Standardize) -> Stream {
        Stream { standardize: Some(Arc::new(standardize.clone())), ..self.clone() }
    }

    fn shares(&self, [train, test]: [Share; 2]) -> (Stream, Stream) {
        let part = |share: Share| Stream { count: share.count(), share, ..self.clone() };
        (part(train), part(test))
    }

    /// The blocks that hold samples.
    fn blocks(&self) -> Range<usize> {
        let (rows, size) = (self.share.range(), self.files.block());
        rows.start / size..rows.end.div_ceil(size)
    }

    /// The rows of a block that are samples.
    fn rows_of(&self, block: usize) -> Vec<usize> {
        self.share.of(self.files.rows_of(block))
    }

    fn first_of(&self, block: usize) -> usize {
        self.files.rows_of(block).start
    }

    /// All rows of a block, samples or not.
    fn read(&self, block: usize) -> Result<Dataset, NnError> {
        let read = self.files.read(block)?;
        let spec = read.targets().spec();
        if spec.outputs > self.spec.outputs {
            let (needed, found) = (format!("{} outputs", spec.outputs), self.spec.outputs);
            return Err(DataError::Outputs { needed, found }.into());
        }
        let read = read.with_classes(self.spec.outputs);
        let read = self.columns.as_ref().map_or_else(|| read.clone(), |columns| read.with_columns(columns));
        let scaled = if self.factor == 1.0 { read } else { read.scaled(self.factor) };
        Ok(match &self.standardize {
            Some(standardize) => standardize.apply(&scaled),
            None => scaled,
        })
    }
}

impl Samples for Stream {
    fn count(&self) -> usize {
        self.count
    }

    fn width(&self) -> usize {
        self.width
    }

    fn target_spec(&self) -> TargetSpec {
        self.spec
    }

    fn epoch(&self, batches: &Batches, epoch: usize, skip: usize) -> Reading<'_> {
        let blocks = self.blocks();
        let stream = |purpose| Random::new(batches.seed(), purpose, epoch as u64);
        let drawn = stream(Purpose::Blocks).permutation(blocks.len());
        let windows = drawn.chunks(self.window).map(|window| {
            let mut window: Vec<usize> = window.iter().map(|at| blocks.start + at).collect();
            window.sort_unstable();
            window
        });
        let skip = skip.saturating_mul(batches.size());
        let order = Some(stream(Purpose::Batches));
        Box::new(Windows::new(self, windows.collect(), order, (batches.size(), skip)))
    }

    fn chunks(&self, size: usize) -> Reading<'_> {
        Box::new(Windows::new(self, self.blocks().map(|block| vec![block]).collect(), None, (size, 0)))
    }

    /// Of the files and of what is taken from them, without reading them again.
    fn fingerprint(&self) -> Result<u32, NnError> {
        let taken = format!("{:08x} {:?} {:?} {:?}", self.checksum, self.share, self.columns, self.factor);
        Ok(crc32fast::hash(taken.as_bytes()))
    }
}
