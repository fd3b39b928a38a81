//! A node as a short formula, for reports: named operands by their names, others written out to a small depth.

use std::fmt::Write;
use wengert_expr::{Binary, Graph, NodeId, Op, Unary};

/// Levels of operations that are written out.
const DEPTH: usize = 3;

/// Operands that are written out.
const WIDTH: usize = 4;

/// The node as a formula.
pub(super) fn formula(graph: &Graph, node: NodeId) -> String {
    let mut text = String::new();
    write(graph, node, 0, &mut text);
    text
}

fn write(graph: &Graph, node: NodeId, depth: usize, text: &mut String) {
    let (op, operands) = (graph.op(node), graph.operands(node));
    if let Some(name) = graph.name(node).filter(|_| depth > 0 || operands.is_empty()) {
        text.push_str(name);
        return;
    }
    let open = depth > 0;
    let mut infix = |sign: &str| {
        text.push_str(if open { "(" } else { "" });
        write(graph, operands[0], depth + 1, text);
        text.push_str(sign);
        write(graph, operands[1], depth + 1, text);
        text.push_str(if open { ")" } else { "" });
    };
    match op {
        Op::Constant(literal) if literal.value().len() <= WIDTH => {
            // Writing to a String cannot fail.
            let _ = write!(text, "{}", literal.value());
        }
        Op::Constant(_) => {
            let _ = write!(text, "constant {}", graph.ty(node));
        }
        _ if depth > DEPTH && !operands.is_empty() => text.push_str("..."),
        Op::Binary(Binary::Add) => infix(" + "),
        Op::Binary(Binary::Sub) => infix(" - "),
        Op::Binary(Binary::Mul) => infix(" * "),
        Op::Binary(Binary::Div) => infix(" / "),
        Op::Binary(Binary::Pow) => infix(" ** "),
        Op::Unary(Unary::Neg) => {
            text.push_str(if open { "(-" } else { "-" });
            write(graph, operands[0], depth + 1, text);
            text.push_str(if open { ")" } else { "" });
        }
        Op::Broadcast { .. } if depth > 0 && is_number(graph, operands[0]) => {
            write(graph, operands[0], depth, text);
        }
        _ => {
            let _ = write!(text, "{}(", op.name());
            for (i, &operand) in operands.iter().enumerate().take(WIDTH) {
                text.push_str(if i > 0 { ", " } else { "" });
                write(graph, operand, depth + 1, text);
            }
            text.push_str(if operands.len() > WIDTH { ", ...)" } else { ")" });
        }
    }
}

fn is_number(graph: &Graph, node: NodeId) -> bool {
    matches!(graph.op(node), Op::Constant(literal) if literal.value().len() == 1)
}
