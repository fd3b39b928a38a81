//! One function of small arrays over many inputs: one instance a lane.
//!
//! Blocks of instances are brought into columns, one for each element, so that neighbours in a vector are neighbours in
//! memory; where the caller's arrays lie so already, nothing is copied. Every instance gets the bits that it would get
//! alone by the same code, whatever its block and whoever runs it.

#![expect(unsafe_code, reason = "columns are filled from and copied to the caller's arrays by address")]

use super::argument::{ArrayMut, ArrayRef};
use super::executable::Executable;
use super::kernels::kernel;
use super::memory::Memory;
use crate::error::ExecError;
use crate::flatten::{Flat, Port, flatten};
use crate::lane::{Access, Cursor, Kernel};
use crate::pool::Pool;
use std::sync::{Arc, Mutex, PoisonError};
use wengert_expr::{DType, Function, Type};

/// Instances of one block: their columns stay in the second cache.
const BLOCK: usize = 128;

/// A function with more instructions for one instance is run one instance after another.
const MOST: usize = 20_000;

/// A function made ready for batches.
#[derive(Debug)]
pub(super) struct Batch {
    ports: Vec<(Port, DType)>,
    kernel: Arc<dyn Kernel>,
    /// What each thread works with, kept from run to run.
    idle: Mutex<Vec<Memory>>,
}

/// Where one element of all instances lies: the first one, and bytes from one to the next.
#[derive(Clone, Copy)]
struct Column {
    first: *mut u8,
    step: isize,
    size: usize,
    written: bool,
}

// Columns lead into the caller's arrays, which are borrowed for the run; blocks of instances are apart.
unsafe impl Sync for Column {}

impl Batch {
    pub(super) fn new(function: &Function, native: bool) -> Option<Batch> {
        let Flat { mut program, ports } = flatten(function, MOST)?;
        program.streams.iter_mut().for_each(|s| s.access = Access::Contiguous);
        let ports = ports.into_iter().zip(&program.streams).map(|(port, s)| (port, s.dtype)).collect();
        let kernel = kernel(&program, false, native);
        Some(Batch { ports, kernel, idle: Mutex::default() })
    }

    fn run(&self, columns: &[Column], count: usize, threads: usize) {
        let blocks = count.div_ceil(BLOCK);
        let threads = threads.min(blocks).max(1);
        Pool::global().run_with(threads, threads, &|thread| {
            let mut memory = self.memory();
            let share = thread * blocks / threads..(thread + 1) * blocks / threads;
            share.for_each(|b| self.block(columns, b * BLOCK, BLOCK.min(count - b * BLOCK), &mut memory));
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
        });
    }

    /// A column of a block for each stream, then the kernel's own memory.
    fn memory(&self) -> Memory {
        let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        kept.unwrap_or_else(|| Memory::new(self.columns() + self.kernel.scratch()))
    }

    fn columns(&self) -> usize {
        self.ports.len() * BLOCK * 8
    }

    fn block(&self, columns: &[Column], start: usize, count: usize, memory: &mut Memory) {
        let (copies, scratch) = memory.bytes().split_at_mut(self.columns());
        let places = copies.chunks_exact_mut(BLOCK * 8);
        let mut cursors: smallvec::SmallVec<[Cursor; 64]> = smallvec::SmallVec::new();
        for (column, place) in columns.iter().zip(places) {
            let here = column.first.wrapping_offset(column.step * start as isize);
            let direct = column.step == column.size as isize;
            let pointer = if direct { here } else { place.as_mut_ptr() };
            if !direct && !column.written {
                // `place` has room for a block, and the caller's array `count` more elements from here.
                unsafe { moved(here, column.step, pointer, column.size as isize, column.size, count) }
            }
            cursors.push(Cursor { pointer, row: 0, step: column.size as isize });
        }
        // Cursors lead to columns of `count` elements; written ones are apart from all others.
        unsafe { self.kernel.run(&cursors, 1, count, scratch) }
        for (column, cursor) in columns.iter().zip(&cursors).filter(|(c, _)| c.written) {
            let here = column.first.wrapping_offset(column.step * start as isize);
            if cursor.pointer != here {
                unsafe { moved(cursor.pointer, column.size as isize, here, column.step, column.size, count) }
            }
        }
    }
}

/// Copies elements of 1, 4 or 8 bytes.
///
/// # Safety
/// Both runs of elements are valid, aligned and apart.
unsafe fn moved(from: *const u8, from_step: isize, to: *mut u8, to_step: isize, size: usize, count: usize) {
    unsafe fn go<T: Copy>(from: *const u8, from_step: isize, to: *mut u8, to_step: isize, count: usize) {
        for i in 0..count as isize {
            unsafe { to.offset(i * to_step).cast::<T>().write(from.offset(i * from_step).cast::<T>().read()) }
        }
    }
    unsafe {
        match size {
            1 => go::<u8>(from, from_step, to, to_step, count),
            4 => go::<u32>(from, from_step, to, to_step, count),
            _ => go::<u64>(from, from_step, to, to_step, count),
        }
    }
}

