//! A fused loop while it is written, and the order of its axes.
//!
//! Always holds: folded streams are told from stored ones by their strides: where they stand still along the innermost
//! axis, a row folds into one element.

use super::step::{Address, BufferId, Fill, Loop};
use super::view::Strides;
use crate::lane::{Access, Op, Program};
use smallvec::SmallVec;
use wengert_expr::{DType, NodeId, Shape};

/// One stream of a loop: an address by axes of the space, strides in bytes.
#[derive(Clone, Debug)]
struct Stream {
    address: Address,
    dtype: DType,
}

/// A stream that is read at distant places, as a view of its own: offset and strides in bytes.
pub(crate) struct Scattered {
    pub(crate) from: BufferId,
    pub(crate) offset: isize,
    pub(crate) shape: Shape,
    pub(crate) strides: SmallVec<[isize; 4]>,
    /// The axes of the space that the view has.
    pub(crate) axes: SmallVec<[usize; 4]>,
}

/// A loop while it is written.
pub(crate) struct Nest {
    extents: SmallVec<[usize; 4]>,
    pub(crate) program: Program,
    streams: Vec<Stream>,
    pub(crate) fills: Vec<Fill>,
}

impl Nest {
    pub(crate) fn new(space: &Shape) -> Nest {
        Nest {
            extents: space.iter().copied().collect(),
            program: Program::default(),
            streams: Vec::new(),
            fills: Vec::new(),
        }
    }

    /// Adds a stream over the space, its offset and strides in elements.
    pub(crate) fn stream(&mut self, buffer: BufferId, dtype: DType, offset: isize, strides: &Strides) -> u32 {
        let size = dtype.size() as isize;
        let strides = strides.iter().map(|s| s * size).collect();
        self.streams.push(Stream { address: Address { buffer, offset: offset * size, strides }, dtype });
        // How it moves is known when the axes have their order.
        self.program.stream(dtype, Access::Strided)
    }

    /// As [`Nest::stream`], its offset and strides in bytes.
    pub(crate) fn stream_at(
        &mut self,
        buffer: BufferId,
        dtype: DType,
        offset: isize,
        strides: &[isize],
    ) -> u32 {
        let strides = strides.iter().copied().collect();
        self.streams.push(Stream { address: Address { buffer, offset, strides }, dtype });
        self.program.stream(dtype, Access::Strided)
    }

    /// Streams that are read at distant places along the axis that will be innermost, and each place several times.
    pub(crate) fn scattered(&self) -> Vec<(usize, Scattered)> {
        let Some(inner) = self.inner() else { return Vec::new() };
        let loaded =
            |s: &usize| self.program.insts.iter().any(|i| i.op == Op::Load && i.stream() == Some(*s));
        let found = (0..self.streams.len()).filter(loaded).filter_map(|s| {
            let Stream { address, dtype } = &self.streams[s];
            let stride = address.strides[inner];
            if stride == 0 || stride == dtype.size() as isize {
                return None;
            }
            // The axes along which it moves, the innermost one last.
            let moves = |&a: &usize| a != inner && address.strides[a] != 0 && self.extents[a] != 1;
            let axes: SmallVec<[usize; 4]> = (0..self.extents.len()).filter(moves).chain([inner]).collect();
            let shape: Shape = axes.iter().map(|&a| self.extents[a]).collect();
            let strides = axes.iter().map(|&a| address.strides[a]).collect();
            let (from, offset) = (address.buffer, address.offset);
            Some((s, Scattered { from, offset, shape, strides, axes }))
        });
        found.collect()
    }

    /// Reads a stream from a dense copy instead, which has these axes of the space.
    pub(crate) fn redirect(&mut self, stream: usize, to: BufferId, axes: &[usize], strides: &[isize]) {
        let Stream { address, dtype } = &mut self.streams[stream];
        *address = Address { buffer: to, offset: 0, strides: SmallVec::from_elem(0, self.extents.len()) };
        for (&axis, &stride) in axes.iter().zip(strides) {
            address.strides[axis] = stride * dtype.size() as isize;
        }
    }

    /// The loop, its axes in the order that suits most streams, merged where all streams allow.
    pub(crate) fn finish(mut self, nodes: Vec<NodeId>) -> Loop {
        self.drop_single();
        self.order();
        self.merge();
        if self.extents.is_empty() {
            self.extents.push(1);
            self.streams.iter_mut().for_each(|s| s.address.strides.push(0));
        }
        let inner = self.extents.len() - 1;
        let row = self.extents[inner];
        for (info, stream) in self.program.streams.iter_mut().zip(&self.streams) {
            info.access = match stream.address.strides[inner] {
                0 => Access::Uniform,
                s if s == stream.dtype.size() as isize => Access::Contiguous,
                _ => Access::Strided,
            };
        }
        for inst in &mut self.program.insts {
            if let Op::Accumulate(fold) = inst.op
                && self.streams[inst.args[1] as usize].address.strides[inner] == 0
                && row != 1
            {
                inst.op = Op::Reduce(fold);
            }
        }
        let pieces = vec![0; self.streams.len()];
        let streams = self.streams.into_iter().map(|s| s.address).collect();
        let (program, extents, fills) = (self.program, self.extents, self.fills);
        Loop { program, streams, extents, fills, nodes, split: None, pieces }
    }

