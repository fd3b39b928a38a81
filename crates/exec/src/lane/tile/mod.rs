//! Lane programs over tiles that stay in the first cache: every instruction is a loop of vector code over up to 256 elements.
//!
//! Gives the bits of [`Reference`](super::Reference) for everything but elementary functions. It is what runs where no native
//! code can be made.

#![expect(unsafe_code, reason = "streams and tiles are given by address")]

mod analysis;
mod element;
mod fold;
mod functions;
mod isa;
mod lanes;
mod memory;
mod plan;
mod run;
#[cfg(test)]
pub(crate) mod samples;
mod slots;
#[cfg(test)]
mod tests;
mod typed;

pub(crate) use element::Float;
pub(crate) use fold::{Args as FoldArgs, Fold, accumulate, reduce};
pub(crate) use functions::Function;
pub(crate) use isa::{Body, Compiled, Isa, compiled};
pub(crate) use lanes::{Args, LANES, TILE, function};
pub(crate) use memory::Block;
pub(crate) use typed::check;

use super::{Access, Cursor, Kernel, Op, Program, Stream};
use plan::Plan;
use run::Run;

/// A program run tile by tile.
#[derive(Debug)]
pub(crate) struct Tiles {
    streams: Vec<Stream>,
    usage: Vec<Usage>,
    /// For tiles that are parts of a row.
    parts: Plan,
    /// For tiles of several rows.
    packed: Plan,
}

/// What a program does with a stream.
#[derive(Clone, Copy, Default, Debug)]
struct Usage {
    loaded: bool,
    stored: bool,
    folded: bool,
    reduced: bool,
}

impl Tiles {
    /// Makes a program ready.
    ///
    /// # Panics
    /// If instructions do not fit their operands: what makes programs checks types.
    pub(crate) fn new(program: Program) -> Tiles {
        Tiles::with(&program, Isa::detect())
    }

    fn with(program: &Program, isa: Isa) -> Tiles {
        check(program);
        let mut usage = vec![Usage::default(); program.streams.len()];
        for inst in &program.insts {
            let Some(stream) = inst.stream() else { continue };
            let usage = &mut usage[stream];
            usage.loaded |= inst.op == Op::Load;
            usage.stored |= inst.op == Op::Store;
            usage.folded |= matches!(inst.op, Op::Accumulate(_) | Op::Reduce(_));
            usage.reduced |= matches!(inst.op, Op::Reduce(_));
        }
        Tiles {
            streams: program.streams.clone(),
            usage,
            parts: Plan::new(program, isa, false),
            packed: Plan::new(program, isa, true),
        }
    }

    /// True if all rows are one long row.
    fn collapses(&self, cursors: &[Cursor], count: usize) -> bool {
        self.streams.iter().zip(&self.usage).zip(cursors).all(|((stream, usage), c)| {
            let written = usage.stored | usage.folded;
            !usage.reduced
                && match stream.access {
                    Access::Uniform => c.row == 0 && !written,
                    Access::Contiguous | Access::Strided => {
                        c.row == count as isize * c.step && (c.step != 0 || !written)
                    }
                }
        })
    }

    /// True if an instruction may run for several rows before the next one does: no row sees what another one wrote.
    fn packs(&self, cursors: &[Cursor]) -> bool {
        self.usage.iter().zip(cursors).all(|(usage, c)| {
            let shared = c.row == 0;
            let seen = || self.usage.iter().zip(cursors).any(|(u, l)| u.loaded && l.pointer == c.pointer);
            !(shared && (usage.stored || usage.folded && seen()))
        })
    }
}

impl Kernel for Tiles {
    unsafe fn run(&self, cursors: &[Cursor], rows: usize, count: usize, scratch: &mut [u8]) {
        assert!(scratch.len() >= self.scratch() && cursors.len() == self.streams.len(), "room for a run");
        let (rows, count) =
            if rows > 1 && self.collapses(cursors, count) { (1, rows * count) } else { (rows, count) };
        if rows == 0 {
            return;
        }
        let run = Run { streams: &self.streams, cursors, scratch: scratch.as_mut_ptr() };
        // SAFETY: the caller's, and plans keep values apart.
        unsafe {
            if count == 0 {
                run.empty(&self.parts, rows);
            } else if rows > 1 && 2 * count <= TILE && self.packs(cursors) {
                run.packed(&self.packed, rows, count);
            } else {
                run.parts(&self.parts, rows, count);
            }
        }
    }

    fn scratch(&self) -> usize {
        self.parts.scratch.max(self.packed.scratch)
    }
}
