//! Copies that change which axis is innermost, in blocks: rows that are read whole become columns that are written whole.

#![expect(unsafe_code, reason = "a kernel is given memory by address")]

use crate::lane::{Body, Compiled, Cursor, Isa, Kernel, Program, compiled};
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;
use std::marker::PhantomData;
use std::sync::Arc;
use wengert_expr::DType;

/// A program that moves elements, and nothing else.
#[derive(Debug)]
pub(super) struct Moves {
    /// What moves elements that lie otherwise.
    usual: Arc<dyn Kernel>,
    from: usize,
    to: usize,
    size: isize,
    transpose: Compiled<Block>,
}

/// So many rows and columns are moved together: what is read of them, and what is written, stays in the nearest cache.
const ROWS: usize = 64;

/// An array to be transposed: an element `(i, j)` is read at `i * from_row + j` elements and written at `i + j * to_row`.
pub(super) struct Block {
    from: *const u8,
    to: *mut u8,
    from_row: isize,
    to_row: isize,
    rows: usize,
    columns: usize,
}

impl Moves {
    /// The program as moves, if it is nothing else.
    pub(super) fn of(program: &Program, usual: Arc<dyn Kernel>) -> Result<Moves, Arc<dyn Kernel>> {
        let Some((from, to, dtype)) = program.moves() else { return Err(usual) };
        let (size, transpose) = match dtype {
            DType::F32 => (4, by_32_bits(Isa::detect())),
            DType::F64 | DType::I64 => (8, by_64_bits(Isa::detect())),
            DType::Bool => return Err(usual),
        };
        Ok(Moves { usual, from, to, size, transpose })
    }
}

/// The transposition of elements of 32 bits.
fn by_32_bits(isa: Isa) -> Compiled<Block> {
    match isa.narrow() {
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => compiled::<Transpose<Avx32>>(Isa::Avx2),
        _ => compiled::<Transpose<Plain<u32>>>(Isa::Portable),
    }
}

/// The transposition of elements of 64 bits.
fn by_64_bits(isa: Isa) -> Compiled<Block> {
    match isa.narrow() {
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => compiled::<Transpose<Avx64>>(Isa::Avx2),
        _ => compiled::<Transpose<Plain<u64>>>(Isa::Portable),
    }
}

impl Kernel for Moves {
    unsafe fn run(&self, cursors: &[Cursor], rows: usize, count: usize, scratch: &mut [u8]) {
        let (from, to) = (cursors[self.from], cursors[self.to]);
        let (pointers, size) = ((from.pointer.cast_const(), to.pointer), self.size);
        let block = |from_row, to_row, rows, columns| {
            let (from, to) = pointers;
            Block { from, to, from_row, to_row, rows, columns }
        };
        let block = match (from.step == size, to.row == size, from.row == size, to.step == size) {
            (true, true, _, _) => block(from.row / size, to.step / size, rows, count),
            (_, _, true, true) => block(from.step / size, to.row / size, count, rows),
            // SAFETY: the caller's.
            _ => return unsafe { self.usual.run(cursors, rows, count, scratch) },
        };
        // SAFETY: the instructions are there, and the elements are those that the cursors reach.
        unsafe { (self.transpose)(&block) }
    }

    fn scratch(&self) -> usize {
        self.usual.scratch()
    }
}

/// A block transposed square by square.
struct Transpose<S>(PhantomData<S>);

impl<S: Square> Body for Transpose<S> {
    type Args = Block;

    #[inline(always)]
    unsafe fn run(block: &Block) {
        let Block { rows, columns, .. } = *block;
        for first in (0..rows).step_by(ROWS) {
            let last = rows.min(first + ROWS);
            for column in (0..columns).step_by(8) {
                let across = (columns - column).min(8);
                let mut row = first;
                while across == 8 && row + 8 <= last {
                    // SAFETY: the caller's.
                    unsafe { S::transpose(block, row, column) };
                    row += 8;
                }
                for row in row..last {
                    for column in column..column + across {
                        // SAFETY: the caller's.
                        unsafe { *block.target::<S::Element>(row, column) = *block.source(row, column) };
                    }
                }
            }
        }
    }
}

