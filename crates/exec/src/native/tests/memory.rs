//! Memory for the streams of a program, and what two backends make of it.

#![expect(unsafe_code, reason = "kernels are given memory by address")]

use crate::lane::{Access, Cursor, Kernel, Program};
use crate::native::NativeScalar;
use wengert_expr::DType;

/// Interesting numbers, and ordinary ones.
pub(super) const FLOATS: [f64; 24] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -2.5,
    3.5,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    1e-310,
    -1e-40,
    1e-45,
    3e38,
    -1e300,
    1e300,
    9.3e18,
    -9.3e18,
    0.1,
    -0.7,
    12.75,
    -1234.5,
    1e-5,
    std::f64::consts::PI,
];

pub(super) const INTEGERS: [i64; 10] =
    [0, 1, -1, 2, -7, 1000, i64::MAX, i64::MIN, i64::MIN + 1, (1 << 53) + 1];

/// Where a stream is in its buffer.
#[derive(Clone, Copy)]
struct Span {
    buffer: usize,
    /// Bytes to the first element.
    start: usize,
    row: isize,
    step: isize,
}

/// The memory of a program's streams, each with elements around it that nobody may touch.
#[derive(Clone)]
pub(super) struct Memory {
    buffers: Vec<Vec<u64>>,
    spans: Vec<Span>,
    dtypes: Vec<DType>,
}

pub(super) fn size(dtype: DType) -> usize {
    match dtype {
        DType::Bool => 1,
        DType::F32 => 4,
        DType::I64 | DType::F64 => 8,
    }
}

