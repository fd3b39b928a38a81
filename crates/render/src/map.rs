//! A linear map as a short text: what a partial derivative on an edge says.

use crate::expression::{call_text, cut, expression_text};
use crate::labels::einsum;
use crate::operation::attributes;
use wengert_expr::{Axes, Graph, Index, Kind, Labelled, LinearMap, NodeId, Scale, Shape};

/// How deep a coefficient is written out.
const COEFFICIENT: usize = 2;

/// How deep a product of coefficients is written out where that is short.
const PRODUCT: usize = 6;

/// The most maps of a chain or a sum that are written out.
const MAPS: usize = 3;

/// How deep chains and sums in one another are written out.
const NESTING: usize = 3;

/// A map as a text: `1`, `-1`, its coefficient such as `cos(a)`, with `where` its mask and with the labels of its axes
/// where they differ, `W ij,j->i`; a structural map by its operation.
pub fn map_text(graph: &Graph, map: &LinearMap<NodeId>) -> String {
    cut(text(graph, map, NESTING, COEFFICIENT))
}

/// A map that elimination made, its coefficient written out as deep as fits into so many characters.
pub(crate) fn product_text(graph: &Graph, map: &LinearMap<NodeId>, most: usize) -> String {
    let at = |depth: usize| text(graph, map, NESTING, depth);
    let deep = (COEFFICIENT + 1..=PRODUCT).rev().map(at).find(|text| text.chars().count() <= most);
    cut(deep.unwrap_or_else(|| at(COEFFICIENT)))
}

fn text(graph: &Graph, map: &LinearMap<NodeId>, depth: usize, coefficient: usize) -> String {
    match &map.kind {
        Kind::Zero => "0".to_owned(),
        Kind::Labelled(labelled) => labelled_text(graph, labelled, coefficient),
        Kind::Cast => format!("as {}", graph.type_of(map.to).dtype),
        Kind::Index(index) => index_text(graph, map, index),
        Kind::Chain(maps) => list(graph, maps, " then ", depth, coefficient),
        Kind::Sum(maps) => list(graph, maps, " + ", depth, coefficient),
    }
}

fn labelled_text(graph: &Graph, labelled: &Labelled<NodeId>, depth: usize) -> String {
    let mut text = match &labelled.scale {
        Scale::One => "1".to_owned(),
        Scale::MinusOne => "-1".to_owned(),
        Scale::By(c) => expression_text(graph, *c, depth),
    };
    if let Some(axes) = &labelled.axes {
        let Axes { input, output, scale, mask: _ } = &**axes;
        let operands: &[&[u8]] =
            if matches!(labelled.scale, Scale::By(_)) { &[scale, input] } else { &[input] };
        text = format!("{text} {}", einsum(operands, output));
    }
    match labelled.mask {
        Some(mask) => format!("{text} where {}", expression_text(graph, mask, depth)),
        None => text,
    }
}

fn index_text(graph: &Graph, map: &LinearMap<NodeId>, index: &Index<NodeId>) -> String {
    let apply = &index.apply;
    let argument = &graph.type_of(map.from).shape;
    let shapes: Vec<&Shape> =
        std::iter::once(argument).chain(apply.data.iter().map(|&c| graph.shape(c))).collect();
    let data = apply.data.iter().map(|&c| expression_text(graph, c, 0));
    let arguments: Vec<String> = data.chain(attributes(&apply.op, &shapes)).collect();
    call_text(apply.op.name(), &arguments)
}

fn list(
    graph: &Graph,
    maps: &[LinearMap<NodeId>],
    separator: &str,
    depth: usize,
    coefficient: usize,
) -> String {
    if depth == 0 {
        return "…".to_owned();
    }
    let mut texts: Vec<String> =
        maps.iter().take(MAPS).map(|m| text(graph, m, depth - 1, coefficient)).collect();
    if maps.len() > MAPS {
        texts.push("…".to_owned());
    }
    format!("({})", texts.join(separator))
}
