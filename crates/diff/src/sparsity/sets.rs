//! Sets of colours in bits: one kind grows and never shrinks, the other is emptied for every vertex.
//!
//! Always holds: emptying takes no longer than filling did.

/// A set of colours that grows.
#[derive(Clone, Default)]
pub(super) struct Set {
    words: Vec<u64>,
    full: usize,
}

impl Set {
    pub(super) fn insert(&mut self, colour: u32) {
        let word = colour as usize / 64;
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << (colour % 64);
        while self.word(self.full) == u64::MAX {
            self.full += 1;
        }
    }

    /// The colours from 64 times `i`.
    pub(super) fn word(&self, i: usize) -> u64 {
        self.words.get(i).copied().unwrap_or(0)
    }

    /// How many words at the beginning are full.
    pub(super) fn full(&self) -> usize {
        self.full
    }
}

/// A set of colours that is emptied often.
pub(super) struct Met {
    words: Vec<u64>,
    touched: Vec<u32>,
}

impl Met {
    /// An empty set of colours below `colours`.
    pub(super) fn new(colours: usize) -> Met {
        Met { words: vec![0; colours.div_ceil(64)], touched: Vec::new() }
    }

    /// True if the colour was not there.
    pub(super) fn insert(&mut self, colour: u32) -> bool {
        let bit = 1 << (colour % 64);
        let before = self.word(colour as usize / 64);
        self.add(colour as usize / 64, bit);
        before & bit == 0
    }

    fn add(&mut self, i: usize, bits: u64) {
        let word = &mut self.words[i];
        if *word == 0 {
            self.touched.push(i as u32);
        }
        *word |= bits;
    }

    pub(super) fn unite(&mut self, other: &Set) {
        for (i, &word) in other.words.iter().enumerate().filter(|&(_, &word)| word != 0) {
            self.add(i, word);
        }
    }

    pub(super) fn contains(&self, colour: u32) -> bool {
        self.word(colour as usize / 64) >> (colour % 64) & 1 == 1
    }

    /// The colours from 64 times `i`.
    pub(super) fn word(&self, i: usize) -> u64 {
        self.words.get(i).copied().unwrap_or(0)
    }

    /// The least colour that is not there.
    pub(super) fn least_absent(&self) -> u32 {
        let absent = self.words.iter().position(|&word| word != u64::MAX).unwrap_or(self.words.len());
        absent as u32 * 64 + self.word(absent).trailing_ones()
    }

    pub(super) fn clear(&mut self) {
        self.touched.drain(..).for_each(|i| self.words[i as usize] = 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_know_what_went_in() {
        let (mut set, mut met) = (Set::default(), Met::new(200));
        (0..70).chain([150]).for_each(|colour| set.insert(colour));
        assert_eq!((set.full(), set.word(1), set.word(9)), (1, 63, 0));
        assert!(met.insert(199) && !met.insert(199));
        met.unite(&set);
        assert!(met.contains(150) && met.contains(199) && !met.contains(70));
        assert_eq!(met.least_absent(), 70);
        met.clear();
        assert_eq!((met.least_absent(), met.contains(199)), (0, false));
    }
}
