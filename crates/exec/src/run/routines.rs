//! Operations with routines of their own: positions that are data, running sums, places of extremes.

#![expect(unsafe_code, reason = "operands and results are slices of buffers that the plan sized")]

use super::frame::Frame;
use crate::error::ExecError;
use crate::plan::{BufferId, Reference, Routine};
use smallvec::SmallVec;
use std::ops::Add;
use wengert_expr::{DType, Element, EvalError, Extremum, Op, Type, Value};

/// The elements of a buffer.
///
/// # Safety
/// The buffer holds a value of this type, and nobody writes to it meanwhile.
unsafe fn slice<'f, T>(frame: &'f Frame, buffer: BufferId, ty: &Type) -> &'f [T] {
    unsafe { std::slice::from_raw_parts(frame.base(buffer).cast(), ty.shape.elements()) }
}

/// # Safety
/// As [`slice`], and nobody reads it either.
#[expect(clippy::mut_from_ref, reason = "buffers of one step are apart from one another")]
unsafe fn slice_mut<'f, T>(frame: &'f Frame, buffer: BufferId, ty: &Type) -> &'f mut [T] {
    unsafe { std::slice::from_raw_parts_mut(frame.base(buffer).cast(), ty.shape.elements()) }
}

macro_rules! with_element {
    ($dtype:expr, $t:ident => $body:expr) => {
        match $dtype {
            DType::Bool => {
                type $t = bool;
                $body
            }
            DType::I64 => {
                type $t = i64;
                $body
            }
            DType::F32 => {
                type $t = f32;
                $body
            }
            DType::F64 => {
                type $t = f64;
                $body
            }
        }
    };
}

impl Routine {
    pub(crate) fn run(&self, frame: &Frame) -> Result<(), ExecError> {
        self.apply(frame).map_err(|error| self.failed(error))
    }

    fn failed(&self, error: EvalError) -> ExecError {
        ExecError::Eval { op: self.op.name().to_owned(), place: self.place, error }
    }

    fn apply(&self, frame: &Frame) -> Result<(), EvalError> {
        let (x, from) = &self.operands[0];
        let (y, to) = &self.to;
        let positions = || {
            let (p, ty) = &self.operands[1];
            // Sound as below: positions are integers by the type rule.
            unsafe { slice::<i64>(frame, *p, ty) }
        };
        // Sound: the plan gives every operand and the result buffers of their types, apart from one another.
        unsafe {
            match &self.op {
                Op::Gather(axis) => with_element!(from.dtype, T => gather(
                    slice::<T>(frame, *x, from),
                    positions(),
                    slice_mut::<T>(frame, *y, to),
                    &Lanes::new(&from.shape, usize::from(*axis)),
                )),
                Op::ScatterAdd { axis, .. } => {
                    let lanes = Lanes::new(&to.shape, usize::from(*axis));
                    match from.dtype {
                        DType::F32 => scatter(
                            slice::<f32>(frame, *x, from),
                            positions(),
                            slice_mut(frame, *y, to),
                            &lanes,
                            f32::add,
                        ),
                        DType::F64 => scatter(
                            slice::<f64>(frame, *x, from),
                            positions(),
                            slice_mut(frame, *y, to),
                            &lanes,
                            f64::add,
                        ),
                        DType::I64 => scatter(
                            slice::<i64>(frame, *x, from),
                            positions(),
                            slice_mut(frame, *y, to),
                            &lanes,
                            i64::wrapping_add,
                        ),
                        DType::Bool => Ok(()),
                    }
                }
                Op::Cumsum { axis, reverse } => {
                    let lanes = Lanes::new(&from.shape, usize::from(*axis));
                    match from.dtype {
                        DType::F32 => cumsum(
                            slice::<f32>(frame, *x, from),
                            slice_mut(frame, *y, to),
                            &lanes,
                            *reverse,
                            f32::add,
                        ),
                        DType::F64 => cumsum(
                            slice::<f64>(frame, *x, from),
                            slice_mut(frame, *y, to),
                            &lanes,
                            *reverse,
                            f64::add,
                        ),
                        DType::I64 => cumsum(
                            slice::<i64>(frame, *x, from),
                            slice_mut(frame, *y, to),
                            &lanes,
                            *reverse,
                            i64::wrapping_add,
                        ),
                        DType::Bool => {}
                    }
                    Ok(())
                }
                Op::Arg(extremum, axis) => {
                    let lanes = Lanes::new(&from.shape, usize::from(*axis));
                    let out = slice_mut(frame, *y, to);
                    match from.dtype {
                        DType::Bool => arg(slice::<bool>(frame, *x, from), out, &lanes, *extremum, |x| {
                            f64::from(u8::from(x))
                        }),
                        DType::I64 => {
                            arg(slice::<i64>(frame, *x, from), out, &lanes, *extremum, |x| x as f64)
                        }
                        DType::F32 => arg(slice::<f32>(frame, *x, from), out, &lanes, *extremum, f64::from),
                        DType::F64 => arg(slice::<f64>(frame, *x, from), out, &lanes, *extremum, |x| x),
                    }
                    Ok(())
                }
                _ => Err(EvalError::NoValue),
            }
        }
    }
}

