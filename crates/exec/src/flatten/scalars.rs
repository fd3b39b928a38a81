//! Functions of scalars alone, of any size: one instruction a node, in the graph's order.

use super::moves::{bits, elementwise, only_moves};
use super::{Element, Flat, Port};
use crate::lane::{Access, Op as LaneOp, Program};
use wengert_expr::{Function, Op};

/// The function as one program, if every value in it has one element; `None` if one has not, or an operation is no instruction.
/// In time and memory proportional to the nodes.
pub(crate) fn scalars(function: &Function) -> Option<Flat> {
    let graph = function.graph();
    let live = function.live();
    let mut values = vec![0u32; graph.len()];
    let mut flat = Flat { program: Program::default(), ports: Vec::new() };
    flat.program.insts.reserve(graph.len());
    for node in graph.nodes().filter(|n| live[n.index()]) {
        let ty = graph.ty(node);
        if ty.shape.elements() != 1 {
            return None;
        }
        let operands = graph.operands(node);
        values[node.index()] = match graph.op(node) {
            Op::Input(i) => {
                flat.ports.push(Port::Input(Element { array: *i as usize, index: 0 }));
                let stream = flat.program.stream(ty.dtype, Access::Uniform);
                flat.program.push(LaneOp::Load, ty.dtype, &[stream])
            }
            Op::Constant(literal) => {
                flat.program.constants.extend(bits(literal.value()));
                let entry = flat.program.constants.len() as u32 - 1;
                flat.program.push(LaneOp::Constant, ty.dtype, &[entry])
            }
            Op::Slice(_) | Op::Pad(_) | Op::Concatenate(_) | Op::Gather(_) | Op::Patches(_) => return None,
            op if only_moves(op) => values[operands[0].index()],
            op => {
                let from = operands.first().map(|&n| graph.ty(n).dtype);
                let (op, order) = elementwise(op, from, ty.dtype)?;
                let mut args = [order.unwrap_or(0); 3];
                for (arg, operand) in args.iter_mut().zip(operands) {
                    *arg = values[operand.index()];
                }
                match op {
                    Some(op) => flat.program.push(
                        op,
                        ty.dtype,
                        &args[..operands.len() + usize::from(order.is_some())],
                    ),
                    None => args[0],
                }
            }
        };
    }
    for (array, output) in function.outputs().iter().enumerate() {
        flat.ports.push(Port::Output(Element { array, index: 0 }));
        let dtype = graph.ty(output.node).dtype;
        let stream = flat.program.stream(dtype, Access::Uniform);
        flat.program.push(LaneOp::Store, dtype, &[values[output.node.index()], stream]);
    }
    Some(flat)
}
