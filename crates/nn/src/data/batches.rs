//! The order in which an epoch sees its samples.
//!
//! The order of an epoch depends on nothing but the seed and the epoch's number, so training can go on anywhere.

use crate::random::{Purpose, Random};

/// Mini-batches of shuffled samples.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Batches {
    samples: usize,
    size: usize,
    seed: u64,
}

impl Batches {
    /// Batches of `size` of so many samples, but at most of all of them and at least of one.
    pub fn new(samples: usize, size: usize, seed: u64) -> Batches {
        Batches { samples, size: size.clamp(1, samples.max(1)), seed }
    }

    /// How many batches an epoch has.
    pub fn count(&self) -> usize {
        self.samples.div_ceil(self.size)
    }

    /// How many samples a batch has, but the last, which may have fewer.
    pub fn size(&self) -> usize {
        self.size
    }

    /// What orders are drawn from.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The samples of each batch of an epoch: each sample once, the last batch smaller where the size does not divide.
    pub fn epoch(&self, epoch: usize) -> Vec<Vec<usize>> {
        let order = Random::new(self.seed, Purpose::Batches, epoch as u64).permutation(self.samples);
        order.chunks(self.size).map(<[usize]>::to_vec).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_comes_once() {
        for (samples, size) in [(10, 3), (10, 10), (10, 99), (10, 0), (1, 1), (1438, 32)] {
            let batches = Batches::new(samples, size, 5);
            let epoch = batches.epoch(1);
            assert_eq!(epoch.len(), batches.count(), "{samples} {size}");
            assert!(epoch.iter().rev().skip(1).all(|b| b.len() == size.max(1)), "{samples} {size}");
            let mut all = epoch.concat();
            all.sort_unstable();
            assert_eq!(all, (0..samples).collect::<Vec<usize>>(), "{samples} {size}");
        }
    }

    #[test]
    fn epochs_and_seeds_differ_and_repeat() {
        let batches = Batches::new(20, 6, 5);
        assert_eq!(batches.epoch(2), batches.epoch(2));
        assert_ne!(batches.epoch(1), batches.epoch(2));
        assert_ne!(batches.epoch(1), Batches::new(20, 6, 6).epoch(1));
        assert_eq!(Batches::new(0, 6, 5).epoch(0).len(), 0);
    }
}
