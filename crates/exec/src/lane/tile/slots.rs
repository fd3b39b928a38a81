//! Room for values in the working memory, taken and given back.
//!
//! Always holds: no two that are taken overlap, each starts at a multiple of 64, and room is used again for the same size.

use super::lanes::{LANES, TILE};
use rustc_hash::FxHashMap;

/// The bytes of a tile of elements of this size. A chunk more than the elements fill keeps neighbours off the same cache sets.
pub(super) const fn tile(size: usize) -> usize {
    TILE * size + 128
}

/// The bytes of a chunk of elements of any size.
pub(super) const CHUNK: usize = LANES * 8;

/// The working memory.
#[derive(Debug, Default)]
pub(super) struct Slots {
    free: FxHashMap<usize, Vec<usize>>,
    total: usize,
}

impl Slots {
    /// Room for so many bytes.
    pub(super) fn take(&mut self, bytes: usize) -> usize {
        if let Some(slot) = self.free.get_mut(&bytes).and_then(Vec::pop) {
            return slot;
        }
        self.fresh(bytes)
    }

    /// Room for so many bytes that nothing had before.
    pub(super) fn fresh(&mut self, bytes: usize) -> usize {
        let slot = self.total;
        self.total += bytes.next_multiple_of(64);
        slot
    }

    /// Gives back what was taken for so many bytes.
    pub(super) fn give(&mut self, slot: usize, bytes: usize) {
        self.free.entry(bytes).or_default().push(slot);
    }

    /// Bytes in all.
    pub(super) fn total(&self) -> usize {
        self.total
    }
}
