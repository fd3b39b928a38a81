//! Random programs with memory to run on, for tests of what runs programs.
//!
//! Streams of one memory are loaded and stored element for element, and nothing fails: a divisor is a constant.

#![expect(unsafe_code, reason = "kernels are given memory by address")]

use crate::lane::{Access, Cursor, Kernel, Op, Program, Reference};
use wengert_expr::{Binary, Comparison, DType, Reduction, Unary};

const DTYPES: [DType; 4] = [DType::Bool, DType::I64, DType::F32, DType::F64];
const FOLDS: [Reduction; 4] = [Reduction::Sum, Reduction::Prod, Reduction::Max, Reduction::Min];

/// Functions with the same bits everywhere.
const EXACT: [Unary; 11] = [
    Unary::Neg,
    Unary::Abs,
    Unary::Sign,
    Unary::Sqrt,
    Unary::Rsqrt,
    Unary::Reciprocal,
    Unary::Square,
    Unary::Floor,
    Unary::Ceil,
    Unary::Round,
    Unary::Trunc,
];

/// A stream's memory, more than it reaches, and where in it the first element is.
#[derive(Clone)]
pub(crate) struct Buffer {
    pub(crate) words: Vec<u64>,
    pub(crate) dtype: DType,
}

impl Buffer {
    fn elements(&self) -> Vec<u64> {
        let bytes: Vec<u8> = self.words.iter().flat_map(|w| w.to_ne_bytes()).collect();
        let of = |x: u64, nan: bool| if nan { u64::MAX } else { x };
        match self.dtype {
            DType::Bool => bytes.iter().map(|&b| u64::from(b)).collect(),
            DType::I64 => self.words.clone(),
            DType::F32 => {
                let bits = bytes.chunks_exact(4).map(|c| u32::from_ne_bytes([c[0], c[1], c[2], c[3]]));
                bits.map(|b| of(u64::from(b), f32::from_bits(b).is_nan())).collect()
            }
            DType::F64 => self.words.iter().map(|&b| of(b, f64::from_bits(b).is_nan())).collect(),
        }
    }
}

/// Where a stream's elements lie in a buffer, in elements.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub(crate) buffer: usize,
    pub(crate) first: usize,
    pub(crate) row: isize,
    pub(crate) step: isize,
}

/// A program with its memory.
pub(crate) struct Case {
    pub(crate) program: Program,
    pub(crate) buffers: Vec<Buffer>,
    pub(crate) layouts: Vec<Layout>,
    pub(crate) rows: usize,
    pub(crate) count: usize,
}

fn bytes(dtype: DType) -> usize {
    super::plan::size(dtype)
}

impl Case {
    /// The elements of all memory after a run.
    pub(crate) fn run(&self, kernel: &dyn Kernel) -> Vec<Vec<u64>> {
        let mut buffers = self.buffers.clone();
        let starts: Vec<*mut u8> = buffers.iter_mut().map(|b| b.words.as_mut_ptr().cast()).collect();
        let cursors: Vec<Cursor> = (self.layouts.iter().zip(&self.program.streams))
            .map(|(layout, stream)| {
                let size = bytes(stream.dtype) as isize;
                let pointer = starts[layout.buffer].wrapping_add(layout.first * size as usize);
                Cursor { pointer, row: layout.row * size, step: layout.step * size }
            })
            .collect();
        let mut room = vec![0xa5; kernel.scratch() + 64];
        let skip = room.as_ptr().align_offset(64);
        unsafe { kernel.run(&cursors, self.rows, self.count, &mut room[skip..][..kernel.scratch()]) };
        buffers.iter().map(Buffer::elements).collect()
    }

    /// Holds kernels against the oracle.
    pub(crate) fn check(&self, kernels: &[&dyn Kernel]) {
        let want = self.run(&Reference::new(self.program.clone()));
        for kernel in kernels {
            let got = self.run(*kernel);
            for (b, (got, want)) in got.iter().zip(&want).enumerate() {
                if let Some(at) = got.iter().zip(want).position(|(g, w)| g != w) {
                    let (got, want) = (got[at], want[at]);
                    panic!("buffer {b}[{at}] is {got:#x}, not {want:#x}, in\n{}\n{kernel:?}", self.listing());
                }
            }
        }
    }

    fn listing(&self) -> String {
        let insts = self.program.insts.iter().enumerate();
        let lines = insts.map(|(i, x)| format!("{i} {:?} {:?} {:?}", x.op, x.dtype, x.args));
        format!("{}\n{:?}", lines.collect::<Vec<_>>().join("\n"), self.layouts)
    }
}

/// Draws from a list of numbers, then zeros: a shorter list is a simpler case.
struct Draw<'a> {
    choices: std::slice::Iter<'a, u32>,
    noise: u64,
}

