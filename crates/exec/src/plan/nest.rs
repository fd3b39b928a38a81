//! A fused loop while it is written, and the order of its axes.
//!
//! Always holds: folded streams are told from stored ones by their strides: where they stand still along the innermost
//! axis, a row folds into one element.

use super::step::{Address, Fill, Loop};
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
    pub(crate) fn stream(
        &mut self,
        buffer: super::step::BufferId,
        dtype: DType,
        offset: isize,
        strides: &Strides,
    ) -> u32 {
        let size = dtype.size() as isize;
        let strides = strides.iter().map(|s| s * size).collect();
        self.streams.push(Stream { address: Address { buffer, offset: offset * size, strides }, dtype });
        // How it moves is known when the axes have their order.
        self.program.stream(dtype, Access::Strided)
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

    /// Puts the axis innermost along which most streams go from neighbour to neighbour or stand still, and that is long.
    fn order(&mut self) {
        let rank = self.extents.len();
        if rank < 2 {
            return;
        }
        let badness = |axis: usize| {
            let strided = self.streams.iter().filter(|s| {
                let stride = s.address.strides[axis];
                stride != 0 && stride != s.dtype.size() as isize
            });
            let still = self.streams.iter().filter(|s| s.address.strides[axis] == 0).count();
            (strided.count(), still == self.streams.len(), rank - axis)
        };
        // A very short innermost axis costs more than a strided stream or two.
        let cost = |axis: usize| {
            let (strided, still, position) = badness(axis);
            let short = if self.extents[axis] < 4 { 3 } else { usize::from(self.extents[axis] < 8) };
            (strided * 4 + short * 2 + usize::from(still), position)
        };
        let inner = (0..rank).min_by_key(|&a| cost(a)).unwrap_or(rank - 1);
        let axes: SmallVec<[usize; 4]> = (0..rank).filter(|&a| a != inner).chain([inner]).collect();
        self.permute(&axes);
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
