//! A lane program run by the rows' own reference values: the oracle of every backend.
//!
//! Backends give the same bits as this for everything but the elementary functions, which have their own error bounds.

#![expect(unsafe_code, reason = "the caller of Kernel::run answers for the memory that cursors reach")]

use super::kernel::{Cursor, Kernel};
use super::program::{Access, Inst, Op, Program};
use wengert_expr::{DType, Element, EvalError, Op as Primitive, Reduction, Type, Value};

/// The oracle.
#[derive(Debug)]
pub(crate) struct Reference {
    program: Program,
}

impl Reference {
    pub(crate) fn new(program: Program) -> Reference {
        Reference { program }
    }

    /// What stands for an instruction among the primitives.
    fn primitive(inst: &Inst) -> Option<Primitive> {
        Some(match inst.op {
            Op::Unary(f) => Primitive::Unary(f),
            Op::Binary(f) => Primitive::Binary(f),
            Op::Compare(f) => Primitive::Compare(f),
            Op::Select => Primitive::Select,
            Op::Cast => Primitive::Cast(inst.dtype),
            Op::Polygamma => Primitive::Polygamma(inst.args[1]),
            Op::Constant | Op::Load | Op::MulAdd | Op::Store | Op::Accumulate(_) | Op::Reduce(_) => {
                return None;
            }
        })
    }

    fn row(&self, cursors: &[Cursor], row: usize, count: usize) -> Result<(), EvalError> {
        let mut values: Vec<Value> = Vec::with_capacity(self.program.insts.len());
        for inst in &self.program.insts {
            let of = |i: usize| &values[inst.args[i] as usize];
            let place = |s: u32| Place { cursor: cursors[s as usize], row };
            let value = match inst.op {
                Op::Constant => splat(inst.dtype, self.program.constants[inst.args[0] as usize], count),
                Op::Load => {
                    debug_assert!(
                        self.program.streams[inst.args[0] as usize].access != Access::Uniform
                            || cursors[inst.args[0] as usize].step == 0
                    );
                    place(inst.args[0]).load(inst.dtype, count)
                }
                Op::MulAdd => fused(of(0), of(1), of(2)),
                Op::Store => {
                    place(inst.args[1]).store(of(0));
                    of(0).clone()
                }
                Op::Accumulate(fold) => {
                    let out = place(inst.args[1]);
                    out.store(&folded(fold, &out.load(inst.dtype, count), of(0))?);
                    of(0).clone()
                }
                Op::Reduce(fold) => {
                    let width = self.program.accumulators();
                    let total = reduced(fold, inst.dtype, of(0), width)?;
                    let out = place(inst.args[1]);
                    out.store(&folded(fold, &out.load(inst.dtype, 1), &total)?);
                    of(0).clone()
                }
                Op::Unary(_) | Op::Polygamma | Op::Binary(_) | Op::Compare(_) | Op::Select | Op::Cast => {
                    let operands: Vec<&Value> =
                        inst.operands().iter().map(|&o| &values[o as usize]).collect();
                    let op = Reference::primitive(inst).ok_or(EvalError::NoValue)?;
                    (op.row().eval)(&op, &operands, &Type::new(inst.dtype, [count]))?
                }
            };
            values.push(value);
        }
        Ok(())
    }
}

impl Kernel for Reference {
    unsafe fn run(&self, cursors: &[Cursor], rows: usize, count: usize, _: &mut [u8]) {
        for row in 0..rows {
            self.row(cursors, row, count).expect("a lane program holds no operation that can fail");
        }
    }

    fn scratch(&self) -> usize {
        0
    }
}

struct Place {
    cursor: Cursor,
    row: usize,
}

impl Place {
    fn at(&self, i: usize) -> *mut u8 {
        self.cursor
            .pointer
            .wrapping_offset(self.cursor.row * self.row as isize + self.cursor.step * i as isize)
    }

    fn load(&self, dtype: DType, count: usize) -> Value {
        fn go<T: Element>(place: &Place, count: usize) -> Value {
            Value::new([count], (0..count).map(|i| unsafe { place.at(i).cast::<T>().read() }).collect())
        }
        match dtype {
            DType::Bool => go::<bool>(self, count),
            DType::I64 => go::<i64>(self, count),
            DType::F32 => go::<f32>(self, count),
            DType::F64 => go::<f64>(self, count),
        }
    }

    fn store(&self, value: &Value) {
        fn go<T: Element>(place: &Place, value: &Value) {
            for (i, &x) in value.slice::<T>().unwrap_or_default().iter().enumerate() {
                unsafe { place.at(i).cast::<T>().write(x) }
            }
        }
        match value.dtype() {
            DType::Bool => go::<bool>(self, value),
            DType::I64 => go::<i64>(self, value),
            DType::F32 => go::<f32>(self, value),
            DType::F64 => go::<f64>(self, value),
        }
    }
}

fn splat(dtype: DType, bits: u64, count: usize) -> Value {
    match dtype {
        DType::Bool => Value::new([count], vec![bits != 0; count]),
        DType::I64 => Value::new([count], vec![bits as i64; count]),
        DType::F32 => Value::new([count], vec![f32::from_bits(bits as u32); count]),
        DType::F64 => Value::new([count], vec![f64::from_bits(bits); count]),
    }
}

fn fused(a: &Value, b: &Value, c: &Value) -> Value {
    fn go<T: Element>(a: &Value, b: &Value, c: &Value, f: impl Fn(T, T, T) -> T) -> Option<Value> {
        let (a, b, c) = (a.slice::<T>()?, b.slice::<T>()?, c.slice::<T>()?);
        Some(Value::new([a.len()], a.iter().zip(b).zip(c).map(|((&a, &b), &c)| f(a, b, c)).collect()))
    }
    go(a, b, c, f32::mul_add).or_else(|| go(a, b, c, f64::mul_add)).unwrap_or_else(|| c.clone())
}

/// The operation that folds two elements.
fn folding(fold: Reduction) -> Primitive {
    use wengert_expr::Binary;
    Primitive::Binary(match fold {
        Reduction::Sum => Binary::Add,
        Reduction::Prod => Binary::Mul,
        Reduction::Max => Binary::Maximum,
        Reduction::Min => Binary::Minimum,
    })
}

fn folded(fold: Reduction, a: &Value, b: &Value) -> Result<Value, EvalError> {
    let op = folding(fold);
    (op.row().eval)(&op, &[a, b], &a.ty())
}

/// A row folded as [`Program::accumulators`] says.
fn reduced(fold: Reduction, dtype: DType, value: &Value, width: usize) -> Result<Value, EvalError> {
    let count = value.shape()[0];
    let padded = count.div_ceil(width).max(1) * width;
    let slice = |v: &Value, start: usize, count: usize| {
        let op = Primitive::Slice([wengert_expr::Range { start, count, step: 1 }].into());
        (op.row().eval)(&op, &[v], &Type::new(dtype, [count]))
    };
    let identity = splat(dtype, super::identity(fold, dtype), padded - count);
    let join = Primitive::Concatenate(0);
    let all = (join.row().eval)(&join, &[value, &identity], &Type::new(dtype, [padded]))?;
    let start = splat(dtype, super::identity(fold, dtype), width);
    let mut total = (0..padded / width)
        .try_fold(start, |total, i| folded(fold, &total, &slice(&all, i * width, width)?))?;
    let mut half = width / 2;
    while half > 0 {
        total = folded(fold, &slice(&total, 0, half)?, &slice(&total, half, half)?)?;
        half /= 2;
    }
    Ok(total)
}
