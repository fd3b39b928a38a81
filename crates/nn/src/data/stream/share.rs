//! Which rows of a file belong to a part of it, told without reading the file.

use crate::error::DataError;
use crate::random::{Purpose, Random};
use std::ops::Range;

/// How many rows are looked at together where all are: their draws are in memory.
const STRETCH: usize = 1 << 16;

/// The rows of a range that every cut leaves.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Share {
    rows: Range<usize>,
    cuts: Vec<Cut>,
}

/// A draw for each row, which parts those below a fraction from the others.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Cut {
    seed: u64,
    stream: u64,
    fraction: f64,
    /// Which side is left: the rows kept apart, or the others.
    apart: bool,
}

impl Cut {
    /// Whether each row of a range is on the side that is left.
    fn leaves(self, rows: Range<usize>) -> impl Iterator<Item = bool> {
        let mut random = Random::new(self.seed, Purpose::Split, self.stream).from_draw(rows.start);
        rows.map(move |_| (random.uniform() < self.fraction) == self.apart)
    }
}

impl Share {
    pub(super) fn all(rows: usize) -> Share {
        Share { rows: 0..rows, cuts: Vec::new() }
    }

    /// The rows of a range that belong to it.
    pub(super) fn of(&self, range: Range<usize>) -> Vec<usize> {
        let range = range.start.max(self.rows.start)..range.end.min(self.rows.end);
        let mut left: Vec<bool> = vec![true; range.len()];
        for cut in &self.cuts {
            left.iter_mut().zip(cut.leaves(range.clone())).for_each(|(left, leaves)| *left &= leaves);
        }
        range.zip(left).filter_map(|(row, left)| left.then_some(row)).collect()
    }

    /// The range of rows outside which none belongs to it.
    pub(super) fn range(&self) -> Range<usize> {
        self.rows.clone()
    }

    /// How many rows belong to it.
    pub(super) fn count(&self) -> usize {
        match self.cuts.is_empty() {
            true => self.rows.len(),
            false => self.stretches().map(|rows| rows.len()).sum(),
        }
    }

    fn stretches(&self) -> impl Iterator<Item = Vec<usize>> {
        let end = self.rows.end;
        self.rows.clone().step_by(STRETCH).map(move |first| self.of(first..end.min(first + STRETCH)))
    }

    /// Those but the last `fraction`, and these.
    pub(super) fn split_ordered(&self, fraction: f64) -> Result<[Share; 2], DataError> {
        let samples = self.count();
        let test = (samples as f64 * fraction).round() as usize;
        let mut before = sides(samples, fraction, test)?;
        let mut at = self.rows.end;
        for rows in self.stretches() {
            if let Some(&row) = rows.get(before) {
                at = row;
                break;
            }
            before -= rows.len();
        }
        let part = |rows| Share { rows, cuts: self.cuts.clone() };
        Ok([part(self.rows.start..at), part(at..self.rows.end)])
    }

    /// Those that draws from the seed leave, and those that they keep apart: about `fraction` of them.
    pub(super) fn split_shuffled(&self, fraction: f64, seed: u64) -> Result<[Share; 2], DataError> {
        let stream = self.cuts.len() as u64 + 1;
        let part = |apart| {
            let cut = Cut { seed, stream, fraction, apart };
            Share { rows: self.rows.clone(), cuts: [&self.cuts[..], &[cut]].concat() }
        };
        let (samples, parts) = (self.count(), [part(false), part(true)]);
        sides(samples, fraction, parts[1].count())?;
        Ok(parts)
    }
}

/// How many are left when `test` samples are kept apart, neither none nor all.
fn sides(samples: usize, fraction: f64, test: usize) -> Result<usize, DataError> {
    let train = samples.saturating_sub(test);
    match test == 0 || train == 0 {
        true => Err(DataError::Split { samples, fraction, train, test }),
        false => Ok(train),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every(share: &Share) -> Vec<usize> {
        share.of(0..usize::MAX)
    }

    #[test]
    fn every_row_is_in_one_part_whatever_stretch_is_asked_for() {
        let all = Share::all(100_000);
        let [rest, test] = all.split_shuffled(0.2, 7).unwrap();
        let [train, validation] = rest.split_shuffled(0.25, 7).unwrap();
        let parts = [&train, &validation, &test];
        let mut rows: Vec<usize> = parts.iter().flat_map(|share| every(share)).collect();
        rows.sort_unstable();
        assert_eq!(rows, every(&all));
        // Five standard deviations of the binomial.
        for (share, expected) in [(&train, 60_000.0), (&validation, 20_000.0), (&test, 20_000.0)] {
            let p: f64 = expected / 100_000.0;
            let spread = (100_000.0 * p * (1.0 - p)).sqrt();
            assert!((share.count() as f64 - expected).abs() < 5.0 * spread, "{}", share.count());
            assert_eq!(share.count(), every(share).len());
            let pieces = [share.of(0..13), share.of(13..70_001), share.of(70_001..1 << 40)].concat();
            assert_eq!(pieces, every(share));
        }
        assert_ne!(every(&test), every(&all.split_shuffled(0.2, 8).unwrap()[1]));
    }

    #[test]
    fn the_last_rows_are_kept_apart_in_their_order() {
        let [train, test] = Share::all(10).split_ordered(0.25).unwrap();
        assert_eq!((every(&train), every(&test)), ((0..7).collect(), vec![7, 8, 9]));
        let [left, _] = Share::all(200_000).split_shuffled(0.5, 1).unwrap();
        let [first, last] = left.split_ordered(0.1).unwrap();
        assert_eq!(first.count() + last.count(), left.count());
        assert_eq!(last.count(), (left.count() as f64 * 0.1).round() as usize);
        assert_eq!([every(&first), every(&last)].concat(), every(&left));
    }

    #[test]
    fn a_side_without_rows_is_an_error() {
        for fraction in [0.0, 1.0, f64::NAN, -1.0] {
            assert!(Share::all(5).split_ordered(fraction).is_err(), "{fraction}");
            assert!(Share::all(5).split_shuffled(fraction, 0).is_err(), "{fraction}");
        }
    }
}
