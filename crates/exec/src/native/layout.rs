//! Where native code keeps what isn't in registers: its working memory, and the registers that point to streams.

use super::shape::Shape;
use crate::lane::Cursor;
use iced_x86::Register;
use std::mem::{offset_of, size_of};

/// The cursors' address.
pub(super) const CURSORS: i64 = 0;
/// How many rows there are.
pub(super) const ROWS: i64 = 8;
/// The row.
pub(super) const ROW: i64 = 16;
/// The mask of a round's elements.
pub(super) const MASK: i64 = 24;
/// A general register, for a moment.
pub(super) const SAVED: i64 = 32;
/// A mask, for a moment.
pub(super) const MOMENT: i64 = 40;
/// Truth values on their way from or to a strided stream.
pub(super) const BYTES: i64 = 48;
/// The end of all these.
const HEADER: i64 = 64;

/// The operands and results of calls, with some space.
const OPERANDS: i64 = 256;
/// From saved vectors to saved masks.
pub(super) const SAVED_MASKS: i64 = 32 * 64;
const SAVED_END: i64 = SAVED_MASKS + 64;

/// From one cursor to the next.
pub(super) const CURSOR: i64 = size_of::<Cursor>() as i64;
/// Its distance between rows.
pub(super) const ROW_STEP: i64 = offset_of!(Cursor, row) as i64;
/// Its distance between elements.
pub(super) const STEP: i64 = offset_of!(Cursor, step) as i64;

/// The registers that can point to streams; the last one holds the cursors' address while a row starts.
pub(super) const POINTERS: [Register; 9] = [
    Register::RSI,
    Register::R11,
    Register::RBX,
    Register::RBP,
    Register::R12,
    Register::R13,
    Register::R14,
    Register::R15,
    Register::RDI,
];

/// Those that a function gives back as they were.
pub(super) fn is_saved(register: Register) -> bool {
    use Register::{R12, R13, R14, R15, RBP, RBX};
    matches!(register, RBX | RBP | R12 | R13 | R14 | R15)
}

/// Where everything is.
#[derive(Debug)]
pub(super) struct Layout {
    /// The register that points to each stream.
    pub(super) pointers: Vec<Option<Register>>,
    mask_slots: u32,
    slots: u32,
    calls: bool,
}

impl Layout {
    /// `uses` says how often each stream is used in a round.
    pub(super) fn new(uses: &[u32], mask_slots: u32, slots: u32, calls: bool) -> Layout {
        let mut used: Vec<usize> = (0..uses.len()).filter(|&s| uses[s] > 0).collect();
        used.sort_by_key(|&s| u32::MAX - uses[s]);
        let mut pointers = vec![None; uses.len()];
        for (&stream, &register) in used.iter().zip(&POINTERS) {
            pointers[stream] = Some(register);
        }
        Layout { pointers, mask_slots, slots, calls }
    }

    /// The pointer of a stream that has no register.
    pub(super) fn pointer(&self, stream: u32) -> i64 {
        HEADER + 8 * i64::from(stream)
    }

    pub(super) fn mask_slot(&self, slot: u32) -> i64 {
        self.pointer(self.pointers.len() as u32) + 8 * i64::from(slot)
    }

    pub(super) fn slot(&self, shape: Shape, slot: u32) -> i64 {
        aligned(self.mask_slot(self.mask_slots)) + shape.slot() as i64 * i64::from(slot)
    }

    /// The operands of calls.
    pub(super) fn operands(&self, shape: Shape) -> i64 {
        aligned(self.slot(shape, self.slots))
    }

    /// What calls save.
    pub(super) fn saved(&self, shape: Shape) -> i64 {
        self.operands(shape) + OPERANDS
    }

    /// Bytes of working memory.
    pub(super) fn size(&self, shape: Shape) -> usize {
        let end = if self.calls { self.saved(shape) + SAVED_END } else { self.operands(shape) };
        end as usize
    }
}

fn aligned(offset: i64) -> i64 {
    (offset as u64).next_multiple_of(64) as i64
}
