//! Choosing between two arrays, and changing the dtype.

use crate::error::{EvalError, OpError};
use crate::op::Op;
use crate::row::{Arity, Maps, Row};
use crate::ty::{DType, Type};
use crate::value::{Element, Tensor, Value};
use crate::with_tensor;

pub(crate) static SELECT: Row = Row::structural(
    "where",
    Arity::Exactly(3),
    infer_select,
    eval_select,
    Maps::Of(&[|c| c.zero(), |c| c.mask(c.x(0)), |c| c.mask(c.x(0).logical_not())]),
)
.kinks("the branch not taken contributes exactly nothing");

fn infer_select(_: &Op, operands: &[&Type]) -> Result<Type, OpError> {
    let (condition, a, b) = (operands[0], operands[1], operands[2]);
    if condition.dtype != DType::Bool {
        return Err(OpError::DType { operand: 0, expected: "of truth values", found: condition.dtype });
    }
    let what = "condition and branches must have the same shape, and the branches the same dtype";
    if a != b {
        return Err(OpError::Mismatch { what, left: a.clone(), right: b.clone() });
    }
    if condition.shape != a.shape {
        return Err(OpError::Mismatch { what, left: condition.clone(), right: a.clone() });
    }
    Ok(a.clone())
}

fn eval_select(_: &Op, operands: &[&Value], _: &Type) -> Result<Value, EvalError> {
    fn go<T: Element>(condition: &[bool], a: &Tensor<T>, b: &Value) -> Value {
        let Some(b) = T::unwrap(b) else { return T::wrap(a.clone()) };
        let data = condition.iter().zip(a.iter().zip(b)).map(|(&c, (&x, &y))| if c { x } else { y });
        Value::new(a.shape(), data.collect())
    }
    let condition = operands[0].slice::<bool>().unwrap_or_default();
    Ok(with_tensor!(operands[1], a => go(condition, a, operands[2])))
}

pub(crate) static CAST: Row = Row::structural(
    "astype",
    Arity::Exactly(1),
    |op, operands| match op {
        Op::Cast(dtype) => Ok(operands[0].with_dtype(*dtype)),
        _ => Ok(operands[0].clone()),
    },
    |_, operands, ty| Ok(operands[0].cast(ty.dtype)),
    Maps::Of(&[|c| c.cast()]),
)
.kinks("to and from integers and truth values: 0");
