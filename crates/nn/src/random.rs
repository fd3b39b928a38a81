//! Random numbers from a seed: the same on every machine, and a stream of their own for each purpose.
//!
//! ChaCha8 on a key made of the seed and the purpose, so that drawing more for one purpose changes nothing for another.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What numbers are drawn for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// The first values of parameters.
    Init,
    /// The choice of test samples.
    Split,
    /// The order of samples in an epoch.
    Batches,
    /// Samples that are made up.
    Data,
    /// What a step of training draws: which elements are dropped.
    Step,
    /// The order of the blocks of a file in an epoch.
    Blocks,
}

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Random(ChaCha8Rng);

impl Random {
    /// Stream `stream` of this seed for this purpose.
    pub fn new(seed: u64, purpose: Purpose, stream: u64) -> Random {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8] = match purpose {
            Purpose::Init => 1,
            Purpose::Split => 2,
            Purpose::Batches => 3,
            Purpose::Data => 4,
            Purpose::Step => 5,
            Purpose::Blocks => 6,
        };
        let mut rng = ChaCha8Rng::from_seed(key);
        rng.set_stream(stream);
        Random(rng)
    }

    /// The same stream without the draws before number `n` of [`Random::uniform`], in a time that does not grow with `n`.
    pub fn from_draw(mut self, n: usize) -> Random {
        self.0.set_word_pos(2 * n as u128);
        self
    }

    /// Uniform in [0, 1), a multiple of 2^-53.
    pub fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * 2f64.powi(-53)
    }

    /// From the standard normal distribution, by Box and Muller.
    pub fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.uniform()));
        radius * libm::cos(std::f64::consts::TAU * self.uniform())
    }

    /// Uniform in 0..n, without bias; 0 for no choice.
    pub fn below(&mut self, n: usize) -> usize {
        let n = n as u64;
        // The product's high word is the draw; low words under 2^64 mod n would favour some of them.
        loop {
            let product = u128::from(self.0.next_u64()) * u128::from(n);
            if n < 2 || product as u64 >= n.wrapping_neg() % n {
                return (product >> 64) as usize;
            }
        }
    }

    /// 0..n in random order, by Fisher and Yates.
    pub fn permutation(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        for i in (1..n).rev() {
            order.swap(i, self.below(i + 1));
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_purposes_and_streams_differ_and_repeat() {
        let draw = |seed, purpose, stream| Random::new(seed, purpose, stream).0.next_u64();
        let first = draw(1, Purpose::Init, 0);
        assert_eq!(first, draw(1, Purpose::Init, 0));
        for other in [draw(2, Purpose::Init, 0), draw(1, Purpose::Split, 0), draw(1, Purpose::Init, 1)] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn moments_are_those_of_the_distributions() {
        let (n, mut random) = (100_000, Random::new(7, Purpose::Init, 0));
        let moments = |xs: &[f64]| {
            let mean = xs.iter().sum::<f64>() / n as f64;
            (mean, xs.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n as f64)
        };
        let uniform: Vec<f64> = (0..n).map(|_| random.uniform()).collect();
        let (mean, variance) = moments(&uniform);
        // Five standard errors: sqrt(1/12/n) of the mean, sqrt(1/180/n) of the variance.
        assert!((mean - 0.5).abs() < 4.6e-3 && (variance - 1.0 / 12.0).abs() < 1.2e-3, "{mean} {variance}");
        assert!(uniform.iter().all(|x| (0.0..1.0).contains(x)));
        let normal: Vec<f64> = (0..n).map(|_| random.normal()).collect();
        let (mean, variance) = moments(&normal);
        assert!(mean.abs() < 1.6e-2 && (variance - 1.0).abs() < 2.3e-2, "{mean} {variance}");
        let beyond = normal.iter().filter(|x| x.abs() > 1.959_963_985).count();
        assert!((4650..5350).contains(&beyond), "{beyond}");
    }

    #[test]
    fn a_stream_is_entered_anywhere() {
        let stream = || Random::new(3, Purpose::Split, 1);
        let mut whole = stream();
        let all: Vec<f64> = (0..200).map(|_| whole.uniform()).collect();
        for n in [0, 1, 7, 8, 64, 199] {
            assert_eq!(stream().from_draw(n).uniform(), all[n], "{n}");
        }
    }

    #[test]
    fn draws_below_a_bound_are_even() {
        let mut random = Random::new(3, Purpose::Split, 0);
        let mut counts = [0; 6];
        for _ in 0..60_000 {
            counts[random.below(6)] += 1;
        }
        assert!(counts.iter().all(|c| (9_500..10_500).contains(c)), "{counts:?}");
        assert_eq!((random.below(1), random.below(0)), (0, 0));
    }

    #[test]
    fn every_order_of_three_is_as_frequent() {
        let mut counts = std::collections::BTreeMap::new();
        for stream in 0..6_000 {
            *counts.entry(Random::new(5, Purpose::Batches, stream).permutation(3)).or_insert(0) += 1;
        }
        assert!(counts.len() == 6 && counts.values().all(|c| (850..1150).contains(c)), "{counts:?}");
    }
}