impl Block {
    #[inline(always)]
    fn source<T>(&self, row: usize, column: usize) -> *const T {
        self.from.cast::<T>().wrapping_offset(row as isize * self.from_row + column as isize)
    }

    #[inline(always)]
    fn target<T>(&self, row: usize, column: usize) -> *mut T {
        self.to.cast::<T>().wrapping_offset(row as isize + column as isize * self.to_row)
    }
}

/// Eight rows of eight elements, transposed at once.
trait Square {
    type Element: Copy;

    /// Those from this row and column of a block on.
    ///
    /// # Safety
    /// They are there, and so are the instructions.
    unsafe fn transpose(block: &Block, row: usize, column: usize);
}

/// One element after another.
struct Plain<T>(PhantomData<T>);

impl<T: Copy> Square for Plain<T> {
    type Element = T;

    #[inline(always)]
    unsafe fn transpose(block: &Block, row: usize, column: usize) {
        for (i, j) in (0..8).flat_map(|j| (0..8).map(move |i| (i, j))) {
            // SAFETY: the caller's.
            unsafe { *block.target::<T>(row + i, column + j) = *block.source(row + i, column + j) };
        }
    }
}

/// Elements of 32 bits, by AVX.
#[cfg(target_arch = "x86_64")]
struct Avx32;

#[cfg(target_arch = "x86_64")]
impl Square for Avx32 {
    type Element = f32;

