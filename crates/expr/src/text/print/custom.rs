//! `custom(value, (operands), (maps))`: a node with derivatives of its own.
//!
//! The coefficients of the maps are written inside the maps, and read back as operands after the ones that are
//! differentiated, in that order. A node that keeps them otherwise has no text, nor have maps other than these kinds.

use super::super::quote::text_to_source;
use super::PrintError;
use super::form::Form;
use super::tuple::Tuple;
use crate::describe::describe;
use crate::graph::{Graph, NodeId};
use crate::map::{Kind, Labelled, Local, Scale};
use crate::op::Op;
use std::fmt;

/// The node's form. Fails where it has none.
pub(super) fn write(f: &mut fmt::Formatter<'_>, form: Form<'_>, maps: &[Local<u32>]) -> fmt::Result {
    if !is_ordered(form.graph, form.node, maps) {
        return Err(fmt::Error);
    }
    let mut operands = form.operands(0);
    let name = form.graph.op(form.node).name();
    let value = operands.next().ok_or(fmt::Error)?;
    let maps = maps.iter().map(|map| MapForm { form, map });
    write!(f, "{name}({value}, {}, {})", Tuple(operands.take(maps.len())), Tuple(maps))
}

/// Why a node has no form.
pub(super) fn refusal(graph: &Graph, node: NodeId) -> PrintError {
    if let Op::Custom(maps) = graph.op(node)
        && let Some(i) = maps.iter().position(|m| !has_form(m))
    {
        return PrintError::Map { node: describe(graph, node), operand: i + 1 };
    }
    PrintError::Coefficients { node: describe(graph, node) }
}

/// Whether the coefficients are the operands after the ones that are differentiated, each once and in order.
fn is_ordered(graph: &Graph, node: NodeId, maps: &[Local<u32>]) -> bool {
    let mut next = 1 + maps.len();
    let mut ordered = true;
    for map in maps {
        map.map_coefficients(&mut |&i| {
            ordered &= i as usize == next;
            next += 1;
        });
    }
    ordered && next == graph.operands(node).len()
}

fn has_form(map: &Local<u32>) -> bool {
    match map {
        Local::Undefined(_) | Local::Map(Kind::Zero | Kind::Cast | Kind::Labelled(_)) => true,
        Local::Map(Kind::Index(_) | Kind::Chain(_) | Kind::Sum(_)) => false,
    }
}

/// One derivative of a node.
#[derive(Clone, Copy)]
struct MapForm<'a> {
    form: Form<'a>,
    map: &'a Local<u32>,
}

impl fmt::Display for MapForm<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.map {
            Local::Undefined(reason) => write!(f, "undefined({})", text_to_source(reason)),
            Local::Map(Kind::Zero) => f.write_str("zero()"),
            Local::Map(Kind::Cast) => f.write_str("cast()"),
            Local::Map(Kind::Labelled(labelled)) => self.labelled(f, labelled),
            Local::Map(Kind::Index(_) | Kind::Chain(_) | Kind::Sum(_)) => Err(fmt::Error),
        }
    }
}

impl MapForm<'_> {
    fn labelled(&self, f: &mut fmt::Formatter<'_>, labelled: &Labelled<u32>) -> fmt::Result {
        let operand = |i: u32| self.form.names.operand(self.form.graph.operands(self.form.node)[i as usize]);
        match labelled.scale {
            Scale::One => f.write_str("labelled(1")?,
            Scale::MinusOne => f.write_str("labelled(-1")?,
            Scale::By(i) => write!(f, "labelled({}", operand(i))?,
        }
        if let Some(i) = labelled.mask {
            write!(f, ", {}", operand(i))?;
        }
        if let Some(axes) = &labelled.axes {
            // Both are keywords of the language.
            write!(f, ", `input`={}, `output`={}", Tuple(&axes.input[..]), Tuple(&axes.output[..]))?;
            write!(f, ", scale_axes={}, mask_axes={}", Tuple(&axes.scale[..]), Tuple(&axes.mask[..]))?;
        }
        f.write_str(")")
    }
}
