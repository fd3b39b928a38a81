//! The numbers of a whitespace-separated text, one after another.

use crate::error::Error;
use std::str::{FromStr, SplitWhitespace};

/// The most components, dimensions, points, cameras or observations that a problem may have.
const MAX_EXTENT: usize = 1 << 22;

pub(super) struct Numbers<'t> {
    words: SplitWhitespace<'t>,
    at: usize,
}

impl<'t> Numbers<'t> {
    pub(super) fn new(text: &'t str) -> Numbers<'t> {
        Numbers { words: text.split_whitespace(), at: 0 }
    }

    pub(super) fn one<T: FromStr>(&mut self, what: &'static str) -> Result<T, Error> {
        self.accepted(what, |_| true)
    }

    /// A number of things, from 1 up to [`MAX_EXTENT`].
    pub(super) fn extent(&mut self, what: &'static str) -> Result<usize, Error> {
        self.accepted(what, |n| (1..=MAX_EXTENT).contains(n))
    }

    pub(super) fn many(&mut self, count: usize, what: &'static str) -> Result<Vec<f64>, Error> {
        (0..count).map(|_| self.one(what)).collect()
    }

    fn accepted<T: FromStr>(&mut self, what: &'static str, fits: impl Fn(&T) -> bool) -> Result<T, Error> {
        self.at += 1;
        let word = self.words.next().ok_or(Error::Missing { what, at: self.at })?;
        let wrong = || Error::Number { what, at: self.at, found: word.to_owned() };
        word.parse().ok().filter(fits).ok_or_else(wrong)
    }

    /// Makes sure that nothing is left.
    pub(super) fn end(mut self) -> Result<(), Error> {
        match self.words.next() {
            Some(word) => Err(Error::Trailing { at: self.at + 1, found: word.to_owned() }),
            None => Ok(()),
        }
    }
}
