//! The constants behind the code, each once.

use rustc_hash::FxHashMap;

/// The pool's address is kept this far behind its start, so that more of it is near.
pub(super) const MIDDLE: i64 = 512;

#[derive(Debug, Default)]
pub(super) struct Pool {
    pub(super) bytes: Vec<u8>,
    known: FxHashMap<(bool, u64), i64>,
}

impl Pool {
    /// The place of a constant of 64 bits if `wide`, else of 32, from the pool's middle.
    pub(super) fn constant(&mut self, wide: bool, bits: u64) -> i64 {
        if let Some(&place) = self.known.get(&(wide, bits)) {
            return place;
        }
        let size = if wide { 8 } else { 4 };
        let place = self.place(&bits.to_le_bytes()[..size], size);
        self.known.insert((wide, bits), place);
        place
    }

    /// The place of the numbers from 0 to 7, of 64 bits.
    pub(super) fn count(&mut self) -> i64 {
        let numbers: Vec<u8> = (0..8_u64).flat_map(u64::to_le_bytes).collect();
        self.place(&numbers, 64)
    }

    fn place(&mut self, bytes: &[u8], alignment: usize) -> i64 {
        self.bytes.resize(self.bytes.len().next_multiple_of(alignment), 0);
        self.bytes.extend_from_slice(bytes);
        (self.bytes.len() - bytes.len()) as i64 - MIDDLE
    }
}