impl Reference {
    /// The row's reference value, copied in and out.
    pub(crate) fn run(&self, frame: &Frame) -> Result<(), ExecError> {
        let routine = &self.0;
        // Sound as for routines.
        let value = |(buffer, ty): &(BufferId, Type)| unsafe {
            with_element!(ty.dtype, T => Value::new(ty.shape.clone(), slice::<T>(frame, *buffer, ty).to_vec()))
        };
        let values: SmallVec<[Value; 2]> = routine.operands.iter().map(value).collect();
        let operands: SmallVec<[&Value; 2]> = values.iter().collect();
        let (to, ty) = &routine.to;
        let result = (routine.op.row().eval)(&routine.op, &operands, ty).map_err(|e| routine.failed(e))?;
        unsafe {
            with_element!(ty.dtype, T => {
                let out = slice_mut::<T>(frame, *to, ty);
                out.copy_from_slice(result.slice::<T>().unwrap_or_default());
            });
        }
        Ok(())
    }
}

/// An array as lanes along one axis.
struct Lanes {
    axis: usize,
    outer: usize,
    extent: usize,
    inner: usize,
}

impl Lanes {
    fn new(shape: &[usize], axis: usize) -> Lanes {
        let (before, after) = (&shape[..axis], &shape[axis + 1..]);
        Lanes { axis, outer: before.iter().product(), extent: shape[axis], inner: after.iter().product() }
    }

    /// Where a position that is data lies, negative ones counted from the end.
    fn offset(&self, index: i64) -> Result<usize, EvalError> {
        let offset = if index < 0 { index.checked_add(self.extent as i64) } else { Some(index) };
        let inside = offset.and_then(|o| usize::try_from(o).ok()).filter(|&o| o < self.extent);
        inside.ok_or(EvalError::IndexOutOfBounds { index, axis: self.axis, extent: self.extent })
    }
}

fn gather<T: Element>(from: &[T], positions: &[i64], to: &mut [T], lanes: &Lanes) -> Result<(), EvalError> {
    for (p, &index) in positions.iter().enumerate() {
        let offset = lanes.offset(index)?;
        for o in 0..lanes.outer {
            let (source, target) = (o * lanes.extent + offset, o * positions.len() + p);
            to[target * lanes.inner..][..lanes.inner]
                .copy_from_slice(&from[source * lanes.inner..][..lanes.inner]);
        }
    }
    Ok(())
}

fn scatter<T: Element>(
    from: &[T],
    positions: &[i64],
    to: &mut [T],
    lanes: &Lanes,
    plus: impl Fn(T, T) -> T,
) -> Result<(), EvalError> {
    to.fill(T::default());
    for (p, &index) in positions.iter().enumerate() {
        let offset = lanes.offset(index)?;
        for o in 0..lanes.outer {
            let (source, target) = (o * positions.len() + p, o * lanes.extent + offset);
            let added = &from[source * lanes.inner..][..lanes.inner];
            let sums = &mut to[target * lanes.inner..][..lanes.inner];
            sums.iter_mut().zip(added).for_each(|(s, &x)| *s = plus(*s, x));
        }
    }
    Ok(())
}

fn cumsum<T: Element>(from: &[T], to: &mut [T], lanes: &Lanes, reverse: bool, plus: impl Fn(T, T) -> T) {
    to.copy_from_slice(from);
    let at = |k: usize| if reverse { lanes.extent - 1 - k } else { k };
    for o in 0..lanes.outer {
        for k in 1..lanes.extent {
            let (before, here) = (o * lanes.extent + at(k - 1), o * lanes.extent + at(k));
            for i in 0..lanes.inner {
                to[here * lanes.inner + i] = plus(to[before * lanes.inner + i], to[here * lanes.inner + i]);
            }
        }
    }
}

fn arg<T: Element>(from: &[T], to: &mut [i64], lanes: &Lanes, extremum: Extremum, number: impl Fn(T) -> f64) {
    for o in 0..lanes.outer {
        for i in 0..lanes.inner {
            let at = |k: usize| number(from[(o * lanes.extent + k) * lanes.inner + i]);
            let mut best = 0;
            for k in 0..lanes.extent {
                let (x, b) = (at(k), at(best));
                let better = match extremum {
                    Extremum::ArgMax => x > b,
                    Extremum::ArgMin => x < b,
                };
                if !b.is_nan() && (x.is_nan() || better) {
                    best = k;
                }
            }
            to[o * lanes.inner + i] = best as i64;
        }
    }
}
