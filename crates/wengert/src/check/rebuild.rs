//! A function written anew: in f64, with one scalar output, with nodes held fixed.

use super::CheckError;
use std::collections::HashMap;
use wengert_exec::Interpreter;
use wengert_expr::{Builder, DType, Function, GraphError, Literal, NodeId, Op, Type, Value};
use wengert_nn::{Purpose, Random};

/// The same function with every f32 an f64.
pub(super) fn in_double(f: &Function) -> Result<Function, GraphError> {
    let raised = |dtype: DType| if dtype == DType::F32 { DType::F64 } else { dtype };
    rebuild(f, |_, op| match op {
        Op::Constant(literal) => {
            let value = literal.value();
            Op::Constant(Literal::new(value.cast(raised(value.dtype()))))
        }
        Op::Cast(dtype) => Op::Cast(raised(*dtype)),
        Op::Iota { shape, axis, dtype } => {
            Op::Iota { shape: shape.clone(), axis: *axis, dtype: raised(*dtype) }
        }
        Op::Input(_)
        | Op::Unary(_)
        | Op::Polygamma(_)
        | Op::Binary(_)
        | Op::Compare(_)
        | Op::Select
        | Op::Reduce(..)
        | Op::Arg(..)
        | Op::Cumsum { .. }
        | Op::Broadcast { .. }
        | Op::Reshape(_)
        | Op::Transpose(_)
        | Op::Slice(_)
        | Op::Pad(_)
        | Op::Concatenate(_)
        | Op::Flip(_)
        | Op::Gather(_)
        | Op::ScatterAdd { .. }
        | Op::Patches(_)
        | Op::Overlap(_)
        | Op::Dot(_)
        | Op::StopGradient
        | Op::Custom(_) => op.clone(),
    })
}

/// All float outputs as one: the sum of their elements, each with a random weight.
pub(super) fn scalarized(f: &Function) -> Result<Function, CheckError> {
    let b = Builder::on(f.graph().clone());
    let mut random = Random::new(0, Purpose::Init, 0);
    let mut sum = None;
    for output in f.outputs().iter().map(|o| b.node(o.node)).filter(|o| o.dtype().is_float()) {
        let weights = (0..output.shape().elements()).map(|_| 0.5 + random.uniform()).collect();
        let part = (output * b.constant(Value::new::<f64>(output.shape(), weights))).sum(..);
        sum = Some(sum.map_or(part, |sum| sum + part));
    }
    b.output_unnamed(sum.ok_or(CheckError::NoFloatOutput)?);
    Ok(b.finish()?)
}

/// The function in which what stands under stop-gradients is what it is at this point.
pub(super) fn frozen(f: &Function, inputs: &[(&str, Value)]) -> Result<Function, CheckError> {
    let mut fixed: HashMap<NodeId, Literal> = HashMap::new();
    Interpreter::new(f).run_watched(inputs, |node, value| {
        if matches!(f.graph().op(node), Op::StopGradient) {
            fixed.insert(node, Literal::new(value.clone()));
        }
    })?;
    Ok(rebuild(f, |node, op| {
        fixed.get(&node).map_or_else(|| op.clone(), |value| Op::Constant(value.clone()))
    })?)
}

/// The function with every operation changed; a constant that takes the place of another operation loses the operands.
fn rebuild(f: &Function, change: impl Fn(NodeId, &Op) -> Op) -> Result<Function, GraphError> {
    let b = Builder::new();
    let live = f.live();
    let mut nodes = Vec::with_capacity(f.graph().len());
    for node in f.graph().nodes() {
        let op = change(node, f.graph().op(node));
        nodes.push(match op {
            Op::Input(i) => {
                let input = &f.inputs()[i as usize];
                let dtype = if input.ty.dtype.is_float() { DType::F64 } else { input.ty.dtype };
                Some(b.input(input.name.clone(), Type { dtype, shape: input.ty.shape.clone() }))
            }
            _ if !live[node.index()] => None,
            Op::Constant(_) => Some(b.add(op, &[])),
            op => {
                let operands: Vec<_> =
                    f.graph().operands(node).iter().filter_map(|o| nodes[o.index()]).collect();
                Some(b.add(op, &operands))
            }
        });
    }
    for output in f.outputs() {
        if let Some(e) = nodes[output.node.index()] {
            b.output_unnamed(e);
        }
    }
    drop(nodes);
    b.finish()
}
