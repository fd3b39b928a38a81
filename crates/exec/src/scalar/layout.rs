//! Where values lie: for each dtype an array of cells, first constants, then what a window keeps to itself, then the rest.
//!
//! Always holds: cells of a window's own are used again by the next one; all others belong to one value. Behind each part are
//! cells that nobody owns, so that whole chunks can be read and written; within a part cells are taken in the order in which
//! they are written.

use crate::lane::{LANES, Op, Program};
use rustc_hash::FxHashMap;
use wengert_expr::DType;

/// The number of a dtype's array.
fn array(dtype: DType) -> usize {
    match dtype {
        DType::F64 => 0,
        DType::I64 => 1,
        DType::F32 => 2,
        DType::Bool => 3,
    }
}

/// The bytes of a cell in each array.
const SIZES: [usize; 4] = [8, 8, 4, 1];

/// The bytes of a value.
pub(super) fn size(dtype: DType) -> usize {
    SIZES[array(dtype)]
}

/// The cell of the number one in each array of floats.
pub(super) const ONE: u32 = 0;

/// What becomes of a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fate {
    /// It has no cell.
    None,
    /// It is read in its window only.
    Own,
    /// It is read in a later one.
    Kept,
}

/// The cells of a program's values.
#[derive(Debug)]
pub(super) struct Layout {
    /// Of each instruction, in its array.
    pub(super) cells: Vec<u32>,
    /// The place of the constants of each array, and their bytes.
    pub(super) constants: Vec<(usize, Vec<u8>)>,
    /// Bytes in all.
    pub(super) total: usize,
    /// Where each array starts, in bytes.
    starts: [usize; 4],
    own: [Part; 4],
    kept: [Part; 4],
}

#[derive(Clone, Copy, Default, Debug)]
struct Part {
    start: u32,
    next: u32,
}

impl Layout {
    /// Makes room for the values of windows cut here.
    pub(super) fn new(program: &Program, cuts: &[usize], fate: impl Fn(usize) -> Fate) -> Layout {
        let mut layout = Layout {
            cells: vec![0; program.insts.len()],
            constants: Vec::new(),
            total: 0,
            starts: [0; 4],
            own: Default::default(),
            kept: Default::default(),
        };
        let constants = layout.place_constants(program);
        let (mut own, mut kept) = ([0u32; 4], [0u32; 4]);
        for cut in cuts.windows(2) {
            let mut window = [0u32; 4];
            for i in cut[0]..cut[1] {
                let array = array(program.insts[i].dtype);
                match fate(i) {
                    Fate::None => {}
                    Fate::Own => window[array] += 1,
                    Fate::Kept => kept[array] += 1,
                }
            }
            own = std::array::from_fn(|a| own[a].max(window[a]));
        }
        for a in 0..4 {
            let slack = LANES as u32;
            let start = constants[a].len() as u32;
            layout.own[a] = Part { start, next: start };
            let start = start + own[a] + slack;
            layout.kept[a] = Part { start, next: start };
            layout.starts[a] = layout.total;
            layout.total += ((start + kept[a] + slack) as usize * SIZES[a]).next_multiple_of(64);
            layout.constants.push((layout.starts[a], bytes(&constants[a], SIZES[a])));
        }
        layout
    }

    /// Gives equal constants one cell. Returns the bits of those of each array.
    fn place_constants(&mut self, program: &Program) -> [Vec<u64>; 4] {
        let mut tables: [Vec<u64>; 4] = Default::default();
        let mut known = FxHashMap::default();
        for (dtype, one) in [(DType::F64, 1f64.to_bits()), (DType::F32, u64::from(1f32.to_bits()))] {
            tables[array(dtype)].push(one);
            known.insert((array(dtype), one), ONE);
        }
        let constants = program.insts.iter().enumerate().filter(|(_, inst)| inst.op == Op::Constant);
        for (i, inst) in constants {
            let (array, bits) = (array(inst.dtype), program.constants[inst.args[0] as usize]);
            self.cells[i] = *known.entry((array, bits)).or_insert_with(|| {
                tables[array].push(bits);
                tables[array].len() as u32 - 1
            });
        }
        tables
    }

    /// Begins a window.
    pub(super) fn begin(&mut self) {
        for part in &mut self.own {
            part.next = part.start;
        }
    }

    /// Takes a cell for the value of an instruction.
    pub(super) fn take(&mut self, i: usize, dtype: DType, kept: bool) {
        let part = if kept { &mut self.kept } else { &mut self.own };
        let next = &mut part[array(dtype)].next;
        self.cells[i] = *next;
        *next += 1;
    }

    /// Where an array starts, in bytes.
    pub(super) fn start(&self, dtype: DType) -> usize {
        self.starts[array(dtype)]
    }

    /// Where the value of an instruction is, in bytes.
    pub(super) fn place(&self, i: usize, dtype: DType) -> usize {
        self.start(dtype) + self.cells[i] as usize * size(dtype)
    }
}

fn bytes(constants: &[u64], size: usize) -> Vec<u8> {
    let one = |&bits: &u64| match size {
        8 => bits.to_ne_bytes().to_vec(),
        4 => (bits as u32).to_ne_bytes().to_vec(),
        _ => vec![u8::from(bits != 0)],
    };
    constants.iter().flat_map(one).collect()
}
