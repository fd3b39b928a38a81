//! What all operations that work element by element share: their types and their reference values.

use crate::error::{EvalError, OpError};
use crate::op::Op;
use crate::row::{Arity, Kernel, MapRule, Maps, Row};
use crate::ty::{DType, Type};
use crate::value::{Element, Tensor, Value};
use crate::work;
use num_traits::AsPrimitive;
use std::cmp::Ordering;

pub(crate) const fn unary(name: &'static str, kernel: Kernel, maps: &'static [MapRule]) -> Row {
    elementwise(name, 1, kernel, maps)
}

pub(crate) const fn binary(name: &'static str, kernel: Kernel, maps: &'static [MapRule]) -> Row {
    elementwise(name, 2, kernel, maps)
}

const fn elementwise(name: &'static str, arity: usize, kernel: Kernel, maps: &'static [MapRule]) -> Row {
    Row {
        name,
        arity: Arity::Exactly(arity),
        commutative: false,
        infer,
        eval,
        kernel,
        maps: Maps::Of(maps),
        work: match kernel {
            Kernel::Not | Kernel::Test(_) | Kernel::Logic(_) | Kernel::Compare(_) => work::NOTHING,
            _ => work::EACH_CALL,
        },
        lift: None,
        domain: &[(-3.0, 3.0), (-3.0, 3.0)],
        points: &[],
        kinks: "",
    }
}

fn infer(op: &Op, operands: &[&Type]) -> Result<Type, OpError> {
    let first = operands[0];
    if let Some(&second) = operands.get(1)
        && first != second
    {
        let what = "operands must have the same shape and dtype";
        return Err(OpError::Mismatch { what, left: first.clone(), right: second.clone() });
    }
    let kernel = op.row().kernel;
    let (fits, expected) = match kernel {
        Kernel::Unary(_) | Kernel::Binary(_) | Kernel::Test(_) => (first.dtype.is_float(), "of floats"),
        Kernel::UnaryInt(..) | Kernel::BinaryInt(..) => (first.dtype != DType::Bool, "of numbers"),
        Kernel::Not | Kernel::Logic(_) => (first.dtype == DType::Bool, "of truth values"),
        Kernel::Compare(_) | Kernel::None => (true, ""),
    };
    if !fits {
        return Err(OpError::DType { operand: 0, expected, found: first.dtype });
    }
    Ok(match kernel {
        Kernel::Compare(_) | Kernel::Test(_) => first.with_dtype(DType::Bool),
        _ => first.clone(),
    })
}

fn eval(op: &Op, operands: &[&Value], _: &Type) -> Result<Value, EvalError> {
    let x = operands[0];
    match op.row().kernel {
        Kernel::None => Err(EvalError::NoValue),
        Kernel::Unary(f) => Ok(map_floats(x, f)),
        Kernel::UnaryInt(f, int) => Ok(match x {
            Value::I64(t) => Value::from(t.mapv(int)),
            Value::Bool(_) | Value::F32(_) | Value::F64(_) => map_floats(x, f),
        }),
        Kernel::Test(f) => Ok(Value::new(x.shape(), x.to_f64s().into_iter().map(f).collect())),
        Kernel::Not => Ok(map_bools(x, operands.get(1).copied(), |a, _| !a)),
        Kernel::Logic(f) => Ok(map_bools(x, operands.get(1).copied(), f)),
        Kernel::Binary(f) => Ok(zip_floats(x, operands[1], f)),
        Kernel::BinaryInt(f, int) => match (x, operands[1]) {
            (Value::I64(a), Value::I64(b)) => {
                let data: Result<Vec<i64>, _> = a.iter().zip(b).map(|(&a, &b)| int(a, b)).collect();
                Ok(Value::new(a.shape(), data?))
            }
            (a, b) => Ok(zip_floats(a, b, f)),
        },
        Kernel::Compare(f) => Ok(compare(x, operands[1], f)),
    }
}

/// Evaluates a float function on one number, as the reference interpreter does for a scalar `f64`.
fn map_floats(x: &Value, f: fn(f64) -> f64) -> Value {
    match x {
        Value::F32(t) => map(t, |x| f(f64::from(x)) as f32),
        Value::F64(t) => map(t, f),
        Value::Bool(_) | Value::I64(_) => map_floats(&x.cast(DType::F64), f),
    }
}

fn map<T: Element>(t: &Tensor<T>, f: impl Fn(T) -> T) -> Value {
    Value::from(t.mapv(f))
}

fn zip_floats(a: &Value, b: &Value, f: fn(f64, f64) -> f64) -> Value {
    match (a, b) {
        (Value::F32(a), Value::F32(b)) => zip(a, b, |x: f32, y: f32| f(x.as_(), y.as_()) as f32),
        (Value::F64(a), Value::F64(b)) => zip(a, b, f),
        (a, b) => zip_floats(&a.cast(DType::F64), &b.cast(DType::F64), f),
    }
}

fn zip<T: Element>(a: &Tensor<T>, b: &Tensor<T>, f: impl Fn(T, T) -> T) -> Value {
    Value::new(a.shape(), a.iter().zip(b).map(|(&x, &y)| f(x, y)).collect())
}

fn map_bools(a: &Value, b: Option<&Value>, f: fn(bool, bool) -> bool) -> Value {
    let a_bits = a.to_f64s();
    let b_bits = b.map_or_else(|| a_bits.clone(), Value::to_f64s);
    Value::new(a.shape(), a_bits.iter().zip(&b_bits).map(|(&x, &y)| f(x != 0.0, y != 0.0)).collect())
}

fn compare(a: &Value, b: &Value, f: fn(Option<Ordering>) -> bool) -> Value {
    fn go<T: Element + PartialOrd>(a: &Tensor<T>, b: &Tensor<T>, f: fn(Option<Ordering>) -> bool) -> Value {
        Value::new(a.shape(), a.iter().zip(b).map(|(x, y)| f(x.partial_cmp(y))).collect())
    }
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => go(a, b, f),
        (Value::I64(a), Value::I64(b)) => go(a, b, f),
        (Value::F32(a), Value::F32(b)) => go(a, b, f),
        (Value::F64(a), Value::F64(b)) => go(a, b, f),
        (a, b) => compare(&a.cast(DType::F64), &b.cast(DType::F64), f),
    }
}