    #[inline(always)]
    unsafe fn transpose(block: &Block, row: usize, column: usize) {
        // SAFETY: the caller's.
        unsafe {
            let line = |i: usize| _mm256_loadu_ps(block.source(row + i, column));
            // Of rows i and i + 4: elements 0 to 3 of both, then 4 to 7 of both.
            let halves = |i: usize| {
                let (a, b) = (line(i), line(i + 4));
                [_mm256_permute2f128_ps::<0x20>(a, b), _mm256_permute2f128_ps::<0x31>(a, b)]
            };
            let pairs = [halves(0), halves(1), halves(2), halves(3)];
            for half in 0..2 {
                let [a, b, c, d] = pairs.map(|pair| pair[half]);
                let (low, high) = (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
                let (low_next, high_next) = (_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
                let columns = [
                    _mm256_shuffle_ps::<0x44>(low, low_next),
                    _mm256_shuffle_ps::<0xEE>(low, low_next),
                    _mm256_shuffle_ps::<0x44>(high, high_next),
                    _mm256_shuffle_ps::<0xEE>(high, high_next),
                ];
                for (j, values) in columns.into_iter().enumerate() {
                    _mm256_storeu_ps(block.target(row, column + 4 * half + j), values);
                }
            }
        }
    }
}

/// Elements of 64 bits, by AVX.
#[cfg(target_arch = "x86_64")]
struct Avx64;

#[cfg(target_arch = "x86_64")]
impl Square for Avx64 {
    type Element = f64;

    #[inline(always)]
    unsafe fn transpose(block: &Block, row: usize, column: usize) {
        for (row, column) in [(row, column), (row, column + 4), (row + 4, column), (row + 4, column + 4)] {
            // SAFETY: the caller's.
            unsafe {
                let line = |i: usize| _mm256_loadu_pd(block.source(row + i, column));
                let [a, b, c, d] = [line(0), line(1), line(2), line(3)];
                let (low, high) = (_mm256_unpacklo_pd(a, b), _mm256_unpackhi_pd(a, b));
                let (low_next, high_next) = (_mm256_unpacklo_pd(c, d), _mm256_unpackhi_pd(c, d));
                let columns = [
                    _mm256_permute2f128_pd::<0x20>(low, low_next),
                    _mm256_permute2f128_pd::<0x20>(high, high_next),
                    _mm256_permute2f128_pd::<0x31>(low, low_next),
                    _mm256_permute2f128_pd::<0x31>(high, high_next),
                ];
                for (j, values) in columns.into_iter().enumerate() {
                    _mm256_storeu_pd(block.target(row, column + j), values);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lane::{Access, Op, Reference};

    /// Moves `rows * count` elements of `dtype` and tells whether each has come where its cursors say.
    fn moved(dtype: DType, (rows, count): (usize, usize), pads: [usize; 2], written_along: usize) {
        let size = if dtype == DType::F32 { 4 } else { 8 };
        let mut program = Program::default();
        let (from, to) = (program.stream(dtype, Access::Strided), program.stream(dtype, Access::Strided));
        let value = program.push(Op::Load, dtype, &[from]);
        program.push(Op::Store, dtype, &[value, to]);
        let kernel =
            Moves::of(&program, Arc::new(Reference::new(program.clone()))).expect("it moves elements");
        // What is read lies along one axis, what is written along the other.
        let (read, written) = (count + pads[0], rows + pads[1]);
        let mut source: Vec<u8> =
            (0..rows.max(count) * (read.max(written)) * size).map(|i| (i * 7 + 3) as u8).collect();
        let mut target = vec![0u8; source.len() * 2];
        let bytes = |n: usize| (n * size) as isize;
        let strides = match written_along {
            0 => [(bytes(read), bytes(1)), (bytes(1), bytes(written))],
            _ => [(bytes(1), bytes(written)), (bytes(read), bytes(1))],
        };
        let cursor = |pointer, (row, step)| Cursor { pointer, row, step };
        let cursors = [cursor(source.as_mut_ptr(), strides[0]), cursor(target.as_mut_ptr(), strides[1])];
        // SAFETY: both arrays are as large as the cursors reach.
        unsafe { kernel.run(&cursors, rows, count, &mut []) }
        let mut expected = vec![0u8; target.len()];
        for (i, j) in (0..rows).flat_map(|i| (0..count).map(move |j| (i, j))) {
            let at = |(row, step): (isize, isize)| (i as isize * row + j as isize * step) as usize;
            let (a, b) = (at(strides[0]), at(strides[1]));
            expected[b..b + size].copy_from_slice(&source[a..a + size]);
        }
        assert!(target == expected, "{dtype} {rows} {count} {pads:?} {written_along}");
    }

    #[test]
    fn every_element_comes_to_its_place_and_nothing_else_is_written() {
        for dtype in [DType::F32, DType::F64, DType::I64] {
            for shape in [(1, 1), (8, 8), (7, 9), (24, 64), (9, 16), (65, 8), (130, 17), (3, 200)] {
                for pads in [[0, 0], [3, 5]] {
                    moved(dtype, shape, pads, 0);
                    moved(dtype, (shape.1, shape.0), pads, 1);
                }
            }
        }
    }

    #[test]
    fn squares_are_the_same_by_every_set_of_instructions() {
        for isa in Isa::available() {
            for (size, transpose) in [(4, by_32_bits(isa)), (8, by_64_bits(isa))] {
                let source: Vec<u8> = (0..20 * 24 * size).map(|i| (i * 11 + 1) as u8).collect();
                let mut target = vec![0u8; source.len()];
                let (from, to) = (source.as_ptr(), target.as_mut_ptr());
                // SAFETY: the arrays are as large as the block, and the instructions are there.
                unsafe { transpose(&Block { from, to, from_row: 24, to_row: 20, rows: 20, columns: 24 }) }
                for (i, j) in (0..20).flat_map(|i| (0..24).map(move |j| (i, j))) {
                    let (a, b) = ((i * 24 + j) * size, (j * 20 + i) * size);
                    assert_eq!(source[a..a + size], target[b..b + size], "{isa:?} {i} {j}");
                }
            }
        }
    }
}
