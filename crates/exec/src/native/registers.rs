//! Which registers of a kind are free, and which slots in working memory.

use super::tape::Id;

const NOBODY: Id = u32::MAX;

/// The registers of one kind.
#[derive(Debug)]
pub(super) struct File {
    pub(super) owner: [Id; 32],
    /// Those that are given to values.
    pub(super) pool: u32,
    pub(super) free: u32,
    /// Those that the current entry reads.
    pub(super) locked: u32,
    slots: Vec<u32>,
    /// Slots that the current entry reads for the last time.
    pub(super) leaving: Vec<u32>,
    pub(super) count: u32,
}

impl File {
    pub(super) fn new(pool: u32) -> File {
        File {
            owner: [NOBODY; 32],
            pool,
            free: pool,
            locked: 0,
            slots: Vec::new(),
            leaving: Vec::new(),
            count: 0,
        }
    }

    /// Nothing is read any more.
    pub(super) fn advance(&mut self) {
        self.locked = 0;
        self.slots.append(&mut self.leaving);
    }

    pub(super) fn slot(&mut self) -> u32 {
        self.slots.pop().unwrap_or_else(|| {
            self.count += 1;
            self.count - 1
        })
    }
}
