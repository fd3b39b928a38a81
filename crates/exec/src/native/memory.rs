//! Memory that holds code: written first, then only executable.

#![expect(unsafe_code, reason = "code is called by its address")]

use super::calls::Call;
use super::frame::Machine;
use crate::lane::Cursor;
use memmap2::{Mmap, MmapMut};

/// Code in memory.
#[derive(Debug)]
pub(super) struct Executable {
    code: Mmap,
    scratch: usize,
    /// What the code has the addresses of.
    _calls: Box<[Call]>,
}

type Entry = unsafe extern "sysv64" fn(*const Cursor, usize, usize, *mut u8);

impl Executable {
    pub(super) fn new(machine: Machine) -> Option<Executable> {
        let mut memory = MmapMut::map_anon(machine.code.len()).ok()?;
        memory.copy_from_slice(&machine.code);
        let code = memory.make_exec().ok()?;
        Some(Executable { code, scratch: machine.scratch, _calls: machine.calls })
    }

    /// Bytes of working memory that a call needs.
    pub(super) fn scratch(&self) -> usize {
        self.scratch
    }

    /// Calls the code.
    ///
    /// # Safety
    /// As for `Kernel::run`, with a cursor for each stream of the program.
    pub(super) unsafe fn call(&self, cursors: &[Cursor], rows: usize, count: usize, scratch: &mut [u8]) {
        debug_assert!(scratch.len() >= self.scratch && scratch.as_ptr().addr().is_multiple_of(64));
        // Sound: the code was written as a function of this type.
        let entry = unsafe { std::mem::transmute::<*const u8, Entry>(self.code.as_ptr()) };
        // Sound: the caller answers for cursors and working memory, and the code touches nothing else.
        unsafe { entry(cursors.as_ptr(), rows, count, scratch.as_mut_ptr()) }
    }
}
