//! Nodes without operands: inputs, constants and counters.

use crate::error::{EvalError, OpError};
use crate::op::Op;
use crate::row::{Arity, Maps, Row};
use crate::ty::Type;
use crate::value::Value;

/// An input's type stands in the graph's table of inputs, which alone can make one.
pub(crate) static INPUT: Row = Row::structural(
    "input",
    Arity::Exactly(0),
    |_, _| Err(OpError::Attribute("an input is declared with its name and type".into())),
    |_, _, _| Err(EvalError::NoValue),
    Maps::Of(&[]),
);

pub(crate) static CONSTANT: Row = Row::structural(
    "constant",
    Arity::Exactly(0),
    |op, _| match op {
        Op::Constant(literal) => Ok(literal.value().ty()),
        _ => Err(OpError::Attribute("a constant has a value".into())),
    },
    |op, _, ty| match op {
        Op::Constant(literal) => Ok(literal.value().clone()),
        _ => Ok(Value::zeros(ty)),
    },
    Maps::Of(&[]),
);

pub(crate) static IOTA: Row =
    Row::structural("iota", Arity::Exactly(0), infer_iota, eval_iota, Maps::Of(&[]));

fn infer_iota(op: &Op, _: &[&Type]) -> Result<Type, OpError> {
    let Op::Iota { shape, axis, dtype } = op else {
        return Err(OpError::Attribute("iota has a shape".into()));
    };
    if usize::from(*axis) >= shape.rank() {
        return Err(OpError::Axis { axis: i64::from(*axis), rank: shape.rank() });
    }
    Ok(Type { dtype: *dtype, shape: (**shape).clone() })
}

fn eval_iota(op: &Op, _: &[&Value], ty: &Type) -> Result<Value, EvalError> {
    let Op::Iota { axis, .. } = op else { return Ok(Value::zeros(ty)) };
    let axis = usize::from(*axis);
    let extent = ty.shape[axis].max(1);
    let inner: usize = ty.shape[axis + 1..].iter().product::<usize>().max(1);
    let data: Vec<f64> = (0..ty.shape.elements()).map(|i| (i / inner % extent) as f64).collect();
    Ok(Value::from_f64s(ty, &data))
}