impl Executable {
    /// Runs the function once for each entry of a leading axis that arrays have beyond the function's own shapes. An input
    /// without that axis is the same for all. Arrays may lie in any order; quickest are those of which one element of all
    /// instances lies together.
    ///
    /// ```
    /// use ndarray::{Array1, arr1};
    /// use wengert_exec::{CompileOptions, compile};
    /// use wengert_expr::text::parse;
    /// let f = parse("input x: f64\ninput k: f64\noutput y = x * x + k", &Default::default())?;
    /// let executable = compile(&f, &CompileOptions::default())?;
    /// let (x, mut y) = (arr1(&[1.0, 2.0, 3.0]), Array1::<f64>::zeros(3));
    /// executable.run_batch(&[(&x).into(), (&0.5).into()], &mut [(&mut y).into()])?;
    /// assert_eq!(y, arr1(&[1.5, 4.5, 9.5]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Executable::run`], arrays whose leading axes differ, and results without one.
    pub fn run_batch(&self, inputs: &[ArrayRef<'_>], outputs: &mut [ArrayMut<'_>]) -> Result<(), ExecError> {
        let count = self.batch_size(inputs, outputs)?;
        let Some(batch) = self.batch() else { return self.one_by_one(inputs, outputs, count) };
        let bases: Vec<(*mut u8, Vec<isize>)> = inputs.iter().map(ArrayRef::layout).collect();
        let results: Vec<(*mut u8, Vec<isize>)> = outputs.iter_mut().map(ArrayMut::layout).collect();
        let column = |&(port, dtype): &(Port, DType)| {
            let (element, shape, (base, strides), written) = match port {
                Port::Input(e) => (e, &self.function().inputs()[e.array].ty.shape, &bases[e.array], false),
                Port::Output(e) => {
                    let node = self.function().outputs()[e.array].node;
                    (e, self.function().graph().shape(node), &results[e.array], true)
                }
            };
            let size = dtype.size();
            let (step, inner) = match strides.len() == shape.rank() {
                true => (0, &strides[..]),
                false => (strides[0], &strides[1..]),
            };
            let mut flat = element.index;
            let mut offset = 0;
            for (&extent, stride) in shape.iter().zip(inner).rev() {
                offset += (flat % extent) as isize * stride;
                flat /= extent;
            }
            let first = base.wrapping_offset(offset * size as isize);
            Column { first, step: step * size as isize, size, written }
        };
        let columns: Vec<Column> = batch.ports.iter().map(column).collect();
        batch.run(&columns, count, self.threads());
        Ok(())
    }

    /// How many instances there are.
    fn batch_size(&self, inputs: &[ArrayRef<'_>], outputs: &[ArrayMut<'_>]) -> Result<usize, ExecError> {
        let function = self.function();
        let (expected, found) = (function.inputs().len(), inputs.len());
        if expected != found {
            return Err(ExecError::Count { expected, found });
        }
        let (expected, found) = (function.outputs().len(), outputs.len());
        if expected != found {
            return Err(ExecError::Results { expected, found });
        }
        let output = |i: usize| function.graph().ty(function.outputs()[i].node);
        let lead = outputs.first().and_then(|a| a.shape().first().copied());
        let count = lead.filter(|_| outputs[0].shape().len() == output(0).shape.rank() + 1).unwrap_or(0);
        let many = |ty: &Type| ty.with_shape(ty.shape.stacked(count));
        for (i, array) in outputs.iter().enumerate() {
            let expected = many(output(i));
            if array.ty() != expected || lead.is_none() {
                let (name, found) = (function.output_name(i), array.ty().to_string());
                return Err(ExecError::Result { name, expected, found });
            }
        }
        for (input, array) in function.inputs().iter().zip(inputs) {
            let (found, expected) = (array.ty(), many(&input.ty));
            if found != input.ty && found != expected {
                return Err(ExecError::Type { name: input.name.clone(), expected, found });
            }
        }
        Ok(count)
    }

    /// For functions that are too large to be one program: whole runs, on entries of the leading axis.
    fn one_by_one(
        &self,
        inputs: &[ArrayRef<'_>],
        outputs: &mut [ArrayMut<'_>],
        count: usize,
    ) -> Result<(), ExecError> {
        let mut session = self.session();
        for i in 0..count {
            let shared =
                |(input, a): &(&wengert_expr::Input, &ArrayRef<'_>)| a.shape().len() == input.ty.shape.rank();
            let here = self.function().inputs().iter().zip(inputs);
            let here: Vec<ArrayRef<'_>> =
                here.map(|pair| if shared(&pair) { pair.1.reborrow() } else { pair.1.entry(i) }).collect();
            let mut results: Vec<ArrayMut<'_>> = outputs.iter_mut().map(|a| a.entry(i)).collect();
            session.run_into(&here, &mut results)?;
        }
        Ok(())
    }
}
