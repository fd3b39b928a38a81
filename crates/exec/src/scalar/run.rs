//! The walk over groups.

#![expect(unsafe_code, reason = "values and streams are given by address")]

use super::code::{Call, Code, Group, Source, Write};
use super::fused;
use crate::lane::tile::{Block, FoldArgs};
use crate::lane::{Args, Cursor, Function, LANES, TILE};

/// Room for one operand of a tile.
type Room = [u64; TILE];

impl Code {
    /// Runs the program.
    ///
    /// # Safety
    /// As [`Grouped::run`](super::Grouped::run) says.
    pub(super) unsafe fn run(&self, cursors: &[Cursor], scratch: *mut u8) {
        // SAFETY: places are within the working memory, as the code says, and the streams are the caller's.
        unsafe {
            let rooms = &mut [[0; TILE]; 3];
            for (place, bytes) in &self.constants {
                scratch.add(*place).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            }
            for window in &self.windows {
                for load in &self.loads[window.loads.clone()] {
                    let from = cursors[load.stream as usize].pointer;
                    copy(from, scratch.add(load.place), load.size);
                }
                for group in &self.groups[window.groups.clone()] {
                    self.group(group, rooms, scratch);
                }
                for write in &self.writes[window.writes.clone()] {
                    self.write(write, &cursors[write.stream as usize], scratch);
                }
            }
        }
    }

    #[inline]
    unsafe fn group(&self, group: &Group, rooms: &mut [Room; 3], scratch: *mut u8) {
        // SAFETY: the caller's; lists hold cells of their arrays.
        unsafe {
            match &group.call {
                Call::Fused(run) => {
                    let from = group.sources.map(|source| fused::From {
                        base: scratch.add(source.place),
                        list: self.lists.as_ptr().add(source.list.unwrap_or(0)),
                        step: source.step,
                    });
                    let (out, count) = (scratch.add(group.out), group.count);
                    let runs = self.runs.as_ptr().add(group.runs.start);
                    run(&fused::Args { from, out, count, runs, run_count: group.runs.len() });
                }
                Call::Tiles(function) => self.tiles(group, function, rooms, scratch),
            }
        }
    }

    unsafe fn tiles(&self, group: &Group, function: &Function, rooms: &mut [Room; 3], scratch: *mut u8) {
        for start in (0..group.count).step_by(TILE) {
            let count = TILE.min(group.count - start);
            // SAFETY: as above; a tile has room for the operands.
            unsafe {
                let out = scratch.add(group.out + start * group.size);
                let mut args = Args { operands: [out; 3], steps: [1; 3], out, count };
                for (p, room) in rooms.iter_mut().enumerate().take(group.arity) {
                    args.operands[p] = self.operand(&group.sources[p], start, count, room, scratch);
                }
                function.call(&args);
            }
        }
    }

    /// A tile of an operand: where its values are, or in the room that they are fetched into.
    unsafe fn operand(
        &self,
        source: &Source,
        start: usize,
        count: usize,
        room: &mut Room,
        scratch: *mut u8,
    ) -> *const u8 {
        let room = room.as_mut_ptr().cast::<u8>();
        // SAFETY: the caller's.
        unsafe {
            let place = scratch.add(source.place);
            if let Some(list) = source.list {
                let list = &self.lists[list + start..][..count];
                match source.size {
                    8 => fetch::<u64>(place, list, room),
                    4 => fetch::<u32>(place, list, room),
                    _ => fetch::<u8>(place, list, room),
                }
                room
            } else if source.step == 0 {
                let count = count.next_multiple_of(LANES);
                Block { pointer: place, row: 0, step: 0, rows: 1, count }.gather(source.size, room);
                room
            } else {
                place.add(start * source.size)
            }
        }
    }

    unsafe fn write(&self, write: &Write, cursor: &Cursor, scratch: *mut u8) {
        // SAFETY: the caller's.
        unsafe {
            let value = scratch.add(write.place);
            let Some((fold, identity)) = write.fold else {
                return copy(value, cursor.pointer, write.size);
            };
            fold(&FoldArgs {
                value,
                row: 1,
                step: 1,
                out: Block { pointer: cursor.pointer, row: 0, step: 0, rows: 1, count: 1 },
                state: std::ptr::null_mut(),
                first: true,
                last: true,
                identity,
            });
        }
    }
}

/// Copies one value.
unsafe fn copy(from: *const u8, to: *mut u8, size: usize) {
    // SAFETY: the caller's.
    unsafe {
        match size {
            8 => to.cast::<u64>().write(from.cast::<u64>().read()),
            4 => to.cast::<u32>().write(from.cast::<u32>().read()),
            _ => to.write(from.read()),
        }
    }
}

/// Fetches the values of a list's cells.
unsafe fn fetch<T: Copy>(array: *const u8, list: &[u32], room: *mut u8) {
    let (array, room) = (array.cast::<T>(), room.cast::<T>());
    for (i, &cell) in list.iter().enumerate() {
        // SAFETY: the caller's.
        unsafe { room.add(i).write(array.add(cell as usize).read()) }
    }
}