    fn drop_single(&mut self) {
        let kept: SmallVec<[usize; 4]> = (0..self.extents.len()).filter(|&a| self.extents[a] != 1).collect();
        self.permute(&kept);
    }

    fn permute(&mut self, axes: &[usize]) {
        self.extents = axes.iter().map(|&a| self.extents[a]).collect();
        for stream in &mut self.streams {
            stream.address.strides = axes.iter().map(|&a| stream.address.strides[a]).collect();
        }
    }

    /// Puts the axis that suits most streams innermost, of a transposition those of both of its streams.
    fn order(&mut self) {
        let last: SmallVec<[usize; 2]> = match (self.transposed(), self.inner()) {
            (Some(axes), _) => axes.into_iter().collect(),
            (None, Some(inner)) => self.rows(inner).into_iter().chain([inner]).collect(),
            (None, None) => return,
        };
        let others = (0..self.extents.len()).filter(|a| !last.contains(a));
        let axes: SmallVec<[usize; 4]> = others.chain(last.iter().copied()).collect();
        self.permute(&axes);
    }

    /// The axis of rows, where another one than the next would make very few of them. What is folded keeps its order.
    fn rows(&self, inner: usize) -> Option<usize> {
        /// A kernel is called for so many rows at least, if it can be.
        const MANY: usize = 8;
        let folds = self.program.insts.iter().any(|i| matches!(i.op, Op::Accumulate(_) | Op::Reduce(_)));
        let mut others = (0..self.extents.len()).rev().filter(|&a| a != inner);
        match others.next() {
            Some(next) if !folds && self.extents[next] < MANY => others.find(|&a| self.extents[a] >= MANY),
            _ => None,
        }
    }

    /// The axes along which what is written and what is read goes from neighbour to neighbour, if elements are only moved
    /// and the axes are two long ones.
    fn transposed(&self) -> Option<[usize; 2]> {
        /// Shorter axes are not worth a block.
        const LONG: usize = 8;
        let (from, to, dtype) = self.program.moves()?;
        let dense = |stream: usize| {
            let Stream { address, dtype } = &self.streams[stream];
            let along = |&a: &usize| address.strides[a] == dtype.size() as isize && self.extents[a] >= LONG;
            (0..self.extents.len()).find(along)
        };
        let (read, written) = (dense(from)?, dense(to)?);
        (read != written && dtype != DType::Bool).then_some([written, read])
    }

    /// The axis along which most streams go from neighbour to neighbour or stand still, and that is long.
    fn inner(&self) -> Option<usize> {
        let rank = self.extents.len();
        let written: SmallVec<[bool; 16]> = (0..self.streams.len()).map(|s| self.is_written(s)).collect();
        let cost = |axis: usize| {
            let strides = |s: &Stream| (s.address.strides[axis], s.dtype.size() as isize);
            let distant = |s: &Stream| !matches!(strides(s), (stride, size) if stride == 0 || stride == size);
            let streams = self.streams.iter().zip(&written).filter(|(s, _)| distant(s));
            // Scattered stores are slow; what is loaded again and again will be copied into order.
            let strided: usize = streams
                .map(|(s, written)| match (written, self.is_read_again(s)) {
                    (true, _) => 8,
                    (false, true) => 1,
                    (false, false) => 4,
                })
                .sum();
            let still = self.streams.iter().all(|s| s.address.strides[axis] == 0);
            // Very short innermost axes cost more than a strided stream or two.
            let short = match self.extents[axis] {
                0..4 => 6,
                4..8 => 3,
                8..16 => 1,
                _ => 0,
            };
            (strided + short + usize::from(still), rank - axis)
        };
        (0..rank).filter(|&a| self.extents[a] != 1).min_by_key(|&a| cost(a))
    }

    fn is_written(&self, stream: usize) -> bool {
        self.program.insts.iter().any(|i| i.op != Op::Load && i.stream() == Some(stream))
    }

    /// True if each of its elements is read several times.
    fn is_read_again(&self, stream: &Stream) -> bool {
        /// A copy is worth it where each element is read so many times.
        const AGAIN: usize = 4;
        let moves = self.extents.iter().zip(&stream.address.strides).filter(|(_, s)| **s != 0);
        let places: usize = moves.map(|(n, _)| n).product();
        places * AGAIN <= self.extents.iter().product()
    }

    fn merge(&mut self) {
        let mut axis = self.extents.len();
        while axis >= 2 {
            axis -= 1;
            let (outer, inner, extent) = (axis - 1, axis, self.extents[axis] as isize);
            if self.streams.iter().all(|s| s.address.strides[outer] == s.address.strides[inner] * extent) {
                self.extents[outer] *= self.extents[inner];
                self.extents.remove(inner);
                for stream in &mut self.streams {
                    stream.address.strides[outer] = stream.address.strides[inner];
                    stream.address.strides.remove(inner);
                }
            }
        }
    }
}
