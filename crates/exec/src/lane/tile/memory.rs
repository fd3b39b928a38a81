//! Between streams and tiles: rows of elements at any distance, packed one after another.

#![expect(unsafe_code, reason = "streams are given by address")]

/// A block of a stream: `rows` rows of `count` elements.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    pub(crate) pointer: *mut u8,
    /// From row to row and from element to element, in bytes.
    pub(crate) row: isize,
    pub(crate) step: isize,
    pub(crate) rows: usize,
    pub(crate) count: usize,
}

impl Block {
    /// True if elements of this size are all neighbours.
    #[inline]
    pub(crate) fn flat(&self, size: usize) -> bool {
        self.step == size as isize && (self.rows == 1 || self.row == (self.count * size) as isize)
    }

    /// Copies the elements, of `size` bytes, into a tile.
    ///
    /// # Safety
    /// The block is readable memory; the tile has room and lies apart from it.
    pub(crate) unsafe fn gather(&self, size: usize, tile: *mut u8) {
        // SAFETY: the caller's; what has a size is copied by an integer of the size.
        unsafe {
            match size {
                1 => self.gather_as::<u8>(tile.cast()),
                4 => self.gather_as::<u32>(tile.cast()),
                _ => self.gather_as::<u64>(tile.cast()),
            }
        }
    }

    /// Copies elements of `size` bytes out of a tile; if `splat`, its first one everywhere.
    ///
    /// # Safety
    /// The block is writable memory; a tile that is not apart from it is just the block, neighbour by neighbour.
    pub(crate) unsafe fn scatter(&self, size: usize, tile: *const u8, splat: bool) {
        // SAFETY: the caller's; what has a size is copied by an integer of the size.
        unsafe {
            match size {
                1 => self.scatter_as::<u8>(tile.cast(), splat),
                4 => self.scatter_as::<u32>(tile.cast(), splat),
                _ => self.scatter_as::<u64>(tile.cast(), splat),
            }
        }
    }

    unsafe fn gather_as<T: Copy>(&self, tile: *mut T) {
        // SAFETY: every address is of an element of the block or of the tile.
        unsafe {
            if self.flat(size_of::<T>()) {
                return tile.copy_from_nonoverlapping(self.pointer.cast(), self.rows * self.count);
            }
            for row in 0..self.rows {
                let from = self.pointer.offset(row as isize * self.row);
                let to = tile.add(row * self.count);
                if self.step == size_of::<T>() as isize {
                    to.copy_from_nonoverlapping(from.cast(), self.count);
                } else if self.step == 0 && self.count > 0 {
                    std::slice::from_raw_parts_mut(to, self.count).fill(from.cast::<T>().read());
                } else {
                    for i in 0..self.count {
                        to.add(i).write(from.offset(i as isize * self.step).cast::<T>().read());
                    }
                }
            }
        }
    }

    unsafe fn scatter_as<T: Copy>(&self, tile: *const T, splat: bool) {
        // SAFETY: every address is of an element of the block or of the tile.
        unsafe {
            if !splat && self.flat(size_of::<T>()) {
                return self.pointer.cast::<T>().copy_from(tile, self.rows * self.count);
            }
            for row in 0..self.rows {
                let to = self.pointer.offset(row as isize * self.row);
                let from = tile.add(row * self.count * usize::from(!splat));
                if !splat && self.step == size_of::<T>() as isize {
                    to.cast::<T>().copy_from(from, self.count);
                } else {
                    for i in 0..self.count {
                        let element = from.add(i * usize::from(!splat)).read();
                        to.offset(i as isize * self.step).cast::<T>().write(element);
                    }
                }
            }
        }
    }
}