fn random(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    let mixed = (*seed ^ *seed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed ^ mixed >> 32
}

/// The bits of a number of this dtype, ordinary or not.
fn element(dtype: DType, seed: &mut u64) -> u64 {
    let number = random(seed);
    let pick = (random(seed) % 64) as usize;
    let plain = (number % 2_000_001) as f64 / 1e5 - 10.0;
    match dtype {
        DType::Bool => number % 2,
        DType::I64 => INTEGERS.get(pick).map_or(number % 100, |&x| x as u64),
        DType::F32 => u64::from((FLOATS.get(pick).map_or(plain, |&x| x) as f32).to_bits()),
        DType::F64 => FLOATS.get(pick).map_or(plain, |&x| x).to_bits(),
    }
}

impl Memory {
    /// Stream `s` shares the memory of stream `sharing[s]`.
    pub(super) fn new(program: &Program, sharing: &[usize], rows: usize, count: usize, seed: u64) -> Memory {
        const AROUND: usize = 4;
        let mut seed = seed;
        let mut memory = Memory { buffers: Vec::new(), spans: Vec::new(), dtypes: Vec::new() };
        for (s, stream) in program.streams.iter().enumerate() {
            let size = size(stream.dtype);
            let (step, extent) = match stream.access {
                Access::Uniform => (0, 1),
                Access::Contiguous => (1, count),
                Access::Strided => [(2, 2 * count), (-1, count), (3, 3 * count)][s % 3],
            };
            let row = extent + s % 2;
            let before = if step < 0 { count.saturating_sub(1) } else { 0 };
            let elements = row * rows + before + 2 * AROUND;
            let bytes: Vec<u8> = (0..elements)
                .flat_map(|_| element(stream.dtype, &mut seed).to_le_bytes()[..size].to_vec())
                .collect();
            let words = bytes.chunks(8).map(|c| (0..).zip(c).map(|(i, &b)| u64::from(b) << (8 * i)).sum());
            memory.buffers.push(words.collect());
            memory.dtypes.push(stream.dtype);
            let start = (before + AROUND) * size;
            let own = Span { buffer: s, start, row: (row * size) as isize, step: step * size as isize };
            memory.spans.push(if sharing[s] == s { own } else { memory.spans[sharing[s]] });
        }
        memory
    }

    /// Contiguous floats, from the first element on.
    pub(super) fn write(&mut self, stream: usize, data: &[f64]) {
        let Span { buffer, start, .. } = self.spans[stream];
        let size = size(self.dtypes[stream]);
        for (i, &x) in data.iter().enumerate() {
            let (bits, at) = match size {
                4 => (u64::from((x as f32).to_bits()), start + 4 * i),
                _ => (x.to_bits(), start + 8 * i),
            };
            let (word, shift) = (&mut self.buffers[buffer][at / 8], at % 8 * 8);
            let ones = if size == 4 { u64::from(u32::MAX) } else { u64::MAX };
            *word = *word & !(ones << shift) | bits << shift;
        }
    }

    /// A row of contiguous floats.
    pub(super) fn read(&self, stream: usize) -> Vec<f64> {
        let Span { buffer, start, row, .. } = self.spans[stream];
        let size = size(self.dtypes[stream]);
        let all = elements(&self.buffers[buffer], self.dtypes[stream]);
        let number =
            |bits: u64| if size == 4 { f64::from(f32::from_bits(bits as u32)) } else { f64::from_bits(bits) };
        let count = row as usize / size - stream % 2;
        all[start / size..][..count].iter().map(|&bits| number(bits)).collect()
    }

    pub(super) fn cursors(&mut self) -> Vec<Cursor> {
        let spans = self.spans.clone();
        let mut at =
            |span: Span| self.buffers[span.buffer].as_mut_ptr().cast::<u8>().wrapping_add(span.start);
        spans.into_iter().map(|s| Cursor { pointer: at(s), row: s.row, step: s.step }).collect()
    }

    pub(super) fn run(mut self, kernel: &dyn Kernel, rows: usize, count: usize) -> Memory {
        let mut scratch = Scratch::new(kernel.scratch());
        // Sound: the buffers have all rows.
        unsafe { kernel.run(&self.cursors(), rows, count, scratch.bytes()) };
        self
    }

    pub(super) fn run_scalar(mut self, code: &NativeScalar) -> Memory {
        let mut scratch = Scratch::new(code.scratch());
        // Sound: the buffers have one element.
        unsafe { code.run(&self.cursors(), scratch.bytes()) };
        self
    }

    /// One element of one row after the other.
    pub(super) fn run_each(mut self, code: &NativeScalar, count: usize) -> Memory {
        let mut scratch = Scratch::new(code.scratch());
        for i in 0..count as isize {
            let at = |c: Cursor| Cursor { pointer: c.pointer.wrapping_offset(c.step * i), ..c };
            let cursors: Vec<Cursor> = self.cursors().into_iter().map(at).collect();
            // Sound: the buffers have a row.
            unsafe { code.run(&cursors, scratch.bytes()) };
        }
        self
    }

    /// What differs from what another backend made.
    pub(super) fn difference(&self, want: &Memory) -> Option<String> {
        (0..self.buffers.len()).find_map(|s| {
            let (got, want) =
                (elements(&self.buffers[s], self.dtypes[s]), elements(&want.buffers[s], self.dtypes[s]));
            let i = got.iter().zip(&want).position(|(&a, &b)| !same(a, b, self.dtypes[s]))?;
            Some(format!("stream {s}, element {i}: got {:#x}, want {:#x}", got[i], want[i]))
        })
    }
}

fn elements(words: &[u64], dtype: DType) -> Vec<u64> {
    let bytes: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
    bytes.chunks(size(dtype)).map(|c| (0..).zip(c).map(|(i, &b)| u64::from(b) << (8 * i)).sum()).collect()
}

fn same(a: u64, b: u64, dtype: DType) -> bool {
    let nan = |x: u64| match dtype {
        DType::F32 => f32::from_bits(x as u32).is_nan(),
        DType::F64 => f64::from_bits(x).is_nan(),
        DType::Bool | DType::I64 => false,
    };
    a == b || nan(a) && nan(b)
}

/// Working memory, aligned.
pub(super) struct Scratch {
    words: Vec<u64>,
    size: usize,
}

impl Scratch {
    pub(super) fn new(size: usize) -> Scratch {
        Scratch { words: vec![u64::MAX; size / 8 + 16], size }
    }

    pub(super) fn bytes(&mut self) -> &mut [u8] {
        // Sound: the words are that many bytes.
        let (_, all, _) = unsafe { self.words.align_to_mut::<u8>() };
        let start = all.as_ptr().align_offset(64);
        &mut all[start..start + self.size]
    }
}