impl Draw<'_> {
    fn below(&mut self, n: usize) -> usize {
        self.choices.next().map_or(0, |&c| c as usize % n)
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// The next of a sequence that looks random (Steele, Lea and Flood's SplitMix).
    fn noise(&mut self) -> u64 {
        self.noise = self.noise.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.noise ^ (self.noise >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn float(&mut self) -> f64 {
        let special =
            [0.0, -0.0, 1.0, -1.0, 0.5, -1.5, 2.5, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e300];
        let x = self.noise();
        match x % 4 {
            0 => special[(x >> 8) as usize % special.len()],
            1 => f64::from_bits(x),
            _ => (x >> 11) as f64 / (1u64 << 50) as f64 - 4.0,
        }
    }

    fn bits(&mut self, dtype: DType) -> u64 {
        match dtype {
            DType::Bool => self.noise() & 1,
            DType::I64 => match self.noise() % 3 {
                0 => self.noise(),
                1 => i64::MIN as u64,
                _ => (self.noise() % 17).wrapping_sub(8),
            },
            DType::F32 => u64::from((self.float() as f32).to_bits()),
            DType::F64 => self.float().to_bits(),
        }
    }

    fn buffer(&mut self, dtype: DType, elements: usize) -> Buffer {
        let words = (elements * bytes(dtype)).div_ceil(8);
        let word = |draw: &mut Self| match dtype {
            DType::Bool => draw.noise() & 0x0101_0101_0101_0101,
            DType::F32 => draw.bits(dtype) << 32 | draw.bits(dtype),
            DType::I64 | DType::F64 => draw.bits(dtype),
        };
        Buffer { words: (0..words).map(|_| word(self)).collect(), dtype }
    }
}

/// Writes a program.
struct Writer<'a> {
    draw: Draw<'a>,
    case: Case,
    /// Values, their dtypes, and whether they are uniform.
    values: Vec<(u32, DType, bool)>,
    /// For each stream, whether it may be stored to by another one of the same memory.
    open: Vec<bool>,
    accesses: &'a [Access],
}

impl Writer<'_> {
    fn stream(&mut self, dtype: DType, access: Access) -> u32 {
        let (rows, count) = (self.case.rows as isize, self.case.count as isize);
        let (row, step) = match access {
            Access::Uniform => (self.draw.one(&[1, 0, 3]), 0),
            Access::Contiguous => (self.draw.one(&[count, 0, count + 3]), 1),
            Access::Strided => self.draw.one(&[(2 * count, 2), (count, -1), (1, rows), (0, 3), (count, 1)]),
        };
        let reach = |n: isize, by: isize| (n - 1).max(0) * by;
        let low = reach(count, step).min(0);
        let high = reach(count, step).max(0) + reach(rows, row).max(0);
        let first = (-low) as usize + 3;
        let buffer = self.draw.buffer(dtype, first + high as usize + 20);
        self.case.buffers.push(buffer);
        self.case.layouts.push(Layout { buffer: self.case.buffers.len() - 1, first, row, step });
        self.open.push(true);
        self.case.program.stream(dtype, access)
    }

    fn access(&mut self) -> Access {
        self.draw.one(self.accesses)
    }

    fn push(&mut self, op: Op, dtype: DType, args: &[u32], uniform: bool) {
        let value = self.case.program.push(op, dtype, args);
        self.values.push((value, dtype, uniform));
    }

    fn load(&mut self) {
        let (dtype, access) = (self.draw.one(&DTYPES), self.access());
        let old =
            (0..self.open.len()).filter(|&s| self.open[s] && self.case.program.streams[s].dtype == dtype);
        let old: Vec<usize> = old.collect();
        let stream = match self.draw.below(4) {
            0 if !old.is_empty() => self.draw.one(&old) as u32,
            _ => self.stream(dtype, access),
        };
        let uniform = self.case.program.streams[stream as usize].access == Access::Uniform;
        self.push(Op::Load, dtype, &[stream], uniform);
    }

    fn constant(&mut self) {
        let dtype = self.draw.one(&DTYPES);
        let bits = self.draw.bits(dtype);
        let value = self.case.program.constant(dtype, bits);
        self.values.push((value, dtype, true));
    }

    /// A value of this dtype, by a cast if there is none.
    fn value(&mut self, dtype: DType) -> (u32, bool) {
        if self.values.is_empty() {
            self.load();
        }
        let fitting: Vec<_> = self.values.iter().filter(|v| v.1 == dtype).copied().collect();
        if fitting.is_empty() {
            let any = self.values[self.draw.below(self.values.len())];
            self.push(Op::Cast, dtype, &[any.0], any.2);
            let &(value, _, uniform) = self.values.last().expect("just pushed");
            return (value, uniform);
        }
        let recent = fitting.len().min(4);
        let (value, _, uniform) = fitting[fitting.len() - 1 - self.draw.below(recent)];
        (value, uniform)
    }

    fn elementwise(&mut self) {
        let dtype = self.draw.one(&[DType::F64, DType::F32, DType::I64, DType::Bool]);
        let float = matches!(dtype, DType::F32 | DType::F64);
        let (a, b, c) = (self.value(dtype), self.value(dtype), self.value(dtype));
        let both = a.1 && b.1;
        match (self.draw.below(7), dtype) {
            (0, DType::Bool) => self.push(Op::Unary(Unary::Not), dtype, &[a.0], a.1),
            (1, DType::Bool) => {
                let f = self.draw.one(&[Binary::And, Binary::Or, Binary::Xor]);
                self.push(Op::Binary(f), dtype, &[a.0, b.0], both);
            }
            (0, _) => {
                let f = self.draw.one(&EXACT);
                let integer = !matches!(f, Unary::Sqrt | Unary::Rsqrt | Unary::Reciprocal);
                let f = if float || integer { f } else { Unary::Neg };
                self.push(Op::Unary(f), dtype, &[a.0], a.1);
            }
            (1, _) => self.binary(dtype, a, b),
            (2, _) => {
                use Comparison::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
                let f = self.draw.one(&[Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual]);
                self.push(Op::Compare(f), DType::Bool, &[a.0, b.0], both);
            }
            (3, _) => {
                let mask = self.value(DType::Bool);
                self.push(Op::Select, dtype, &[mask.0, a.0, b.0], both && mask.1);
            }
            (4, _) if float => self.push(Op::MulAdd, dtype, &[a.0, b.0, c.0], both && c.1),
            (5, _) if float => self.push(Op::Unary(Unary::IsFinite), DType::Bool, &[a.0], a.1),
            (6, _) if float => {
                let order = self.draw.below(3) as u32;
                self.push(Op::Polygamma, dtype, &[a.0, order], a.1);
            }
            _ => {
                let to = self.draw.one(&DTYPES);
                self.push(Op::Cast, to, &[a.0], a.1);
            }
        }
    }

    fn binary(&mut self, dtype: DType, a: (u32, bool), b: (u32, bool)) {
        use Binary::{Add, Div, Maximum, Minimum, Mul, Pow, Remainder, Sub};
        let both = a.1 && b.1;
        if dtype != DType::I64 {
            let f = self.draw.one(&[Add, Sub, Mul, Div, Maximum, Minimum, Remainder]);
            return self.push(Op::Binary(f), dtype, &[a.0, b.0], both);
        }
        match self.draw.one(&[Add, Sub, Mul, Maximum, Minimum, Pow, Remainder]) {
            f @ (Pow | Remainder) => {
                let third = self.case.program.constant(dtype, 3);
                self.push(Op::Binary(f), dtype, &[a.0, third], a.1);
            }
            f => self.push(Op::Binary(f), dtype, &[a.0, b.0], both),
        }
    }

    fn write(&mut self) {
        let dtype = self.draw.one(&[DType::F64, DType::F32, DType::I64, DType::Bool]);
        let (value, uniform) = self.value(dtype);
        let access = self.access();
        let kind = if dtype == DType::Bool { 0 } else { self.draw.below(3) };
        let fold = self.draw.one(&FOLDS);
        let stream = match (kind, self.shared(dtype, uniform)) {
            (0 | 1, Some(shared)) => shared,
            _ => self.stream(dtype, access),
        };
        self.open[stream as usize] = false;
        let op = [Op::Store, Op::Accumulate(fold), Op::Reduce(fold)][kind];
        self.case.program.push(op, dtype, &[value, stream]);
    }

    /// A stream of the memory of one that is only loaded so far; sometimes.
    fn shared(&mut self, dtype: DType, uniform: bool) -> Option<u32> {
        let program = &self.case.program;
        let fits = |s: &usize| {
            let stream = program.streams[*s];
            self.open[*s] && stream.dtype == dtype && (uniform || stream.access != Access::Uniform)
        };
        let old: Vec<usize> = (0..self.open.len()).filter(fits).collect();
        if old.is_empty() || self.draw.below(2) == 0 {
            return None;
        }
        let s = self.draw.one(&old);
        self.open[s] = false;
        let access = self.case.program.streams[s].access;
        self.case.layouts.push(self.case.layouts[s]);
        self.open.push(false);
        Some(self.case.program.stream(dtype, access))
    }
}

/// A program of streams of these kinds of access, drawn from a list of choices, with memory full of noise.
pub(crate) fn drawn(choices: &[u32], noise: u64, rows: usize, count: usize, accesses: &[Access]) -> Case {
    let program = Program::default();
    let case = Case { program, buffers: Vec::new(), layouts: Vec::new(), rows, count };
    let draw = Draw { choices: choices.iter(), noise };
    let mut writer = Writer { draw, case, values: Vec::new(), open: Vec::new(), accesses };
    while writer.draw.choices.len() > 0 {
        match writer.draw.below(10) {
            0 => writer.constant(),
            1 | 2 => writer.load(),
            3 | 4 => writer.write(),
            _ => writer.elementwise(),
        }
    }
    writer.write();
    writer.case
}
