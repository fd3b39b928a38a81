//! Nodes whose value is their first operand and whose derivative is something else.

use crate::error::OpError;
use crate::graph::NodeId;
use crate::map::Local;
use crate::op::Op;
use crate::row::{Arity, Maps, Row};
use crate::rule::Rule;

pub(crate) static STOP_GRADIENT: Row = Row::structural(
    "stop_gradient",
    Arity::Exactly(1),
    |_, operands| Ok(operands[0].clone()),
    |_, operands, _| Ok(operands[0].clone()),
    Maps::Of(&[|c| c.zero()]),
);

/// Operands: the value, the operands to which the maps belong, then the coefficients of the maps. The attribute has one
/// derivative for each of the second group, its coefficients written as operand positions.
pub(crate) static CUSTOM: Row = Row::structural(
    "custom",
    Arity::AtLeast(1),
    |op, operands| {
        let Op::Custom(maps) = op else { return Err(OpError::Attribute("custom has maps".into())) };
        if operands.len() <= maps.len() {
            return Err(OpError::Arity { expected: Arity::AtLeast(maps.len() + 1), found: operands.len() });
        }
        let mut missing = None;
        for map in maps {
            map.map_coefficients(&mut |&i| missing = missing.or((i as usize >= operands.len()).then_some(i)));
        }
        match missing {
            Some(i) => Err(OpError::Attribute(format!("coefficient {i} is no operand"))),
            None => Ok(operands[0].clone()),
        }
    },
    |_, operands, _| Ok(operands[0].clone()),
    Maps::Each(derivative),
);

fn derivative(c: &Rule<'_>) -> Local<NodeId> {
    let op = c.op();
    let Op::Custom(maps) = &op else { return c.zero() };
    match c.operand().checked_sub(1).and_then(|i| maps.get(i)) {
        Some(map) => map.map_coefficients(&mut |&i| c.x(i as usize).id()),
        None => c.zero(),
    }
}
