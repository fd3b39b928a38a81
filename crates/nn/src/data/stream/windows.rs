//! Batches from a file: blocks are read into a window, whose samples leave it in a drawn order.

use super::Stream;
use crate::data::{Batch, Dataset};
use crate::error::NnError;
use crate::random::Random;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::vec::IntoIter;

/// Batches of the samples of window after window. A batch may begin in one window and end in the next.
pub(super) struct Windows<'s> {
    stream: &'s Stream,
    /// The blocks of the windows to come.
    windows: IntoIter<Vec<usize>>,
    /// What the order of a window's samples is drawn from; their own order without.
    random: Option<Random>,
    size: usize,
    /// How many samples are passed over yet.
    skip: usize,
    waiting: VecDeque<Sample>,
}

/// A sample of a block.
struct Sample {
    block: Arc<Dataset>,
    at: usize,
    row: usize,
}

impl<'s> Windows<'s> {
    pub(super) fn new(
        stream: &'s Stream,
        windows: Vec<Vec<usize>>,
        random: Option<Random>,
        (size, skip): (usize, usize),
    ) -> Windows<'s> {
        let (windows, waiting) = (windows.into_iter(), VecDeque::new());
        Windows { stream, windows, random, size: size.max(1), skip, waiting }
    }

    /// Reads the next window. What is passed over of it is drawn, for what follows, but not read.
    fn fill(&mut self, blocks: &[usize]) -> Result<(), NnError> {
        let rows: Vec<(usize, usize)> = blocks
            .iter()
            .flat_map(|&b| self.stream.rows_of(b).into_iter().map(move |row| (b, row)))
            .collect();
        let order = self.random.as_mut().map(|random| random.permutation(rows.len()));
        let order = order.unwrap_or_else(|| (0..rows.len()).collect());
        let passed = self.skip.min(order.len());
        self.skip -= passed;
        let mut read: BTreeMap<usize, Arc<Dataset>> = BTreeMap::new();
        for &at in &order[passed..] {
            let (block, row) = rows[at];
            let samples = match read.get(&block) {
                Some(samples) => samples.clone(),
                None => {
                    let samples = Arc::new(self.stream.read(block)?);
                    read.insert(block, samples.clone());
                    samples
                }
            };
            self.waiting.push_back(Sample { block: samples, at: row - self.stream.first_of(block), row });
        }
        Ok(())
    }
}

impl Iterator for Windows<'_> {
    type Item = Result<Batch, NnError>;

    fn next(&mut self) -> Option<Result<Batch, NnError>> {
        while self.waiting.len() < self.size {
            let Some(blocks) = self.windows.next() else { break };
            if let Err(error) = self.fill(&blocks) {
                self.windows = Vec::new().into_iter();
                self.waiting.clear();
                return Some(Err(error));
            }
        }
        let taken: Vec<Sample> = self.waiting.drain(..self.size.min(self.waiting.len())).collect();
        let picked: Vec<(&Dataset, usize)> = taken.iter().map(|s| (&*s.block, s.at)).collect();
        let samples = Dataset::gathered(&picked)?;
        Some(Ok(Batch { samples, rows: taken.iter().map(|s| s.row).collect() }))
    }
}
